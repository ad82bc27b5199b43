//! Processor seconds of `cargo check`, compared with the same application wired by hand.
//!
//! ```text
//! cargo run -p inject-benches --bin compile_time
//! cargo run -p inject-benches --bin compile_time -- --row endpoints --runs 1
//! cargo run -p inject-benches --bin compile_time -- --row bare,app --number 500,1000 --runs 3
//! ```
//!
//! Both variants are generated below `target/compile-time` and depend on the same crates. A row is one kind of
//! application, with a number of components, providers or endpoints. Without `--row` all rows are measured.

mod generate;
mod measure;

use std::{error::Error, path::Path};

use crate::{
    generate::{PER_MODULE, Shape},
    measure::Workspace,
};

/// Options of the command line.
struct Options {
    rows: Vec<Shape>,
    /// Numbers for all rows, in place of their own.
    numbers: Option<Vec<usize>>,
    runs: usize,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Self { rows: Shape::ALL.to_vec(), numbers: None, runs: 5 };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match &*argument {
                "--row" => options.rows = value()?.split(',').map(row).collect::<Result<_, _>>()?,
                "--number" => {
                    options.numbers = Some(value()?.split(',').map(str::parse).collect::<Result<_, _>>()?);
                }
                "--runs" => options.runs = value()?.parse()?,
                _ => return Err(format!("unknown argument `{argument}`").into()),
            }
        }
        let is_invalid = |number: &usize| *number == 0 || !number.is_multiple_of(PER_MODULE);
        if options.runs == 0 || options.numbers.iter().flatten().any(is_invalid) {
            return Err(format!(
                "`--runs` must be at least 1, and `--number` must be multiples of {PER_MODULE}"
            )
            .into());
        }
        Ok(options)
    }
}

/// Returns the row of this name.
fn row(name: &str) -> Result<Shape, String> {
    let names = Shape::ALL.map(Shape::name).join(", ");
    let row = Shape::ALL.into_iter().find(|shape| shape.name() == name);
    row.ok_or_else(|| format!("`--row {name}`: the rows are {names}"))
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read(std::env::args().skip(1))?;
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the benches have no workspace")?;
    let workspace = Workspace::new(library)?;
    println!(
        "Processor seconds of `cargo check` of one crate, dependencies built: least of {} runs",
        options.runs
    );
    println!("twice: the ratio of the hand-written variant measured a second time, which is the noise");
    for shape in options.rows {
        workspace.table(shape, options.numbers.as_deref().unwrap_or(shape.numbers()), options.runs)?;
    }
    Ok(())
}
