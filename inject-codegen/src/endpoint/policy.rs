//! Who may call an endpoint.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, Meta, Path};

use super::ast::Ast;
use crate::{
    attributes::{PathsAndRuntime, at_most_one, same},
    errors::Errors,
    names,
    paths::Runtime,
};

/// The access that an endpoint declares.
pub(super) enum Policy {
    Public,
    Authenticated(Path),
    AnyRole(Roles),
}

/// Roles of one enum, any of which is enough.
pub(super) struct Roles {
    /// The enum.
    pub(super) role: Path,
    /// Its variants, as written: at least one.
    pub(super) any_of: Vec<Path>,
    /// On a plain handler; an endpoint says it itself.
    pub(super) runtime: Runtime,
}

const USAGE: &str = "#[require_role(UserRole::Admin)]";

/// The one policy that an endpoint declares.
pub(super) fn policy(ast: &Ast, errors: &mut Errors) -> Policy {
    let given = usize::from(ast.public.is_some())
        + usize::from(ast.authenticated.is_some())
        + usize::from(!ast.require_role.is_empty());
    let attribute = ast.attribute.trim_start_matches("#[").trim_end_matches(']');
    if given > 1 {
        let what = ast.public.as_ref().or(ast.authenticated.as_ref().map(|(key, _)| key));
        let text = if ast.public.is_some() {
            "an endpoint that asks for somebody is not `public`: keep one of the two [inject/policy]"
        } else {
            "`#[require_role]` asks for a principal already: remove `authenticated` [inject/policy]"
        };
        errors.at(what, text);
    }
    if let Some(given) = at_most_one(ast.require_role.clone(), errors) {
        return Roles::of_attribute(&given, errors).map_or(Policy::Public, Policy::AnyRole);
    }
    if let Some((_, principal)) = &ast.authenticated {
        return Policy::Authenticated(principal.clone());
    }
    if ast.public.is_none() && ast.path.is_some() && ast.is_readable {
        errors.at(&ast.item.sig.ident, format_args!(
            "who may call `{}`? `#[require_role(..)]` lets some in, `#[{attribute}(.., authenticated = CurrentUser)]` whoever has logged in, `#[{attribute}(.., public)]` everybody [inject/policy]",
            names::shown(&ast.item.sig.ident),
        ));
    }
    Policy::Public
}

impl Roles {
    fn of_attribute(attribute: &Attribute, errors: &mut Errors) -> Option<Self> {
        match &attribute.meta {
            Meta::List(list) if !list.tokens.is_empty() => Self::parse(list.tokens.clone(), errors),
            meta => {
                errors.at(meta, format_args!("expected `{USAGE}` [inject/role]"));
                None
            }
        }
    }

    /// Reads `UserRole::Admin, UserRole::Teacher`, and `crate = path` among them.
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Self> {
        let Ok(PathsAndRuntime { paths, runtime }) = syn::parse2(tokens.clone()) else {
            errors.at(
                tokens,
                format_args!(
                    "a role is a variant of an enum under `#[derive(Role)]`: `{USAGE}` [inject/role]"
                ),
            );
            return None;
        };
        let mut any_of = Vec::new();
        let mut role: Option<Path> = None;
        for path in paths {
            let Some(own) = enum_of(&path) else {
                let shown = path.to_token_stream();
                errors.at(&path, format_args!(
                    "a role is a variant, with its enum: `UserRole::{shown}` instead of `{shown}` [inject/role]",
                ));
                return None;
            };
            match &role {
                Some(first) if !same(first, &own) => {
                    errors.at(
                        &path,
                        format_args!(
                            "the roles of an endpoint are of one enum, here `{}` [inject/role]",
                            names::shown_type(first),
                        ),
                    );
                    return None;
                }
                _ => role = Some(own),
            }
            any_of.push(path);
        }
        match role {
            Some(role) => Some(Self { role, any_of, runtime }),
            None => {
                errors.at_call_site(format_args!("expected `{USAGE}` [inject/role]"));
                None
            }
        }
    }
}

/// `UserRole` of `UserRole::Admin`.
fn enum_of(variant: &Path) -> Option<Path> {
    let mut role = variant.clone();
    role.segments.pop()?;
    role.segments.pop_punct();
    if role.segments.is_empty() || variant.segments.iter().any(|it| !it.arguments.is_none()) {
        return None;
    }
    Some(role)
}

impl Policy {
    /// The principal that is extracted, as a type.
    pub(super) fn principal(&self, runtime: &Runtime) -> Option<TokenStream> {
        match self {
            Self::Public => None,
            Self::Authenticated(principal) => Some(quote!(#principal)),
            Self::AnyRole(Roles { role, .. }) => Some(quote!(<#role as #runtime::Role>::Principal)),
        }
    }

    /// The description.
    pub(super) fn spec(&self, runtime: &Runtime) -> TokenStream {
        let policy = runtime.private("Policy");
        match self {
            Self::Public => quote!(#policy::Public),
            Self::Authenticated(principal) => {
                let principal = names::shown_type(principal);
                quote!(#policy::Authenticated { principal: #principal })
            }
            Self::AnyRole(Roles { role, any_of, .. }) => {
                let role = names::shown_type(role);
                let any_of =
                    any_of.iter().filter_map(|it| it.segments.last()).map(|it| names::shown(&it.ident));
                quote!(#policy::AnyRole { role: #role, any_of: &[#(#any_of),*] })
            }
        }
    }

    /// What `spec` is told about roles: a method call.
    pub(super) fn role_check(&self, runtime: &Runtime) -> Option<TokenStream> {
        let Self::AnyRole(Roles { role, any_of, .. }) = self else { return None };
        Some(quote!(.checked(|| #runtime::RoleCheck::of::<#role>(&[#(#any_of),*]))))
    }

    /// Lets the principal pass, or returns.
    pub(super) fn check(&self, parts: &TokenStream, runtime: &Runtime) -> TokenStream {
        let (principal, container_type, container) =
            (names::principal(), names::container(), names::container_value());
        let [parameter, extracted] = ["Parameter", "extracted"].map(|it| runtime.private(it));
        let value = match self {
            Self::Public => return TokenStream::new(),
            Self::Authenticated(principal) => {
                quote!(#extracted(<#principal as #parameter<#container_type>>::extract(#parts, #container).await)?)
            }
            Self::AnyRole(Roles { role, any_of, .. }) => {
                let authorize = runtime.private("authorize");
                let extracted = quote!(
                    #extracted(
                        <<#role as #runtime::Role>::Principal as #parameter<#container_type>>::extract(#parts, #container).await
                    )?
                );
                quote!(#authorize::<#role>(#extracted, &[#(#any_of),*])?)
            }
        };
        quote! {
            #[allow(unused_mut, unused_variables)] // where no parameter is the principal
            let mut #principal = ::core::option::Option::Some(#value);
        }
    }
}
