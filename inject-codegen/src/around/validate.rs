//! The rules of around functions.

use proc_macro2::TokenStream;
use syn::{FnArg, ItemFn, PathArguments, ReturnType, Type};

use crate::{
    attributes::{Keys, path_value},
    errors::Errors,
    parameter::{Parameter, parameters_of},
    paths::Runtime,
    types::ungrouped,
};

/// An around function.
pub(super) struct Model {
    pub(super) runtime: Runtime,
    pub(super) item: ItemFn,
    /// Without the last one.
    pub(super) parameters: Vec<Parameter>,
    /// The type of the last parameter, which is the rest of the request.
    pub(super) next: Option<Type>,
    /// Whether an error was reported. The expansion then does not call the function.
    pub(super) is_stub: bool,
}

/// Checks every rule. `None` if there can be no implementation.
pub(super) fn validate(args: TokenStream, item: &mut ItemFn, errors: &mut Errors) -> Option<Model> {
    let before = errors.count();
    let mut runtime = Runtime::default();
    if !args.is_empty() {
        let keys = Keys { attribute: "#[around]", known: &["crate"] };
        keys.read(args, errors, |_, meta, errors| {
            if let Some(path) = path_value(meta, "crate = path::to::inject_runtime", errors) {
                runtime = Runtime::from(path);
            }
        });
    }
    if item.sig.asyncness.is_none() {
        errors.at(item.sig.fn_token, "an around function must be async: write `async fn` [inject/around]");
    }
    if !item.sig.generics.params.is_empty() {
        errors.at(
            &item.sig.generics,
            "an around function has no generic parameters: name the types, and write `Next` without a lifetime [inject/around]",
        );
    }
    let (parameters, next) = read_parameters(item, errors);
    if is_unit(&item.sig.output) {
        errors.at(
            &item.sig.ident,
            "an around function returns the response: write `-> Response`, and return that of `next.run().await` [inject/around]",
        );
    }
    // An impl block cannot contain the expansion.
    if item.sig.receiver().is_some() {
        return None;
    }
    let is_stub = errors.count() > before;
    Some(Model { runtime, item: item.clone(), parameters, next, is_stub })
}

/// Reads the parameters, of which the last one is the rest of the request.
fn read_parameters(item: &mut ItemFn, errors: &mut Errors) -> (Vec<Parameter>, Option<Type>) {
    let last = match item.sig.inputs.pop() {
        Some(FnArg::Typed(mut last)) => {
            add_lifetime(&mut last.ty);
            Some(last)
        }
        Some(receiver) => {
            item.sig.inputs.push(receiver);
            None
        }
        None => None,
    };
    let is_next = |ty: &Type| match ungrouped(ty) {
        Type::Path(path) => path.path.segments.last().is_some_and(|segment| segment.ident == "Next"),
        _ => false,
    };
    let misplaced = item.sig.inputs.iter().find_map(|input| match input {
        FnArg::Typed(input) if is_next(&input.ty) => Some(&input.ty),
        _ => None,
    });
    if let Some(misplaced) = misplaced {
        errors.at(
            misplaced,
            "`Next` is the last parameter of an around function: move it to the end [inject/around]",
        );
    } else if last.is_none() && item.sig.receiver().is_none() {
        errors.at(
            &item.sig.ident,
            "an around function takes `next: Next` as its last parameter: `next.run().await` runs the endpoint [inject/around]",
        );
    }
    let parameters = parameters_of(item, "an around function", "around", errors);
    let next = last.as_ref().map(|last| (*last.ty).clone());
    if let Some(Type::ImplTrait(next)) = &next {
        errors.at(
            next,
            "the last parameter of an around function is `next: Next`: name the type [inject/around]",
        );
    }
    item.sig.inputs.extend(last.map(FnArg::Typed));
    (parameters, next)
}

/// Writes `Next<'_>` for `Next`: a lifetime in the signature of an async function is not implied.
fn add_lifetime(ty: &mut Type) {
    match ty {
        Type::Group(group) => add_lifetime(&mut group.elem),
        Type::Path(path) => {
            if let Some(last) = path.path.segments.last_mut()
                && last.ident == "Next"
                && last.arguments.is_none()
            {
                last.arguments = PathArguments::AngleBracketed(syn::parse_quote!(<'_>));
            }
        }
        _ => {}
    }
}

fn is_unit(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => true,
        ReturnType::Type(_, ty) => matches!(ungrouped(ty), Type::Tuple(tuple) if tuple.elems.is_empty()),
    }
}
