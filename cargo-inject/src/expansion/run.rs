//! Running macros on items: attributes, derives and calls, as rustc runs them.

use std::{ops::Range, sync::Arc};

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{
    Attribute, Expr, Field, File, ImplItem, Item, ItemImpl, LitStr, Stmt, Type, Variant, parse_quote,
    spanned::Spanned as _, visit::Visit, visit_mut::VisitMut,
};

use super::{
    attributes::{DeriveUse, arguments, attribute_macro, on_one_line},
    names::Names,
};
use crate::{
    macros::{Kind, Macro},
    source::{Conditions, Module, Problem, SourceFile, attributes_mut_of, attributes_of, name_of},
};

/// Code of an attribute macro.
type Expand = fn(TokenStream, TokenStream) -> TokenStream;

/// Result of running the macros on an item.
#[derive(Default)]
pub(super) struct Expanded {
    /// Item that remains; none if the macros remove it.
    pub(super) item: Option<Item>,
    /// Whether the item stands inside of a part, in the place of [`moved`].
    pub(super) is_moved: bool,
    pub(super) parts: Vec<Part>,
    pub(super) problems: Vec<Problem>,
}

/// Items that one macro adds.
pub(super) struct Part {
    /// `#[service]`
    pub(super) from: String,
    pub(super) items: Vec<Item>,
    /// Bytes of the attribute in the source.
    pub(super) range: Range<usize>,
}

/// Runs the attribute macros of the runtime on `item`, the outermost first, and on the items that they return.
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
        let own = match items.iter_mut().find_map(|candidate| take_out(candidate, &item)) {
            Some(own) => {
                all.is_moved = true;
                Some(own)
            }
            None => items.iter().position(|candidate| is_same(candidate, &item)).map(|at| items.remove(at)),
        };
        // Some generated items carry attributes of the runtime that only rustc reads.
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

/// Removes the first attribute of the runtime.
fn take_first(item: &mut Item, module: &Module<'_>, names: &Names) -> Option<(Attribute, Expand)> {
    let (position, which) = attributes_of(item).iter().enumerate().find_map(|(position, attribute)| {
        Some((position, attribute_macro(attribute.path(), module, names)?))
    })?;
    let Macro { kind: Kind::Attribute(expand), .. } = which else { return None };
    Some((attributes_mut_of(item)?.remove(position), expand))
}

/// Takes the function `given` out of an impl block of the same name that the macro puts it in: that of an endpoint.
fn take_out(block: &mut Item, given: &Item) -> Option<Item> {
    let (Item::Impl(ItemImpl { self_ty, items, trait_: None, .. }), Item::Fn(given)) = (block, given) else {
        return None;
    };
    if !matches!(&**self_ty, Type::Path(ty) if ty.path.is_ident(&given.sig.ident)) {
        return None;
    }
    let [ImplItem::Fn(function)] = items.as_mut_slice() else { return None };
    let first = function.block.stmts.first_mut()?;
    match first {
        Stmt::Item(Item::Fn(nested)) if nested.sig.ident == given.sig.ident => {
            let own = Item::Fn(nested.clone());
            *first = Stmt::Item(moved());
            Some(own)
        }
        _ => None,
    }
}

/// Item in the place of the user's, until it is formatted.
fn moved() -> Item {
    parse_quote!(
        fn __as_written() {}
    )
}

/// [`moved`] as it is formatted.
pub(super) const MOVED: &str = "fn __as_written() {}";

/// Whether `item` is the macro's version of `given`.
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

/// Runs a derive macro on `item`.
pub(super) fn derived(item: &Item, derive: &DeriveUse, module: &Module<'_>) -> (Part, Vec<Problem>) {
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

/// Removes variants and fields whose conditions do not hold.
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

/// Attributes of an item, and of its variants and fields, that only a derive macro reads.
pub(super) fn helpers(item: &Item, derives: &[DeriveUse]) -> Vec<Range<usize>> {
    let names = derives.iter().filter_map(|derive| match derive.which.kind {
        Kind::Derive { helper, .. } => Some(helper),
        _ => None,
    });
    let mut inside = Inside { names: names.collect(), helpers: Vec::new(), has_conditions: false };
    inside.read(attributes_of(item));
    inside.visit_item(item);
    inside.helpers
}

/// Whether a variant or a field is under a condition. The derived code is then for one case.
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
    fn read(&mut self, attributes: &[Attribute]) {
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
        self.read(&variant.attrs);
        syn::visit::visit_variant(self, variant);
    }

    fn visit_field(&mut self, field: &'ast Field) {
        self.read(&field.attrs);
    }
}

/// Call of a macro of the runtime.
pub(super) struct Call {
    pub(super) range: Range<usize>,
    /// `routes![list, add]`, on one line.
    pub(super) written: String,
    pub(super) expansion: Expr,
}

/// Expands the calls in `item`. A call inside the call of another macro is not seen.
pub(super) fn calls(item: &Item, module: &Module<'_>, names: &Names) -> (Vec<Call>, Vec<Problem>) {
    let mut found = Calls::default();
    found.visit_item(item);
    let (mut calls, mut problems) = (Vec::new(), Vec::new());
    for call in found.0 {
        let offset = call.path.span().byte_range().start;
        let Some(Macro { kind: Kind::Call(expand), .. }) = names.macro_at(module, &call.path, offset) else {
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

/// Macro calls in an item.
#[derive(Default)]
struct Calls<'a>(Vec<&'a syn::Macro>);

impl<'a> Visit<'a> for Calls<'a> {
    fn visit_macro(&mut self, call: &'a syn::Macro) {
        self.0.push(call);
    }

    // The items of a module are expanded one by one.
    fn visit_item_mod(&mut self, _: &'a syn::ItemMod) {}
}

/// Errors in `output`. An error without a place of its own is about the whole of `attribute`.
fn errors_in(output: &TokenStream, file: &Arc<SourceFile>, attribute: &Range<usize>) -> Vec<Problem> {
    let mut problems = Vec::new();
    collect(output.clone(), &mut |start, end, message| {
        let (start, end) = (start.byte_range(), end.byte_range());
        let range = if start.is_empty() { attribute.clone() } else { start.start..end.end.max(start.end) };
        problems.push(Problem::at(file, range, message));
    });
    problems
}

/// Calls `found` with the first span, the last span and the text of each `compile_error! { ".." }`.
fn collect(tokens: TokenStream, found: &mut impl FnMut(Span, Span, String)) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let before = |by: usize| index.checked_sub(by).and_then(|at| tokens.get(at));
        let is_error = matches!(before(2), Some(TokenTree::Ident(name)) if name == "compile_error")
            && matches!(before(1), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
        match (is_error, syn::parse2::<LitStr>(group.stream())) {
            (true, Ok(text)) => {
                let start = before(2).map_or(group.span(), TokenTree::span);
                found(start, group.span(), text.value());
            }
            _ => collect(group.stream(), found),
        }
    }
}

/// Whether an item only reports an error.
fn is_error(item: &Item) -> bool {
    let Item::Macro(item) = item else { return false };
    item.mac.path.segments.last().is_some_and(|segment| segment.ident == "compile_error")
}
