//! `use` declarations, name by name.

use proc_macro2::Span;
use syn::{ItemUse, UseTree, Visibility, ext::IdentExt as _};

use super::{Import, Imported, Start, Written, range};

/// What a `use` imports.
pub(super) fn collect(item: &ItemUse, imports: &mut Vec<Import>) {
    let prefix = Written::from_names(item.leading_colon.is_some(), []);
    let visible = !matches!(item.vis, Visibility::Inherited);
    // In `use ::{a, b}` there is nothing to underline before the names.
    let start = item.leading_colon.map(|colons| colons.spans[0]);
    Leaves { visible, imports }.walk(&item.tree, &prefix, start);
}

struct Leaves<'a> {
    visible: bool,
    imports: &'a mut Vec<Import>,
}

impl Leaves<'_> {
    /// `start` is the first token of the path, as far as it is written in one piece: what is before a `{` is not part of it.
    fn walk(&mut self, tree: &UseTree, prefix: &Written, start: Option<Span>) {
        match tree {
            UseTree::Path(tree) => {
                let mut prefix = prefix.clone();
                prefix.push(tree.ident.unraw().to_string());
                self.walk(&tree.tree, &prefix, start.or(Some(tree.ident.span())));
            }
            UseTree::Group(tree) => tree.items.iter().for_each(|branch| self.walk(branch, prefix, None)),
            UseTree::Name(tree) => {
                let name = tree.ident.unraw().to_string();
                let path = extended(prefix, &name);
                let as_ = path.names.last().cloned().filter(|_| !path.names.is_empty());
                let names = as_.map_or(Imported::Unnamed, Imported::As);
                self.add(path, names, start, tree.ident.span());
            }
            UseTree::Rename(tree) => {
                let path = extended(prefix, &tree.ident.unraw().to_string());
                let name = tree.rename.unraw().to_string();
                let names = if name == "_" { Imported::Unnamed } else { Imported::As(name) };
                self.add(path, names, start, tree.ident.span());
            }
            UseTree::Glob(tree) => {
                self.add(prefix.clone(), Imported::Glob, start, tree.star_token.spans[0]);
            }
        }
    }

    fn add(&mut self, path: Written, names: Imported, start: Option<Span>, end: Span) {
        if path.names.is_empty() && path.start == Start::Name {
            return;
        }
        let range = range(start.unwrap_or(end), end);
        self.imports.push(Import { path, names, visible: self.visible, range });
    }
}

fn extended(prefix: &Written, name: &str) -> Written {
    let mut path = prefix.clone();
    path.push(name.to_owned());
    path
}
