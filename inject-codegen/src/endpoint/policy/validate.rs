//! The rules of policies.

use syn::Path;

use super::ast::Roles;
use crate::{attributes::expect_at_most_one, endpoint::ast::Ast, errors::Errors, names};

/// The access policy that an endpoint declares.
pub(in crate::endpoint) enum Policy {
    Public,
    Authenticated(Path),
    AnyRole(Roles),
}

/// Reads the policy of an endpoint, and reports none or several.
pub(in crate::endpoint) fn read_policy(ast: &Ast, errors: &mut Errors) -> Policy {
    let given = usize::from(ast.public.is_some())
        + usize::from(ast.authenticated.is_some())
        + usize::from(!ast.require_role.is_empty());
    let attribute = ast.attribute.trim_start_matches("#[").trim_end_matches(']');
    if given > 1 {
        let what = ast.public.as_ref().or(ast.authenticated.as_ref().map(|(key, _)| key));
        let text = if ast.public.is_some() {
            "a `public` endpoint has no other access policy: keep one [inject/policy]"
        } else {
            "`#[require_role]` requires a principal already: remove `authenticated` [inject/policy]"
        };
        errors.at(what, text);
    }
    if let Some(given) = expect_at_most_one(ast.require_role.clone(), errors) {
        return Roles::of_attribute(&given, errors).map_or(Policy::Public, Policy::AnyRole);
    }
    if let Some((_, principal)) = &ast.authenticated {
        return Policy::Authenticated(principal.clone());
    }
    if ast.public.is_none() && ast.path.is_some() && ast.is_readable {
        errors.at(&ast.item.sig.ident, format_args!(
            "`{}` has no access policy: add `#[require_role(..)]`, `#[{attribute}(.., authenticated = CurrentUser)]` or `#[{attribute}(.., public)]` [inject/policy]",
            names::display_name(&ast.item.sig.ident),
        ));
    }
    Policy::Public
}
