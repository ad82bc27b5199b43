//! What the tests of all layers have in common.
//!
//! * [`on_each_database!`](crate::on_each_database) makes two tests of one: on SQLite always, on PostgreSQL where `DATABASE_URL` names a
//!   server. Each gets a [`Database`] of its own.
//! * [`TestApp`] is the application over such a database: `app.get("/api/v1/users").token(&token).await` makes a request of it.
//! * [`TestApp::as_user`] makes an account and hands out its access token; `as_student_of(7)` and `account(NewUser { .. })` say more.

// Each test target uses another part of it.
#![allow(dead_code, unused_imports, unreachable_pub)]

mod app;
mod database;
mod people;

pub use self::{
    app::{Account, Answer, TestApp, new_user},
    database::{Database, settings},
    people::a_user,
};
