//! An AI textbook over HTTP: a complete web application built with `inject`. Teachers publish chapters. Students read
//! them, track their progress, and ask a chatbot that answers from the book.
//!
//! The layout follows the layers: [`api`] -> [`services`] -> [`repositories`] -> [`db`]. [`adapters`] contains the
//! implementations of ports. [`core`], [`config`] and [`models`] contain common types. [`schemas`] contains request
//! and response bodies. [`app`] is the container, and [`seed`] fills an empty database.

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
