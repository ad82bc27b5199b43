//! The rules of a container or module.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, Expr, Fields, Ident, ItemStruct, LitStr, Meta, Path, Type, ext::IdentExt as _};

use super::{
    ast::{Ast, FieldAttributes, Kind},
    model::{Field, Hook, Implementation, Model, Reach, Recipe},
    recipe::Undecided,
};
use crate::{
    attributes::{Keys, arguments, cfgs, expect_at_most_one, expect_word, is_same, value},
    dependency::{read_layering, read_qualifier},
    errors::Errors,
    transaction::Settings,
    types::{only_argument_of, ungrouped},
};

/// Checks every rule. A field with an error is kept, so that the rest of the program has no further errors.
pub(super) fn validate(ast: Ast, errors: &mut Errors) -> Option<Model> {
    let Ast { runtime, kind, transaction, item, attributes } = ast;
    require_named_fields(kind, &item, errors)?;
    reject_generics(kind, &item, errors)?;
    let others: Vec<_> =
        item.fields.iter().filter_map(|field| Some((field.ident.clone()?, field.ty.clone()))).collect();
    let mut fields: Vec<Field> = Vec::new();
    for (field, attributes) in item.fields.iter().zip(attributes) {
        let Some(ident) = &field.ident else { continue };
        let field = read_field(kind, ident, field, attributes, &others, &fields, errors);
        fields.push(field);
    }
    reject_qualified_module(&fields, errors);
    decorate(&mut fields, errors);
    share(&runtime.private(), &mut fields);
    let transaction = Settings::of_container(&transaction, errors);
    Some(Model { runtime, kind, vis: item.vis, ident: item.ident, fields, transaction })
}

/// Reads a field. `before` are the fields before it, and `others` the names and types of all fields.
fn read_field(
    kind: Kind,
    ident: &Ident,
    field: &syn::Field,
    attributes: FieldAttributes,
    others: &[(Ident, Type)],
    before: &[Field],
    errors: &mut Errors,
) -> Field {
    reject_builder_method(ident, errors);
    reject_component_attributes(&attributes, errors);
    attributes.misspelled.iter().for_each(|attribute| attribute.report(errors));
    let is_misspelled = !attributes.misspelled.is_empty();
    let qualifier = expect_at_most_one(attributes.qualifier.clone(), errors)
        .and_then(|attribute| read_qualifier(&attribute, errors));
    let hook = expect_at_most_one(attributes.on_shutdown.clone(), errors)
        .and_then(|attribute| read_hook(&attribute, errors));
    let layering = expect_at_most_one(attributes.layering.clone(), errors);
    let contributes = of_modules(attributes.contribute.clone(), kind, errors);
    let is_private = of_modules(attributes.private.clone(), kind, errors);
    let inner = only_argument_of(&field.ty, "Lazy");
    let ty = inner.unwrap_or(&field.ty);
    let recipe = Undecided { kind, ident, ty, others }.recipe(attributes, errors);
    let exception = layering.and_then(|attribute| read_exception(&attribute, &recipe, errors));
    if let Recipe::PerRequest { .. } = recipe {
        reject_attributes_of_values(qualifier.as_ref(), hook.as_ref(), errors);
    }
    let lazy = inner.filter(|_| is_built_on_demand(&recipe)).cloned();
    let mut recipe = recipe;
    if let (Some(_), None, Recipe::BindAll(_) | Recipe::Choose(_) | Recipe::Module(_) | Recipe::Optional(_)) =
        (inner, &lazy, &recipe)
    {
        errors.at(
            &field.ty,
            "a lazy value is a component, a port or what a factory makes: `Lazy<Arc<T>>` [inject/recipe]",
        );
        recipe = Recipe::Unknown;
    }
    let mut field = Field {
        ident: ident.clone(),
        ty: field.ty.clone(),
        cfgs: cfgs(&field.attrs),
        qualifier,
        recipe,
        hook,
        exception,
        lazy,
        contributes,
        reach: if is_private { Reach::Private } else { Reach::Open },
        is_injectable: true,
    };
    // A component that is taken by value is injectable without a field.
    let is_component_by_value = matches!(field.recipe, Recipe::Unknown)
        && !is_misspelled
        && only_argument_of(&field.ty, "Arc").is_none();
    field.is_injectable = !reject_duplicate(&field, before, errors) && !is_component_by_value;
    if !field.is_injectable && matches!(field.recipe, Recipe::PerRequest { .. }) {
        field.recipe = Recipe::Unknown;
    }
    field
}

