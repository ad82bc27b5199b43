//! What `Path<T>` reads: whether a `T` can be deserialized from the parameters of a path.
//!
//! A `T` is deserialized from parameters without values. The names alone decide whether there are too many, too
//! few or the wrong ones. Only a struct that does not name exactly the parameters sees values, because its fields
//! may be optional, and only the deserialization shows that. If it rejects all of them, the answer is not known,
//! and the type is accepted.

use std::{
    cell::Cell,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, EnumAccess, Error as _, IntoDeserializer as _, MapAccess,
        VariantAccess, Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};

/// `Path<T>` as data.
#[derive(Clone, Copy)]
pub struct PathReader {
    read: fn(&[&str]) -> Result<(), PathMismatch>,
    /// Whether it is an `Option<Path<T>>`.
    is_optional: bool,
}

/// Reason why a type cannot be read from a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathMismatch {
    /// It takes another number of parameters.
    Count(usize),
    /// It has a field of this name, and the path has no such parameter.
    Missing(String),
    /// It rejects the parameter of this name.
    Unknown(String),
    /// Nothing that a path contains can be read as this type.
    Unsupported,
}

impl PathReader {
    pub(crate) const fn of<T: DeserializeOwned>() -> Self {
        Self { read: read::<T>, is_optional: false }
    }

    pub(crate) const fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }

    /// Checks that the type can be read from a path with these parameters.
    ///
    /// # Errors
    ///
    /// Returns the reason why it cannot be.
    pub(crate) fn check(self, parameters: &[&str]) -> Result<(), PathMismatch> {
        match (self.read)(parameters) {
            // axum's `Option<Path<T>>` is `None`.
            Err(PathMismatch::Count(_)) if self.is_optional && parameters.is_empty() => Ok(()),
            result => result,
        }
    }
}

impl fmt::Debug for PathReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PathReader").field("is_optional", &self.is_optional).finish_non_exhaustive()
    }
}

/// Values that are tried for a parameter, one of which most types accept.
const SAMPLES: [&str; 7] = [
    "1",
    "a",
    "00000000-0000-4000-8000-000000000000",
    "2000-01-01",
    "2000-01-01T00:00:00Z",
    "127.0.0.1",
    "a@example.com",
];

fn read<T: DeserializeOwned>(names: &[&str]) -> Result<(), PathMismatch> {
    let samples: Vec<_> = names.iter().map(|_| Cell::new(0)).collect();
    loop {
        let (current, is_done) = (Cell::new(None), Cell::new(false));
        let parameters = Parameters { names, samples: &samples, current: &current, is_done: &is_done };
        // A type may panic at a value that it does not expect. What it reads is then not known.
        let result = catch_unwind(AssertUnwindSafe(|| T::deserialize(parameters).map(drop)));
        match result {
            Ok(Err(Failure::Mismatch(mismatch))) if !is_done.get() => return Err(mismatch),
            Ok(Err(Failure::Value)) if !is_done.get() => {}
            _ => return Ok(()),
        }
        // The next value for the parameter whose value was rejected.
        let Some(sample) = current.get().and_then(|index: usize| samples.get(index)) else { return Ok(()) };
        if sample.get() + 1 == SAMPLES.len() {
            return Ok(());
        }
        sample.set(sample.get() + 1);
    }
}

/// Result of a deserialization that did not end with a value.
#[derive(Debug)]
enum Failure {
    Mismatch(PathMismatch),
    /// A value was rejected, or the deserialization was ended because its result is known.
    Value,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not deserialized")
    }
}

impl std::error::Error for Failure {}

impl de::Error for Failure {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Value
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Mismatch(PathMismatch::Missing(field.to_owned()))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::Mismatch(PathMismatch::Unknown(field.to_owned()))
    }
}

/// Parameters of a path: what axum's deserializer sees.
#[derive(Clone, Copy)]
struct Parameters<'p> {
    names: &'p [&'p str],
    /// Number of the sample for each parameter.
    samples: &'p [Cell<usize>],
    /// Parameter whose value is deserialized.
    current: &'p Cell<Option<usize>>,
    /// Whether the result is known to be a success.
    is_done: &'p Cell<bool>,
}

