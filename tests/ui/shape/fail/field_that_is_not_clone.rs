//! A field that is not in an `Arc` is `Clone`.

use inject_runtime::container;

struct Secret;

#[container]
struct App {
    #[input]
    secret: Secret,
}

fn main() {}
