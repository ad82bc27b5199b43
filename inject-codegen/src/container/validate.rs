//! The rules of a container.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{
    Attribute, Expr, Fields, GenericArgument, Ident, ItemStruct, LitStr, Meta, Path, PathArguments, Token,
    Type, Visibility, parse::Parser as _, punctuated::Punctuated,
};

use super::ast::{Ast, FieldAttributes};
use crate::{
    attributes::{Keys, arguments, cfgs, expect_at_most_one, expect_word, is_called, is_same, value},
    dependency::{read_layering, read_qualifier},
    errors::Errors,
    names,
    paths::Runtime,
    transaction::Settings,
    types::only_argument_of,
};

/// A container.
pub(super) struct Model {
    pub(super) runtime: Runtime,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) fields: Vec<Field>,
    /// The default levels of transactions.
    pub(super) transaction: Option<Settings>,
}

/// A field of a container.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) ty: Type,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) qualifier: Option<Path>,
    pub(super) recipe: Recipe,
    pub(super) hook: Option<Hook>,
    /// The reason of `#[layering(allow, reason = "..")]`.
    pub(super) exception: Option<LitStr>,
    /// Whether the field can be injected. `false` if an error was reported, and something else provides the type.
    pub(super) is_injectable: bool,
}

/// Recipe that builds a field.
#[allow(clippy::large_enum_variant, reason = "a type with its locations is large; there are few fields")]
pub(super) enum Recipe {
    /// `#[input]`
    Input,
    /// `#[factory(connect)]`
    Factory(Expr),
    /// `#[bind(Implementation)]`
    Bind(Type),
    /// `#[bind(One, Two)]` on a `Vec` of ports.
    BindAll {
        /// `Arc<dyn Trait>`
        port: Type,
        implementations: Vec<Type>,
    },
    /// `#[bind(Implementation)]` on a `PerRequest<dyn Trait>`.
    PerRequest {
        /// `dyn Trait`
        port: Type,
        implementation: Type,
    },
    /// `Arc<Component>` without an attribute.
    Component(Type),
    /// Its attributes were wrong; the error is reported.
    Unknown,
}

/// `#[on_shutdown(close, deadline = ..)]`
pub(super) struct Hook {
    pub(super) function: Expr,
    pub(super) deadline: Option<Expr>,
}

/// Checks every rule. A field with an error is kept, so that the rest of the program has no further errors.
pub(super) fn validate(ast: Ast, errors: &mut Errors) -> Option<Model> {
    let Ast { runtime, transaction, item, attributes } = ast;
    require_named_fields(&item, errors)?;
    reject_generics(&item, errors)?;
    let mut fields: Vec<Field> = Vec::new();
    for (field, attributes) in item.fields.iter().zip(attributes) {
        let Some(ident) = &field.ident else { continue };
        reject_builder_method(ident, errors);
        reject_component_attributes(&attributes, errors);
        attributes.misspelled.iter().for_each(|attribute| attribute.report(errors));
        let is_misspelled = !attributes.misspelled.is_empty();
        let qualifier = expect_at_most_one(attributes.qualifier.clone(), errors)
            .and_then(|attribute| read_qualifier(&attribute, errors));
        let hook = expect_at_most_one(attributes.on_shutdown.clone(), errors)
            .and_then(|attribute| read_hook(&attribute, errors));
        let layering = expect_at_most_one(attributes.layering.clone(), errors);
        let recipe = read_recipe(ident, &field.ty, attributes, errors);
        let exception = layering.and_then(|attribute| read_exception(&attribute, &recipe, errors));
        if let Recipe::PerRequest { .. } = recipe {
            reject_attributes_of_values(qualifier.as_ref(), hook.as_ref(), errors);
        }
        let cfgs = cfgs(&field.attrs);
        let mut field = Field {
            ident: ident.clone(),
            ty: field.ty.clone(),
            cfgs,
            qualifier,
            recipe,
            hook,
            exception,
            is_injectable: true,
        };
        // A component that is taken by value is injectable without a field.
        let is_component_by_value = matches!(field.recipe, Recipe::Unknown)
            && !is_misspelled
            && argument_of(&field.ty, "Arc").is_none();
        field.is_injectable = !reject_duplicate(&field, &fields, errors) && !is_component_by_value;
        if !field.is_injectable && matches!(field.recipe, Recipe::PerRequest { .. }) {
            field.recipe = Recipe::Unknown;
        }
        fields.push(field);
    }
    let transaction = Settings::of_container(&transaction, errors);
    Some(Model { runtime, vis: item.vis, ident: item.ident, fields, transaction })
}

/// Reports fields without names: the names are those of the inputs and setters.
fn require_named_fields(item: &ItemStruct, errors: &mut Errors) -> Option<()> {
    if let Fields::Unnamed(fields) = &item.fields {
        errors.at(
            fields,
            "the fields of a container have names: `pub struct App { db: SqlitePool }` [inject/shape]",
        );
        return None;
    }
    Some(())
}

/// Reports generic parameters, because rustc checks the wiring of concrete types.
fn reject_generics(item: &ItemStruct, errors: &mut Errors) -> Option<()> {
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, "a container has no generic parameters: name the types, and vary them with `#[cfg]` or `#[bind(..)]` [inject/shape]");
        return None;
    }
    Some(())
}

