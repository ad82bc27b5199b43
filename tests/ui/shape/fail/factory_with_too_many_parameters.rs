//! A factory has at most sixteen parameters.

use inject_runtime::container;

type U = u8;

fn make(_: U, _: U, _: U, _: U, _: U, _: U, _: U, _: U, _: U, _: U, _: U, _: U, _: U, _: U, _: U, _: U, _: U) -> u16 {
    0
}

#[container]
struct App {
    #[input]
    small: u8,
    #[factory(make)]
    large: u16,
}

fn main() {}
