//! The container: what it builds, when, and how it ends.

mod bindings;
mod command_line;
mod graph;
mod handlers;
mod injection;
mod lazy;
mod lifecycle;
mod modules;
mod scopes;
mod slices;
