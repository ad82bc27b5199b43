//! The rules of policies.

use syn::{Ident, Path, Type};

use super::{ast::Roles, requirement::Requirement};
use crate::{
    attributes::expect_at_most_one,
    endpoint::ast::{Ast, Authenticated},
    errors::Errors,
    names,
};

/// The access policy that an endpoint declares.
pub(in crate::endpoint) enum Policy {
    /// `public`, with the key for messages. Without it, an error was reported.
    Public(Option<Path>),
    /// `authenticated = T`
    Authenticated(Type),
    /// A parameter is the policy: with the key `authenticated`, a principal; without it, a proof.
    OfParameter(Option<Ident>),
    AnyRole(Roles),
    Required {
        roles: Option<Roles>,
        requirement: Requirement,
    },
}

/// Reads the policy of an endpoint, and reports none or several. `has_principal` is whether a parameter may be a principal.
pub(in crate::endpoint) fn read_policy(ast: &Ast, has_principal: bool, errors: &mut Errors) -> Policy {
    let given = usize::from(ast.public.is_some())
        + usize::from(ast.authenticated.is_some())
        + usize::from(!ast.require_role.is_empty() || !ast.require.is_empty());
    let attribute = ast.attribute.trim_start_matches("#[").trim_end_matches(']');
    if given > 1 {
        if let Some(public) = &ast.public {
            errors.at(public, "a `public` endpoint has no other access policy: keep one [inject/policy]");
        } else if let Some(authenticated) = &ast.authenticated {
            errors.at(
                &authenticated.key,
                "`#[require_role]` and `#[require]` require a principal already: remove `authenticated` [inject/policy]",
            );
        }
    }
    let given = expect_at_most_one(ast.require_role.clone(), errors);
    let roles = given.as_ref().and_then(|given| Roles::of_attribute(given, errors));
    let requirement = Requirement::of_attributes(&ast.require, errors);
    if let Some(requirement) = requirement {
        return Policy::Required { roles, requirement };
    }
    if given.is_some() || !ast.require.is_empty() {
        return roles.map_or(Policy::Public(None), Policy::AnyRole);
    }
    if let Some(Authenticated { key, principal }) = &ast.authenticated {
        match principal {
            Some(principal) => return Policy::Authenticated(principal.clone()),
            None if has_principal => return Policy::OfParameter(Some(key.clone())),
            None => errors.at(
                key,
                "no parameter is a principal: take one, as in `user: CurrentUser`, or name it, as in `authenticated = CurrentUser` [inject/policy]",
            ),
        }
    } else if ast.public.is_none() && ast.path.is_some() && ast.is_readable {
        if has_principal {
            return Policy::OfParameter(None);
        }
        errors.at(&ast.item.sig.ident, format_args!(
            "`{}` has no access policy: add `#[require_role(..)]`, `#[{attribute}(.., authenticated = CurrentUser)]` or `#[{attribute}(.., public)]` [inject/policy]",
            names::display_name(&ast.item.sig.ident),
        ));
    }
    Policy::Public(ast.public.clone())
}
