//! The recipes of fields: which attribute a field has, and its arguments.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{
    Attribute, Expr, Ident, Pat, Path, Token, Type,
    parse::{Parse, ParseStream, Parser as _},
    punctuated::Punctuated,
    token,
};

use super::{
    ast::{FieldAttributes, Kind},
    model::{BindAll, Choose, Implementation, Include, Recipe},
};
use crate::{
    attributes::{arguments, cfgs, expect_at_most_one, expect_word, is_called, is_same},
    errors::Errors,
    names,
    types::{only_argument_of, second_argument_of, ungrouped},
};

/// A field before its recipe is known.
pub(super) struct Undecided<'a> {
    pub(super) kind: Kind,
    pub(super) ident: &'a Ident,
    /// The type that the recipe builds.
    pub(super) ty: &'a Type,
    /// The names and types of all fields.
    pub(super) others: &'a [(Ident, Type)],
}

impl Undecided<'_> {
    /// Reads the recipe of a field, and reports none or several.
    pub(super) fn recipe(&self, attributes: FieldAttributes, errors: &mut Errors) -> Recipe {
        let collects = expect_at_most_one(attributes.collect, errors);
        if let Some(attribute) = &collects {
            expect_word(attribute, errors);
        }
        let mut given = Vec::new();
        for given_attributes in [
            attributes.input,
            attributes.required,
            attributes.factory,
            attributes.bind,
            attributes.include,
            attributes.provided_by,
            attributes.optional,
        ] {
            given.extend(expect_at_most_one(given_attributes, errors));
        }
        let ident = self.ident;
        for second in given.iter().skip(1) {
            errors.at(
                second,
                format_args!(
                    "`{ident}` has `#[{}]` already: keep one [inject/recipe]",
                    given[0].path().to_token_stream(),
                ),
            );
        }
        let attribute = given.into_iter().next();
        if let (Some(attribute), Some(port)) = (&attribute, only_argument_of(self.ty, "PerRequest"))
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
        let recipe = match attribute {
            Some(attribute) => self.recipe_of(&attribute, errors),
            None if collects.is_some() => self.list(Vec::new(), errors),
            // A misplaced or misspelled attribute stands for a recipe.
            None if attributes.misplaced.is_empty() && attributes.misspelled.is_empty() => {
                self.component(errors)
            }
            None => Recipe::Unknown,
        };
        match (collects, recipe) {
            (Some(_), Recipe::BindAll(all)) if all.keys.is_none() => {
                Recipe::BindAll(BindAll { collects: true, ..all })
            }
            (Some(attribute), recipe) if !matches!(recipe, Recipe::Unknown) => {
                errors.at(
                    &attribute,
                    "`#[collect]` goes on a list of what the modules contribute: `#[collect] name: Vec<T>` [inject/module]",
                );
                recipe
            }
            (_, recipe) => recipe,
        }
    }

    fn recipe_of(&self, attribute: &Attribute, errors: &mut Errors) -> Recipe {
        if is_called(attribute, "input") {
            expect_word(attribute, errors);
            if self.kind == Kind::Module {
                errors.at(
                    attribute,
                    "a module has no inputs: it takes what the container has in which it is, `#[required]` [inject/module]",
                );
                return Recipe::Required;
            }
            return Recipe::Input;
        }
        if is_called(attribute, "required") {
            expect_word(attribute, errors);
            if self.kind == Kind::Container {
                errors.at(
                    attribute,
                    "`#[required]` is for the fields of modules: a field that `main` passes to the builder has `#[input]` [inject/module]",
                );
                return Recipe::Input;
            }
            return Recipe::Required;
        }
        if is_called(attribute, "factory") {
            return factory(attribute, errors);
        }
        if is_called(attribute, "include") {
            return self.include(attribute, errors);
        }
        if is_called(attribute, "provided_by") {
            return self.taken(attribute, errors);
        }
        if is_called(attribute, "optional") {
            expect_word(attribute, errors);
            if self.kind == Kind::Module {
                errors.at(
                    attribute,
                    "the container says what there is: a module requires the `Option`, `#[required]`, and the container has it under `#[optional]` [inject/module]",
                );
                return Recipe::Required;
            }
            let Some(value) = only_argument_of(self.ty, "Option") else {
                errors.at(
                    self.ty,
                    "`#[optional]` goes on an `Option<T>`: it is `Some` if there is a `T` [inject/module]",
                );
                return Recipe::Unknown;
            };
            return Recipe::Optional(value.clone());
        }
        self.binding(attribute, errors)
    }

    /// Reads a field without an attribute, which is an `Arc<Component>`.
    fn component(&self, errors: &mut Errors) -> Recipe {
        let Self { ident, ty, .. } = *self;
        match only_argument_of(ty, "Arc").map(ungrouped) {
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
                    "`{ident}` has no recipe: add `#[{}]`, `#[factory(function)]` or `#[bind(Implementation)]`, or make it an `Arc<Component>` [inject/recipe]",
                    if self.kind == Kind::Module { "required" } else { "input" },
                ));
                Recipe::Unknown
            }
        }
    }

    /// `#[include]`, `#[include(cache = shop_cache)]`
    fn include(&self, attribute: &Attribute, errors: &mut Errors) -> Recipe {
        let Some(module) = only_argument_of(self.ty, "Arc") else {
            errors.at(
                self.ty,
                format_args!(
                    "a module is shared: make the field an `Arc<{}>` [inject/module]",
                    names::display_type(self.ty),
                ),
            );
            return Recipe::Unknown;
        };
        let mut replaced = Vec::new();
        if !matches!(attribute.meta, syn::Meta::Path(_)) {
            const USAGE: &str = "#[include(field_of_the_module = field_of_the_container)]";
            let Some(tokens) = arguments(attribute, USAGE, errors) else { return Recipe::Unknown };
            let parser = Punctuated::<Replacement, Token![,]>::parse_terminated;
            for Replacement { of, by } in errors.take(parser.parse2(tokens)).into_iter().flatten() {
                match self.others.iter().position(|(name, _)| *name == by) {
                    Some(number) => replaced.push((of, number)),
                    None => errors.at(&by, format_args!(
                        "there is no field `{by}`: `{USAGE}` replaces a field of the module by one of this {} [inject/module]",
                        self.kind.noun(),
                    )),
                }
            }
        }
        Recipe::Module(Include { module: module.clone(), replaced })
    }

    /// `#[provided_by(catalog)]`
    fn taken(&self, attribute: &Attribute, errors: &mut Errors) -> Recipe {
        let Some(tokens) = arguments(attribute, "#[provided_by(module)]", errors) else {
            return Recipe::Unknown;
        };
        let Ok(name) = syn::parse2::<Ident>(tokens.clone()) else {
            errors.at(tokens, "expected the name of a field under `#[include]`, as in `#[provided_by(catalog)]` [inject/module]");
            return Recipe::Unknown;
        };
        let module = self.others.iter().find(|(other, _)| *other == name);
        match module.and_then(|(_, ty)| only_argument_of(ty, "Arc")) {
            Some(module) => Recipe::Taken(module.clone()),
            None => {
                errors.at(&name, format_args!(
                    "there is no field `{name}` with a module: `#[include] {name}: Arc<Module>` [inject/module]",
                ));
                Recipe::Unknown
            }
        }
    }

    /// `#[bind(..)]`
    fn binding(&self, attribute: &Attribute, errors: &mut Errors) -> Recipe {
        let tokens = match &attribute.meta {
            syn::Meta::List(list) => list.tokens.clone(),
            meta => {
                errors.at(meta, "expected `#[bind(Implementation)]` [inject/shape]");
                return Recipe::Unknown;
            }
        };
        if tokens.clone().into_iter().next().is_some_and(|token| token.to_string() == "match") {
            return self.choice(tokens, errors);
        }
        let parser = Punctuated::<Bound, Token![,]>::parse_terminated;
        let Some(bound) = errors.take(parser.parse2(tokens)) else { return Recipe::Unknown };
        let bound: Vec<_> = bound.into_iter().collect();
        let is_list = element_of(self.ty).is_some();
        if let (Some(Bound { key: Some(key), .. }), true) =
            (bound.iter().find(|bound| bound.key.is_some()), !is_map(self.ty))
        {
            errors.at(key, "only the implementations of a map have keys: make the field a `HashMap<K, Arc<dyn Trait>>` [inject/binding]");
            return Recipe::Unknown;
        }
        if is_list {
            return self.list(bound, errors);
        }
        if bound.is_empty() {
            errors.at(&attribute.meta, "expected `#[bind(Implementation)]` [inject/shape]");
            return Recipe::Unknown;
        }
        if let Some(port) = only_argument_of(self.ty, "PerRequest") {
            if let Some(second) = bound.get(1) {
                errors.at(
                    &second.implementation.ty,
                    "a port has one implementation in a request: keep one [inject/binding]",
                );
                return Recipe::Unknown;
            }
            if self.kind == Kind::Module {
                errors.at(
                    self.ty,
                    "a port of requests is bound by the container, whose requests they are [inject/module]",
                );
                return Recipe::Unknown;
            }
            let port = port.clone();
            return bound.into_iter().next().map_or(Recipe::Unknown, |bound| Recipe::PerRequest {
                port,
                implementation: bound.implementation.ty,
            });
        }
        let (first, others): (Vec<_>, Vec<_>) = {
            let mut bound = bound.into_iter();
            (bound.next().into_iter().collect(), bound.collect())
        };
        if let Some(second) = others.first() {
            errors.at(&second.implementation.ty, "a port has one implementation: for several, make the field a `Vec<Arc<dyn Trait>>` [inject/binding]");
            return Recipe::Unknown;
        }
        let Some(first) = first.into_iter().next() else { return Recipe::Unknown };
        if !self.may_be_port(&first.implementation.ty) {
            errors.at(self.ty, "`#[bind(..)]` goes on a port: make the field an `Arc<dyn Trait>`, a `Vec<Arc<dyn Trait>>` or, for requests, a `PerRequest<dyn Trait>` [inject/binding]");
            return Recipe::Unknown;
        }
        Recipe::Bind(first.implementation)
    }

    /// Returns whether the field may be a port. The name of another type may be an alias of one.
    fn may_be_port(&self, implementation: &Type) -> bool {
        let pointee = only_argument_of(self.ty, "Arc");
        !is_same(self.ty, implementation) && pointee.is_none_or(|pointee| !is_same(pointee, implementation))
    }

    /// A field with many implementations.
    fn list(&self, bound: Vec<Bound>, errors: &mut Errors) -> Recipe {
        let Some(port) = element_of(self.ty) else {
            errors.at(self.ty, "expected a list, such as `Vec<Arc<dyn Trait>>` [inject/binding]");
            return Recipe::Unknown;
        };
        let keys = is_map(self.ty).then(|| {
            let without = bound.iter().find(|bound| bound.key.is_none());
            if let Some(without) = without {
                errors.at(
                    &without.implementation.ty,
                    "an implementation in a map has a key: `#[bind(\"one\" => One)]` [inject/binding]",
                );
            }
            bound.iter().filter_map(|bound| bound.key.clone()).collect()
        });
        let implementations = bound.into_iter().map(|bound| bound.implementation).collect();
        Recipe::BindAll(BindAll { port: port.clone(), implementations, keys, collects: false })
    }

    /// `#[bind(match mail_kind { MailKind::Smtp => SmtpMailer, MailKind::Console => ConsoleMailer })]`
    fn choice(&self, tokens: TokenStream, errors: &mut Errors) -> Recipe {
        let Some(choose) = errors.take(syn::parse2::<Choose>(tokens)) else { return Recipe::Unknown };
        if element_of(self.ty).is_some() || only_argument_of(self.ty, "PerRequest").is_some() {
            errors.at(
                self.ty,
                "a choice is made for one port: make the field an `Arc<dyn Trait>` [inject/binding]",
            );
            return Recipe::Unknown;
        }
        Recipe::Choose(choose)
    }
}

