//! Facts of a module that the rules need, beside its names: the paths it mentions, its types and their attributes.
//!
//! Only the facts are kept, because syntax cannot leave the thread that parsed it.

mod mentions;
mod tokens;
pub(crate) mod wiring;

use std::{ops::Range, sync::Arc};

use syn::{Attribute, Item, Meta, ext::IdentExt as _};

use crate::source::{
    Conditions, Module, SourceFile, attributes_of, name_of,
    names::{PathSyntax, ScopeId, Scopes},
};

/// Facts of a module.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) types: Vec<Type>,
    /// Types of impl blocks, with the attributes of the blocks.
    pub(crate) impls: Vec<(PathSyntax, Vec<PathSyntax>)>,
    pub(crate) wiring: wiring::Wiring,
    /// Whether it contains more than declarations of modules and `use`s.
    pub(crate) has_code: bool,
}

/// Path in the code.
#[derive(Debug)]
pub(crate) struct Mention {
    pub(crate) path: PathSyntax,
    pub(crate) scope: ScopeId,
    pub(crate) range: Range<usize>,
    /// Whether it is read from tokens that are not parsed, and may not be a path.
    pub(crate) among_tokens: bool,
}

/// Struct, enum, union or trait.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) name: String,
    pub(crate) range: Range<usize>,
    pub(crate) attributes: Vec<PathSyntax>,
}

impl Facts {
    /// Reads the scopes and the facts of a module.
    pub(crate) fn of(module: &Module<'_>) -> (Scopes, Self) {
        let mut facts = Self {
            file: module.file.clone(),
            mentions: Vec::new(),
            types: Vec::new(),
            impls: Vec::new(),
            wiring: wiring::Wiring::default(),
            has_code: false,
        };
        let items: Vec<_> = module.items().collect();
        facts.has_code =
            items.iter().any(|item| !matches!(item, Item::Mod(_) | Item::Use(_) | Item::ExternCrate(_)));
        for item in &items {
            facts.declare_type(item, module.conditions);
        }
        let (scopes, mentions, wiring) = mentions::collect(module, &items);
        facts.mentions = mentions;
        facts.wiring = wiring;
        (scopes, facts)
    }

    fn declare_type(&mut self, item: &Item, conditions: &Conditions) {
        let attributes = || attribute_paths(attributes_of(item), conditions);
        match item {
            Item::Struct(_) | Item::Enum(_) | Item::Union(_) | Item::Trait(_) => {
                if let Some(name) = name_of(item) {
                    self.types.push(Type {
                        name: name.unraw().to_string(),
                        range: name.span().byte_range(),
                        attributes: attributes(),
                    });
                }
            }
            Item::Impl(item) if !item.attrs.is_empty() => {
                if let syn::Type::Path(of) = &*item.self_ty
                    && of.qself.is_none()
                {
                    self.impls.push((PathSyntax::of(&of.path), attributes()));
                }
            }
            _ => {}
        }
    }
}

/// Paths of attributes: `inject_runtime::service`.
fn attribute_paths(attributes: &[Attribute], conditions: &Conditions) -> Vec<PathSyntax> {
    conditions.applied(attributes).iter().map(|meta| PathSyntax::of(Meta::path(meta))).collect()
}
