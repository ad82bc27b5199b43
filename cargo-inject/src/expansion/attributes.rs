//! Attribute macros, run one after the other as rustc runs them.

use std::ops::Range;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Attribute, File, Item, spanned::Spanned as _};

use super::{
    errors::{errors_in, is_error},
    macros::{Kind, Macro},
    names::Names,
    uses::{arguments, attribute_macro, on_one_line},
};
use crate::source::{Module, Problem, attributes_mut_of, attributes_of, name_of};

/// The code of an attribute macro.
type Expand = fn(TokenStream, TokenStream) -> TokenStream;

/// What the macros have made of an item.
#[derive(Default)]
pub(super) struct Expanded {
    /// The item as it is left; none if there is nothing left of it.
    pub(super) item: Option<Item>,
    pub(super) parts: Vec<Part>,
    pub(super) problems: Vec<Problem>,
}

/// What one macro has written beside the item.
pub(super) struct Part {
    /// `#[service]`
    pub(super) from: String,
    pub(super) items: Vec<Item>,
    /// The attribute in the source.
    pub(super) range: Range<usize>,
}

/// Runs the attribute macros of ours on `item`, the outermost first, and on what they return.
pub(super) fn expanded(mut item: Item, module: &Module<'_>, names: &Names) -> Expanded {
    let mut all = Expanded::default();
    while let Some((attribute, expand)) = take_first(&mut item, module, names) {
        let range = attribute.span().byte_range();
        let output = expand(arguments(&attribute), item.to_token_stream());
        all.problems.extend(errors_in(&output, module.file, &range));
        let mut items = match syn::parse2::<File>(output) {
            Ok(file) => file.items,
            Err(error) => {
                let message = format!("the expansion of `#[{}]` is not Rust: {error}", shown(&attribute));
                all.problems.push(Problem::at(module.file, range, message));
                return all;
            }
        };
        items.retain(|item| !is_error(item));
        let own = items.iter().position(|candidate| is_same(candidate, &item)).map(|at| items.remove(at));
        // Some of what is generated has attributes of ours that only say something to rustc.
        let mut generated = Vec::new();
        for item in items {
            let inner = expanded(item, module, names);
            generated.extend(inner.item);
            generated.extend(inner.parts.into_iter().flat_map(|part| part.items));
            all.problems.extend(inner.problems);
        }
        let from = on_one_line(&module.file.text, &attribute);
        all.parts.push(Part { from, items: generated, range });
        match own {
            Some(own) => item = own,
            None => return all,
        }
    }
    all.item = Some(item);
    all
}

/// Takes the first attribute of ours off.
fn take_first(item: &mut Item, module: &Module<'_>, names: &Names) -> Option<(Attribute, Expand)> {
    let (position, which) = attributes_of(item).iter().enumerate().find_map(|(position, attribute)| {
        Some((position, attribute_macro(attribute.path(), module, names)?))
    })?;
    let Macro { kind: Kind::Attribute(expand), .. } = which else { return None };
    Some((attributes_mut_of(item)?.remove(position), expand))
}

/// Whether `item` is what a macro has returned of `given`.
fn is_same(item: &Item, given: &Item) -> bool {
    match (item, given) {
        // An expansion implements traits; the block under the attribute may be of a trait by mistake.
        (Item::Impl(item), Item::Impl(given)) => {
            item.impl_token.span.byte_range() == given.impl_token.span.byte_range()
        }
        _ => std::mem::discriminant(item) == std::mem::discriminant(given) && name_of(item) == name_of(given),
    }
}

fn shown(attribute: &Attribute) -> String {
    attribute.path().to_token_stream().to_string().replace(' ', "")
}
