//! Raw identifiers, and names that expansions use themselves.

use std::sync::Arc;

use wiring::{container, service};

/// A component with the name of a keyword.
#[service(crate = wiring)]
#[derive(Clone)]
pub struct r#Match {
    r#type: Arc<r#Struct>,
    source: Arc<Source>,
}

/// A component.
#[service(crate = wiring)]
#[allow(non_camel_case_types, reason = "the name is a keyword")]
pub struct r#Struct;

/// A component with the name of a trait of the runtime.
#[service(crate = wiring)]
pub struct Source;

/// A container with fields whose names the expansion uses, too.
#[container(crate = wiring)]
pub struct Container {
    r#type: Arc<r#Struct>,
    source: Arc<Source>,
    builder: Arc<r#Match>,
    #[input]
    inputs: u8,
    #[input]
    value: u16,
    #[input]
    message: u32,
    #[input]
    field: u64,
}

impl r#Match {
    /// Uses the fields.
    #[must_use]
    pub fn parts(&self) -> (&r#Struct, &Source) {
        (&self.r#type, &self.source)
    }
}

impl Container {
    /// Uses the fields.
    #[must_use]
    pub fn sum(&self) -> u64 {
        u64::from(self.inputs) + u64::from(self.value) + u64::from(self.message) + self.field
    }
}
