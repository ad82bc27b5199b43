//! Parameters of endpoints and providers, and fields of request-scoped components: axum extractors, and `Inject<T>`, which is read from the
//! container without axum.
//!
//! ```text
//! Type --ast--> Parameter --validate--> Parameter --expand--> TokenStream
//! ```

mod ast;
mod expand;
mod validate;

pub(crate) use self::{
    ast::Parameter,
    expand::{allow_lints, extracted_bound, is_signed, parameter_names, sort_of},
    validate::{check_form_of_extractor, parameters_of},
};
