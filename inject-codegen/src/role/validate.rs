//! The rules of roles.

use darling::ast::NestedMeta;
use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, Ident, Meta, Path, Visibility};

use crate::{
    attributes::{Keys, arguments, expect_at_most_one, path_value, take},
    errors::{Errors, did_you_mean},
    names,
    paths::Runtime,
};

/// An enum of roles.
pub(super) struct Model {
    pub(super) runtime: Runtime,
    pub(super) ident: Ident,
    pub(super) vis: Visibility,
    /// `None` if it is missing, which is reported.
    pub(super) principal: Option<Path>,
    /// The module of the proofs.
    pub(super) proofs: Option<Ident>,
    pub(super) roles: Vec<Role>,
    pub(super) is_stub: bool,
}

/// A variant.
pub(super) struct Role {
    pub(super) ident: Ident,
    /// The numbers of the roles that grant it: itself, and those that imply it, directly or indirectly.
    pub(super) granted_by: Vec<usize>,
}

/// Checks every rule.
pub(super) fn validate(item: &DeriveInput, errors: &mut Errors) -> Option<Model> {
    let before = errors.count();
    let Data::Enum(data) = &item.data else {
        errors.at(
            &item.ident,
            "`#[derive(Role)]` goes on an enum: `enum UserRole { Admin, Student }` [inject/role]",
        );
        return None;
    };
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, "an enum of roles has no generic parameters [inject/role]");
    }
    let (runtime, principal, proofs) = read_enum_attributes(item, errors);
    let implied = read_implied_roles(data, errors);
    // Roles with an error are never granted. They exist nevertheless, so that their uses have no further errors.
    let is_stub = errors.count() > before;
    let roles = data.variants.iter().enumerate().map(|(index, variant)| Role {
        ident: variant.ident.clone(),
        granted_by: granting_roles(index, &implied),
    });
    Some(Model {
        runtime,
        ident: item.ident.clone(),
        vis: item.vis.clone(),
        principal,
        proofs,
        roles: roles.collect(),
        is_stub,
    })
}

/// `#[role(principal = CurrentUser, proofs = roles)]`
fn read_enum_attributes(item: &DeriveInput, errors: &mut Errors) -> (Runtime, Option<Path>, Option<Ident>) {
    const USAGE: &str = "#[role(principal = CurrentUser)]";
    let (mut runtime, mut principal, mut proofs) = (Runtime::default(), None, None);
    let mut attributes: Vec<Attribute> = item.attrs.clone();
    let before = errors.count();
    if let Some(attribute) = expect_at_most_one(take(&mut attributes, "role"), errors)
        && let Some(tokens) = arguments(&attribute, USAGE, errors)
    {
        let keys = Keys { attribute: "#[role]", known: &["principal", "proofs", "crate"] };
        keys.read(tokens, errors, |key, meta, errors| match key {
            "crate" => {
                if let Some(path) = path_value(meta, "crate = path::to::inject_runtime", errors) {
                    runtime = Runtime::from(path);
                }
            }
            "principal" => principal = path_value(meta, "principal = CurrentUser", errors),
            _ => {
                if let Some(path) = path_value(meta, "proofs = roles", errors) {
                    match path.require_ident() {
                        Ok(ident) => proofs = Some(ident.clone()),
                        Err(_) => errors.at(
                            path,
                            "expected the name of a module to generate, as in `proofs = roles` [inject/role]",
                        ),
                    }
                }
            }
        });
    }
    if principal.is_none() && errors.count() == before {
        let name = names::display_name(&item.ident);
        errors.at(&item.ident, format_args!(
            "`{name}` has no principal: name the type of the authenticated caller with `{USAGE}` [inject/role]",
        ));
    }
    (runtime, principal, proofs)
}

/// Reads which roles each role implies, by number, from `#[role(implies(Teacher))]`.
fn read_implied_roles(data: &DataEnum, errors: &mut Errors) -> Vec<Vec<usize>> {
    let known: Vec<_> = data.variants.iter().map(|variant| names::display_name(&variant.ident)).collect();
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let mut all = Vec::new();
    for (index, variant) in data.variants.iter().enumerate() {
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(&variant.fields, "a role is a unit variant: remove the fields [inject/role]");
        }
        let mut implied = Vec::new();
        let mut attributes = variant.attrs.clone();
        if let Some(attribute) = expect_at_most_one(take(&mut attributes, "role"), errors) {
            for name in read_implies(&attribute, errors) {
                let shown = name
                    .segments
                    .last()
                    .map(|segment| names::display_name(&segment.ident))
                    .unwrap_or_default();
                match known.iter().position(|known| *known == shown) {
                    Some(itself) if itself == index => {
                        errors.at(name, "a role implies itself already: remove it [inject/role]");
                    }
                    Some(role) => implied.push(role),
                    None => errors.at(
                        name,
                        format_args!("unknown role `{shown}`{} [inject/role]", did_you_mean(&shown, &known)),
                    ),
                }
            }
        }
        all.push(implied);
    }
    all
}

/// `#[role(implies(Teacher, Student))]`
fn read_implies(attribute: &Attribute, errors: &mut Errors) -> Vec<Path> {
    const USAGE: &str = "#[role(implies(Teacher))]";
    let mut paths = Vec::new();
    let Some(tokens) = arguments(attribute, USAGE, errors) else { return paths };
    let keys = Keys { attribute: "#[role]", known: &["implies"] };
    keys.read(tokens, errors, |_, meta, errors| {
        let Meta::List(list) = meta else {
            errors.at(meta, format_args!("expected `{USAGE}` [inject/role]"));
            return;
        };
        match NestedMeta::parse_meta_list(list.tokens.clone()) {
            Ok(items) if !items.is_empty() => {
                for item in items {
                    match item {
                        NestedMeta::Meta(Meta::Path(path)) => paths.push(path),
                        other => {
                            errors.at(other, format_args!("expected a role, as in `{USAGE}` [inject/role]"));
                        }
                    }
                }
            }
            _ => errors.at(list, format_args!("expected `{USAGE}` [inject/role]")),
        }
    });
    paths
}

/// Returns the roles that grant `role`, beginning with itself.
fn granting_roles(role: usize, implied: &[Vec<usize>]) -> Vec<usize> {
    let mut granting = vec![role];
    let mut index = 0;
    while let Some(&granted) = granting.get(index) {
        for (other, implies) in implied.iter().enumerate() {
            if implies.contains(&granted) && !granting.contains(&other) {
                granting.push(other);
            }
        }
        index += 1;
    }
    granting
}
