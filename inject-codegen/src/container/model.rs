//! Containers and modules whose rules are checked.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, Expr, Ident, LitStr, Pat, Path, Type, Visibility};

use super::ast::Kind;
use crate::{names, paths::Runtime, transaction::Settings};

/// A container or a module.
pub(super) struct Model {
    pub(super) runtime: Runtime,
    pub(super) kind: Kind,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    /// Fields, and the hidden values after them.
    pub(super) fields: Vec<Field>,
    /// The default levels of transactions.
    pub(super) transaction: Option<Settings>,
}

/// A field, or a hidden value of the builder.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) ty: Type,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) qualifier: Option<Path>,
    pub(super) recipe: Recipe,
    pub(super) hook: Option<Hook>,
    /// The reason of `#[layering(allow, reason = "..")]`.
    pub(super) exception: Option<LitStr>,
    /// The `T` of a `Lazy<T>` that is built on demand.
    pub(super) lazy: Option<Type>,
    /// Whether the module contributes the value to the container in which it is.
    pub(super) contributes: bool,
    pub(super) reach: Reach,
    /// Whether the field can be injected. `false` if an error was reported, and something else provides the type.
    pub(super) is_injectable: bool,
}

/// What has a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The container, and the containers that include a module.
    Open,
    /// A module, which keeps it to itself.
    Private,
    /// The builder, for bindings that share or decorate it: it is not a field.
    Hidden,
}

/// Recipe that builds a field.
#[allow(clippy::large_enum_variant, reason = "a type with its locations is large; there are few fields")]
pub(super) enum Recipe {
    /// `#[input]`
    Input,
    /// `#[required]`
    Required,
    /// `#[factory(connect)]`
    Factory(Expr),
    /// `#[bind(Implementation)]`
    Bind(Implementation),
    /// `#[bind(One, Two)]` on a list of ports, `#[bind("one" => One)]` on a map of ports, `#[collect]`.
    BindAll(BindAll),
    /// `#[bind(match kind { Kind::One => One, Kind::Two => Two })]`
    Choose(Choose),
    /// `#[bind(Implementation)]` on a `PerRequest<dyn Trait>`.
    PerRequest {
        /// `dyn Trait`
        port: Type,
        implementation: Type,
    },
    /// `Arc<Component>` without an attribute.
    Component(Type),
    /// `#[include]`
    Module(Include),
    /// `#[provided_by(catalog)]`: the type of the module.
    Taken(Type),
    /// `#[optional]`: the `T` of the `Option<T>`.
    Optional(Type),
    /// Its attributes were wrong; the error is reported.
    Unknown,
}

/// Implementation of a port.
pub(super) struct Implementation {
    pub(super) ty: Type,
    pub(super) cfgs: Vec<Attribute>,
    /// Implementation that it decorates.
    pub(super) decorated: Option<Box<Implementation>>,
    /// Number of the value that has it as an `Arc`.
    pub(super) owner: Option<usize>,
}

/// Field with many implementations of a port.
pub(super) struct BindAll {
    /// `Arc<dyn Trait>`
    pub(super) port: Type,
    pub(super) implementations: Vec<Implementation>,
    /// Keys of a map.
    pub(super) keys: Option<Vec<Expr>>,
    /// Whether the contributions of the modules are added.
    pub(super) collects: bool,
}

/// Field whose implementation is chosen at the start.
pub(super) struct Choose {
    /// Function that chooses.
    pub(super) function: Path,
    pub(super) arms: Vec<(Pat, Implementation)>,
}

/// Field with a module.
pub(super) struct Include {
    /// `M` of `Arc<M>`
    pub(super) module: Type,
    /// Names of fields of the module, with the numbers of the fields that replace them.
    pub(super) replaced: Vec<(Ident, usize)>,
}

/// `#[on_shutdown(close, deadline = ..)]`
pub(super) struct Hook {
    pub(super) function: Expr,
    pub(super) deadline: Option<Expr>,
}

impl Model {
    /// Fields of the struct, with their numbers.
    pub(super) fn fields(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| !field.is_hidden())
    }

    /// Fields with modules, with their numbers.
    pub(super) fn modules(&self) -> impl Iterator<Item = (usize, &Field, &Include)> {
        self.fields.iter().enumerate().filter_map(|(number, field)| match &field.recipe {
            Recipe::Module(include) => Some((number, field, include)),
            _ => None,
        })
    }
}

impl Field {
    pub(super) fn is_hidden(&self) -> bool {
        self.reach == Reach::Hidden
    }

    /// Returns its name as messages show it.
    pub(super) fn name(&self) -> String {
        names::display_name(&self.ident)
    }

    /// Returns the type that the recipe builds: the `T` of a `Lazy<T>`.
    pub(super) fn built_type(&self) -> &Type {
        self.lazy.as_ref().unwrap_or(&self.ty)
    }

    /// Returns the type that is injected: with a qualifier, the qualified type.
    pub(super) fn injected_type(&self) -> TokenStream {
        let ty = &self.ty;
        match &self.qualifier {
            Some(qualifier) => quote!(__rt::Qualified<#ty, #qualifier>),
            None => ty.to_token_stream(),
        }
    }

    /// Returns the implementations that the field binds.
    pub(super) fn implementations(&self) -> Vec<&Implementation> {
        match &self.recipe {
            Recipe::Bind(implementation) => vec![implementation],
            Recipe::BindAll(BindAll { implementations, .. }) => implementations.iter().collect(),
            Recipe::Choose(choose) => choose.arms.iter().map(|(_, implementation)| implementation).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the implementations that the field binds.
    pub(super) fn implementations_mut(&mut self) -> Vec<&mut Implementation> {
        match &mut self.recipe {
            Recipe::Bind(implementation) => vec![implementation],
            Recipe::BindAll(BindAll { implementations, .. }) => implementations.iter_mut().collect(),
            Recipe::Choose(choose) => {
                choose.arms.iter_mut().map(|(_, implementation)| implementation).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the port that the field binds, of each element.
    pub(super) fn port(&self) -> &Type {
        match &self.recipe {
            Recipe::BindAll(BindAll { port, .. }) => port,
            _ => self.built_type(),
        }
    }
}
