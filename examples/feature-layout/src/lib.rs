//! A small blog with a layout by feature: `features/users` and `features/content`, each with its own routes, schemas, models, service
//! and repository.
//!
//! Two rules hold, and the compiler checks both:
//!
//! * **Inside a feature: layers.** `routes -> service -> repository -> pool`, as in every application with `inject`.
//! * **Between features: exports.** The modules of a feature are private, and other features may use only the exports of its `mod.rs`.
//!   For example, [`features::users`] exports `CurrentUser`, `Profile` and `UserService`. A path to `features::users::repository` in
//!   `content` is an error: *module `repository` is private*.
//!
//! `examples/learning-platform` shows the other layout, by layer.

pub mod app;
pub mod database;
pub mod features;
