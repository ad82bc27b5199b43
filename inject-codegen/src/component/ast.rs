//! Syntax: the struct, and the attributes of its fields.

use syn::{Attribute, Ident, ItemStruct, Member, Type, spanned::Spanned as _};

use crate::{attributes::cfgs, dependency::FieldAttributes, names, stereotype::StereotypeArgs};

/// A struct under a stereotype.
pub(crate) struct Ast {
    pub(super) args: StereotypeArgs,
    /// As written, without the attributes of this crate.
    pub(super) item: ItemStruct,
    pub(super) fields: Vec<Field>,
}

/// A field with its attributes.
pub(super) struct Field {
    pub(super) member: Member,
    /// Its name as a parameter of `new`.
    pub(super) parameter: Ident,
    pub(super) ty: Type,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) attributes: FieldAttributes,
}

impl Ast {
    pub(super) fn read(args: StereotypeArgs, mut item: ItemStruct) -> Self {
        let mut fields = Vec::new();
        for (index, field) in item.fields.iter_mut().enumerate() {
            let attributes = FieldAttributes::take_of_field(&mut field.attrs, &item.attrs);
            fields.push(Field {
                member: match &field.ident {
                    Some(ident) => Member::Named(ident.clone()),
                    None => Member::Unnamed(syn::Index {
                        index: u32::try_from(index).unwrap_or(u32::MAX),
                        span: field.ty.span(),
                    }),
                },
                parameter: field.ident.clone().unwrap_or_else(|| names::tuple_field(index)),
                ty: field.ty.clone(),
                cfgs: cfgs(&field.attrs),
                attributes,
            });
        }
        Self { args, item, fields }
    }
}
