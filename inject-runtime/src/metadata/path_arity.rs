//! Number of path parameters that a type takes, at compile time.

use std::borrow::Cow;

use crate::const_message::Message;

/// Type for which the number of path parameters that `Path<T>` takes is known: one value, or a tuple.
pub trait PathArity {
    /// Number of parameters, at least one.
    const ARITY: usize;
}

macro_rules! one {
    ($($ty:ty)*) => {$(
        impl PathArity for $ty {
            const ARITY: usize = 1;
        }
    )*};
}

one! {
    bool char String Box<str> Cow<'_, str> u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64 usize isize
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<$first, $($rest),*> PathArity for ($first, $($rest,)*) {
            const ARITY: usize = [stringify!($first) $(, stringify!($rest))*].len();
        }

        tuples!($($rest)*);
    };
    () => {};
}

// serde deserializes tuples up to this length.
tuples!(A B C D E F G H I J K L M N O P);

/// Rejects a `Path<T>`, in a constant, that takes fewer parameters than the path of its endpoint has. It may take
/// more: the prefix of nested routes may have parameters.
///
/// # Panics
///
/// If it takes fewer.
#[track_caller]
pub const fn check_path_arity(takes: Option<usize>, ty: &str, path: &str, count: usize) {
    if let Some(takes) = takes
        && takes < count
    {
        panic!("{}", message(takes, ty, path, count).as_str());
    }
}

const fn message(takes: usize, ty: &str, path: &str, count: usize) -> Message {
    let mut message = Message::new();
    message.push("`");
    message.push(ty);
    message.push("` takes ");
    message.push_number(takes);
    message.push(if takes == 1 { " path parameter, and \"" } else { " path parameters, and \"" });
    message.push(path);
    message.push("\" has ");
    message.push_number(count);
    message.push(": take all of them in a tuple, or some in a struct with their names [inject/endpoint]");
    message
}
