//! Derive macros: they see an item without what `#[cfg]` takes away, and return nothing of it.

use std::ops::Range;

use quote::ToTokens as _;
use syn::{Attribute, Field, File, Item, Variant, spanned::Spanned as _, visit::Visit, visit_mut::VisitMut};

use super::{
    attributes::Part,
    errors::{errors_in, is_error},
    macros::Kind,
    uses::Use,
};
use crate::source::{Conditions, Module, Problem, attributes_of};

/// Runs a derive macro on `item`.
pub(super) fn derived(item: &Item, derive: &Use, module: &Module<'_>) -> (Part, Vec<Problem>) {
    let mut part = Part { from: derive.written.clone(), items: Vec::new(), range: derive.range.clone() };
    let Kind::Derive { expand, .. } = derive.which.kind else { return (part, Vec::new()) };
    let mut input = item.clone();
    Configure(module.conditions).visit_item_mut(&mut input);
    let output = expand(input.to_token_stream());
    let mut problems = errors_in(&output, module.file, &derive.range);
    match syn::parse2::<File>(output) {
        Ok(file) => part.items.extend(file.items.into_iter().filter(|item| !is_error(item))),
        Err(error) => {
            let message = format!("the expansion of `{}` is not Rust: {error}", derive.written);
            problems.push(Problem::at(module.file, derive.range.clone(), message));
        }
    }
    (part, problems)
}

/// Takes away what is not there.
struct Configure<'a>(&'a Conditions);

impl VisitMut for Configure<'_> {
    fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
        item.variants = std::mem::take(&mut item.variants)
            .into_iter()
            .filter(|variant| self.0.hold(&variant.attrs))
            .collect();
        syn::visit_mut::visit_item_enum_mut(self, item);
    }

    fn visit_fields_named_mut(&mut self, fields: &mut syn::FieldsNamed) {
        fields.named =
            std::mem::take(&mut fields.named).into_iter().filter(|field| self.0.hold(&field.attrs)).collect();
        syn::visit_mut::visit_fields_named_mut(self, fields);
    }

    fn visit_fields_unnamed_mut(&mut self, fields: &mut syn::FieldsUnnamed) {
        let unnamed = std::mem::take(&mut fields.unnamed);
        fields.unnamed = unnamed.into_iter().filter(|field| self.0.hold(&field.attrs)).collect();
        syn::visit_mut::visit_fields_unnamed_mut(self, fields);
    }
}

/// The attributes of an item, and of its variants and fields, that only mean something to a derive macro.
pub(super) fn helpers(item: &Item, derives: &[Use]) -> Vec<Range<usize>> {
    let names = derives.iter().filter_map(|derive| match derive.which.kind {
        Kind::Derive { helper, .. } => Some(helper),
        _ => None,
    });
    let mut inside = Inside { names: names.collect(), helpers: Vec::new(), has_conditions: false };
    inside.look_at(attributes_of(item));
    inside.visit_item(item);
    inside.helpers
}

/// Whether a variant or a field is under a condition: what is derived is then for one case.
pub(super) fn has_conditions(item: &Item) -> bool {
    let mut inside = Inside { names: Vec::new(), helpers: Vec::new(), has_conditions: false };
    inside.visit_item(item);
    inside.has_conditions
}

struct Inside {
    names: Vec<&'static str>,
    helpers: Vec<Range<usize>>,
    has_conditions: bool,
}

impl Inside {
    fn look_at(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            self.has_conditions |= ["cfg", "cfg_attr"].iter().any(|name| attribute.path().is_ident(name));
            if self.names.iter().any(|name| attribute.path().is_ident(name)) {
                self.helpers.push(attribute.span().byte_range());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Inside {
    fn visit_variant(&mut self, variant: &'ast Variant) {
        self.look_at(&variant.attrs);
        syn::visit::visit_variant(self, variant);
    }

    fn visit_field(&mut self, field: &'ast Field) {
        self.look_at(&field.attrs);
    }
}
