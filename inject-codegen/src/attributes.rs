//! Readers of attributes.

use darling::ast::NestedMeta;
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Expr, ExprLit, Lit, LitStr, Meta, Path, Token,
    parse::{Parse, ParseStream, Parser as _},
    punctuated::Punctuated,
};

use crate::{
    errors::{Errors, did_you_mean, nearest},
    paths::Runtime,
};

/// Returns the `#[cfg]`s among `attributes`.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}

/// Returns the `#[cfg]` that holds if `cfgs` do not: `not(all(..))`.
pub(crate) fn negate_cfgs(cfgs: &[Attribute]) -> TokenStream {
    let conditions = cfgs.iter().filter_map(|cfg| cfg.meta.require_list().ok()).map(|list| &list.tokens);
    quote::quote!(#[cfg(not(all(#(#conditions),*)))])
}

/// Takes off the attributes called `name`, with or without a path: `#[inject_runtime::inject]`.
pub(crate) fn take(attributes: &mut Vec<Attribute>, name: &str) -> Vec<Attribute> {
    let (taken, left) = attributes.drain(..).partition(|attribute| is_called(attribute, name));
    *attributes = left;
    taken
}

/// Returns whether the attribute is called `name`, with or without a path.
pub(crate) fn is_called(attribute: &Attribute, name: &str) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == name)
}

/// An attribute on a field whose name is close to that of a helper attribute.
pub(crate) struct Misspelled {
    attribute: Attribute,
    /// The name of the helper attribute.
    nearest: &'static str,
}

impl Misspelled {
    /// Takes the misspelled helper attributes off a field. `known` are the names of the helper attributes that the field can have.
    ///
    /// An attribute on a field belongs to the compiler or to a macro on the item. With another macro on the item, nothing is taken off,
    /// because the attribute may be one of its helpers.
    pub(crate) fn take(
        attributes: &mut Vec<Attribute>,
        known: &[&'static str],
        item_attributes: &[Attribute],
    ) -> Vec<Self> {
        /// Helpers of widespread derive macros that are close to a name of this crate. A derive macro above the attribute macro has been
        /// expanded, and is not among the attributes of the item.
        const OTHERS: [&str; 3] = ["into", "facet", "binrw"];
        if item_attributes.iter().any(has_helpers) {
            return Vec::new();
        }
        let mut misspelled = Vec::new();
        attributes.retain(|attribute| {
            let Some(name) = attribute.path().get_ident().map(ToString::to_string) else { return true };
            if HELPERS.contains(&name.as_str()) || OTHERS.contains(&name.as_str()) {
                return true;
            }
            let Some(nearest) = nearest(&name, known) else { return true };
            misspelled.push(Self { attribute: attribute.clone(), nearest });
            false
        });
        misspelled
    }

    pub(crate) fn report(&self, errors: &mut Errors) {
        let name = self.attribute.path().to_token_stream();
        errors.at(
            &self.attribute,
            format_args!("unknown attribute `#[{name}]`, did you mean `#[{}]`? [inject/shape]", self.nearest),
        );
    }
}

/// Returns whether the attribute of an item may be a macro with helper attributes, which is assumed of every unknown attribute.
fn has_helpers(attribute: &Attribute) -> bool {
    const BUILT_IN: [&str; 10] = [
        "doc",
        "allow",
        "expect",
        "warn",
        "deny",
        "forbid",
        "cfg",
        "must_use",
        "non_exhaustive",
        "deprecated",
    ];
    const DERIVES: [&str; 9] =
        ["Clone", "Copy", "Debug", "Default", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];
    let is_std = |path: &Path| {
        path.segments.last().is_some_and(|name| DERIVES.iter().any(|derive| name.ident == derive))
    };
    if attribute.path().is_ident("derive") {
        let derives = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        return !derives.is_ok_and(|derives| derives.iter().all(is_std));
    }
    !BUILT_IN.iter().any(|name| attribute.path().is_ident(name))
}

/// Returns the first attribute of `given`, and reports the others.
pub(crate) fn expect_at_most_one(given: Vec<Attribute>, errors: &mut Errors) -> Option<Attribute> {
    let mut given = given.into_iter();
    let first = given.next();
    for again in given {
        let name = again.path().to_token_stream();
        errors.at(&again, format_args!("`#[{name}]` is given twice: keep one [inject/shape]"));
    }
    first
}

/// Reports arguments of an attribute that takes none.
pub(crate) fn expect_word(attribute: &Attribute, errors: &mut Errors) {
    if !matches!(attribute.meta, Meta::Path(_)) {
        let name = attribute.path().to_token_stream();
        errors.at(&attribute.meta, format_args!("`#[{name}]` takes no arguments [inject/shape]"));
    }
}

/// Returns the tokens in the parentheses of `attribute`, or reports that `usage` was expected.
pub(crate) fn arguments(attribute: &Attribute, usage: &str, errors: &mut Errors) -> Option<TokenStream> {
    match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => Some(list.tokens.clone()),
        meta => {
            errors.at(meta, format_args!("expected `{usage}` [inject/shape]"));
            None
        }
    }
}

