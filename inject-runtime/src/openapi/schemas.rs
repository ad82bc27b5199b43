//! Schemas, collected under their names.

use std::{any::type_name, collections::BTreeMap};

use utoipa::{
    ToSchema,
    openapi::{Ref, RefOr, Schema, schema::ArrayItems},
};

/// The schemas of a document.
#[derive(Default)]
pub(super) struct Schemas(BTreeMap<String, RefOr<Schema>>);

impl Schemas {
    /// A reference to the schema of `T`, which is added with all that it refers to; or the schema itself, if it has no name of its own.
    pub(super) fn of<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let mut inner = Vec::new();
        T::schemas(&mut inner);
        for (name, schema) in inner {
            self.0.entry(name).or_insert(schema);
        }
        let ty = Name::of(type_name::<T>());
        let name = T::name();
        self.named(&ty, Some(&name), T::schema())
    }

    pub(super) fn into_map(self) -> BTreeMap<String, RefOr<Schema>> {
        self.0
    }

    /// The schema of a type of that name; `name` is what utoipa calls it, without its arguments.
    fn named(&mut self, ty: &Name<'_>, name: Option<&str>, schema: RefOr<Schema>) -> RefOr<Schema> {
        if matches!(schema, RefOr::Ref(_)) {
            return schema;
        }
        if ty.is_own() {
            let name = ty.arguments.iter().fold(name.unwrap_or(ty.last()).to_owned(), |name, argument| {
                format!("{name}_{}", argument.joined())
            });
            self.0.entry(name.clone()).or_insert(schema);
            return Ref::from_schema_name(name).into();
        }
        // A container: what is in it may have a name.
        match (ty.arguments.as_slice(), schema) {
            ([inner, ..], RefOr::T(Schema::Array(mut array))) => {
                array.items = match array.items {
                    ArrayItems::RefOrSchema(items) => {
                        ArrayItems::RefOrSchema(Box::new(self.named(inner, None, *items)))
                    }
                    ArrayItems::False => ArrayItems::False,
                };
                RefOr::T(Schema::Array(array))
            }
            ([inner, ..], schema) if ty.is_transparent() => self.named(inner, None, schema),
            (_, schema) => schema,
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
        // A slice is an array of what is in it.
        if let Some(inner) = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            let inner = inner.rsplit_once(';').map_or(inner, |(inner, _)| inner);
            return Self { path: "[]", arguments: vec![Self::of(inner)] };
        }
        if let Some(inner) = text.strip_prefix('&') {
            return Self { path: "&", arguments: vec![Self::of(inner)] };
        }
        let Some((path, rest)) = text.split_once('<') else {
            return Self { path: text, arguments: Vec::new() };
        };
        let rest = rest.strip_suffix('>').unwrap_or(rest);
        Self { path, arguments: split(rest).into_iter().map(Self::of).collect() }
    }

    /// Whether it is a type of somebody's own, and neither a primitive nor a container.
    fn is_own(&self) -> bool {
        const FOREIGN: [&str; 4] = ["alloc", "core", "std", "serde_json"];
        match self.path.split_once("::") {
            Some((krate, _)) => !FOREIGN.contains(&krate),
            None => false,
        }
    }

    /// Whether it looks in JSON like what is in it.
    fn is_transparent(&self) -> bool {
        ["&", "Box", "Arc", "Rc", "Cow", "RefCell"].contains(&self.last())
    }

    fn last(&self) -> &'a str {
        self.path.rsplit("::").next().unwrap_or(self.path)
    }

    /// `Page_Book` of `Page<Book>`.
    fn joined(&self) -> String {
        self.arguments
            .iter()
            .fold(self.last().to_owned(), |name, argument| format!("{name}_{}", argument.joined()))
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
