//! Paths and `use` trees, as they are written.

use std::ops::Range;

use proc_macro2::Span;
use syn::{ItemUse, UseTree, ext::IdentExt as _};

/// Path as it is written, without generic arguments and without `r#`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PathSyntax {
    pub(crate) start: Start,
    pub(crate) names: Vec<String>,
}

/// Start of a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Start {
    /// At a name: of something in scope, or of another crate.
    #[default]
    Name,
    /// At `::`: the first name is that of another crate.
    Global,
    /// At `crate`.
    Crate,
    /// At `self`, or at that many `super`s.
    Up(usize),
}

/// One name that a `use` brings into scope, or all names of a module.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    pub(crate) path: PathSyntax,
    pub(crate) names: Imported,
    pub(crate) visibility: Visibility,
    pub(crate) range: Range<usize>,
}

/// Names that an import brings into scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Imported {
    As(String),
    /// `as _`
    Unnamed,
    Glob,
}

/// Visibility of an item or an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visibility {
    Private,
    /// `pub(crate)`, `pub(super)`, `pub(in path)`
    Restricted,
    Public,
}

impl PathSyntax {
    /// Reads a path of the source.
    pub(crate) fn of(path: &syn::Path) -> Self {
        let names = path.segments.iter().map(|segment| segment.ident.unraw().to_string());
        Self::from_names(path.leading_colon.is_some(), names)
    }

    /// Builds a path from its names, `crate`, `self` and `super` among them.
    pub(crate) fn from_names(global: bool, names: impl IntoIterator<Item = String>) -> Self {
        let mut path = Self { start: if global { Start::Global } else { Start::Name }, names: Vec::new() };
        for name in names {
            path.push(name);
        }
        path
    }

    fn push(&mut self, name: String) {
        if self.names.is_empty() {
            match (&*name, self.start) {
                ("crate", Start::Name) => return self.start = Start::Crate,
                ("self", Start::Name) => return self.start = Start::Up(0),
                ("super", Start::Name) => return self.start = Start::Up(1),
                ("super", Start::Up(count)) => return self.start = Start::Up(count + 1),
                _ => {}
            }
        }
        // `{self}` at the end of a `use`.
        if name != "self" {
            self.names.push(name);
        }
    }

    fn then(&self, name: String) -> Self {
        let mut longer = self.clone();
        longer.push(name);
        longer
    }
}

impl Import {
    /// Whether the import brings `name` into scope by that name.
    pub(super) fn is_named(&self, name: &str) -> bool {
        matches!(&self.names, Imported::As(own) if own == name)
    }

    pub(super) fn is_glob(&self) -> bool {
        self.names == Imported::Glob
    }
}

impl Visibility {
    pub(super) fn of(visibility: &syn::Visibility) -> Self {
        match visibility {
            syn::Visibility::Public(_) => Self::Public,
            syn::Visibility::Restricted(_) => Self::Restricted,
            syn::Visibility::Inherited => Self::Private,
        }
    }
}

/// Reads the imports of a `use` item, in the order in which they are written.
pub(crate) fn imports(item: &ItemUse) -> Vec<Import> {
    let prefix = PathSyntax::from_names(item.leading_colon.is_some(), []);
    // In `use ::{a, b}` there is nothing to underline before the names.
    let start = item.leading_colon.map(|colons| colons.spans[0]);
    let mut leaves = Leaves { visibility: Visibility::of(&item.vis), imports: Vec::new() };
    leaves.walk(&item.tree, &prefix, start);
    leaves.imports
}

struct Leaves {
    visibility: Visibility,
    imports: Vec<Import>,
}

impl Leaves {
    /// `start` is the first token of the path, as far as the path is written in one piece: the part before a `{` does not belong to it.
    fn walk(&mut self, tree: &UseTree, prefix: &PathSyntax, start: Option<Span>) {
        match tree {
            UseTree::Path(tree) => {
                let prefix = prefix.then(tree.ident.unraw().to_string());
                self.walk(&tree.tree, &prefix, start.or(Some(tree.ident.span())));
            }
            UseTree::Group(tree) => tree.items.iter().for_each(|branch| self.walk(branch, prefix, None)),
            UseTree::Name(tree) => {
                let path = prefix.then(tree.ident.unraw().to_string());
                let names = path.names.last().cloned().map_or(Imported::Unnamed, Imported::As);
                self.add(path, names, start, tree.ident.span());
            }
            UseTree::Rename(tree) => {
                let path = prefix.then(tree.ident.unraw().to_string());
                let name = tree.rename.unraw().to_string();
                let names = if name == "_" { Imported::Unnamed } else { Imported::As(name) };
                self.add(path, names, start, tree.ident.span());
            }
            UseTree::Glob(tree) => {
                self.add(prefix.clone(), Imported::Glob, start, tree.star_token.spans[0]);
            }
        }
    }

    fn add(&mut self, path: PathSyntax, names: Imported, start: Option<Span>, end: Span) {
        if path.names.is_empty() && path.start == Start::Name {
            return;
        }
        let range = start.unwrap_or(end).byte_range().start..end.byte_range().end;
        self.imports.push(Import { path, names, visibility: self.visibility, range });
    }
}
