//! `cargo inject`

use std::process::ExitCode;

use cargo_inject::{Cargo, Session, arguments};
use clap::Parser as _;

fn main() -> ExitCode {
    let cargo = Cargo::parse_from(arguments(std::env::args_os()));
    cargo.write_color();
    match Session::of_process() {
        Ok(session) => ExitCode::from(cargo.run(&session)),
        Err(error) => {
            anstream::eprintln!("error: the current folder: {error}");
            ExitCode::from(2)
        }
    }
}
