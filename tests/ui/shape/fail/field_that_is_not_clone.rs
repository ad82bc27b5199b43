//! What is shared by value can be cloned.

use inject_runtime::container;

struct Secret;

#[container]
struct App {
    #[input]
    secret: Secret,
}

fn main() {}
