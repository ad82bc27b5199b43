//! What talks to the world outside, against a part of that world on loopback.

mod embedded;
mod fake;
mod openai;
mod qdrant;
