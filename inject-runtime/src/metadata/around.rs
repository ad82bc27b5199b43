//! Metadata of around functions.

use std::any::TypeId;

use super::{describe::TypeDescription, parameter::ParameterSpec};
use crate::location::Location;

/// Metadata of an around function: a function under `#[around]`.
#[derive(Debug)]
pub struct AroundSpec {
    /// Name of the function.
    pub name: &'static str,
    /// Module of the function.
    pub module: &'static str,
    /// Identity of the function.
    pub id: fn() -> TypeId,
    /// Parameters, without the last one, which is the rest of the request.
    pub parameters: &'static [ParameterSpec],
    /// Place of the declaration.
    pub location: Location,
    /// Description of the error that it returns.
    pub failure: TypeDescription,
}
