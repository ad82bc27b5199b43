//! A requirement names its principal.

use inject_runtime::{get, require};

include!("../prelude.rs");

pub enum Color {
    Red,
}

#[get("/orders")]
#[require(Color::Red)]
pub async fn orders() {}

fn main() {}
