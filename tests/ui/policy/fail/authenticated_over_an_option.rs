//! A provider over an `Option`, two providers deep.

use inject_runtime::{Bearer, get, inject};

#[derive(Clone)]
pub struct Visitor;

#[inject]
fn visitor(_bearer: Option<Bearer>) -> Visitor {
    Visitor
}

#[derive(Clone)]
pub struct Reader;

#[inject]
fn reader(_visitor: Visitor) -> Reader {
    Reader
}

#[get("/me", authenticated = Reader)]
async fn me() {}

fn main() {}