/// Reader of the arguments of an attribute, one key at a time.
pub(crate) struct Keys<'a> {
    /// The attribute as the user types it, `#[inject(..)]`.
    pub(crate) attribute: &'a str,
    /// All keys of the attribute.
    pub(crate) known: &'a [&'a str],
}

impl Keys<'_> {
    /// Reads `tokens` and gives each known key to `read`, which reports on its value. Unknown and repeated keys are reported here.
    pub(crate) fn read(
        &self,
        tokens: TokenStream,
        errors: &mut Errors,
        mut read: impl FnMut(&str, &Meta, &mut Errors),
    ) {
        let Some(items) = errors.take(parse_list(tokens)) else {
            return;
        };
        let mut seen = Vec::new();
        for item in items {
            let NestedMeta::Meta(meta) = &item else {
                errors.at(&item, format_args!("expected a key of `{}` [inject/shape]", self.attribute));
                continue;
            };
            let key = meta.path().to_token_stream().to_string();
            if !self.known.contains(&key.as_str()) {
                errors.at(
                    meta.path(),
                    format_args!(
                        "unknown key `{key}` in `{}`{} [inject/shape]",
                        self.attribute,
                        did_you_mean(&key, self.known),
                    ),
                );
            } else if seen.contains(&key) {
                errors
                    .at(meta, format_args!("`{key}` is given twice in `{}` [inject/shape]", self.attribute));
            } else {
                read(&key, meta, errors);
                seen.push(key);
            }
        }
    }
}

fn parse_list(tokens: TokenStream) -> syn::Result<Vec<NestedMeta>> {
    // `darling` would read a lone delimiter group as a literal and report it at another place.
    if let Some(TokenTree::Group(group)) = tokens.clone().into_iter().next() {
        return Err(syn::Error::new_spanned(group, "expected a key [inject/shape]"));
    }
    NestedMeta::parse_meta_list(tokens)
}

/// Returns the value of `key = value`.
pub(crate) fn value<'a>(meta: &'a Meta, usage: &str, errors: &mut Errors) -> Option<&'a Expr> {
    match meta {
        Meta::NameValue(pair) => Some(&pair.value),
        meta => {
            errors.at(meta, format_args!("expected `{usage}` [inject/shape]"));
            None
        }
    }
}

/// Returns the value of `key = some::path`.
pub(crate) fn path_value(meta: &Meta, usage: &str, errors: &mut Errors) -> Option<Path> {
    let value = value(meta, usage, errors)?;
    match Path::parse_mod_style.parse2(value.to_token_stream()) {
        Ok(path) => Some(path),
        Err(_) => {
            errors.at(value, format_args!("expected a path, as in `{usage}` [inject/shape]"));
            None
        }
    }
}

/// Returns the value of `key = "text"`, which must not be empty.
pub(crate) fn text_value(meta: &Meta, usage: &str, errors: &mut Errors) -> Option<LitStr> {
    match value(meta, usage, errors)? {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if !text.value().trim().is_empty() => {
            Some(text.clone())
        }
        other => {
            errors.at(other, format_args!("expected a non-empty string, as in `{usage}` [inject/shape]"));
            None
        }
    }
}

