//! A parameter is the end of its segment.

use inject_runtime::get;

#[get("/reports/{id}.json", public)]
pub async fn report() {}

fn main() {}
