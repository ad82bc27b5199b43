//! Implementations of the ports: what talks to the world outside. Only `app` knows them.

pub mod jobs;
pub mod mail;
