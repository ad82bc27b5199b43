//! The attribute sets something.

use inject_runtime::{post, transaction};

#[post("/books", public)]
#[transaction]
pub async fn create() {}

fn main() {}
