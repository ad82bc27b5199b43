//! The rules of the constructor form.

use quote::ToTokens as _;
use syn::{Generics, Ident, Pat, Path, ReturnType, Signature, Type};

use super::ast::{Ast, Constructor};
use crate::{
    attributes::{cfgs, expect_at_most_one, expect_word, is_same},
    dependency::{Origin, check_outlives_port},
    errors::Errors,
    generics::reject_lifetimes,
    implementations::SingletonReason,
    names,
    stereotype::{Scope, StereotypeArgs},
    types::first_of_result,
};

/// Component with a constructor.
pub(super) struct Model {
    pub(super) component: Stub,
    pub(super) function: Ident,
    pub(super) output: ReturnType,
    /// Reason why it is built once for its container. `None` if each dependent has its own.
    pub(super) singleton: Option<SingletonReason>,
    /// One for each parameter, in order.
    pub(super) arguments: Vec<Argument>,
}

/// Component without its constructor. It is known even if the constructor is wrong, and other components can depend on it.
pub(super) struct Stub {
    pub(super) args: StereotypeArgs,
    pub(super) generics: Generics,
    pub(super) self_ty: Type,
    pub(super) name: String,
}

/// Argument of the constructor.
pub(super) struct Argument {
    pub(super) cfgs: Vec<syn::Attribute>,
    pub(super) ty: Type,
    pub(super) origin: Origin,
}

/// Checks every rule. Returns a stub without a usable constructor.
pub(super) fn validate(ast: Ast, errors: &mut Errors) -> Result<Model, Box<Stub>> {
    let component = Stub {
        name: name_of(&ast.item.self_ty),
        generics: ast.item.generics.clone(),
        self_ty: (*ast.item.self_ty).clone(),
        args: ast.args,
    };
    let before = errors.count();
    component.args.reject_request_scope("`scope = request` goes on a struct: for a request-scoped value with a constructor, write a provider, an `#[inject]` function", errors);
    if let Some((_, for_token)) = &ast.item.trait_ {
        errors.at(for_token, format_args!(
            "`{0}` goes on the inherent impl block with the constructor, `{0} impl {1} {{ .. }}` [inject/constructor]",
            component.args.attribute, component.name,
        ));
        return Err(Box::new(component));
    }
    reject_lifetimes(&component.generics, errors);
    let Some(constructor) = single_constructor(ast.constructors, &component, errors) else {
        return Err(Box::new(component));
    };
    let singleton = check_output(&constructor.signature, &component, errors)
        .map(|starts| singleton(starts, &constructor.signature, &component.args, errors));
    reject_receiver(&constructor.signature, errors);
    reject_generics(&constructor.signature, errors);
    reject_unsafe(&constructor.signature, errors);
    let mut arguments = Vec::new();
    for (index, (parameter, attributes)) in constructor.parameters.into_iter().enumerate() {
        let name = match &*parameter.pat {
            Pat::Ident(pattern) => names::display_name(&pattern.ident),
            _ => index.to_string(),
        };
        let mut origin = attributes.origin(name, index, &parameter.ty, &parameter.attrs, errors);
        if let Origin::Dependency(dependency) = &mut origin {
            if dependency.is_decorated() {
                component.args.reject_scope(
                    Scope::Transient,
                    "a decorator is a singleton, which the container binds: remove `scope`",
                    errors,
                );
            }
            dependency.decorated_by(&component.self_ty);
        }
        if origin.dependency().is_some() {
            let fix = |_: &str| "give it to the methods that need it".to_owned();
            check_outlives_port(&parameter.ty, &fix, errors);
        }
        let (cfgs, ty) = (cfgs(&parameter.attrs), *parameter.ty);
        arguments.push(Argument { cfgs, ty, origin });
    }
    match singleton {
        Some(singleton) if errors.count() == before => Ok(Model {
            component,
            function: constructor.signature.ident,
            output: constructor.signature.output,
            singleton,
            arguments,
        }),
        _ => Err(Box::new(component)),
    }
}

