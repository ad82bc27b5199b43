//! Cost of a component in `cargo check`, compared with the same application wired by hand.
//!
//! ```text
//! cargo bench -p inject-benches --bench compile_time
//! cargo bench -p inject-benches --bench compile_time -- --bare --components 500,1000 --runs 3
//! ```
//!
//! Both variants are generated below `target/compile-time` and depend on the same crates. `--app` measures
//! applications only, `--bare` measures wiring only. Without these options both are measured.

mod generate;
mod measure;

use std::{error::Error, path::Path};

use inject_benches::is_bench_run;

use crate::{
    generate::{PER_MODULE, Shape},
    measure::Workspace,
};

/// Options of the command line.
struct Options {
    shapes: Vec<Shape>,
    components: Vec<usize>,
    runs: usize,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Self {
            shapes: vec![Shape::App, Shape::Bare],
            components: vec![100, 200, 500, 1_000, 2_000],
            runs: 7,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match &*argument {
                "--bench" => {}
                "--bare" => options.shapes = vec![Shape::Bare],
                "--app" => options.shapes = vec![Shape::App],
                "--components" => {
                    options.components = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
                }
                "--runs" => options.runs = value()?.parse()?,
                _ => return Err(format!("unknown argument `{argument}`").into()),
            }
        }
        if options.runs == 0 || options.components.iter().any(|components| components % PER_MODULE != 0) {
            return Err(format!(
                "`--runs` must be at least 1, and `--components` must be multiples of {PER_MODULE}"
            )
            .into());
        }
        Ok(options)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    if !is_bench_run() {
        return Ok(());
    }
    let options = Options::read(std::env::args().skip(1))?;
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the benches have no workspace")?;
    let workspace = Workspace::new(library)?;
    for shape in options.shapes {
        workspace.table(shape, &options.components, options.runs)?;
    }
    Ok(())
}
