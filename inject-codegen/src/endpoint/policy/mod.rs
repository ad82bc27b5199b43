//! Access policies of endpoints.
//!
//! ```text
//! attributes --ast--> Roles --validate--> Policy --expand--> TokenStream
//! ```

mod ast;
mod expand;
mod validate;

pub(super) use self::{
    ast::Roles,
    validate::{Policy, read_policy},
};
