//! Syntax: the type of a parameter.

use syn::{Attribute, Generics, Path, PathArguments, Type};

use crate::{
    dependency::Dependency,
    generics::{has_parameter, is_parameter},
    types::only_argument_of,
};

/// A parameter, or a field of a request-scoped component.
pub(crate) struct Parameter {
    /// The name in the route table.
    pub(crate) name: String,
    /// The position among the parameters.
    pub(crate) index: usize,
    pub(crate) ty: Type,
    pub(super) kind: Kind,
    /// Whether it is under `#[layering(allow, reason = "..")]`.
    pub(crate) is_excepted: bool,
    /// Whether a constant can tell the sort of the type: not of one that depends on generic parameters or on the configuration.
    pub(super) has_sort: bool,
    /// How it depends on the parameters of a generic component.
    pub(super) generic: Generic,
}

/// Dependence of the type of a field on the parameters of a request-scoped component.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Generic {
    /// It does not depend on them, or nothing is required of it.
    Independent,
    /// It is a parameter: it stands for the output of a provider, or a request-scoped component.
    Parameter,
    /// It contains a parameter.
    Dependent,
}

pub(super) enum Kind {
    /// `Inject<T>`, recognized by its name. Under another name it is an ordinary extractor, whose layer rustc checks where the container
    /// is known.
    Injected {
        /// `Inject`
        wrapper: Path,
        /// `T`
        component: Box<Type>,
        /// With the attributes of the parameter, if it has any.
        dependency: Option<Box<Dependency>>,
    },
    /// An extractor of the request parts that is not a principal: `Path`, `Query`, `HeaderMap`, ..
    Plain,
    /// An extractor with the name of one that reads the body.
    Body,
    /// Any other extractor.
    Extracted,
}

impl Parameter {
    pub(crate) fn new(name: String, ty: Type) -> Self {
        let kind = match injected(&ty) {
            Some((wrapper, component)) => {
                Kind::Injected { wrapper, component: Box::new(component), dependency: None }
            }
            None => Kind::of(&ty),
        };
        Self { name, index: 0, ty, kind, is_excepted: false, has_sort: true, generic: Generic::Independent }
    }

    /// Sets the position among the parameters.
    pub(crate) fn at(mut self, index: usize) -> Self {
        self.index = index;
        self
    }

    /// Adds the attributes of the parameter: a qualifier, or an exception from the layers.
    pub(crate) fn with_attributes(mut self, attributes: &Dependency) -> Self {
        self.is_excepted = attributes.is_excepted();
        if let Kind::Injected { component, dependency, .. } = &mut self.kind {
            *dependency = Some(Box::new(attributes.on((**component).clone())));
        }
        self
    }

    /// Marks a type that depends on `generics`, or that is compiled out in some configuration.
    pub(crate) fn among(mut self, generics: &Generics, cfgs: &[Attribute]) -> Self {
        self.has_sort = cfgs.is_empty() && !has_parameter(generics, &self.ty);
        self
    }

    /// Requires of a type that depends on `generics` what its metadata needs. Without a layer, nothing is required of it.
    pub(crate) fn described_among(mut self, generics: &Generics, attributes: &Dependency) -> Self {
        let is_extracted = matches!(self.kind, Kind::Extracted) && has_parameter(generics, &self.ty);
        if is_extracted && attributes.is_inward() && attributes.cfgs.is_empty() {
            let is_parameter = is_parameter(generics, &self.ty);
            self.generic = if is_parameter { Generic::Parameter } else { Generic::Dependent };
        }
        self
    }

    /// Returns the `T` of `Inject<T>`.
    pub(crate) fn component(&self) -> Option<&Type> {
        match &self.kind {
            Kind::Injected { component, .. } => Some(component),
            Kind::Plain | Kind::Body | Kind::Extracted => None,
        }
    }
}

impl Kind {
    /// Returns the kind of an extractor, by the name of its type. The name only affects messages, and code that has no effect for the types of
    /// axum with this name.
    fn of(ty: &Type) -> Self {
        const BODY: [&str; 9] =
            ["Json", "Form", "Multipart", "RawForm", "Bytes", "BytesMut", "String", "Body", "Request"];
        const PLAIN: [&str; 9] = [
            "Path",
            "Query",
            "State",
            "HeaderMap",
            "Method",
            "Uri",
            "ConnectInfo",
            "MatchedPath",
            "OriginalUri",
        ];
        let Type::Path(path) = ty else { return Self::Extracted };
        let is_called = |name: &&str| path.path.segments.last().is_some_and(|segment| segment.ident == name);
        if BODY.iter().any(&is_called) {
            Self::Body
        } else if PLAIN.iter().any(is_called) {
            Self::Plain
        } else {
            Self::Extracted
        }
    }
}

/// Returns the `(Inject, T)` of `Inject<T>`.
fn injected(ty: &Type) -> Option<(Path, Type)> {
    let component = only_argument_of(ty, "Inject")?.clone();
    let Type::Path(ty) = ty else { return None };
    let mut wrapper = ty.path.clone();
    wrapper.segments.last_mut()?.arguments = PathArguments::None;
    Some((wrapper, component))
}
