//! What providers, endpoints and request-scoped components have in common: their parameters are extractors.

mod description;
mod function;
mod output;
mod parameter;

pub(crate) use description::{doc_comment, doc_text, of_output, of_parameter};
pub(crate) use function::{allowed, parameters_of};
pub(crate) use output::{Output, Strategy};
pub(crate) use parameter::{Parameter, names_of, proofs};
