//! An async factory returns the type of the field.

use inject_runtime::container;

async fn port() -> Result<u32, std::num::ParseIntError> {
    "80".parse()
}

#[container]
struct App {
    #[factory(port)]
    port: u16,
}

fn main() {}