/// Reports a field called `build`: its setter would have the name of a method of the builder.
fn reject_builder_method(ident: &Ident, errors: &mut Errors) {
    if ident == "build" {
        errors.at(ident, "`build` is the method that builds the container: rename the field [inject/shape]");
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

/// Reads the recipe of a field, and reports none or several.
fn read_recipe(ident: &Ident, ty: &Type, attributes: FieldAttributes, errors: &mut Errors) -> Recipe {
    let mut given = Vec::new();
    for given_attributes in [attributes.input, attributes.factory, attributes.bind] {
        given.extend(expect_at_most_one(given_attributes, errors));
    }
    for second in given.iter().skip(1) {
        errors.at(
            second,
            format_args!(
                "`{ident}` has `#[{}]` already: keep one [inject/recipe]",
                given[0].path().to_token_stream(),
            ),
        );
    }
    let port = only_argument_of(ty, "PerRequest");
    if let (Some(attribute), Some(port)) = (given.first(), port)
        && !is_called(attribute, "bind")
    {
        errors.at(
            attribute,
            format_args!(
                "a `PerRequest` has no value: bind the port, `#[bind(Implementation)] {ident}: PerRequest<{}>` [inject/recipe]",
                names::display_type(port),
            ),
        );
        return Recipe::Unknown;
    }
    let Some(attribute) = given.into_iter().next() else {
        // A misplaced or misspelled attribute stands for a recipe.
        let is_reported = !(attributes.misplaced.is_empty() && attributes.misspelled.is_empty());
        return if is_reported { Recipe::Unknown } else { read_component(ident, ty, errors) };
    };
    if is_called(&attribute, "input") {
        expect_word(&attribute, errors);
        Recipe::Input
    } else if is_called(&attribute, "factory") {
        read_factory(&attribute, errors)
    } else {
        read_binding(&attribute, ty, errors)
    }
}

/// Reads a field without an attribute, which is an `Arc<Component>`.
fn read_component(ident: &Ident, ty: &Type, errors: &mut Errors) -> Recipe {
    match argument_of(ty, "Arc") {
        _ if only_argument_of(ty, "PerRequest").is_some() => {
            errors.at(
                ty,
                format_args!(
                    "`{ident}` has no implementation: add `#[bind(Implementation)]`, with a request-scoped component [inject/recipe]",
                ),
            );
            Recipe::Unknown
        }
        Some(Type::TraitObject(_)) => {
            errors.at(
                ty,
                format_args!(
                    "`{ident}` has no implementation: add `#[bind(Implementation)]` [inject/recipe]",
                ),
            );
            Recipe::Unknown
        }
        Some(component) => Recipe::Component(component.clone()),
        None => {
            errors.at(ty, format_args!(
                "`{ident}` has no recipe: add `#[input]`, `#[factory(function)]` or `#[bind(Implementation)]`, or make it an `Arc<Component>` [inject/recipe]",
            ));
            Recipe::Unknown
        }
    }
}

/// `#[factory(connect)]`
fn read_factory(attribute: &Attribute, errors: &mut Errors) -> Recipe {
    let Some(tokens) = arguments(attribute, "#[factory(function)]", errors) else {
        return Recipe::Unknown;
    };
    match syn::parse2(tokens.clone()) {
        Ok(function @ (Expr::Path(_) | Expr::Closure(_))) => Recipe::Factory(function),
        _ => {
            errors.at(tokens, "a factory is the path of one function, without a call: `#[factory(connect)]` [inject/factory]");
            Recipe::Unknown
        }
    }
}

/// `#[bind(One)]` on a port, `#[bind(One, Two)]` on a `Vec` of ports.
fn read_binding(attribute: &Attribute, ty: &Type, errors: &mut Errors) -> Recipe {
    let Some(tokens) = arguments(attribute, "#[bind(Implementation)]", errors) else {
        return Recipe::Unknown;
    };
    let parser = Punctuated::<Type, Token![,]>::parse_terminated;
    let Some(implementations) = errors.take(parser.parse2(tokens)) else {
        return Recipe::Unknown;
    };
    let mut implementations: Vec<_> = implementations.into_iter().collect();
    if let Some(port) = only_argument_of(ty, "PerRequest") {
        if let Some(second) = implementations.get(1) {
            errors.at(second, "a port has one implementation in a request: keep one [inject/binding]");
            return Recipe::Unknown;
        }
        let port = port.clone();
        return implementations
            .pop()
            .map_or(Recipe::Unknown, |implementation| Recipe::PerRequest { port, implementation });
    }
    let is_port = |ty: &Type| matches!(argument_of(ty, "Arc"), Some(Type::TraitObject(_)));
    match argument_of(ty, "Vec") {
        Some(port) if is_port(port) => Recipe::BindAll { port: port.clone(), implementations },
        _ if !is_port(ty) => {
            errors.at(ty, "`#[bind(..)]` goes on a port: make the field an `Arc<dyn Trait>`, a `Vec<Arc<dyn Trait>>` or, for requests, a `PerRequest<dyn Trait>` [inject/binding]");
            Recipe::Unknown
        }
        _ if implementations.len() > 1 => {
            errors.at(&implementations[1], "a port has one implementation: for several, make the field a `Vec<Arc<dyn Trait>>` [inject/binding]");
            Recipe::Unknown
        }
        _ => implementations.pop().map_or(Recipe::Unknown, Recipe::Bind),
    }
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
    if matches!(recipe, Recipe::Input | Recipe::Component(_)) {
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

/// Returns the `T` of `Arc<T>`, by the name of the type.
fn argument_of<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(ty) = ty else { return None };
    let segment = ty.path.segments.last().filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match (arguments.args.first()?, arguments.args.len()) {
        (GenericArgument::Type(ty), 1) => Some(ty),
        _ => None,
    }
}

impl Field {
    /// Returns its name as messages show it.
    pub(super) fn name(&self) -> String {
        names::display_name(&self.ident)
    }
}
