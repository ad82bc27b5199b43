//! The path of the runtime crate, and the alias under which expansions name its items.
//!
//! Implementations stand in a block that begins with `use ::inject_runtime::__private as __rt;`. Generators write the items of that
//! module as they are, `__rt::Injectable`; a test compares the names with the exports of the runtime.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

/// The runtime crate: `::inject_runtime`, or the value of `crate = path`.
#[derive(Clone)]
pub(crate) struct Runtime(TokenStream);

impl Default for Runtime {
    fn default() -> Self {
        Self(quote!(::inject_runtime))
    }
}

impl From<Path> for Runtime {
    fn from(path: Path) -> Self {
        Self(path.into_token_stream())
    }
}

impl Runtime {
    /// Returns `items` in a block in which `__rt` is the private module of the runtime.
    pub(crate) fn block(&self, items: &TokenStream) -> TokenStream {
        let runtime = &self.0;
        if items.is_empty() {
            return TokenStream::new();
        }
        quote! {
            const _: () = {
                use #runtime::__private as __rt;
                #items
            };
        }
    }

    /// Returns the path of the private module of the runtime, for an item outside of a [block](Self::block).
    pub(crate) fn private(&self) -> TokenStream {
        let runtime = &self.0;
        quote!(#runtime::__private)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use proc_macro2::{TokenStream, TokenTree};

    /// Collects `Item` of each `__rt::Item`, `__rt::{Item as _}` and `#private::Item`.
    fn named(tokens: TokenStream, names: &mut BTreeSet<String>) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let is_colon =
            |index: usize| matches!(tokens.get(index), Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => named(group.stream(), names),
                TokenTree::Ident(alias)
                    if (alias == "__rt" || alias == "private")
                        && is_colon(index + 1)
                        && is_colon(index + 2) =>
                {
                    match tokens.get(index + 3) {
                        Some(TokenTree::Ident(name)) => drop(names.insert(name.to_string())),
                        Some(TokenTree::Group(group)) => {
                            let items = group.stream().into_iter().filter_map(|token| match token {
                                TokenTree::Ident(name) if name != "as" && name != "_" => {
                                    Some(name.to_string())
                                }
                                _ => None,
                            });
                            names.extend(items);
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }

    fn sources(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, names);
            } else if path.file_name().is_some_and(|file| file != "paths.rs") {
                let source = fs::read_to_string(&path).expect("a source");
                named(source.parse().expect("tokens"), names);
            }
        }
    }

    /// Collects the names that `use` items export.
    fn exports(tree: &syn::UseTree, names: &mut BTreeSet<String>) {
        match tree {
            syn::UseTree::Path(path) => exports(&path.tree, names),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| exports(tree, names)),
            syn::UseTree::Name(name) if name.ident == "self" => drop(names.insert("layer".to_owned())),
            syn::UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
            syn::UseTree::Rename(_) | syn::UseTree::Glob(_) => {}
        }
    }

    /// Each name that a generator writes is exported by the runtime, and each export is written by a generator or by the inspector.
    #[test]
    fn the_runtime_exports_what_expansions_name() {
        const OF_THE_INSPECTOR: [&str; 2] = ["NodeOf", "NotProvided"];
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let Ok(runtime) = fs::read_to_string(root.join("../inject-runtime/src/lib.rs")) else {
            return; // in a published archive, without the runtime beside it
        };
        let file = syn::parse_file(&runtime).expect("the runtime");
        let private = file.items.iter().find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == "__private" => module.content.as_ref(),
            _ => None,
        });
        let mut exported = BTreeSet::new();
        for item in &private.expect("the module").1 {
            if let syn::Item::Use(item) = item {
                exports(&item.tree, &mut exported);
            }
        }
        let mut written = BTreeSet::new();
        sources(&root.join("src"), &mut written);
        let unknown: Vec<_> = written.difference(&exported).collect();
        assert!(unknown.is_empty(), "written, and not exported: {unknown:?}");
        written.extend(OF_THE_INSPECTOR.map(str::to_owned));
        let unused: Vec<_> = exported.difference(&written).collect();
        assert!(unused.is_empty(), "exported, and not written: {unused:?}");
    }
}
