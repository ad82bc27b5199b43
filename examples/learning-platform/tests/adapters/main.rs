//! Tests of the adapters against test servers on loopback.

mod embedded;
mod fake;
mod openai;
mod qdrant;
