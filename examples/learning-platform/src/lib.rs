//! An AI textbook over HTTP: the whole application of a web team, on `inject`. Teachers publish chapters; students read, keep track of
//! their progress, and ask a chatbot that answers from the book.
//!
//! The layout is by layers, as the rules are: [`api`] -> [`services`] -> [`repositories`] -> [`db`], with the implementations of ports in
//! [`adapters`], what all may use in [`core`], [`config`] and [`models`], what goes over the wire in [`schemas`], and everything
//! put together in [`app`]. [`seed`] fills an empty database.

pub mod adapters;
pub mod api;
pub mod app;
pub mod config;
pub mod core;
pub mod db;
pub mod models;
pub mod repositories;
pub mod schemas;
pub mod seed;
pub mod services;
