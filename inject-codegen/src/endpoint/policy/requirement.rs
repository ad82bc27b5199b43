//! Requirements: the arguments of `#[require(..)]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, Expr, ExprCall, ExprPath, Ident, Meta, Path, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use super::expand::proven;
use crate::{errors::Errors, names, paths::Runtime, spans::respan_path};

/// Requirement of an endpoint or a handler.
pub(in crate::endpoint) enum Requirement {
    /// Value of a type of the user.
    Value { value: Box<Expr>, ty: TokenStream },
    /// `all(..)` and `any(..)`, of two or more.
    Combined { combinator: Combinator, parts: Vec<Requirement> },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::endpoint) enum Combinator {
    All,
    Any,
}

const USAGE: &str = "#[require(Permission(\"orders:write\"))]";

impl Combinator {
    const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
        }
    }

    fn item(self) -> TokenStream {
        match self {
            Self::All => quote!(__rt::And),
            Self::Any => quote!(__rt::Or),
        }
    }
}

impl Requirement {
    /// Returns the requirement of several attributes: all of them are to be met. `None` if there is none, or if an error was reported.
    pub(in crate::endpoint) fn of_attributes(attributes: &[Attribute], errors: &mut Errors) -> Option<Self> {
        let before = errors.count();
        let read = |attribute: &Attribute| match &attribute.meta {
            Meta::List(list) => Self::parse(list.tokens.clone(), errors).map(|(requirement, _)| requirement),
            meta => {
                errors.at(meta, format_args!("expected `{USAGE}` [inject/require]"));
                None
            }
        };
        let parts: Vec<_> = attributes.iter().filter_map(read).collect();
        if errors.count() > before { None } else { Self::combine(Combinator::All, parts) }
    }

    /// Reads one requirement, and `crate = path` beside it.
    pub(in crate::endpoint) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<(Self, Runtime)> {
        let Ok(Arguments { values, runtime }) = syn::parse2(tokens.clone()) else {
            errors.at(tokens, format_args!("expected a value, as in `{USAGE}` [inject/require]"));
            return None;
        };
        match values.as_slice() {
            [] => {
                errors.at_call_site(format_args!("expected `{USAGE}` [inject/require]"));
                None
            }
            [value] => Some((Self::of(value, errors)?, runtime)),
            [_, second, ..] => {
                let shown: Vec<_> = values.iter().map(names::display_type).collect();
                let shown = shown.join(", ");
                errors.at(
                    second,
                    format_args!(
                        "expected one requirement: write `all({shown})` or `any({shown})` [inject/require]"
                    ),
                );
                None
            }
        }
    }

    pub(in crate::endpoint) fn combine(combinator: Combinator, mut parts: Vec<Self>) -> Option<Self> {
        if parts.len() > 1 { Some(Self::Combined { combinator, parts }) } else { parts.pop() }
    }

    fn of(expression: &Expr, errors: &mut Errors) -> Option<Self> {
        match expression {
            Expr::Group(group) => Self::of(&group.expr, errors),
            Expr::Paren(paren) => Self::of(&paren.expr, errors),
            Expr::Call(call) => match combinator(call) {
                Some(combinator) => Self::of_call(combinator, call, errors),
                None => Self::of_value(expression, errors),
            },
            _ => Self::of_value(expression, errors),
        }
    }

    fn of_call(combinator: Combinator, call: &ExprCall, errors: &mut Errors) -> Option<Self> {
        if call.args.is_empty() {
            let name = combinator.name();
            errors
                .at(call, format_args!("`{name}()` is empty: name the requirements in it [inject/require]"));
            return None;
        }
        let parts: Vec<_> = call.args.iter().map(|part| Self::of(part, errors)).collect();
        Self::combine(combinator, parts.into_iter().collect::<Option<_>>()?)
    }

    fn of_value(expression: &Expr, errors: &mut Errors) -> Option<Self> {
        let (value, ty) = match expression {
            // `VALUE as Permission`
            Expr::Cast(cast) => (&*cast.expr, Some(cast.ty.to_token_stream())),
            value => (value, type_of(value)),
        };
        let Some(ty) = ty else {
            errors.at(expression, unknown_type(expression));
            return None;
        };
        Some(Self::Value { value: Box::new(value.clone()), ty })
    }

