//! `#[layering(..)]` goes where a layer is judged.

use inject_runtime::container;

#[container]
struct App {
    #[input]
    #[layering(allow, reason = "why not")]
    port: u16,
}

fn main() {}
