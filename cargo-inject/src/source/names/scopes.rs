//! Scopes: the names that the items of a module, and those in the bodies of its functions, bring in.

use std::ops::Range;

use proc_macro2::Ident;
use syn::{
    Attribute, Block, Item, Meta, Stmt, Token,
    ext::IdentExt as _,
    punctuated::Punctuated,
    spanned::Spanned as _,
    visit::{self, Visit},
};

use super::syntax::{Import, Visibility, imports};
use crate::source::{
    cfg::Conditions,
    module::{Module, attributes_of, name_of},
};

/// Number of a scope in [`Scopes`].
pub(crate) type ScopeId = usize;

/// Scope of the module itself.
pub(crate) const MODULE: ScopeId = 0;

/// Scopes of a module: its own, and those of the blocks in it that contain items.
#[derive(Debug)]
pub(crate) struct Scopes(Vec<Scope>);

/// Names that are valid in a module, or in a block of a function.
#[derive(Debug)]
pub(crate) struct Scope {
    /// Scope around a block.
    pub(crate) parent: Option<ScopeId>,
    pub(crate) items: Vec<Declared>,
    pub(crate) imports: Vec<Import>,
    pub(super) macro_use: Vec<MacroUse>,
    /// Bytes of a block; of a module, all bytes.
    extent: Range<usize>,
}

/// Item, with its name.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) visibility: Visibility,
    pub(crate) range: Range<usize>,
}

/// Kind of an item, as far as name resolution distinguishes kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Module,
    Item,
    /// `macro_rules!`. `#[macro_export]` puts it into the root of the crate as well.
    Macro {
        is_exported: bool,
    },
    /// Crate that `extern crate` names; `self` is this one.
    Crate(String),
}

/// `#[macro_use] extern crate`: its macros are in scope in the whole crate.
#[derive(Clone, Debug)]
pub(super) struct MacroUse {
    pub(super) krate: String,
    /// Names in `#[macro_use(a, b)]`.
    only: Option<Vec<String>>,
}

impl Scopes {
    /// Scope of a module alone, to which blocks are [added](Self::enter) during a walk through its items.
    pub(crate) fn of_module(items: &[&Item]) -> Self {
        Self(vec![Scope::of(items, None, 0..usize::MAX)])
    }

    /// Scopes of a module and of all blocks in it.
    pub(crate) fn of(module: &Module<'_>) -> Self {
        let items: Vec<_> = module.items().collect();
        let mut bodies =
            Bodies { scopes: Self::of_module(&items), conditions: module.conditions, scope: MODULE };
        for item in items {
            bodies.visit_item(item);
        }
        bodies.scopes
    }

    /// Adds the scope of a block inside the scope `around`, if the block contains items.
    pub(crate) fn enter(
        &mut self,
        block: &Block,
        around: ScopeId,
        conditions: &Conditions,
    ) -> Option<ScopeId> {
        let items: Vec<_> = block
            .stmts
            .iter()
            .filter_map(|statement| match statement {
                Stmt::Item(item) if conditions.hold(attributes_of(item)) => Some(item),
                _ => None,
            })
            .collect();
        if items.is_empty() {
            return None;
        }
        self.0.push(Scope::of(&items, Some(around), block.span().byte_range()));
        Some(self.0.len() - 1)
    }

    pub(crate) fn get(&self, id: ScopeId) -> &Scope {
        &self.0[id]
    }

    /// Scope of the module itself.
    pub(crate) fn module(&self) -> &Scope {
        &self.0[MODULE]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (ScopeId, &Scope)> {
        self.0.iter().enumerate()
    }

    /// Innermost scope around the byte at `offset`.
    pub(crate) fn at(&self, offset: usize) -> ScopeId {
        // Blocks are added from the outside in.
        self.0.iter().rposition(|scope| scope.extent.contains(&offset)).unwrap_or(MODULE)
    }

    /// A scope, and those around it up to the module.
    pub(crate) fn around(&self, scope: ScopeId) -> impl Iterator<Item = &Scope> {
        std::iter::successors(Some(self.get(scope)), |scope| scope.parent.map(|parent| self.get(parent)))
    }
}

impl Scope {
    /// Whether there is an import of all names of a module.
    pub(crate) fn has_globs(&self) -> bool {
        self.imports.iter().any(Import::is_glob)
    }

