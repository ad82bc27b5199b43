//! The rules of the struct form.

use proc_macro2::Span;
use syn::{Attribute, Ident, ItemStruct, Lifetime, Member, Type};

use super::ast::Ast;
use crate::{
    dependency::{Origin, check_outlives_port},
    errors::Errors,
    generics::reject_lifetimes,
    names,
    parameter::{Parameter, check_form_of_extractor},
    stereotype::StereotypeArgs,
    types::only_argument_of,
};

/// Component that is built by a struct literal.
pub(super) struct Model {
    pub(super) args: StereotypeArgs,
    pub(super) item: ItemStruct,
    pub(super) fields: Vec<Field>,
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
    for (index, (mut field, declared)) in ast.fields.into_iter().zip(&mut item.fields).enumerate() {
        let name = match &field.member {
            Member::Named(ident) => names::display_name(ident),
            Member::Unnamed(index) => index.index.to_string(),
        };
        let mut origin = field.attributes.origin(name, index, &field.ty, &field.cfgs, errors);
        if origin.dependency().is_some() && !check_scope(&ast.args, &field.ty, errors) {
            origin = Origin::Unknown;
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
    let model = Model { args: ast.args, item, fields };
    check_qualifiers(&model, errors);
    model
}

/// Reports a field of the container in a request-scoped component, and the other way around. Returns whether the scope is right.
fn check_scope(args: &StereotypeArgs, ty: &Type, errors: &mut Errors) -> bool {
    if args.request.is_some() {
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
    if model.args.request.is_none() {
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
