//! What a module says, before anything is known of the others: names, imports, and the paths it mentions.
//!
//! This is all that is kept of the syntax, which cannot leave the thread that has parsed it.

mod attributes;
mod imports;
mod mentions;
mod tokens;

use std::{ops::Range, sync::Arc};

use proc_macro2::{Ident, Span};
use syn::{Attribute, Item, Meta, Visibility, ext::IdentExt as _};

use crate::source::{Conditions, Module, ModulePath, SourceFile, attributes_of, name_of};

/// What a module says.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) path: ModulePath,
    pub(crate) file: Arc<SourceFile>,
    /// What its items, and those of the bodies of its functions, bring into scope. The first is that of the module.
    pub(crate) scopes: Vec<Scope>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) types: Vec<Type>,
    /// The attributes of impl blocks, and the types they are for.
    pub(crate) impls: Vec<(Written, Vec<Written>)>,
    /// Whether there is more in it than declarations of modules and `use`s.
    pub(crate) has_code: bool,
}

/// The number of a scope in [`Facts::scopes`].
pub(crate) type ScopeId = usize;

/// That of the module.
pub(crate) const MODULE: ScopeId = 0;

/// Names that hold in a module, or in a block of a function.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// That around it, of a block.
    pub(crate) parent: Option<ScopeId>,
    pub(crate) items: Vec<Declared>,
    pub(crate) imports: Vec<Import>,
}

/// An item.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) visible: bool,
    pub(crate) range: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Module,
    Item,
    /// A macro that `#[macro_export]` puts into the root of the crate as well.
    ExportedMacro,
    /// The crate that `extern crate` names.
    Crate(String),
}

impl Declared {
    pub(crate) fn is_module(&self) -> bool {
        self.kind == Kind::Module
    }
}

/// One name that a `use` brings into scope, or all of a module.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) path: Written,
    pub(crate) names: Imported,
    /// Others may use it from here: it is a re-export.
    pub(crate) visible: bool,
    pub(crate) range: Range<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Imported {
    As(String),
    /// `as _`
    Unnamed,
    Glob,
}

/// A path in the code.
#[derive(Debug)]
pub(crate) struct Mention {
    pub(crate) path: Written,
    pub(crate) scope: ScopeId,
    pub(crate) range: Range<usize>,
    /// It looks like a path, among tokens that are not parsed.
    pub(crate) among_tokens: bool,
}

/// A path as it is written, without generic arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) start: Start,
    pub(crate) names: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Start {
    /// With a name: of something in scope, or of another crate.
    #[default]
    Name,
    /// With `::`: the name of another crate.
    Global,
    Crate,
    /// With `self`, or that many `super`s.
    Up(usize),
}

/// A struct, an enum, a union or a trait.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) name: String,
    pub(crate) range: Range<usize>,
    pub(crate) attributes: Vec<Written>,
}

impl Facts {
    /// Reads a module.
    pub(crate) fn of(module: &Module<'_>) -> Self {
        let mut facts = Self {
            path: module.path.clone(),
            file: module.file.clone(),
            scopes: Vec::new(),
            mentions: Vec::new(),
            types: Vec::new(),
            impls: Vec::new(),
            has_code: false,
        };
        let items: Vec<_> = module.items().collect();
        facts.scopes.push(Scope::of(&items, None));
        facts.has_code =
            items.iter().any(|item| !matches!(item, Item::Mod(_) | Item::Use(_) | Item::ExternCrate(_)));
        for item in &items {
            facts.declare_type(item, module.conditions);
        }
        mentions::collect(&mut facts, module, &items);
        facts
    }

    fn declare_type(&mut self, item: &Item, conditions: &Conditions) {
        let attributes = || attribute_paths(attributes_of(item), conditions);
        match item {
            Item::Struct(_) | Item::Enum(_) | Item::Union(_) | Item::Trait(_) => {
                if let Some(name) = name_of(item) {
                    self.types.push(Type {
                        name: name.unraw().to_string(),
                        range: range(name.span(), name.span()),
                        attributes: attributes(),
                    });
                }
            }
            Item::Impl(item) if !item.attrs.is_empty() => {
                if let syn::Type::Path(of) = &*item.self_ty
                    && of.qself.is_none()
                {
                    self.impls.push((Written::of(&of.path), attributes()));
                }
            }
            _ => {}
        }
    }
}

impl Scope {
    /// What items bring into scope.
    fn of(items: &[&Item], parent: Option<ScopeId>) -> Self {
        let mut scope = Self { parent, ..Self::default() };
        for item in items {
            match item {
                Item::Use(item) => imports::collect(item, &mut scope.imports),
                Item::ExternCrate(item) => {
                    let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
                    let kind = Kind::Crate(item.ident.unraw().to_string());
                    scope.declare(name, kind, &item.vis);
                }
                Item::Macro(item) => {
                    let exported =
                        item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
                    let kind = if exported { Kind::ExportedMacro } else { Kind::Item };
                    if let Some(name) = &item.ident {
                        // Others in the crate see it by its place in the text, or by a `use`.
                        scope.declare(name, kind, &Visibility::Inherited);
                    }
                }
                Item::ForeignMod(item) => {
                    for item in &item.items {
                        match item {
                            syn::ForeignItem::Fn(item) => {
                                scope.declare(&item.sig.ident, Kind::Item, &item.vis)
                            }
                            syn::ForeignItem::Static(item) => {
                                scope.declare(&item.ident, Kind::Item, &item.vis)
                            }
                            syn::ForeignItem::Type(item) => scope.declare(&item.ident, Kind::Item, &item.vis),
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

    fn declare(&mut self, name: &Ident, kind: Kind, visibility: &Visibility) {
        self.items.push(Declared {
            name: name.unraw().to_string(),
            kind,
            visible: !matches!(visibility, Visibility::Inherited),
            range: range(name.span(), name.span()),
        });
    }
}

fn visibility_of(item: &Item) -> Option<&Visibility> {
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

/// The paths of attributes: `inject_runtime::service`.
fn attribute_paths(attributes: &[Attribute], conditions: &Conditions) -> Vec<Written> {
    conditions.applied(attributes).iter().map(|meta| Written::of(Meta::path(meta))).collect()
}

impl Written {
    /// As it is written in the code.
    pub(crate) fn of(path: &syn::Path) -> Self {
        let names = path.segments.iter().map(|segment| segment.ident.unraw().to_string());
        Self::from_names(path.leading_colon.is_some(), names)
    }

    /// From its names, `crate`, `self` and `super` among them.
    pub(crate) fn from_names(global: bool, names: impl IntoIterator<Item = String>) -> Self {
        let mut path = Self { start: if global { Start::Global } else { Start::Name }, names: Vec::new() };
        for name in names {
            path.push(name);
        }
        path
    }

    /// Adds a name at the end.
    pub(crate) fn push(&mut self, name: String) {
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
}

/// The bytes from one token to another one.
fn range(from: Span, to: Span) -> Range<usize> {
    from.byte_range().start..to.byte_range().end
}
