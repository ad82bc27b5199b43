//! The rules of the attributes of fields and parameters.

use quote::ToTokens as _;
use syn::{Attribute, Expr, LitStr, Meta, Path, Type};

use super::{ast::FieldAttributes, form::check_form};
use crate::{
    attributes::{Keys, arguments, cfgs, expect_at_most_one, expect_bare, expect_word, text_value},
    errors::Errors,
};

/// Source of the value of a field or parameter.
#[allow(clippy::large_enum_variant, reason = "a token with its location is large; there are few origins")]
pub(crate) enum Origin {
    /// An injected value.
    Dependency(Dependency),
    /// `#[init]`
    Default,
    /// `#[init(..)]`
    Expression(Expr),
    /// Its attributes were wrong; the error is reported.
    Unknown,
}

/// An injected value.
#[derive(Clone)]
pub(crate) struct Dependency {
    /// The name in the graph and in messages.
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) cfgs: Vec<Attribute>,
    /// The position among the fields or parameters.
    pub(crate) index: usize,
    pub(super) qualifier: Option<Path>,
    pub(super) layering: Layering,
}

/// Rule between the layers of the dependent and the dependency.
#[derive(Clone)]
pub(super) enum Layering {
    Inward,
    External,
    Excepted(LitStr),
    /// `#[decorated]`: the port of the component itself.
    Decorated,
}

impl Origin {
    /// Returns the dependency, if the value is injected.
    pub(crate) fn dependency(&self) -> Option<&Dependency> {
        match self {
            Self::Dependency(dependency) => Some(dependency),
            _ => None,
        }
    }
}

impl Dependency {
    /// Returns the dependency with another type, such as the `T` of an `Inject<T>`.
    pub(crate) fn on(&self, ty: Type) -> Self {
        Self { ty, ..self.clone() }
    }

    /// Returns whether it is under `#[layering(allow, reason = "..")]`.
    pub(crate) fn is_excepted(&self) -> bool {
        matches!(self.layering, Layering::Excepted(_))
    }

    /// Returns whether it is the port that the component decorates.
    pub(crate) fn is_decorated(&self) -> bool {
        matches!(self.layering, Layering::Decorated)
    }

