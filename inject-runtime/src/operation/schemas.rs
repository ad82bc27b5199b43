//! Schemas, under their names.

use std::{
    any::type_name,
    collections::{BTreeMap, BTreeSet},
};

use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, Paths, Ref, RefOr, Schema, schema::SchemaType},
};

use super::visit::{each_child, each_schema};

const PREFIX: &str = "#/components/schemas/";

/// The schemas that are known.
#[derive(Default)]
pub(crate) struct Schemas(BTreeMap<String, RefOr<Schema>>);

impl Schemas {
    /// A reference to the schema of `T`, which is known from now on with all that it refers to; or the schema itself, if the type is a
    /// primitive or a container.
    pub(super) fn of<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let mut inner = Vec::new();
        T::schemas(&mut inner);
        for (name, schema) in inner {
            self.0.entry(name).or_insert(schema);
        }
        let ty = Name::of(type_name::<T>());
        match T::schema() {
            schema @ RefOr::T(_) if ty.is_own() => {
                // As utoipa calls them: `Page_Book` is `Page<Book>`.
                let name = ty
                    .arguments
                    .iter()
                    .fold(T::name().into_owned(), |name, argument| format!("{name}_{}", argument.joined()));
                self.0.entry(name.clone()).or_insert(schema);
                Ref::from_schema_name(name).into()
            }
            schema => schema,
        }
    }

    /// The schemas that the operations in `paths` refer to, at any depth. What is written out there and has a name becomes a reference.
    pub(crate) fn resolve(self, paths: &mut Paths) -> BTreeMap<String, RefOr<Schema>> {
        let mut settled = BTreeMap::new();
        let mut wanted = BTreeSet::new();
        for item in paths.paths.values_mut() {
            each_schema(item, &mut |schema| self.settle(schema, &mut wanted));
        }
        while let Some(name) = wanted.pop_first() {
            if let Some(schema) = self.0.get(&name).filter(|_| !settled.contains_key(&name)) {
                let mut schema = schema.clone();
                if let RefOr::T(schema) = &mut schema {
                    each_child(schema, &mut |child| self.settle(child, &mut wanted));
                }
                settled.insert(name, schema);
            }
        }
        settled
    }

    /// Notes what `schema` refers to.
    fn settle(&self, schema: &mut RefOr<Schema>, wanted: &mut BTreeSet<String>) {
        if let Some(name) = self.name_of(schema) {
            *schema = Ref::from_schema_name(name).into();
        }
        match schema {
            RefOr::T(schema) => each_child(schema, &mut |child| self.settle(child, wanted)),
            RefOr::Ref(reference) => {
                let Some(name) = reference.ref_location.strip_prefix(PREFIX) else { return };
                if self.0.contains_key(name) {
                    wanted.insert(name.to_owned());
                } else {
                    // A reference to nothing would spoil the document.
                    tracing::warn!(
                        schema = name,
                        "an OpenAPI document does not say what this is: put `#[param(inline)]` on the field of the query that it is of, or `OperationDraft::schema` where it is known"
                    );
                    *schema = ObjectBuilder::new().schema_type(SchemaType::AnyValue).into();
                }
            }
        }
    }

    /// The only name of a schema that is written out.
    fn name_of(&self, schema: &RefOr<Schema>) -> Option<&str> {
        let has_name = match schema {
            // That of a new type around text is the same as that of text.
            RefOr::T(Schema::Object(object)) => !object.properties.is_empty() || object.enum_values.is_some(),
            RefOr::T(Schema::OneOf(_) | Schema::AllOf(_)) => true,
            _ => false,
        };
        let mut names = self.0.iter().filter(|(_, known)| has_name && *known == schema).map(|(name, _)| name);
        match (names.next(), names.next()) {
            (Some(name), None) => Some(name),
            _ => None,
        }
    }
}

/// The name of a type, as [`type_name`] has it.
struct Name<'a> {
    path: &'a str,
    arguments: Vec<Name<'a>>,
}

impl<'a> Name<'a> {
    fn of(text: &'a str) -> Self {
        let text = text.trim();
        match text.split_once('<') {
            Some((path, rest)) => {
                let arguments = split(rest.strip_suffix('>').unwrap_or(rest));
                Self { path, arguments: arguments.into_iter().map(Self::of).collect() }
            }
            None => Self { path: text, arguments: Vec::new() },
        }
    }

    /// Whether it is a type of somebody's own, and neither a primitive nor a container.
    fn is_own(&self) -> bool {
        const FOREIGN: [&str; 5] = ["alloc", "core", "indexmap", "serde_json", "std"];
        let is_path = self.path.starts_with(|it: char| it.is_alphabetic() || it == '_');
        match self.path.split_once("::") {
            Some((krate, _)) => is_path && !FOREIGN.contains(&krate),
            None => false,
        }
    }

    /// `Page_Book` of `Page<Book>`.
    fn joined(&self) -> String {
        let last = self.path.rsplit("::").next().unwrap_or(self.path);
        // What cannot be in the key of a component is the syntax of types without a name: `[u8]`.
        let last = last.replace(|it: char| !it.is_alphanumeric() && it != '_', "");
        self.arguments.iter().fold(last, |name, argument| format!("{name}_{}", argument.joined()))
    }
}

/// Splits at the commas that are in no brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (index, character) in text.char_indices() {
        match character {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn names_of_types() {
        let cases = [
            ("app::Page<app::Book>", true, "Page_Book"),
            ("app::Pair<alloc::vec::Vec<app::Book>, [u8]>", true, "Pair_Vec_Book_u8"),
            ("alloc::vec::Vec<app::Book>", false, "Vec_Book"),
            ("i64", false, "i64"),
            ("&app::Book", false, "Book"),
            ("(app::Book, i64)", false, "Booki64"),
        ];
        for (text, is_own, joined) in cases {
            let name = Name::of(text);
            assert_eq!((name.is_own(), name.joined().as_str()), (is_own, joined), "{text}");
        }
    }
}