    /// Returns the type, for a proof.
    pub(in crate::endpoint) fn ty(&self) -> TokenStream {
        match self {
            Self::Value { ty, .. } => ty.clone(),
            Self::Combined { combinator, parts } => {
                let item = combinator.item();
                nest(parts.iter().map(Self::ty), |first, rest| quote!(#item<#first, #rest>))
            }
        }
    }

    /// Returns the value, a constant expression.
    pub(in crate::endpoint) fn value(&self) -> TokenStream {
        match self {
            Self::Value { value, .. } => value.to_token_stream(),
            Self::Combined { combinator, parts } => {
                let item = combinator.item();
                nest(parts.iter().map(Self::value), |first, rest| quote!(#item(#first, #rest)))
            }
        }
    }

    /// Returns the first value, for the place of an error, and its type, which names the principal.
    pub(in crate::endpoint) fn first(&self) -> (TokenStream, TokenStream) {
        match self {
            Self::Value { value, ty } => (value.to_token_stream(), ty.clone()),
            Self::Combined { parts, .. } => parts.first().map(Self::first).unwrap_or_default(),
        }
    }

    /// Returns a constant for each value.
    pub(in crate::endpoint) fn constants(&self) -> TokenStream {
        let constants = self.values().into_iter().enumerate().map(|(index, (value, ty))| {
            let name = constant(index);
            let ty = proven(ty);
            quote!(const #name: #ty = #value;)
        });
        constants.collect()
    }

    /// Returns statements that hold if the values are requirements.
    pub(in crate::endpoint) fn proof(&self) -> TokenStream {
        let statements =
            self.values().into_iter().map(|(_, ty)| quote!(_ = <#ty as __rt::Requirement>::name;));
        statements.collect()
    }

    /// Returns the values and their types, in the order in which they are written.
    fn values(&self) -> Vec<(&Expr, &TokenStream)> {
        match self {
            Self::Value { value, ty } => vec![(value, ty)],
            Self::Combined { parts, .. } => parts.iter().flat_map(Self::values).collect(),
        }
    }

    /// Returns whether `principal` meets the requirement, as an expression over the [constants](Self::constants).
    pub(in crate::endpoint) fn condition(&self, principal: &Ident) -> TokenStream {
        let permits = |index: usize, value: &Expr| {
            let constant = constant(index);
            let permits = respan_path(value, quote!(__rt::Permits::permits));
            quote!(#permits(#principal, &#constant))
        };
        self.fold(&mut 0, &permits, &|combinator, parts| match combinator {
            Combinator::All => quote!((#(#parts)&&*)),
            Combinator::Any => quote!((#(#parts)||*)),
        })
    }

    /// Returns the requirement as metadata: a `Vec<RoleCheck>`, over the constants.
    pub(in crate::endpoint) fn checks(&self) -> TokenStream {
        let checks = |index: usize, _: &Expr| {
            let constant = constant(index);
            quote!(__rt::Requirement::checks(&#constant))
        };
        self.fold(&mut 0, &checks, &|combinator, parts| match combinator {
            Combinator::All => quote!(__rt::all_checks([#(#parts),*])),
            Combinator::Any => quote!(__rt::any_checks([#(#parts),*])),
        })
    }

    fn fold(
        &self,
        index: &mut usize,
        value: &impl Fn(usize, &Expr) -> TokenStream,
        combine: &impl Fn(Combinator, Vec<TokenStream>) -> TokenStream,
    ) -> TokenStream {
        match self {
            Self::Value { value: expression, .. } => {
                let tokens = value(*index, expression);
                *index += 1;
                tokens
            }
            Self::Combined { combinator, parts } => {
                let parts = parts.iter().map(|part| part.fold(index, value, combine)).collect();
                combine(*combinator, parts)
            }
        }
    }
}

/// Name of the constant of a value.
fn constant(index: usize) -> Ident {
    format_ident!("__REQUIREMENT_{index}")
}

/// As written.
impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value { value, .. } => f.write_str(&names::display_type(value)),
            Self::Combined { combinator, parts } => {
                let parts: Vec<_> = parts.iter().map(ToString::to_string).collect();
                write!(f, "{}({})", combinator.name(), parts.join(", "))
            }
        }
    }
}

/// Nests parts to the right: `a, (b, c)`.
fn nest(
    parts: impl DoubleEndedIterator<Item = TokenStream>,
    combine: impl Fn(TokenStream, TokenStream) -> TokenStream,
) -> TokenStream {
    parts.rev().reduce(|rest, first| combine(first, rest)).unwrap_or_default()
}

fn combinator(call: &ExprCall) -> Option<Combinator> {
    let Expr::Path(ExprPath { qself: None, path, .. }) = &*call.func else { return None };
    [Combinator::All, Combinator::Any].into_iter().find(|combinator| path.is_ident(combinator.name()))
}

/// Returns the type of a value, from its syntax: of a struct, of a variant, and of a constant or function of a type.
fn type_of(value: &Expr) -> Option<TokenStream> {
    match value {
        Expr::Group(group) => type_of(&group.expr),
        Expr::Paren(paren) => type_of(&paren.expr),
        Expr::Call(call) => match &*call.func {
            Expr::Path(function) => type_of_path(function, true),
            _ => None,
        },
        Expr::Struct(value) => type_of_path(
            &ExprPath { attrs: Vec::new(), qself: value.qself.clone(), path: value.path.clone() },
            true,
        ),
        Expr::Path(path) => type_of_path(path, false),
        _ => None,
    }
}

fn type_of_path(ExprPath { qself, path, .. }: &ExprPath, is_constructor: bool) -> Option<TokenStream> {
    if let Some(qself) = qself {
        // `<Permission>::WRITE`, `<Permission as Orders>::WRITE`
        return Some(qself.ty.to_token_stream());
    }
    let mut names = path.segments.iter().rev();
    let (last, owner) = (names.next()?, names.next());
    if owner.is_some_and(|owner| is_type_name(&owner.ident.to_string())) {
        // `Permission::Write`, `Permission::WRITE`, `Permission::new(..)`
        let mut owner: Path = path.clone();
        owner.segments.pop();
        owner.segments.pop_punct();
        return Some(owner.into_token_stream());
    }
    let name = last.ident.to_string();
    let is_type = is_type_name(&name) && (is_constructor || !is_constant_name(&name));
    is_type.then(|| path.to_token_stream())
}

/// Returns whether a name has the case of a type: `Permission`.
fn is_type_name(name: &str) -> bool {
    name.trim_start_matches("r#").trim_start_matches('_').starts_with(char::is_uppercase)
}

/// Returns whether a name has the case of a constant: `ORDERS_WRITE`.
fn is_constant_name(name: &str) -> bool {
    name.chars().count() > 1 && !name.contains(char::is_lowercase)
}

fn unknown_type(expression: &Expr) -> String {
    let shown = names::display_type(expression);
    match expression {
        Expr::Lit(_) => {
            format!(
                "expected a value of a type of your own, as in `{USAGE}`, instead of `{shown}` [inject/require]"
            )
        }
        Expr::Call(call) if call.func.to_token_stream().into_iter().count() == 1 => {
            let function = names::display_type(&call.func);
            format!(
                "unknown combinator `{function}`: requirements are combined with `all(..)` and `any(..)`; for a function, name the type of its value, as in `{shown} as Permission` [inject/require]"
            )
        }
        _ => format!("name the type of the value, as in `{shown} as Permission` [inject/require]"),
    }
}

/// `Permission("orders:write"), crate = ::wiring`
struct Arguments {
    values: Vec<Expr>,
    runtime: Runtime,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut runtime = Runtime::default();
        let mut values = Punctuated::<Expr, Token![,]>::new();
        while !input.is_empty() {
            if input.peek(Token![crate]) && input.peek2(Token![=]) {
                input.parse::<Token![crate]>()?;
                input.parse::<Token![=]>()?;
                runtime = Runtime::from(input.call(Path::parse_mod_style)?);
            } else {
                values.push(input.parse()?);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Self { values: values.into_iter().collect(), runtime })
    }
}