    fn of(items: &[&Item], parent: Option<ScopeId>, extent: Range<usize>) -> Self {
        let mut scope =
            Self { parent, items: Vec::new(), imports: Vec::new(), macro_use: Vec::new(), extent };
        for item in items {
            match item {
                Item::Use(item) => scope.imports.extend(imports(item)),
                Item::ExternCrate(item) => {
                    let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
                    let krate = item.ident.unraw().to_string();
                    scope.macro_use.extend(MacroUse::of(&item.attrs, &krate));
                    scope.declare(name, Kind::Crate(krate), &item.vis);
                }
                Item::Macro(item) => {
                    let is_exported =
                        item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
                    if let Some(name) = &item.ident {
                        // Other modules see it by its place in the text, or by a `use`.
                        scope.declare(name, Kind::Macro { is_exported }, &syn::Visibility::Inherited);
                    }
                }
                Item::ForeignMod(item) => {
                    for item in &item.items {
                        match item {
                            syn::ForeignItem::Fn(item) => {
                                scope.declare(&item.sig.ident, Kind::Item, &item.vis);
                            }
                            syn::ForeignItem::Static(item) => {
                                scope.declare(&item.ident, Kind::Item, &item.vis);
                            }
                            syn::ForeignItem::Type(item) => {
                                scope.declare(&item.ident, Kind::Item, &item.vis);
                            }
                            _ => {}
                        }
                    }
                }
                _ => {
                    let kind = if matches!(item, Item::Mod(_)) { Kind::Module } else { Kind::Item };
                    if let (Some(name), Some(visibility)) = (name_of(item), visibility_of(item)) {
                        scope.declare(name, kind, visibility);
                    }
                }
            }
        }
        scope
    }

    fn declare(&mut self, name: &Ident, kind: Kind, visibility: &syn::Visibility) {
        self.items.push(Declared {
            name: name.unraw().to_string(),
            kind,
            visibility: Visibility::of(visibility),
            range: name.span().byte_range(),
        });
    }
}

impl MacroUse {
    fn of(attributes: &[Attribute], krate: &str) -> Option<Self> {
        let attribute = attributes.iter().find(|attribute| attribute.path().is_ident("macro_use"))?;
        let only = match &attribute.meta {
            Meta::List(list) => list
                .parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated)
                .ok()
                .map(|names| names.iter().map(|name| name.unraw().to_string()).collect()),
            _ => None,
        };
        Some(Self { krate: krate.to_owned(), only })
    }

    pub(super) fn covers(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|names| names.iter().any(|own| own == name))
    }
}

/// Adds the scopes of all blocks.
struct Bodies<'a> {
    scopes: Scopes,
    conditions: &'a Conditions,
    scope: ScopeId,
}

impl<'ast> Visit<'ast> for Bodies<'_> {
    // A module of its own, with scopes of its own.
    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}

    fn visit_block(&mut self, block: &'ast Block) {
        let around = self.scope;
        self.scope = self.scopes.enter(block, around, self.conditions).unwrap_or(around);
        visit::visit_block(self, block);
        self.scope = around;
    }
}

fn visibility_of(item: &Item) -> Option<&syn::Visibility> {
    match item {
        Item::Const(item) => Some(&item.vis),
        Item::Enum(item) => Some(&item.vis),
        Item::Fn(item) => Some(&item.vis),
        Item::Mod(item) => Some(&item.vis),
        Item::Static(item) => Some(&item.vis),
        Item::Struct(item) => Some(&item.vis),
        Item::Trait(item) => Some(&item.vis),
        Item::TraitAlias(item) => Some(&item.vis),
        Item::Type(item) => Some(&item.vis),
        Item::Union(item) => Some(&item.vis),
        _ => None,
    }
}