/// Returns the one function under `#[inject]`, and reports none or several.
fn single_constructor(
    constructors: Vec<Constructor>,
    component: &Stub,
    errors: &mut Errors,
) -> Option<Constructor> {
    let mut constructors = constructors.into_iter();
    let Some(first) = constructors.next() else {
        errors.at(&component.self_ty, format_args!(
            "`{}` has no constructor: put `#[inject]` on the function that builds it [inject/constructor]",
            component.name,
        ));
        return None;
    };
    if let Some(inject) = expect_at_most_one(first.inject.clone(), errors) {
        expect_word(&inject, errors);
    }
    for second in constructors {
        errors.at(
            &second.signature.ident,
            format_args!(
                "`{}` is under `#[inject]` already: keep one constructor [inject/constructor]",
                first.signature.ident,
            ),
        );
    }
    Some(first)
}

/// Returns the reason why a component with the constructor is built once, unless it is transient. `starts` is whether the constructor is
/// async or fallible.
fn singleton(
    starts: bool,
    signature: &Signature,
    args: &StereotypeArgs,
    errors: &mut Errors,
) -> Option<SingletonReason> {
    if starts {
        args.reject_scope(
            Scope::Transient,
            "an async or fallible constructor runs once, when the container starts: remove `scope = transient`",
            errors,
        );
        return Some(SingletonReason::Start(signature.ident.to_token_stream()));
    }
    match &args.scope {
        None => Some(SingletonReason::Constructor(signature.ident.to_token_stream())),
        Some(stated) if stated.scope == Scope::Singleton => {
            Some(SingletonReason::Stated(stated.value.to_token_stream()))
        }
        Some(_) => None,
    }
}

/// The constructor returns `Self` or `Result<Self, E>`. Returns whether it is async or fallible.
fn check_output(signature: &Signature, component: &Stub, errors: &mut Errors) -> Option<bool> {
    let is_self = |ty: &Type| is_same(ty, &component.self_ty) || is_path(ty, |path| path.is_ident("Self"));
    let fallible = match &signature.output {
        ReturnType::Type(_, ty) if is_self(ty) => false,
        ReturnType::Type(_, ty) if first_of_result(ty).is_some_and(is_self) => true,
        output => {
            let message = format_args!(
                "the constructor of `{}` returns `Self` or `Result<Self, E>`, async or not [inject/constructor]",
                component.name,
            );
            match output {
                ReturnType::Default => errors.at(&signature.ident, message),
                ReturnType::Type(_, ty) => errors.at(ty, message),
            }
            return None;
        }
    };
    Some(fallible || signature.asyncness.is_some())
}

/// Reports `self`, because the component does not exist before the constructor returns.
fn reject_receiver(signature: &Signature, errors: &mut Errors) {
    if let Some(receiver) = signature.receiver() {
        errors.at(receiver, "a constructor takes dependencies, not `self` [inject/constructor]");
    }
}

/// Reports generic parameters of the function, which rustc could not infer. Those of the impl block are part of the component.
fn reject_generics(signature: &Signature, errors: &mut Errors) {
    if !signature.generics.params.is_empty() {
        errors.at(&signature.generics, "a constructor has no generic parameters of its own: move them to the impl block [inject/constructor]");
    }
}

/// Reports `unsafe`, because generated code calls the constructor.
fn reject_unsafe(signature: &Signature, errors: &mut Errors) {
    if let syn::Safety::Unsafe(unsafety) = &signature.safety {
        errors.at(
            unsafety,
            "a constructor cannot be unsafe, because generated code calls it: move `unsafe` into the body [inject/constructor]",
        );
    }
}

fn is_path(ty: &Type, test: impl FnOnce(&Path) -> bool) -> bool {
    matches!(ty, Type::Path(ty) if ty.qself.is_none() && test(&ty.path))
}

fn name_of(ty: &Type) -> String {
    match ty {
        Type::Path(ty) => {
            ty.path.segments.last().map(|segment| names::display_name(&segment.ident)).unwrap_or_default()
        }
        other => quote::ToTokens::to_token_stream(other).to_string(),
    }
}
