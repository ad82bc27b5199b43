//! Named schemas of a document.

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

/// All known schemas, by name.
#[derive(Default)]
pub(crate) struct Schemas(BTreeMap<String, RefOr<Schema>>);

impl Schemas {
    /// Returns a reference to the schema of `T`, and adds the schema and all schemas that it refers to. For
    /// a primitive or a container, returns the schema itself.
    pub(super) fn of<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let mut inner = Vec::new();
        T::schemas(&mut inner);
        for (name, schema) in inner {
            self.0.entry(name).or_insert(schema);
        }
        let ty = Name::of(type_name::<T>());
        match T::schema() {
            schema @ RefOr::T(_) if ty.is_own() => {
                // utoipa's names: `Page_Book` is `Page<Book>`.
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

    /// Returns the schemas that the operations in `paths` refer to, at any depth. An inline schema that has
    /// a name is replaced by a reference.
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

    /// Replaces `schema` by a reference if it has a name, and collects the names that it refers to.
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
                    // A dangling reference would make the document invalid.
                    tracing::warn!(
                        schema = name,
                        "an OpenAPI document refers to an unknown schema: put `#[param(inline)]` on the query field of this type, or call `OperationDraft::schema` with the type"
                    );
                    *schema = ObjectBuilder::new().schema_type(SchemaType::AnyValue).into();
                }
            }
        }
    }

    /// Returns the name of an inline schema, if it has exactly one.
    fn name_of(&self, schema: &RefOr<Schema>) -> Option<&str> {
        let has_name = match schema {
            // A newtype of text has the same schema as text.
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

/// Name of a type, as returned by [`type_name`].
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

    /// Returns whether the type is defined by an application or library, and is neither a primitive nor a
    /// standard container.
    fn is_own(&self) -> bool {
        const FOREIGN: [&str; 5] = ["alloc", "core", "indexmap", "serde_json", "std"];
        let is_path = self.path.starts_with(|character: char| character.is_alphabetic() || character == '_');
        match self.path.split_once("::") {
            Some((krate, _)) => is_path && !FOREIGN.contains(&krate),
            None => false,
        }
    }

    /// Returns the name as part of a schema name: `Page_Book` for `Page<Book>`.
    fn joined(&self) -> String {
        let last = self.path.rsplit("::").next().unwrap_or(self.path);
        // Removes the syntax of unnamed types, such as `[u8]`, which is not allowed in the key of a
        // component.
        let last = last.replace(|character: char| !character.is_alphanumeric() && character != '_', "");
        self.arguments.iter().fold(last, |name, argument| format!("{name}_{}", argument.joined()))
    }
}

/// Splits at the commas outside of brackets.
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
