//! Types that no container provides, by their form.

use syn::{Type, TypeParamBound, TypeTraitObject};

use crate::{
    errors::Errors,
    names,
    types::{only_argument_of, ungrouped},
};

/// Reports a dependency that no container provides, and says in which form a container does. Returns whether the form is right.
pub(crate) fn check_form(ty: &Type, errors: &mut Errors) -> bool {
    let Some(message) = wrong_form(ty) else { return true };
    errors.at(ty, message);
    false
}

fn wrong_form(ty: &Type) -> Option<String> {
    if let Type::Reference(reference) = ungrouped(ty) {
        if reference.lifetime.is_some() {
            return None;
        }
        return Some(match shared(&reference.elem) {
            Some(shared) => {
                format!("a dependency is owned: take `{shared}`, which is shared already [inject/shape]")
            }
            None => {
                let owned = names::display_type(&reference.elem);
                format!(
                    "a dependency is owned: take `{owned}`, or `Arc<{owned}>`, a field of the container [inject/shape]"
                )
            }
        });
    }
    if let Some(message) = binding_as_a_dependency(ty) {
        return Some(message);
    }
    if let Some(Type::TraitObject(port)) = only_argument_of(ty, "Box").map(ungrouped) {
        let port = without_markers(port);
        return Some(format!("a port is shared by its dependents: take `Arc<{port}>` [inject/port]"));
    }
    if let Some(Type::TraitObject(port)) = only_argument_of(ty, "Arc").map(ungrouped)
        && port.bounds.iter().any(is_marker)
    {
        let port = without_markers(port);
        return Some(format!(
            "a port is `Send` and `Sync` without saying so, and another type if it says so: take `Arc<{port}>` [inject/port]"
        ));
    }
    None
}

/// Returns the message for a `PerRequest<dyn Port>`, which only a container has.
pub(crate) fn binding_as_a_dependency(ty: &Type) -> Option<String> {
    let port =
        only_argument_of(ty, "PerRequest").filter(|port| matches!(ungrouped(port), Type::TraitObject(_)))?;
    let (binding, port) = (names::display_type(ty), names::display_type(port));
    Some(format!(
        "`{binding}` binds a port and is not a dependency: take `Port<{port}>`, in an endpoint, a provider or a request-scoped component [inject/port]"
    ))
}

/// Reports a port of the request scope in a component that outlives requests, or in an `Inject`. Returns whether the type is none.
///
/// No container provides it under any name. By its name, the message is about it.
pub(crate) fn check_outlives_port(ty: &Type, fix: &dyn Fn(&str) -> String, errors: &mut Errors) -> bool {
    if !matches!(only_argument_of(ty, "Port").map(ungrouped), Some(Type::TraitObject(_))) {
        return true;
    }
    let port = names::display_type(ty);
    errors.at(
        ty,
        format_args!("captive dependency: `{port}` lives for one request: {} [inject/captive]", fix(&port)),
    );
    false
}

/// Returns the type, as messages show it, if it is an `Arc`.
fn shared(ty: &Type) -> Option<String> {
    only_argument_of(ty, "Arc").map(|_| names::display_type(ty))
}

/// Returns whether the bound is `Send` or `Sync`.
fn is_marker(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound) if bound.path.is_ident("Send") || bound.path.is_ident("Sync"))
}

/// Returns `dyn Port` of `dyn Port + Send + Sync`.
fn without_markers(port: &TypeTraitObject) -> String {
    let bounds = port.bounds.iter().filter(|bound| !is_marker(bound)).cloned().collect();
    names::display_type(&TypeTraitObject { attrs: Vec::new(), dyn_token: port.dyn_token, bounds })
}