    /// Names the component that decorates the dependency.
    pub(crate) fn decorated_by(&mut self, component: &impl quote::ToTokens) {
        if self.is_decorated() {
            self.qualifier = Some(syn::parse_quote!(__rt::Decorated<#component>));
        }
    }

    /// Returns whether its layer is judged.
    pub(crate) fn is_inward(&self) -> bool {
        matches!(self.layering, Layering::Inward)
    }

    /// The qualifier, as written.
    pub(crate) fn qualifier(&self) -> Option<&Path> {
        self.qualifier.as_ref()
    }
}

impl FieldAttributes {
    /// The origin of a field or parameter, from its attributes.
    pub(crate) fn origin(
        self,
        name: String,
        index: usize,
        ty: &Type,
        attributes: &[Attribute],
        errors: &mut Errors,
    ) -> Origin {
        for inject in &self.inject {
            errors.at(
                inject,
                "a dependency needs no attribute: remove `#[inject]`; `#[init]` is for a value that is not a dependency [inject/shape]",
            );
        }
        if !self.misspelled.is_empty() {
            self.misspelled.iter().for_each(|attribute| attribute.report(errors));
            return Origin::Unknown;
        }
        let init = expect_at_most_one(self.init, errors);
        let external = expect_at_most_one(self.external, errors);
        let qualifier = expect_at_most_one(self.qualifier, errors);
        let layering = expect_at_most_one(self.layering, errors);
        let decorated = expect_at_most_one(self.decorated, errors);

        if let Some(init) = init {
            for other in [&external, &qualifier, &layering, &decorated].into_iter().flatten() {
                let other_name = other.path().to_token_stream();
                errors.at(other, format_args!(
                    "`#[{other_name}]` is for a dependency, and `#[init]` for a value that is not one: keep one [inject/shape]",
                ));
            }
            return read_init(&init, errors);
        }
        if let (Some(_), Some(layering)) = (&external, &layering) {
            errors.at(
                layering,
                "`#[external]` waives the layer check already: remove `#[layering(..)]` [inject/shape]",
            );
        }
        if let Some(external) = &external {
            expect_word(external, errors);
        }
        let qualifier = qualifier.and_then(|qualifier| read_qualifier(&qualifier, errors));
        if let Some(decorated) = &decorated {
            expect_word(decorated, errors);
            if let Some(other) = [external.as_ref(), layering.as_ref()].into_iter().flatten().next() {
                let name = other.path().to_token_stream();
                errors.at(other, format_args!("`#[decorated]` is the port of the component itself: remove `#[{name}]` [inject/shape]"));
            }
            if let Some(qualifier) = &qualifier {
                errors.at(
                    qualifier,
                    "what a component decorates has no qualifier: the binding says what it is [inject/shape]",
                );
            }
            return Origin::Dependency(Dependency {
                name,
                ty: ty.clone(),
                cfgs: cfgs(attributes),
                index,
                qualifier: None,
                layering: Layering::Decorated,
            });
        }
        let layering = match (external, layering) {
            (Some(_), _) => Layering::External,
            (None, Some(layering)) => match read_layering(&layering, errors) {
                Some(reason) => Layering::Excepted(reason),
                None => return Origin::Unknown,
            },
            (None, None) => Layering::Inward,
        };
        if !matches!(layering, Layering::External) && !check_form(ty, errors) {
            return Origin::Unknown;
        }
        Origin::Dependency(Dependency {
            name,
            ty: ty.clone(),
            cfgs: cfgs(attributes),
            index,
            qualifier,
            layering,
        })
    }
}

/// `#[init]` or `#[init(expression)]`
fn read_init(attribute: &Attribute, errors: &mut Errors) -> Origin {
    if matches!(attribute.meta, Meta::Path(_)) {
        return Origin::Default;
    }
    let Some(tokens) = arguments(attribute, "#[init]` or `#[init(expression)]", errors) else {
        return Origin::Unknown;
    };
    match syn::parse2(tokens.clone()) {
        Ok(value) => Origin::Expression(value),
        Err(_) => {
            errors.at(
                tokens,
                "expected one expression, as in `#[init(Duration::from_secs(30))]` [inject/shape]",
            );
            Origin::Unknown
        }
    }
}

/// `#[qualifier(Replica)]`
pub(crate) fn read_qualifier(attribute: &Attribute, errors: &mut Errors) -> Option<Path> {
    let tokens = arguments(attribute, "#[qualifier(SomeType)]", errors)?;
    match syn::parse2(tokens.clone()) {
        Ok(path) => Some(path),
        Err(_) => {
            errors.at(tokens, "a qualifier is a type, as in `#[qualifier(Replica)]` [inject/shape]");
            None
        }
    }
}

/// `#[layering(allow, reason = "..")]`
pub(crate) fn read_layering(attribute: &Attribute, errors: &mut Errors) -> Option<LitStr> {
    const USAGE: &str = "#[layering(allow, reason = \"why\")]";
    let tokens = arguments(attribute, USAGE, errors)?;
    let (mut allow, mut reason, mut has_reason) = (false, None, false);
    let before = errors.count();
    let keys = Keys { attribute: "#[layering(..)]", known: &["allow", "reason"] };
    keys.read(tokens, errors, |key, meta: &Meta, errors| {
        if key == "allow" {
            expect_bare(meta, errors);
            allow = true;
        } else {
            has_reason = true;
            reason = text_value(meta, "reason = \"why\"", errors);
        }
    });
    if errors.count() == before && !(allow && has_reason) {
        errors.at(
            &attribute.meta,
            format_args!("an exception from the layers needs `allow` and a reason: `{USAGE}` [inject/layer]"),
        );
    }
    reason.filter(|_| allow)
}
