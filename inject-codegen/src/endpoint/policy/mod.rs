//! Access policies of endpoints.
//!
//! ```text
//! attributes --ast, requirement--> Roles, Requirement --validate--> Policy --expand--> TokenStream
//! ```

mod ast;
mod expand;
mod requirement;
mod validate;

pub(super) use self::{
    ast::Roles,
    requirement::{Combinator, Requirement},
    validate::{Policy, read_policy},
};
