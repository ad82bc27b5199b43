//! A new scope extracts its value: it is provided, or an extractor.

use inject_runtime::{NewScope, Routes, container, get, routes};

pub struct Book;

#[get("/", public)]
pub async fn list(books: NewScope<Book>) {
    drop(books);
}

#[container]
pub struct App {}

pub fn all() -> Routes<App> {
    routes![list]
}

fn main() {}
