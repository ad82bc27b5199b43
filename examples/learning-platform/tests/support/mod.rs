//! Helpers for the tests of all layers.
//!
//! * [`on_each_database!`](crate::on_each_database) defines two tests: one on SQLite, and one on PostgreSQL if
//!   `DATABASE_URL` names a server. Each test gets a separate [`Database`].
//! * [`TestApp`] is the application over such a database: `app.get("/api/v1/users").token(&token).await` sends a
//!   request.
//! * [`TestApp::create_user`] creates an account with an access token, as `create_student(7)` and
//!   `create_account(NewUser { .. })` do.

// Each test target uses only a part of this module.
#![allow(dead_code, unused_imports, unreachable_pub)]

mod app;
mod database;
mod people;

pub use self::{
    app::{Account, TestApp, TestRequest, TestResponse, new_user},
    database::{Database, settings},
    people::insert_user,
};