impl Parameters<'_> {
    /// Ends the deserialization: the type can be read.
    fn readable<T>(self) -> Result<T, Failure> {
        self.is_done.set(true);
        Err(Failure::Value)
    }

    /// Ends the deserialization of a type that takes `count` parameters.
    fn takes<T>(self, count: usize) -> Result<T, Failure> {
        if self.names.len() == count {
            self.readable()
        } else {
            Err(Failure::Mismatch(PathMismatch::Count(count)))
        }
    }
}

const UNSUPPORTED: Failure = Failure::Mismatch(PathMismatch::Unsupported);

macro_rules! takes_one {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Failure> {
            self.takes(1)
        }
    )*};
}

macro_rules! unsupported {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Failure> {
            Err(UNSUPPORTED)
        }
    )*};
}

impl<'de> Deserializer<'de> for Parameters<'_> {
    type Error = Failure;

    takes_one! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string
        deserialize_byte_buf
    }

    unsupported! { deserialize_bytes deserialize_option deserialize_identifier deserialize_ignored_any }

    fn deserialize_unit<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Failure> {
        self.readable()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, _: V) -> Result<V::Value, Failure> {
        self.readable()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Failure> {
        self.readable()
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, _: V) -> Result<V::Value, Failure> {
        self.takes(length)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        _: V,
    ) -> Result<V::Value, Failure> {
        self.takes(length)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_map(Fields { parameters: self, next: 0 })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let is_exact =
            fields.len() == self.names.len() && fields.iter().all(|field| self.names.contains(field));
        if is_exact { self.readable() } else { self.deserialize_map(visitor) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Failure> {
        self.takes(1)
    }
}

/// Parameters as the fields of a struct.
struct Fields<'p> {
    parameters: Parameters<'p>,
    next: usize,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        let Some(name) = self.parameters.names.get(self.next) else {
            self.parameters.current.set(None);
            return Ok(None);
        };
        self.parameters.current.set(Some(self.next));
        self.next += 1;
        let name: StrDeserializer<'_, Failure> = (*name).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let sample = self.parameters.samples.get(self.next.wrapping_sub(1)).map_or(0, Cell::get);
        seed.deserialize(Value(SAMPLES[sample]))
    }
}

/// Value of one parameter.
#[derive(Clone, Copy)]
struct Value(&'static str);

macro_rules! visit {
    ($($method:ident $visit:ident $value:expr,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
            visitor.$visit($value)
        }
    )*};
}

impl<'de> Deserializer<'de> for Value {
    type Error = Failure;

    visit! {
        deserialize_bool visit_bool true,
        deserialize_i8 visit_i8 1,
        deserialize_i16 visit_i16 1,
        deserialize_i32 visit_i32 1,
        deserialize_i64 visit_i64 1,
        deserialize_i128 visit_i128 1,
        deserialize_u8 visit_u8 1,
        deserialize_u16 visit_u16 1,
        deserialize_u32 visit_u32 1,
        deserialize_u64 visit_u64 1,
        deserialize_u128 visit_u128 1,
        deserialize_f32 visit_f32 1.0,
        deserialize_f64 visit_f64 1.0,
        deserialize_char visit_char 'a',
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_borrowed_bytes(self.0.as_bytes())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_enum(Variant(variants.first().copied().unwrap_or(self.0)))
    }

    forward_to_deserialize_any! {
        str string byte_buf unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// Unit variant of an enum.
struct Variant(&'static str);

impl<'de> EnumAccess<'de> for Variant {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Failure> {
        let name: StrDeserializer<'_, Failure> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Failure> {
        Err(Failure::custom("a variant with a value"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Failure> {
        Err(Failure::custom("a variant with values"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Failure> {
        Err(Failure::custom("a variant with fields"))
    }
}
