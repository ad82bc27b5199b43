//! The behaviours of the request scope, one test for each row of the specification, named by its id.

mod graph;
