//! What the sources of a library say of containers, components and functions that return routes.

use proc_macro2::Span;
use syn::{
    Attribute, GenericArgument, Generics, Ident, Item, ItemFn, PathArguments, ReturnType, Type, UseTree,
    Visibility,
    ext::IdentExt as _,
    visit::{self, Visit},
};

use crate::source::{Module, ModulePath};

/// A module, as far as it matters here.
pub(super) struct Written {
    pub(super) path: ModulePath,
    pub(super) items: Vec<Named>,
    /// The modules in it: their names, and whether they are public.
    pub(super) modules: Vec<(String, bool)>,
    pub(super) imports: Vec<Import>,
    /// The types under a stereotype whose attribute is on an impl block.
    pub(super) constructed: Vec<Vec<String>>,
}

/// Something with a name.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) is_public: bool,
    pub(super) kind: Kind,
    /// `src/app.rs:12`
    pub(super) place: String,
}

pub(super) enum Kind {
    /// A struct without generic parameters.
    Type { is_container: bool, is_component: bool },
    /// A function from nothing to `Routes<..>`: of which container, and the paths in its body.
    Routes { container: String, mentions: Vec<Vec<String>> },
}

/// A leaf of a `use`.
pub(super) struct Import {
    pub(super) path: Vec<String>,
    /// Its name here; none of `use path::*`.
    pub(super) name: Option<String>,
    pub(super) is_public: bool,
}

impl Written {
    pub(super) fn of(module: &Module<'_>) -> Self {
        let mut written = Self {
            path: module.path.clone(),
            items: Vec::new(),
            modules: Vec::new(),
            imports: Vec::new(),
            constructed: Vec::new(),
        };
        for item in module.items() {
            written.add(module, item);
        }
        written
    }

    fn add(&mut self, module: &Module<'_>, item: &Item) {
        match item {
            Item::Mod(item) => self.modules.push((name(&item.ident), is_public(&item.vis))),
            Item::Use(item) if item.leading_colon.is_none() => {
                let is_public = is_public(&item.vis);
                leaves(&item.tree, &mut Vec::new(), &mut |path, name| {
                    self.imports.push(Import { path, name, is_public });
                });
            }
            Item::Struct(item) if is_plain(&item.generics) => {
                let kind = Kind::Type {
                    is_container: has(module, &item.attrs, &["container"]),
                    is_component: has(module, &item.attrs, &STEREOTYPES),
                };
                self.named(module, &item.ident, &item.vis, kind);
            }
            Item::Fn(item) => {
                if let Some(container) = container_of_routes(item) {
                    let mut mentions = Mentions::default();
                    mentions.visit_block(&item.block);
                    let kind = Kind::Routes { container, mentions: mentions.0 };
                    self.named(module, &item.sig.ident, &item.vis, kind);
                }
            }
            Item::Impl(item) if item.trait_.is_none() && has(module, &item.attrs, &STEREOTYPES) => {
                if let Type::Path(path) = &*item.self_ty {
                    self.constructed.push(segments(&path.path));
                }
            }
            _ => {}
        }
    }

    fn named(&mut self, module: &Module<'_>, ident: &Ident, vis: &Visibility, kind: Kind) {
        let location = module.file.location(start_of(ident.span()));
        self.items.push(Named {
            name: name(ident),
            is_public: is_public(vis),
            kind,
            place: format!("{}:{}", location.file, location.line),
        });
    }
}

const STEREOTYPES: [&str; 5] = ["service", "repository", "infrastructure", "common", "component"];

fn start_of(span: Span) -> usize {
    span.byte_range().start
}

fn name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

fn is_plain(generics: &Generics) -> bool {
    generics.params.is_empty()
}

/// Whether one of the attributes is called by one of `names`, whatever the path before it.
fn has(module: &Module<'_>, attributes: &[Attribute], names: &[&str]) -> bool {
    module.conditions.applied(attributes).iter().any(|meta| {
        let last = meta.path().segments.last();
        last.is_some_and(|segment| names.iter().any(|name| segment.ident == name))
    })
}

fn segments(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| name(&segment.ident)).collect()
}

/// `App` of `fn() -> Routes<App>`.
fn container_of_routes(item: &ItemFn) -> Option<String> {
    let signature = &item.sig;
    if !signature.inputs.is_empty() || !is_plain(&signature.generics) || signature.asyncness.is_some() {
        return None;
    }
    let ReturnType::Type(_, output) = &signature.output else { return None };
    let Type::Path(output) = &**output else { return None };
    let last = output.path.segments.last().filter(|segment| segment.ident == "Routes")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(Type::Path(container)) => segments(&container.path).pop(),
        _ => None,
    }
}

/// The paths in expressions.
#[derive(Default)]
struct Mentions(Vec<Vec<String>>);

impl<'ast> Visit<'ast> for Mentions {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if path.qself.is_none() {
            self.0.push(segments(&path.path));
        }
        visit::visit_expr_path(self, path);
    }
}

/// Calls `found` with each path in `tree`, and its name here.
fn leaves(tree: &UseTree, before: &mut Vec<String>, found: &mut impl FnMut(Vec<String>, Option<String>)) {
    match tree {
        UseTree::Path(path) => {
            before.push(name(&path.ident));
            leaves(&path.tree, before, found);
            before.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|branch| leaves(branch, before, found)),
        UseTree::Glob(_) => found(before.clone(), None),
        UseTree::Name(leaf) => leaf_of(&leaf.ident, None, before, found),
        UseTree::Rename(leaf) => leaf_of(&leaf.ident, Some(&leaf.rename), before, found),
    }
}

fn leaf_of(
    ident: &Ident,
    rename: Option<&Ident>,
    before: &[String],
    found: &mut impl FnMut(Vec<String>, Option<String>),
) {
    let mut path = before.to_vec();
    // `use path::{self}`
    if ident != "self" || before.is_empty() {
        path.push(name(ident));
    }
    let own = rename.map(name).or_else(|| path.last().cloned());
    // Under `_` nothing can be named.
    if own.as_deref() != Some("_") {
        found(path, own);
    }
}
