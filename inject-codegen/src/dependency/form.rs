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
