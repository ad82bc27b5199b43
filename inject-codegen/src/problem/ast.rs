//! Syntax: the type, its cases, and the attributes on them.

use syn::{Attribute, Data, DeriveInput, Fields, Generics, Ident, Token};

use crate::{attributes, description::doc_text};

/// A type that derives `Problem`.
pub(super) struct Ast {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    /// `#[problem(..)]` on the type.
    pub(super) attributes: Vec<Attribute>,
    /// The doc comment.
    pub(super) doc: String,
    pub(super) shape: Shape,
}

/// Kind of the type.
pub(super) enum Shape {
    Struct(Fields),
    Enum(Vec<Variant>),
    Union(Token![union]),
}

/// A variant of an enum.
pub(super) struct Variant {
    pub(super) ident: Ident,
    pub(super) fields: Fields,
    pub(super) attributes: Vec<Attribute>,
    /// The doc comment.
    pub(super) doc: String,
}

impl Ast {
    pub(super) fn read(mut item: DeriveInput) -> Self {
        let attributes = attributes::take(&mut item.attrs, "problem");
        let shape = match item.data {
            Data::Struct(data) => Shape::Struct(data.fields),
            Data::Enum(data) => Shape::Enum(data.variants.into_iter().map(Variant::read).collect()),
            Data::Union(data) => Shape::Union(data.union_token),
        };
        Self { ident: item.ident, generics: item.generics, attributes, doc: doc_text(&item.attrs), shape }
    }
}

impl Variant {
    fn read(mut variant: syn::Variant) -> Self {
        let attributes = attributes::take(&mut variant.attrs, "problem");
        Self { doc: doc_text(&variant.attrs), ident: variant.ident, fields: variant.fields, attributes }
    }
}
