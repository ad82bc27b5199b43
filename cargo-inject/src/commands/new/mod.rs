//! `cargo inject new`

mod name;
mod template;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;

use self::{
    name::Name,
    template::{Context, Database, Layout, files},
};
use crate::{
    error::{Error, Outcome, ProjectError},
    file_error::FileError,
    session::Session,
};

/// Creates a project that compiles, passes its tests, and runs
///
/// It has settings for each environment, accounts with roles, migrations, a page that describes its API, tests, a Dockerfile, CI, and
/// clippy rules against calls that block.
#[derive(Debug, Args)]
#[command(after_help = "\
Example: cargo inject new reading-list --layout feature --database postgres

Exit status: 0 success, 2 error")]
pub(crate) struct Arguments {
    /// Name of the project, and of its folder
    name: String,
    /// Layout of the sources
    #[arg(long, value_enum, default_value_t = Layout::Layered)]
    layout: Layout,
    /// Database
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// Folder to create, instead of ./NAME
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
    /// Checkout of `inject` to depend on. The default is the checkout from which this program was built, or else the released version
    #[arg(long, value_name = "FOLDER", conflicts_with = "released")]
    inject_path: Option<PathBuf>,
    /// Depends on the released version, even if this program was built from a checkout
    #[arg(long)]
    released: bool,
}

/// Source of `inject-runtime` for a project.
enum Runtime {
    Checkout(PathBuf),
    Released,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, session: &Session) -> Result<Outcome, Error> {
    let name = Name::parse(&arguments.name)?;
    let shown = arguments.into.clone().unwrap_or_else(|| PathBuf::from(name.as_str()));
    let folder = session.path(&shown);
    let runtime = Runtime::of(arguments, session)?;
    let context = Context {
        name: name.as_str(),
        crate_name: &name.as_identifier(),
        layout: arguments.layout,
        database: arguments.database,
        runtime: &runtime.source(),
    };
    // All files are rendered before the first one is written.
    let files = files(&context)?;
    name.check_dependencies(files.get("Cargo.toml").map_or("", String::as_str))?;

    fs::create_dir_all(folder.parent().unwrap_or(&folder)).map_err(FileError::at(&shown))?;
    // This one call checks and creates: an existing folder is left unchanged, whenever it appeared.
    fs::create_dir(&folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::from(ProjectError::Exists { folder: shown.display().to_string() })
        }
        _ => FileError::at(&shown)(error).into(),
    })?;
    let bold = anstyle::AnsiColor::Green.on_default().effects(anstyle::Effects::BOLD);
    for (path, text) in &files {
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(FileError::at(parent))?;
        }
        fs::write(&file, text).map_err(FileError::at(&file))?;
        session.message(&format!("{bold}     Created{bold:#} {}", shown.join(path).display()));
    }
    session.message(&format!("{bold}     Depends{bold:#} on inject-runtime {}", runtime.described()));
    session.message(&format!(
        "{bold}    Finished{bold:#} {} files; the next steps are in its README.md:",
        files.len()
    ));
    let database = match arguments.database {
        Database::Postgres => "docker compose up -d database && ",
        Database::Sqlite => "",
    };
    session.message(&format!("\n  cd {} && {database}cargo run", shown.display()));
    Ok(Outcome::Success)
}

impl Runtime {
    fn of(arguments: &Arguments, session: &Session) -> Result<Self, FileError> {
        if arguments.released {
            return Ok(Self::Released);
        }
        if let Some(path) = &arguments.inject_path {
            let runtime = session.path(path).join("inject-runtime");
            return runtime.canonicalize().map(Self::Checkout).map_err(FileError::at(&runtime));
        }
        // In the archive of a release, the runtime is not beside this crate.
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("inject-runtime");
        let checkout = beside.join("Cargo.toml").is_file().then_some(beside);
        Ok(checkout.map_or(Self::Released, Self::Checkout))
    }

    /// Keys of the dependency in the manifest.
    fn source(&self) -> String {
        match self {
            Self::Checkout(path) => format!("path = {:?}", path.display().to_string()),
            Self::Released => format!("version = {:?}", env!("CARGO_PKG_VERSION")),
        }
    }

    fn described(&self) -> String {
        match self {
            Self::Checkout(path) => format!("of the checkout at {}", path.display()),
            Self::Released => format!("{}, the released version", env!("CARGO_PKG_VERSION")),
        }
    }
}
