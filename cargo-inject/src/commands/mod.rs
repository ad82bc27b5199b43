//! Commands: one module each, with its `Arguments` and `run`.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod eject;
pub(crate) mod expand;
pub(crate) mod explain;
pub(crate) mod graph;
pub(crate) mod new;
pub(crate) mod routes;
