//! Names of schemas.

use std::collections::{HashMap, HashSet};

/// Name of a type, as returned by [`type_name`](std::any::type_name).
pub(super) struct Name<'a> {
    path: &'a str,
    arguments: Vec<Name<'a>>,
}

impl<'a> Name<'a> {
    pub(super) fn of(text: &'a str) -> Self {
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
    pub(super) fn is_own(&self) -> bool {
        const FOREIGN: [&str; 5] = ["alloc", "core", "indexmap", "serde_json", "std"];
        let is_path = self.path.starts_with(|character: char| character.is_alphabetic() || character == '_');
        match self.path.split_once("::") {
            Some((krate, _)) => is_path && !FOREIGN.contains(&krate),
            None => false,
        }
    }

    /// Returns the name as part of a schema name: `Page_Book` for `Page<Book>`.
    pub(super) fn joined(&self) -> String {
        self.qualified(0, 0)
    }

    /// Returns the name of a schema whose type says that its own name is `name`, as utoipa composes it.
    pub(super) fn named(&self, name: &str) -> String {
        self.arguments.iter().fold(name.to_owned(), |name, argument| format!("{name}_{}", argument.joined()))
    }

    /// Returns the names of the arguments, at any depth.
    pub(super) fn inner_names(&self) -> Vec<String> {
        let inner = |argument: &Self| {
            let mut names = argument.inner_names();
            names.push(argument.joined());
            names
        };
        self.arguments.iter().flat_map(inner).collect()
    }

    /// Returns the name with at most `own` modules, and the names of its arguments with at most `inner`.
    fn qualified(&self, own: usize, inner: usize) -> String {
        let mut segments = self.path.rsplit("::");
        // Removes the syntax of unnamed types, such as `[u8]`, which is not allowed in the key of a
        // component.
        let last = sanitized(segments.next().unwrap_or(self.path), "_");
        let mut parts = vec![last];
        if self.is_own() {
            // Without the `{{closure}}` of a type that is declared in a function.
            parts.extend(
                segments.filter(|part| !part.contains('{')).take(own).map(|part| sanitized(part, "_")),
            );
            parts.reverse();
        }
        let name = parts.join(".");
        self.arguments
            .iter()
            .fold(name, |name, argument| format!("{name}_{}", argument.qualified(inner, inner)))
    }
}

/// Removes the characters that are not allowed in the key of a component.
fn sanitized(text: &str, allowed: &str) -> String {
    text.chars()
        .filter(|&character| character.is_ascii_alphanumeric() || allowed.contains(character))
        .collect()
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

/// Schema that needs a unique name.
pub(super) struct Unnamed<'a> {
    /// The name that utoipa gives it.
    pub(super) short: &'a str,
    /// The type, if it is known.
    pub(super) ty: Option<&'static str>,
    /// The type in whose description the schema was found.
    pub(super) owner: &'static str,
}

impl Unnamed<'_> {
    fn qualified(&self, own: usize, inner: usize) -> String {
        let Some(ty) = self.ty else {
            // The module of a nested type is not known.
            return format!("{}.{}", Name::of(self.owner).qualified(own - 1, own - 1), self.short);
        };
        let name = Name::of(ty);
        if name.joined() == self.short {
            return name.qualified(own, inner);
        }
        // A name by `#[schema(as = ..)]`.
        let full = Name { path: name.path, arguments: Vec::new() }.qualified(own, 0);
        match full.rsplit_once('.') {
            Some((modules, _)) => format!("{modules}.{}", self.short),
            None => self.short.to_owned(),
        }
    }
}

/// Returns unique names, in the order of `schemas`: the short name where it is unique, and a name with as many
/// modules as it takes elsewhere.
pub(super) fn unique_names(schemas: &[Unnamed<'_>]) -> Vec<String> {
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, schema) in schemas.iter().enumerate() {
        groups.entry(key(schema.short)).or_default().push(index);
    }
    let mut taken: HashSet<String> =
        groups.iter().filter(|(_, group)| group.len() == 1).map(|(key, _)| key.clone()).collect();
    let mut names: Vec<_> = schemas.iter().map(|schema| schema.short.to_owned()).collect();
    let mut clashes: Vec<_> = groups.into_values().filter(|group| group.len() > 1).collect();
    clashes.sort();
    for group in clashes {
        let depths = (1..=8).flat_map(|depth| [(0, depth), (depth, depth)]);
        let candidates = depths.map(|(own, inner)| {
            let name = |&index: &usize| {
                let schema: &Unnamed<'_> = &schemas[index];
                // A type that is not generic has nothing but modules of its own.
                let own = if schema.ty.is_none() { inner } else { own };
                schema.qualified(own, inner)
            };
            group.iter().map(name).collect::<Vec<_>>()
        });
        let is_unique = |names: &Vec<String>| {
            let keys: HashSet<_> = names.iter().map(|name| key(name)).collect();
            keys.len() == names.len() && keys.is_disjoint(&taken)
        };
        let found = candidates.into_iter().find(is_unique).unwrap_or_else(|| {
            // Types of one name in one function.
            let numbered =
                |(number, &index): (usize, &usize)| format!("{}_{}", schemas[index].short, number + 1);
            group.iter().enumerate().map(numbered).collect()
        });
        for (&index, name) in group.iter().zip(found) {
            names[index] = next_free(&name, &mut taken);
        }
    }
    names
}

/// Returns `name`, or `name_2`, `name_3` if it is taken.
pub(crate) fn next_free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut unique = name.to_owned();
    let mut count = 1;
    while !taken.insert(key(&unique)) {
        count += 1;
        unique = format!("{name}_{count}");
    }
    unique
}

/// Returns what generators of clients make of a name at most: names with the same key are not distinct in each
/// language.
pub(crate) fn key(name: &str) -> String {
    sanitized(name, "").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Name, Unnamed, unique_names};

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

    #[test]
    fn names_that_clash_are_qualified() {
        let unique = |types: &[&'static str]| {
            let shorts: Vec<_> = types.iter().map(|ty| Name::of(ty).joined()).collect();
            let schemas: Vec<_> = types
                .iter()
                .zip(&shorts)
                .map(|(ty, short)| Unnamed { short, ty: Some(ty), owner: ty })
                .collect();
            unique_names(&schemas)
        };
        assert_eq!(unique(&["app::a::Item", "app::b::Other"]), ["Item", "Other"]);
        assert_eq!(unique(&["app::a::Item", "app::b::Item"]), ["a.Item", "b.Item"]);
        assert_eq!(unique(&["app::a::x::Item", "app::b::x::Item"]), ["a.x.Item", "b.x.Item"]);
        assert_eq!(
            unique(&["app::Page<app::a::Item>", "app::Page<app::b::Item>"]),
            ["Page_a.Item", "Page_b.Item"]
        );
        assert_eq!(unique(&["app::PageBook", "app::Page<app::Book>"]), ["PageBook", "Page_app.Book"]);
        assert_eq!(unique(&["app::f::Item", "app::f::Item"]), ["Item_1", "Item_2"]);
    }

    #[test]
    fn nested_types_are_named_by_their_owners() {
        let nested = |owner| Unnamed { short: "Item", ty: None, owner };
        assert_eq!(unique_names(&[nested("app::Order"), nested("app::Cart")]), ["Order.Item", "Cart.Item"]);
        assert_eq!(
            unique_names(&[nested("app::a::Order"), nested("app::b::Order")]),
            ["a.Order.Item", "b.Order.Item"]
        );
    }
}