/// `#[factory(connect)]`
fn factory(attribute: &Attribute, errors: &mut Errors) -> Recipe {
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

/// Returns the type of the elements of a list or map, by the name of the type.
fn element_of(ty: &Type) -> Option<&Type> {
    if let Some(element) = only_argument_of(ty, "Vec") {
        return Some(element);
    }
    if let Some(Type::Slice(slice)) = only_argument_of(ty, "Arc").map(ungrouped) {
        return Some(&slice.elem);
    }
    MAPS.iter().find_map(|map| second_argument_of(ty, map))
}

fn is_map(ty: &Type) -> bool {
    MAPS.iter().any(|map| second_argument_of(ty, map).is_some())
}

const MAPS: [&str; 2] = ["HashMap", "BTreeMap"];

/// `field_of_the_module = field_of_the_container`
struct Replacement {
    of: Ident,
    by: Ident,
}

impl Parse for Replacement {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let of = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Self { of, by: input.parse()? })
    }
}

/// Implementation in `#[bind(..)]`: `#[cfg(unix)] "key" => Implementation`
struct Bound {
    key: Option<Expr>,
    implementation: Implementation,
}

impl Parse for Bound {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let ahead = input.fork();
        let has_key = ahead.call(Expr::parse_without_eager_brace).is_ok() && ahead.peek(Token![=>]);
        let key = if has_key {
            let key = input.call(Expr::parse_without_eager_brace)?;
            input.parse::<Token![=>]>()?;
            Some(key)
        } else {
            None
        };
        Ok(Self { key, implementation: Implementation::parse(input, &cfgs(&attributes))? })
    }
}

impl Implementation {
    /// Reads `Implementation`, or `Decorator(Implementation)`.
    fn parse(input: ParseStream<'_>, cfgs: &[Attribute]) -> syn::Result<Self> {
        let ty = input.parse()?;
        let mut decorated = None;
        if input.peek(token::Paren) {
            let content;
            syn::parenthesized!(content in input);
            decorated = Some(Box::new(Self::parse(&content, cfgs)?));
            if !content.is_empty() {
                return Err(content.error("a component decorates one implementation [inject/binding]"));
            }
        }
        Ok(Self { ty, cfgs: cfgs.to_vec(), decorated, owner: None })
    }
}

impl Parse for Choose {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![match]>()?;
        let function = input.call(Path::parse_mod_style)?;
        let content;
        syn::braced!(content in input);
        let mut arms = Vec::new();
        while !content.is_empty() {
            let attributes = content.call(Attribute::parse_outer)?;
            let pattern = content.call(Pat::parse_multi_with_leading_vert)?;
            content.parse::<Token![=>]>()?;
            arms.push((pattern, Implementation::parse(&content, &cfgs(&attributes))?));
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        Ok(Self { function, arms })
    }
}
