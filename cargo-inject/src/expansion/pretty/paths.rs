//! Short forms of absolute paths.

use syn::{
    ExprPath, ItemUse, Macro, Path, PathSegment, QSelf, TypePath, punctuated::Punctuated, visit_mut::VisitMut,
};

use super::imports::Imports;
use crate::{
    expansion::names::Names,
    source::{
        ModulePath,
        names::{PathSyntax, Start},
    },
};

/// Names in expansions that the prelude of the standard library provides.
const PRELUDE: [&str; 19] = [
    "Clone", "Copy", "Default", "Drop", "Err", "From", "Future", "Into", "Iterator", "None", "Ok", "Option",
    "Result", "Send", "Some", "Sync", "ToOwned", "Unpin", "Vec",
];

/// Modules of the runtime whose items are imported from there.
const MODULES: [&str; 4] = ["__private", "graph", "layer", "tx"];

/// Names in `__private` that are re-exports, with their public paths.
const FROM_STD: [(&str, &str); 1] = [("Arc", "std::sync::Arc")];
const FROM_ROOT: [&str; 21] = [
    "BuildError",
    "Component",
    "Container",
    "Graph",
    "HasContainer",
    "Injectable",
    "Layer",
    "Layered",
    "MayDependOn",
    "Policy",
    "Problem",
    "ProblemKind",
    "Qualified",
    "Role",
    "RoleCheck",
    "RoleProof",
    "Routes",
    "ShutdownError",
    "Source",
    "ToProblem",
    "layer",
];
const FROM_AXUM: [(&str, &str); 8] = [
    ("Body", "axum::body::Body"),
    ("FromRequestParts", "axum::extract::FromRequestParts"),
    ("IntoResponse", "axum::response::IntoResponse"),
    ("OptionalFromRequestParts", "axum::extract::OptionalFromRequestParts"),
    ("Parts", "axum::http::request::Parts"),
    ("Request", "axum::extract::Request"),
    ("Response", "axum::response::Response"),
    ("StatusCode", "axum::http::StatusCode"),
];

/// Short paths for a module, and the imports that they need.
pub(super) struct ShortPaths<'a> {
    pub(super) names: &'a Names,
    pub(super) module: &'a ModulePath,
    /// Whether axum's names can be used.
    pub(super) axum: bool,
    pub(super) imports: Imports,
}

/// Visitor that shortens paths.
pub(super) struct Shortener<'p, 'a> {
    paths: &'p mut ShortPaths<'a>,
    in_macro: bool,
}

impl<'a> ShortPaths<'a> {
    pub(super) fn shortener(&mut self) -> Shortener<'_, 'a> {
        Shortener { paths: self, in_macro: false }
    }

    /// Whether `name` can stand for `path` in the module.
    fn stands_for(&mut self, name: &str, path: &[String]) -> bool {
        if let Some(import) = self.names.import(self.module, name) {
            return is_same(&import.path, path);
        }
        !self.names.is_taken(self.module, name) && self.imports.add(name, path)
    }

    /// Number of names at the start of the absolute path `names` that can be omitted.
    fn excess(&mut self, names: &[String], is_macro: bool) -> usize {
        let (root, rest) = match names.iter().position(|name| name == "__private") {
            Some(at) => names.split_at(at),
            None => names.split_at(1),
        };
        if ["core", "std", "alloc"].contains(&&*root[0]) {
            return self.excess_of_std(names, is_macro);
        }
        let is_private = !rest.is_empty() && rest[0] == "__private";
        if !is_private && !self.names.is_runtime(&root[0]) {
            // A path of the user.
            return 0;
        }
        let Some(at) = rest.iter().position(|name| !MODULES.contains(&&**name)) else { return 0 };
        let name = &rest[at];
        let elsewhere = FROM_STD.iter().chain(FROM_AXUM.iter().filter(|_| self.axum));
        let path: Vec<_> = match elsewhere.into_iter().find(|known| is_private && known.0 == name) {
            Some((_, path)) => path.split("::").map(str::to_owned).collect(),
            None if is_private && FROM_ROOT.contains(&&*rest[1]) => {
                root.iter().chain(&rest[1..=at]).cloned().collect()
            }
            None => root.iter().chain(&rest[..=at]).cloned().collect(),
        };
        if self.stands_for(name, &path) { root.len() + at } else { 0 }
    }

    fn excess_of_std(&mut self, names: &[String], is_macro: bool) -> usize {
        // `::core::primitive::usize`, `::core::panic!`
        let is_known = names[1] == "primitive" || is_macro;
        if is_known {
            let name = &names[names.len() - 1];
            return if self.names.is_taken(self.module, name) { 0 } else { names.len() - 1 };
        }
        // The prelude contains variants as well as types.
        let in_prelude = |name: &String| PRELUDE.contains(&&**name);
        if let Some(at) = names.iter().rposition(in_prelude)
            && !self.names.is_taken(self.module, &names[at])
        {
            return at;
        }
        let Some(at) = names.iter().position(|name| name.starts_with(char::is_uppercase)) else { return 0 };
        let path: Vec<_> = ["std".to_owned()].into_iter().chain(names[1..=at].iter().cloned()).collect();
        if in_prelude(&names[at]) || !self.stands_for(&names[at], &path) { 0 } else { at }
    }
}

impl Shortener<'_, '_> {
    fn shorten(&mut self, path: &mut Path, qself: Option<&mut QSelf>) {
        if path.leading_colon.is_none() || path.segments.len() < 2 {
            return;
        }
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let excess = self.paths.excess(&names, self.in_macro);
        if excess == 0 || qself.as_ref().is_some_and(|qself| qself.position <= excess) {
            return;
        }
        let kept = std::mem::take(&mut path.segments).into_iter().skip(excess);
        path.segments = kept.collect::<Punctuated<PathSegment, _>>();
        path.leading_colon = None;
        if let Some(qself) = qself {
            qself.position -= excess;
        }
    }
}

impl VisitMut for Shortener<'_, '_> {
    fn visit_path_mut(&mut self, path: &mut Path) {
        self.shorten(path, None);
        syn::visit_mut::visit_path_mut(self, path);
    }

    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        self.shorten(&mut path.path, path.qself.as_mut());
        syn::visit_mut::visit_expr_path_mut(self, path);
    }

    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        self.shorten(&mut path.path, path.qself.as_mut());
        syn::visit_mut::visit_type_path_mut(self, path);
    }

    // An import as `_` has no shorter name.
    fn visit_item_use_mut(&mut self, item: &mut ItemUse) {
        item.leading_colon = None;
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        self.in_macro = true;
        self.shorten(&mut call.path, None);
        self.in_macro = false;
    }
}

/// Whether an import is that of the absolute path `path`. The crates of the standard library count as one.
fn is_same(import: &PathSyntax, path: &[String]) -> bool {
    let tail = |names: &[String]| match names.first().map(String::as_str) {
        Some("core" | "std" | "alloc") => names[1..].to_vec(),
        _ => names.to_vec(),
    };
    matches!(import.start, Start::Name | Start::Global) && tail(&import.names) == tail(path)
}