/// Returns whether a `Lazy<T>` with the recipe is built on demand. An input is passed as it is.
fn is_built_on_demand(recipe: &Recipe) -> bool {
    matches!(recipe, Recipe::Component(_) | Recipe::Bind(_) | Recipe::Factory(_))
}

/// Returns whether an attribute of the fields of modules is given, and reports it on the field of a container.
fn of_modules(attributes: Vec<Attribute>, kind: Kind, errors: &mut Errors) -> bool {
    let Some(attribute) = expect_at_most_one(attributes, errors) else { return false };
    expect_word(&attribute, errors);
    if kind == Kind::Container {
        let name = attribute.path().to_token_stream();
        errors.at(
            &attribute,
            format_args!(
                "`#[{name}]` is for the fields of modules: a container is in no other [inject/module]",
            ),
        );
        return false;
    }
    true
}

/// Reports a qualifier of a module.
fn reject_qualified_module(fields: &[Field], errors: &mut Errors) {
    for field in fields {
        if let (Some(qualifier), Recipe::Module(_)) = (&field.qualifier, &field.recipe) {
            errors.at(qualifier, "a module is in a container once, and has no qualifier [inject/module]");
        }
    }
}

/// Adds a hidden value for each implementation that another one decorates.
fn decorate(fields: &mut Vec<Field>, errors: &mut Errors) {
    let mut index = 0;
    while let Some(field) = fields.get_mut(index) {
        let (port, cfgs, is_lazy) = (field.port().clone(), field.cfgs.clone(), field.lazy.is_some());
        let (exception, name) = (field.exception.clone(), field.ident.clone());
        let decorated: Vec<_> = field
            .implementations_mut()
            .into_iter()
            .filter_map(|implementation| {
                let decorated = implementation.decorated.take()?;
                Some((implementation.ty.clone(), *decorated))
            })
            .collect();
        for (number, (decorator, implementation)) in decorated.into_iter().enumerate() {
            if is_lazy {
                errors.at(&decorator, "the implementation of a lazy port is not decorated [inject/binding]");
            }
            let cfgs = [cfgs.as_slice(), implementation.cfgs.as_slice()].concat();
            let number = if number == 0 { String::new() } else { format!("_{number}") };
            fields.push(Field {
                ident: format_ident!("{name}_decorated{number}"),
                ty: port.clone(),
                cfgs,
                qualifier: Some(syn::parse_quote!(__rt::Decorated<#decorator>)),
                recipe: Recipe::Bind(Implementation { cfgs: Vec::new(), ..implementation }),
                hook: None,
                exception: exception.clone(),
                lazy: None,
                contributes: false,
                reach: Reach::Hidden,
                is_injectable: true,
            });
        }
        index += 1;
    }
}

/// Lets implementations that are bound several times, or that a field has as an `Arc`, be the same value.
fn share(private: &TokenStream, fields: &mut Vec<Field>) {
    let mut bound: Vec<(Type, Vec<Vec<Attribute>>)> = Vec::new();
    for field in fields.iter().filter(|field| field.lazy.is_none()) {
        for implementation in field.implementations() {
            let cfgs = [field.cfgs.as_slice(), implementation.cfgs.as_slice()].concat();
            match bound.iter_mut().find(|(ty, _)| is_same(ty, &implementation.ty)) {
                Some((_, all)) => all.push(cfgs),
                None => bound.push((implementation.ty.clone(), vec![cfgs])),
            }
        }
    }
    for (ty, cfgs) in bound {
        let is_owner = |field: &Field| {
            field.qualifier.is_none()
                && field.is_injectable
                && field.lazy.is_none()
                && only_argument_of(&field.ty, "Arc").is_some_and(|pointee| is_same(ungrouped(pointee), &ty))
                && (field.cfgs.is_empty() || cfgs.iter().all(|cfgs| is_same_list(cfgs, &field.cfgs)))
        };
        let owner = match fields.iter().position(is_owner) {
            Some(owner) => owner,
            // Under several conditions, each binding builds its own.
            None if cfgs.len() > 1 && cfgs.iter().all(|other| is_same_list(other, &cfgs[0])) => {
                fields.push(hidden(private, &ty, &cfgs[0], fields));
                fields.len() - 1
            }
            None => continue,
        };
        let implementations =
            fields.iter_mut().filter(|field| field.lazy.is_none()).flat_map(Field::implementations_mut);
        for implementation in implementations.filter(|implementation| is_same(&implementation.ty, &ty)) {
            implementation.owner = Some(owner);
        }
    }
}

fn is_same_list(a: &[Attribute], b: &[Attribute]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
}

/// Returns a value of the builder that is an `Arc` of a component: `store` for `Store`.
fn hidden(private: &TokenStream, ty: &Type, cfgs: &[Attribute], fields: &[Field]) -> Field {
    let mut name = String::new();
    if let Type::Path(path) = ungrouped(ty)
        && let Some(last) = path.path.segments.last()
    {
        for letter in last.ident.unraw().to_string().chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
    }
    while name.is_empty() || fields.iter().any(|field| field.name() == name) {
        name.push_str("_shared");
    }
    let shared = quote!(#private::Arc<#ty>);
    Field {
        ident: syn::parse_str(&name).unwrap_or_else(|_| format_ident!("{name}_shared")),
        ty: Type::Verbatim(shared),
        cfgs: cfgs.to_vec(),
        qualifier: None,
        recipe: Recipe::Component(ty.clone()),
        hook: None,
        exception: None,
        lazy: None,
        contributes: false,
        reach: Reach::Hidden,
        is_injectable: false,
    }
}

/// Reports fields without names: the names are those of the inputs and setters.
fn require_named_fields(kind: Kind, item: &ItemStruct, errors: &mut Errors) -> Option<()> {
    if let Fields::Unnamed(fields) = &item.fields {
        errors.at(
            fields,
            format_args!(
                "the fields of a {} have names: `pub struct App {{ db: SqlitePool }}` [inject/shape]",
                kind.noun()
            ),
        );
        return None;
    }
    Some(())
}

/// Reports generic parameters, because rustc checks the wiring of concrete types.
fn reject_generics(kind: Kind, item: &ItemStruct, errors: &mut Errors) -> Option<()> {
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, format_args!(
            "a {} has no generic parameters: name the types, and vary them with `#[cfg]` or `#[bind(..)]` [inject/shape]",
            kind.noun(),
        ));
        return None;
    }
    Some(())
}

/// Reports a field called `build` or `build_only`: its setter would have the name of a method of the builder.
fn reject_builder_method(ident: &Ident, errors: &mut Errors) {
    if ident == "build" || ident == "build_only" {
        errors.at(
            ident,
            format_args!(
                "`{ident}` is the method that builds the container: rename the field [inject/shape]"
            ),
        );
    }
}

/// Reports attributes of components, which have no effect in a container.
fn reject_component_attributes(attributes: &FieldAttributes, errors: &mut Errors) {
    for attribute in &attributes.misplaced {
        let name = attribute.path().to_token_stream();
        errors.at(attribute, format_args!(
            "`#[{name}]` is for the fields of components; a field of a container takes `#[input]`, `#[factory(..)]` or `#[bind(..)]` [inject/recipe]",
        ));
    }
}

/// Reports a qualifier and a shutdown hook of a field that has no value.
fn reject_attributes_of_values(qualifier: Option<&Path>, hook: Option<&Hook>, errors: &mut Errors) {
    if let Some(qualifier) = qualifier {
        errors.at(
            qualifier,
            "a `PerRequest` has no qualifier: a port has one implementation in a request [inject/recipe]",
        );
    }
    if let Some(hook) = hook {
        errors.at(
            &hook.function,
            "a `PerRequest` has no value to shut down: implement `Teardown` for what the request closes [inject/hook]",
        );
    }
}

/// Reports a second field of the same type and qualifier, because dependencies are resolved by their type. Returns whether it is one. rustc
/// reports types that are spelled differently.
fn reject_duplicate(field: &Field, before: &[Field], errors: &mut Errors) -> bool {
    let alike = |other: &&Field| {
        other.cfgs.is_empty()
            && field.cfgs.is_empty()
            && is_same(&other.ty, &field.ty)
            && is_same(&other.qualifier.to_token_stream(), &field.qualifier.to_token_stream())
    };
    let Some(first) = before.iter().find(alike) else {
        return false;
    };
    if let Recipe::Module(_) = field.recipe {
        errors.at(
            &field.ty,
            format_args!("`{}` includes this module too: keep one of them [inject/module]", first.ident),
        );
        return true;
    }
    if let Recipe::PerRequest { .. } = field.recipe {
        errors.at(
            &field.ty,
            format_args!("`{}` binds this port too: keep one of them [inject/ambiguous]", first.ident),
        );
        return true;
    }
    errors.at(
        &field.ty,
        format_args!(
            "`{}` has this type too: add a `#[qualifier(..)]` to one of them [inject/ambiguous]",
            first.ident,
        ),
    );
    true
}

/// `#[on_shutdown(close)]`, `#[on_shutdown(close, deadline = Duration::from_secs(5))]`
fn read_hook(attribute: &Attribute, errors: &mut Errors) -> Option<Hook> {
    const USAGE: &str = "#[on_shutdown(function)]";
    let tokens = arguments(attribute, USAGE, errors)?;
    let (function, rest) = split_at_comma(tokens);
    let Ok(function @ (Expr::Path(_) | Expr::Closure(_))) = syn::parse2(function.clone()) else {
        errors.at(
            function,
            format_args!(
                "a shutdown hook is the path of one function, without a call: `{USAGE}` [inject/hook]"
            ),
        );
        return None;
    };
    let mut deadline = None;
    if !rest.is_empty() {
        let keys = Keys { attribute: "#[on_shutdown(..)]", known: &["deadline"] };
        keys.read(rest, errors, |_, meta: &Meta, errors| {
            deadline = value(meta, "deadline = Duration::from_secs(5)", errors).cloned();
        });
    }
    Some(Hook { function, deadline })
}

/// `#[layering(allow, reason = "..")]` on a field whose layer is judged.
fn read_exception(attribute: &Attribute, recipe: &Recipe, errors: &mut Errors) -> Option<LitStr> {
    if !matches!(
        recipe,
        Recipe::Bind(_)
            | Recipe::BindAll(_)
            | Recipe::Choose(_)
            | Recipe::PerRequest { .. }
            | Recipe::Factory(_)
            | Recipe::Unknown
    ) {
        errors.at(
            attribute,
            "`#[layering(..)]` goes on a field under `#[bind(..)]` or `#[factory(..)]`: there is nothing to allow here [inject/layer]",
        );
        return None;
    }
    read_layering(attribute, errors)
}

/// Returns the tokens before and after the first comma.
fn split_at_comma(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let mut tokens = tokens.into_iter();
    let is_comma = |token: &proc_macro2::TokenTree| matches!(token, proc_macro2::TokenTree::Punct(sign) if sign.as_char() == ',');
    let first = tokens.by_ref().take_while(|token| !is_comma(token)).collect();
    (first, tokens.collect())
}
