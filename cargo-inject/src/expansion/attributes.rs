//! Attributes of an item that are macros of the runtime.

use std::ops::Range;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{
    AttrStyle, Attribute, Meta, Path, Token, parse::Parser as _, punctuated::Punctuated,
    spanned::Spanned as _, token::Bracket,
};

use super::{edits::Edit, names::Names};
use crate::{
    macros::{Kind, Macro},
    source::Module,
};

/// Use of a derive macro in the source.
#[derive(Clone, Debug)]
pub(super) struct DeriveUse {
    pub(super) which: Macro,
    pub(super) range: Range<usize>,
    /// `#[derive(Role)]`
    pub(super) written: String,
}

/// Attributes of an item, sorted by how they are expanded.
pub(super) struct Attributes {
    /// Attributes that apply, without the derives of the runtime. Attributes that a `cfg_attr` adds stand in its place.
    pub(super) all: Vec<Attribute>,
    /// Attributes that the edits leave in the source: `all` without those of the runtime that a `cfg_attr` adds.
    pub(super) in_source: Vec<Attribute>,
    pub(super) derives: Vec<DeriveUse>,
    pub(super) edits: Vec<Edit>,
    /// Whether a macro of the runtime is in a `cfg_attr`.
    pub(super) is_conditional: bool,
}

/// Sorts the attributes of an item of `module`.
pub(super) fn attributes(written: &[Attribute], module: &Module<'_>, names: &Names) -> Attributes {
    let mut found = Attributes {
        all: Vec::new(),
        in_source: Vec::new(),
        derives: Vec::new(),
        edits: Vec::new(),
        is_conditional: false,
    };
    for attribute in written {
        let is_conditional = attribute.path().is_ident("cfg_attr");
        let is_ours = |meta: &Meta| is_conditional && attribute_macro(meta.path(), module, names).is_some();
        let applied = module.conditions.applied(std::slice::from_ref(attribute));
        if !applied.iter().any(|meta| is_ours(meta) || derives_in(meta, module, names).is_some()) {
            found.all.push(attribute.clone());
            found.in_source.push(attribute.clone());
            continue;
        }
        let range = attribute.span().byte_range();
        let mut left = Vec::new();
        for meta in applied {
            if is_ours(&meta) {
                found.all.push(from_meta(attribute, &meta));
                continue;
            }
            let rest = match derives_in(&meta, module, names) {
                Some((ours, rest)) => {
                    found.derives.extend(ours.into_iter().map(|which| DeriveUse::new(which, range.clone())));
                    rest
                }
                None => Some(meta.into_owned()),
            };
            let Some(rest) = rest else { continue };
            left.push(format!("#[{}]", tidy(&rest.to_token_stream())));
            found.all.push(from_meta(attribute, &rest));
            found.in_source.push(from_meta(attribute, &rest));
        }
        found.is_conditional |= is_conditional;
        found.edits.push(if left.is_empty() {
            Edit::removal(&module.file.text, range)
        } else {
            Edit { range, text: left.join(" ") }
        });
    }
    found
}

impl DeriveUse {
    fn new(which: Macro, range: Range<usize>) -> Self {
        Self { which, range, written: format!("#[derive({})]", which.name) }
    }
}

/// Attribute macro of the runtime that `path` names.
pub(super) fn attribute_macro(path: &Path, module: &Module<'_>, names: &Names) -> Option<Macro> {
    names.macro_of(module, path).filter(|found| matches!(found.kind, Kind::Attribute(_)))
}

/// Macros of the runtime in a `derive(..)`, and the `derive` without them if anything is left.
fn derives_in(meta: &Meta, module: &Module<'_>, names: &Names) -> Option<(Vec<Macro>, Option<Meta>)> {
    let Meta::List(list) = meta else { return None };
    if !list.path.is_ident("derive") {
        return None;
    }
    let paths = Punctuated::<Path, Token![,]>::parse_terminated.parse2(list.tokens.clone()).ok()?;
    let (mut ours, mut others) = (Vec::new(), Punctuated::<Path, Token![,]>::new());
    for path in paths {
        match names.macro_of(module, &path).filter(|found| matches!(found.kind, Kind::Derive { .. })) {
            Some(which) => ours.push(which),
            None => others.push(path),
        }
    }
    if ours.is_empty() {
        return None;
    }
    let mut rest = list.clone();
    rest.tokens = others.to_token_stream();
    Some((ours, (!others.is_empty()).then_some(Meta::List(rest))))
}

/// `meta`, as an attribute at the place of `attribute`.
fn from_meta(attribute: &Attribute, meta: &Meta) -> Attribute {
    let span = attribute.pound_token.span;
    Attribute {
        pound_token: Token![#](span),
        style: AttrStyle::Outer,
        bracket_token: Bracket(span),
        meta: meta.clone(),
    }
}

/// `attribute` as it is written, on one line.
pub(super) fn on_one_line(text: &str, attribute: &Attribute) -> String {
    let written = text.get(attribute.span().byte_range()).unwrap_or_default();
    // From a `cfg_attr`, it has no brackets in the source; a comment does not fit on one line.
    if !written.ends_with(']') || written.contains("//") {
        return format!("#[{}]", tidy(&attribute.meta.to_token_stream()));
    }
    written
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace("( ", "(")
        .replace(" )", ")")
        .replace(",)", ")")
}

/// Tokens with the usual blanks.
fn tidy(tokens: &TokenStream) -> String {
    let mut written = tokens.to_string();
    for (spaced, tight) in
        [(" :: ", "::"), (":: ", "::"), (" ::", "::"), (" (", "("), ("( ", "("), (" )", ")"), (" ,", ",")]
    {
        written = written.replace(spaced, tight);
    }
    written
}

/// Arguments of an attribute macro.
pub(super) fn arguments(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        // No macro of the runtime takes this form; the macro reports it.
        Meta::NameValue(pair) => {
            let (equals, value) = (pair.eq_token, &pair.value);
            quote::quote!(#equals #value)
        }
    }
}
