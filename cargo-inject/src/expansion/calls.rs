//! `routes![..]` in the bodies of functions.

use proc_macro2::TokenStream;
use syn::{Expr, Item, ItemUse, spanned::Spanned as _, visit::Visit};

use super::{
    errors::errors_in,
    macros::{Kind, Macro},
    names::Names,
    scope::Scope,
};
use crate::source::{Module, Problem};

/// A call of a macro of ours.
pub(super) struct Call {
    pub(super) range: std::ops::Range<usize>,
    /// `routes![list, add]`, on one line.
    pub(super) written: String,
    pub(super) expansion: Expr,
}

/// The calls in `item`, expanded. One inside of another macro's call is not seen.
pub(super) fn calls(item: &Item, module: &Module<'_>, names: &Names) -> (Vec<Call>, Vec<Problem>) {
    let mut body = Body::default();
    body.visit_item(item);
    let uses: Vec<_> = body.uses.into_iter().cloned().map(Item::Use).collect();
    let scope = Scope::of(uses.iter());
    let (mut calls, mut problems) = (Vec::new(), Vec::new());
    for call in body.calls {
        let Some(Macro { kind: Kind::Call(expand), .. }) =
            names.macro_among(&module.path, &call.path, &scope)
        else {
            continue;
        };
        let range = call.span().byte_range();
        let output: TokenStream = expand(call.tokens.clone());
        let errors = errors_in(&output, module.file, &range);
        if !errors.is_empty() {
            problems.extend(errors);
            continue;
        }
        let written = module.file.text[range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        match syn::parse2(output) {
            Ok(expansion) => calls.push(Call { range, written, expansion }),
            Err(error) => {
                let message = format!("the expansion of `{written}` is not Rust: {error}");
                problems.push(Problem::at(module.file, range, message));
            }
        }
    }
    (calls, problems)
}

/// The macro calls in a body, and its imports.
#[derive(Default)]
struct Body<'a> {
    calls: Vec<&'a syn::Macro>,
    uses: Vec<&'a ItemUse>,
}

impl<'a> Visit<'a> for Body<'a> {
    fn visit_macro(&mut self, call: &'a syn::Macro) {
        self.calls.push(call);
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.uses.push(item);
    }

    // Its items are looked at one by one.
    fn visit_item_mod(&mut self, _: &'a syn::ItemMod) {}
}
