//! `cargo inject new`

mod name;
mod template;

use std::{fs, path::PathBuf};

use clap::{Args, ValueEnum};

use self::{
    name::Name,
    template::{Context, files},
};
use crate::error::{Error, Outcome};

/// Makes a project: it compiles, passes its tests, and runs
///
/// It has settings for each environment, accounts with roles, migrations, a page that describes its API, tests, a Dockerfile, CI, and
/// clippy rules against calls that block.
#[derive(Debug, Args)]
#[command(after_help = "Example: cargo inject new reading-list --layout feature --database postgres")]
pub(crate) struct Arguments {
    /// The name of the project, and of its folder
    name: String,
    /// How its sources are laid out
    #[arg(long, value_enum, default_value_t = Layout::Layered)]
    layout: Layout,
    /// Where it keeps its data
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// The folder to make it in, instead of ./NAME
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
    /// A checkout of `inject` to depend on, instead of the released version
    #[arg(long, value_name = "FOLDER")]
    inject_path: Option<PathBuf>,
}

/// How the sources of a project are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Layout {
    /// A file for each layer
    Small,
    /// A folder for each layer
    Layered,
    /// A folder for each feature, with the layers in it
    Feature,
}

/// Where a project keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    /// In a file, with nothing to set up
    Sqlite,
    /// On a server
    Postgres,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let name = Name::parse(&arguments.name)?;
    let folder = arguments.into.clone().unwrap_or_else(|| PathBuf::from(name.as_str()));
    let runtime = match &arguments.inject_path {
        Some(path) => {
            let runtime = path.join("inject-runtime");
            let runtime = runtime.canonicalize().map_err(Error::at(&runtime))?;
            format!("path = {:?}", runtime.display().to_string())
        }
        None => format!("version = {:?}", env!("CARGO_PKG_VERSION")),
    };
    let context = Context {
        name: name.as_str(),
        crate_name: &name.as_identifier(),
        layout: arguments.layout,
        database: arguments.database,
        runtime: &runtime,
    };
    // All of it is made before any of it is written.
    let files = files(&context)?;

    fs::create_dir_all(folder.parent().unwrap_or(&folder)).map_err(Error::at(&folder))?;
    // The one call that both looks and makes: what is there already is left alone, whoever made it, and when.
    fs::create_dir(&folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Error::Message(format!(
            "{} is there already, and is left as it is: choose another name, or another folder with `--into`",
            folder.display(),
        )),
        _ => Error::at(&folder)(error),
    })?;
    let bold = anstyle::AnsiColor::Green.on_default().effects(anstyle::Effects::BOLD);
    for (path, text) in &files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::at(parent))?;
        }
        fs::write(&path, text).map_err(Error::at(&path))?;
        anstream::eprintln!("{bold}     Created{bold:#} {}", path.display());
    }
    anstream::eprintln!(
        "{bold}    Finished{bold:#} {} files; what to do next is in its README.md:",
        files.len()
    );
    if arguments.database == Database::Postgres {
        anstream::eprintln!("\n  cd {} && docker compose up -d database && cargo run", folder.display());
    } else {
        anstream::eprintln!("\n  cd {} && cargo run", folder.display());
    }
    Ok(Outcome::Fine)
}