/// Reports a key that takes no value but has one.
pub(crate) fn expect_bare(meta: &Meta, errors: &mut Errors) {
    if !matches!(meta, Meta::Path(_)) {
        let key = meta.path().to_token_stream();
        errors.at(meta, format_args!("`{key}` takes no value [inject/shape]"));
    }
}

/// Paths separated by commas, with `crate = path::to::inject_runtime` among them: `UserRole::Admin, crate = ::wiring`.
pub(crate) struct PathsAndRuntime {
    pub(crate) paths: Vec<Path>,
    pub(crate) runtime: Runtime,
}

impl Parse for PathsAndRuntime {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut paths, mut runtime) = (Vec::new(), Runtime::default());
        while !input.is_empty() {
            if input.peek(Token![crate]) && input.peek2(Token![=]) {
                input.parse::<Token![crate]>()?;
                input.parse::<Token![=]>()?;
                runtime = Runtime::from(input.call(Path::parse_mod_style)?);
            } else {
                paths.push(input.parse()?);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Self { paths, runtime })
    }
}

/// Returns whether two pieces of syntax have the same tokens.
pub(crate) fn is_same(a: &impl ToTokens, b: &impl ToTokens) -> bool {
    a.to_token_stream().to_string() == b.to_token_stream().to_string()
}

/// The names of the helper attributes, on fields, parameters and constructors.
const HELPERS: [&str; 17] = [
    "init",
    "decorated",
    "inject",
    "external",
    "qualifier",
    "layering",
    "input",
    "required",
    "factory",
    "bind",
    "include",
    "provided_by",
    "optional",
    "collect",
    "contribute",
    "private",
    "on_shutdown",
];

/// Removes the attributes of this crate from an item that cannot be parsed, because rustc would report each of them as unknown.
pub(crate) fn strip(item: TokenStream) -> TokenStream {
    // The last name of the path counts: `#[inject_runtime::inject]`.
    let is_ours = |token: &TokenTree| {
        let TokenTree::Group(group) = token else {
            return false;
        };
        let path = group.stream().into_iter().take_while(|token| {
            matches!(token, TokenTree::Ident(_))
                || matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':')
        });
        matches!(path.last(), Some(TokenTree::Ident(name)) if HELPERS.iter().any(|helper| name == helper))
    };
    let mut stripped = TokenStream::new();
    let mut tokens = item.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' && tokens.peek().is_some_and(is_ours) => {
                tokens.next();
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), strip(group.stream()));
                inner.set_span(group.span());
                stripped.extend([TokenTree::Group(inner)]);
            }
            token => stripped.extend([token]),
        }
    }
    stripped
}

#[cfg(test)]
mod tests {
    use syn::{ItemStruct, parse_quote};

    use super::Misspelled;

    fn is_misspelled(mut item: ItemStruct) -> bool {
        let field = item.fields.iter_mut().next().expect("a field");
        let misspelled = Misspelled::take(&mut field.attrs, &["init", "external"], &item.attrs);
        assert_eq!(field.attrs.len(), 1 - misspelled.len());
        !misspelled.is_empty()
    }

    #[test]
    fn helpers_of_other_macros_are_not_misspelled() {
        let std: ItemStruct =
            parse_quote! { #[doc = ""] #[derive(Clone, std::fmt::Debug)] struct A { #[intit] a: B } };
        let other = parse_quote! { #[derive(Clone, Grow)] struct A { #[intit] a: B } };
        let attribute = parse_quote! { #[grow] struct A { #[intit] a: B } };
        let qualified = parse_quote! { struct A { #[grow::intit] a: B } };
        let of_derive_more = parse_quote! { struct A { #[into] a: B } };
        let of_containers = parse_quote! { struct A { #[input] a: B } };
        let serde = parse_quote! { struct A { #[serde(default)] a: B } };
        assert!(is_misspelled(std));
        for item in [other, attribute, qualified, of_derive_more, of_containers, serde] {
            assert!(!is_misspelled(item));
        }
    }
}
