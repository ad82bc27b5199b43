//! The container: what it builds, when, and how it ends.

mod command_line;
mod graph;
mod handlers;
mod injection;
mod lifecycle;
