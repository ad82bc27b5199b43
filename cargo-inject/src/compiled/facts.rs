//! Structs, functions and impl blocks of a module that can be about containers, components and routes.

use syn::{
    Attribute, GenericArgument, Generics, Ident, Item, ItemFn, PathArguments, ReturnType, Type, Visibility,
    ext::IdentExt as _,
    spanned::Spanned as _,
    visit::{self, Visit},
};

use crate::source::{Module, names::PathSyntax};

/// Facts of a module, before its names are resolved.
#[derive(Default)]
pub(super) struct ModuleFacts {
    pub(super) items: Vec<ItemFacts>,
    /// Types of impl blocks without a trait, with the attributes of the blocks.
    pub(super) impls: Vec<(PathSyntax, Vec<PathSyntax>)>,
}

/// Item that can be a container, a component, or a function that returns routes.
pub(super) struct ItemFacts {
    pub(super) name: String,
    pub(super) is_public: bool,
    /// `src/app.rs:12`
    pub(super) place: String,
    pub(super) kind: ItemKind,
}

/// Kind of an item, with the paths that decide what it is.
pub(super) enum ItemKind {
    /// Struct without generic parameters, with its attributes.
    Struct(Vec<PathSyntax>),
    /// Function without parameters that returns `output<argument>`.
    Function {
        output: PathSyntax,
        argument: PathSyntax,
        /// Paths in the body, with their places in the file.
        mentions: Vec<(PathSyntax, usize)>,
    },
}

impl ModuleFacts {
    pub(super) fn of(module: &Module<'_>) -> Self {
        let mut facts = Self::default();
        for item in module.items() {
            match item {
                Item::Struct(item) if is_plain(&item.generics) => {
                    let kind = ItemKind::Struct(attribute_paths(module, &item.attrs));
                    facts.add(module, &item.ident, &item.vis, kind);
                }
                Item::Fn(item) => {
                    if let Some(kind) = function(item) {
                        facts.add(module, &item.sig.ident, &item.vis, kind);
                    }
                }
                Item::Impl(item) if item.trait_.is_none() && !item.attrs.is_empty() => {
                    if let Type::Path(of) = &*item.self_ty {
                        facts.impls.push((PathSyntax::of(&of.path), attribute_paths(module, &item.attrs)));
                    }
                }
                _ => {}
            }
        }
        facts
    }

    fn add(&mut self, module: &Module<'_>, ident: &Ident, visibility: &Visibility, kind: ItemKind) {
        let location = module.file.location(ident.span().byte_range().start);
        self.items.push(ItemFacts {
            name: ident.unraw().to_string(),
            is_public: matches!(visibility, Visibility::Public(_)),
            place: format!("{}:{}", location.file, location.line),
            kind,
        });
    }
}

fn is_plain(generics: &Generics) -> bool {
    generics.params.is_empty()
}

fn attribute_paths(module: &Module<'_>, attributes: &[Attribute]) -> Vec<PathSyntax> {
    module.conditions.applied(attributes).iter().map(|meta| PathSyntax::of(meta.path())).collect()
}

/// `fn() -> Routes<App>`
fn function(item: &ItemFn) -> Option<ItemKind> {
    let signature = &item.sig;
    if !signature.inputs.is_empty() || !is_plain(&signature.generics) || signature.asyncness.is_some() {
        return None;
    }
    let ReturnType::Type(_, output) = &signature.output else { return None };
    let Type::Path(output) = &**output else { return None };
    let PathArguments::AngleBracketed(arguments) = &output.path.segments.last()?.arguments else {
        return None;
    };
    let GenericArgument::Type(Type::Path(argument)) = arguments.args.first()? else { return None };
    let mut mentions = Mentions::default();
    mentions.visit_block(&item.block);
    Some(ItemKind::Function {
        output: PathSyntax::of(&output.path),
        argument: PathSyntax::of(&argument.path),
        mentions: mentions.0,
    })
}

/// Paths in expressions.
#[derive(Default)]
struct Mentions(Vec<(PathSyntax, usize)>);

impl<'ast> Visit<'ast> for Mentions {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if path.qself.is_none() {
            self.0.push((PathSyntax::of(&path.path), path.span().byte_range().start));
        }
        visit::visit_expr_path(self, path);
    }
}
