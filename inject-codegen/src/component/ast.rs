//! What was written: the struct, and the marks on its fields.

use syn::{Attribute, Ident, ItemStruct, Member, Type, spanned::Spanned as _};

use crate::{attributes, dependency::Marks, names, stereotype::StereotypeArgs};

/// A struct under a stereotype.
pub(crate) struct Ast {
    pub(super) args: StereotypeArgs,
    /// As written, less our attributes.
    pub(super) item: ItemStruct,
    pub(super) fields: Vec<Field>,
}

/// A field with its marks.
pub(super) struct Field {
    pub(super) member: Member,
    /// Its name as a parameter of `new`.
    pub(super) parameter: Ident,
    pub(super) ty: Type,
    pub(super) attributes: Vec<Attribute>,
    pub(super) marks: Marks,
}

impl Ast {
    pub(super) fn read(args: StereotypeArgs, mut item: ItemStruct) -> Self {
        let mut fields = Vec::new();
        for (index, field) in item.fields.iter_mut().enumerate() {
            let marks = Marks::take(&mut field.attrs);
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
                attributes: attributes::cfgs(&field.attrs),
                marks,
            });
        }
        Self { args, item, fields }
    }
}
