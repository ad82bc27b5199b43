//! Syntax: the method, the path, the access, and the function.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{
    Attribute, Ident, ItemFn, LitStr, Path, Token, Type,
    parse::{ParseStream, Parser as _},
};

use super::{around, require, require_role::REORDERED};
use crate::{
    attributes::{Keys, expect_bare, is_called, path_value, take},
    error_list::ErrorList,
    errors::Errors,
    paths::Runtime,
    transaction,
};

/// Function under `#[get]` or another endpoint attribute.
pub(crate) struct Ast {
    /// The attribute as the user types it.
    pub(super) attribute: String,
    pub(super) runtime: Runtime,
    pub(super) method: Option<Method>,
    pub(super) path: Option<LitStr>,
    /// Whether the arguments had no error.
    pub(super) is_readable: bool,
    pub(super) public: Option<Path>,
    pub(super) authenticated: Option<Authenticated>,
    pub(super) is_hidden: bool,
    pub(super) error_list: Option<ErrorList>,
    pub(super) require_role: Vec<Attribute>,
    pub(super) require: Vec<Attribute>,
    /// `#[around(..)]`, in their order.
    pub(super) around: Vec<Attribute>,
    pub(super) transaction: Vec<Attribute>,
    /// As written, without the attributes of this crate.
    pub(super) item: ItemFn,
}

/// `authenticated`, or `authenticated = CurrentUser`.
pub(super) struct Authenticated {
    pub(super) key: Ident,
    pub(super) principal: Option<Type>,
}

/// The HTTP method.
pub(super) enum Method {
    /// The method of the attribute.
    Implied(&'static str),
    /// The first argument of `#[route]`.
    Named(Ident),
}

impl Ast {
    pub(super) fn read(
        method: Option<&'static str>,
        attribute: String,
        args: TokenStream,
        mut item: ItemFn,
        errors: &mut Errors,
    ) -> Self {
        let mut require_role = take(&mut item.attrs, "require_role");
        require_role.extend(take(&mut item.attrs, REORDERED));
        let mut require = take(&mut item.attrs, "require");
        require.extend(take(&mut item.attrs, require::REORDERED));
        let (around, others) = item
            .attrs
            .drain(..)
            .partition(|attribute| is_called(attribute, "around") || is_called(attribute, around::REORDERED));
        item.attrs = others;
        let transaction = transaction::take(&mut item.attrs);
        let mut ast = Self {
            attribute,
            runtime: Runtime::default(),
            method: method.map(Method::Implied),
            path: None,
            is_readable: true,
            public: None,
            authenticated: None,
            is_hidden: false,
            error_list: None,
            require_role,
            require,
            around,
            transaction,
            item,
        };
        let usage = match method {
            Some(method) => format!("#[{}(\"/path\")]", method.to_lowercase()),
            None => "#[route(GET, \"/path\")]".to_owned(),
        };
        if args.is_empty() {
            errors.at_call_site(format_args!("expected `{usage}` [inject/endpoint]"));
            return ast;
        }
        let all = args.clone();
        let parser = |input: ParseStream<'_>| -> syn::Result<TokenStream> {
            if method.is_none() {
                ast.method = Some(Method::Named(input.parse()?));
                input.parse::<Token![,]>()?;
            }
            ast.path = Some(input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
            input.parse()
        };
        let before = errors.count();
        match parser.parse2(args) {
            Ok(rest) if rest.is_empty() => {}
            Ok(rest) => ast.read_keys(rest, errors),
            Err(_) => errors.at(all, format_args!("expected `{usage}` [inject/endpoint]")),
        }
        ast.is_readable = errors.count() == before;
        ast
    }

    /// The other attributes of this crate.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.require_role.iter().chain(&self.require).chain(&self.around).chain(&self.transaction)
    }

    fn read_keys(&mut self, tokens: TokenStream, errors: &mut Errors) {
        let Self { attribute, runtime, public, authenticated, is_hidden, error_list, .. } = self;
        let Some((tokens, principals)) = errors.take(split_principals.parse2(tokens)) else { return };
        let mut principals = principals.into_iter();
        let keys = Keys { attribute, known: &["public", "authenticated", "errors", "hidden", "crate"] };
        keys.read(tokens, errors, |key, meta, errors| match key {
            "crate" => {
                if let Some(path) = path_value(meta, "crate = path::to::inject_runtime", errors) {
                    *runtime = Runtime::from(path);
                }
            }
            "public" => {
                expect_bare(meta, errors);
                *public = Some(meta.path().clone());
            }
            "errors" => *error_list = ErrorList::read(meta, "endpoint", errors),
            "hidden" => {
                expect_bare(meta, errors);
                *is_hidden = true;
            }
            _ => {
                expect_bare(meta, errors);
                *authenticated = principals.next();
            }
        });
    }
}

/// Takes the types off: `authenticated = ApiKey<Partner>` becomes `authenticated`. A type with arguments is not an expression, which the
/// value of a key is otherwise.
fn split_principals(input: ParseStream<'_>) -> syn::Result<(TokenStream, Vec<Authenticated>)> {
    let (mut rest, mut principals) = (TokenStream::new(), Vec::new());
    while !input.is_empty() {
        let is_key = input.cursor().ident().is_some_and(|(name, _)| name == "authenticated");
        if is_key && !input.peek2(Token![::]) {
            let key: Ident = input.parse()?;
            key.to_tokens(&mut rest);
            let mut principal = None;
            if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                principal = Some(read_principal(input)?);
            }
            principals.push(Authenticated { key, principal });
        }
        while !input.is_empty() && !input.peek(Token![,]) {
            rest.extend([input.parse::<TokenTree>()?]);
        }
        if let Some(comma) = input.parse::<Option<Token![,]>>()? {
            comma.to_tokens(&mut rest);
        }
    }
    Ok((rest, principals))
}

fn read_principal(input: ParseStream<'_>) -> syn::Result<Type> {
    const USAGE: &str = "expected a type, as in `authenticated = CurrentUser` [inject/policy]";
    let place = input.cursor().token_stream().into_iter().next();
    match input.parse() {
        Ok(principal) => Ok(principal),
        Err(error) => Err(match place {
            Some(token) => syn::Error::new(token.span(), USAGE),
            None => syn::Error::new(error.span(), USAGE),
        }),
    }
}
