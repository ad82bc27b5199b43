//! Dependencies: the fields of a struct and the parameters of a constructor, which take the same attributes.
//!
//! ```text
//! attributes --ast--> FieldAttributes --validate--> Origin --expand--> TokenStream
//! ```

mod ast;
mod expand;
mod form;
mod validate;

pub(crate) use self::{
    ast::FieldAttributes,
    expand::{declare_keys, rejected},
    form::{binding_as_a_dependency, check_form, check_outlives_port},
    validate::{Dependency, Origin, read_layering, read_qualifier},
};
