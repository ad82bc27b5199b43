//! The rules of the struct form.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Attribute, Ident, ItemStruct, Lifetime, Member, Type};

use super::ast::Ast;
use crate::{
    dependency::{Dependency, Origin, check_outlives_port},
    errors::Errors,
    generics::reject_lifetimes,
    implementations::SingletonReason,
    names,
    parameter::{Parameter, check_form_of_extractor},
    stereotype::{Scope, StereotypeArgs},
    types::only_argument_of,
};

/// Component that is built by a struct literal.
pub(super) struct Model {
    pub(super) args: StereotypeArgs,
    pub(super) item: ItemStruct,
    pub(super) fields: Vec<Field>,
    /// Reason why it is built once for its container. `None` if each dependent has its own, or each request.
    pub(super) singleton: Option<SingletonReason>,
}

/// Field with the origin of its value.
pub(super) struct Field {
    pub(super) member: Member,
    pub(super) parameter: Ident,
    pub(super) ty: Type,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) origin: Origin,
}

/// Checks every rule. Reports a mistake and replaces it by a value that expands without further errors.
pub(super) fn validate(ast: Ast, errors: &mut Errors) -> Model {
    let is_owned = reject_borrows(&ast, errors);
    let mut fields = Vec::new();
    let mut item = ast.item;
    let self_type = {
        let (ident, (_, generics, _)) = (&item.ident, item.generics.split_for_impl());
        quote!(#ident #generics)
    };
    for (index, (mut field, declared)) in ast.fields.into_iter().zip(&mut item.fields).enumerate() {
        let name = match &field.member {
            Member::Named(ident) => names::display_name(ident),
            Member::Unnamed(index) => index.index.to_string(),
        };
        let mut origin = field.attributes.origin(name, index, &field.ty, &field.cfgs, errors);
        if origin.dependency().is_some() && !check_scope(&ast.args, &field.ty, errors) {
            origin = Origin::Unknown;
        }
        if let Origin::Dependency(dependency) = &mut origin {
            dependency.decorated_by(&self_type);
        }
        if let (Type::Reference(reference), Origin::Unknown) = (&mut field.ty, &origin) {
            // rustc would suggest a lifetime.
            reference.lifetime.get_or_insert_with(|| Lifetime::new("'static", Span::call_site()));
            declared.ty = field.ty.clone();
        }
        fields.push(Field {
            member: field.member,
            parameter: field.parameter,
            ty: field.ty,
            cfgs: field.cfgs,
            origin: if is_owned { origin } else { Origin::Unknown },
        });
    }
    reject_decorator(&ast.args, &fields, errors);
    let singleton = singleton(&ast.args, &fields);
    let model = Model { args: ast.args, item, fields, singleton };
    check_qualifiers(&model, errors);
    model
}

/// Returns the reason why a component is built once: it says so, or has state.
fn singleton(args: &StereotypeArgs, fields: &[Field]) -> Option<SingletonReason> {
    match &args.scope {
        Some(stated) if stated.scope == Scope::Singleton => {
            Some(SingletonReason::Stated(stated.value.to_token_stream()))
        }
        Some(_) => None,
        None => {
            let state = fields.iter().find(|field| field.is_state());
            match (state, fields.iter().find(|field| field.is_decorated())) {
                (Some(state), _) => Some(SingletonReason::State(state.name())),
                (None, Some(decorated)) => Some(SingletonReason::Stated(decorated.name())),
                (None, None) => None,
            }
        }
    }
}

/// Reports a decorator that is not a singleton: what it decorates is there when the container starts.
fn reject_decorator(args: &StereotypeArgs, fields: &[Field], errors: &mut Errors) {
    let Some(stated) = args.scope.as_ref().filter(|stated| stated.scope != Scope::Singleton) else { return };
    if fields.iter().any(Field::is_decorated) {
        errors.at(
            &stated.value,
            "a decorator is a singleton, which the container binds: remove `scope` [inject/shape]",
        );
    }
}

impl Field {
    fn is_decorated(&self) -> bool {
        self.origin.dependency().is_some_and(Dependency::is_decorated)
    }

    /// Returns whether the field is state: it is neither a dependency nor a `PhantomData`.
    fn is_state(&self) -> bool {
        let is_marker = matches!(
            &self.ty,
            Type::Path(ty) if ty.path.segments.last().is_some_and(|name| name.ident == "PhantomData")
        );
        matches!(self.origin, Origin::Default | Origin::Expression(_)) && !is_marker
    }

    /// Returns the name, or the type of a field without a name.
    fn name(&self) -> TokenStream {
        match &self.member {
            Member::Named(name) => name.to_token_stream(),
            Member::Unnamed(_) => self.ty.to_token_stream(),
        }
    }
}

/// Reports a field of the container in a request-scoped component, and the other way around. Returns whether the scope is right.
fn check_scope(args: &StereotypeArgs, ty: &Type, errors: &mut Errors) -> bool {
    if args.is_of_request() {
        return check_form_of_extractor(ty, errors);
    }
    let request_scoped = format!("{}(scope = request)]", args.attribute.trim_end_matches(']'));
    let fix = |_: &str| format!("make the component request-scoped, `{request_scoped}`");
    if !check_outlives_port(ty, &fix, errors) {
        return false;
    }
    let Some(component) = only_argument_of(ty, "Inject") else { return true };
    errors.at(ty, format_args!(
        "`Inject` is an extractor: take `{}` itself, or make the component request-scoped, `{}(scope = request)]` [inject/shape]",
        names::display_type(component),
        args.attribute.trim_end_matches(']'),
    ));
    false
}

/// Reports qualifiers on extractors. In a request-scoped component, only a value of the container has a qualifier.
fn check_qualifiers(model: &Model, errors: &mut Errors) {
    if !model.args.is_of_request() {
        return;
    }
    for field in &model.fields {
        let Some(dependency) = field.origin.dependency() else { continue };
        let is_injected = Parameter::new(String::new(), field.ty.clone()).component().is_some();
        if let (Some(qualifier), false) = (dependency.qualifier(), is_injected) {
            errors.at(
                qualifier,
                "`#[qualifier(..)]` goes on an `Inject<T>`, which comes from the container [inject/shape]",
            );
        }
    }
}

/// Reports lifetime parameters. Returns whether there are none.
fn reject_borrows(ast: &Ast, errors: &mut Errors) -> bool {
    let before = errors.count();
    reject_lifetimes(&ast.item.generics, errors);
    errors.count() == before
}
