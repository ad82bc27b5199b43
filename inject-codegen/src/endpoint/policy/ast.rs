//! Syntax: the roles of `#[require_role]`.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Attribute, Meta, Path};

use crate::{
    attributes::{PathsAndRuntime, is_same},
    errors::Errors,
    names,
    paths::Runtime,
};

/// Roles of one enum, any of which is enough.
pub(in crate::endpoint) struct Roles {
    /// The enum.
    pub(in crate::endpoint) role: Path,
    /// Its variants, as written: at least one.
    pub(in crate::endpoint) any_of: Vec<Path>,
    /// The runtime of a plain handler. An endpoint has it in its own attribute.
    pub(in crate::endpoint) runtime: Runtime,
}

const USAGE: &str = "#[require_role(UserRole::Admin)]";

impl Roles {
    pub(super) fn of_attribute(attribute: &Attribute, errors: &mut Errors) -> Option<Self> {
        match &attribute.meta {
            Meta::List(list) if !list.tokens.is_empty() => Self::parse(list.tokens.clone(), errors),
            meta => {
                errors.at(meta, format_args!("expected `{USAGE}` [inject/role]"));
                None
            }
        }
    }

    /// Reads `UserRole::Admin, UserRole::Teacher`, and `crate = path` among them.
    pub(in crate::endpoint) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Self> {
        let Ok(PathsAndRuntime { paths, runtime }) = syn::parse2(tokens.clone()) else {
            errors.at(tokens, format_args!("expected roles, as in `{USAGE}` [inject/role]"));
            return None;
        };
        let mut any_of = Vec::new();
        let mut role: Option<Path> = None;
        for path in paths {
            let Some(own) = enum_of(&path) else {
                let shown = path.to_token_stream();
                errors.at(&path, format_args!(
                    "expected a role with its enum: `UserRole::{shown}` instead of `{shown}` [inject/role]",
                ));
                return None;
            };
            match &role {
                Some(first) if !is_same(first, &own) => {
                    errors.at(
                        &path,
                        format_args!(
                            "expected a variant of `{}`: the roles of an endpoint are of one enum [inject/role]",
                            names::display_type(first),
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

/// Returns the `UserRole` of `UserRole::Admin`.
fn enum_of(variant: &Path) -> Option<Path> {
    let mut role = variant.clone();
    role.segments.pop()?;
    role.segments.pop_punct();
    if role.segments.is_empty() || variant.segments.iter().any(|segment| !segment.arguments.is_none()) {
        return None;
    }
    Some(role)
}
