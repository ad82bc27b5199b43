//! A small blog, laid out by feature: `features/users` and `features/content`, each with its routes, schemas, models, service and
//! repository.
//!
//! Two rules hold, and the compiler checks both:
//!
//! * **Inside a feature, the layers.** `routes -> service -> repository -> pool`, as everywhere with `inject`.
//! * **Between features, the front door.** The modules of a feature are private. What others may use is what its `mod.rs` exports: from
//!   [`features::users`] that is `CurrentUser`, `Profile` and `UserService`. To name `features::users::repository` from `content` is an error:
//!   *module `repository` is private*.
//!
//! `examples/learning-platform` shows the other layout, by layer.

pub mod app;
pub mod database;
pub mod features;
