//! Writing the program that asks, and compiling it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::{
    build::{self, Built},
    choice::Choice,
    manifest, program,
};
use crate::{cli::Selection, error::Error, package::Selected};

/// Compiles the program. It may be run as long as the file, a lock, is open: another `cargo inject` would put another in its place.
///
/// # Errors
///
/// It does not compile, for any of many reasons.
pub(super) fn compile(
    selected: &Selected,
    selection: &Selection,
    library: &str,
    choice: &Choice,
) -> Result<(PathBuf, File), Error> {
    let metadata = &selected.metadata;
    let package = &selected.package;
    let target = metadata.target_directory.as_std_path();
    let folder = target.join("inject").join(package.name.as_str());
    let lock = locked(&folder)?;
    let manifest = folder.join("Cargo.toml");
    write(&manifest, &manifest::manifest(selected, selection)?)?;
    write(&folder.join("src/main.rs"), &program::source(choice))?;
    let versions = metadata.workspace_root.join("Cargo.lock");
    if versions.is_file() {
        fs::copy(&versions, folder.join("Cargo.lock")).map_err(Error::at(&versions))?;
    }
    match build::build(&manifest, target)? {
        Built::Program(program) => Ok((program, lock)),
        Built::DoesNotCompile(name) if name == manifest::name(package) => Err(Error::Message(format!(
            "what is asked of `{}` does not compile: its container is taken to be `{}`{}; `--container` and `--routes` say otherwise",
            package.name,
            choice.container.join("::"),
            choice
                .routes
                .as_ref()
                .map(|path| format!(", its routes those of `{}`", path.join("::")))
                .unwrap_or_default(),
        ))),
        Built::DoesNotCompile(name) => {
            let of = if name == library {
                String::new()
            } else {
                format!(", on which `{}` depends,", package.name)
            };
            Err(Error::Message(format!(
                "`{name}`{of} does not compile: the errors are above, and `cargo check` shows them as well; the picture is that of a crate that compiles"
            )))
        }
        Built::Failed(said) => {
            Err(Error::Message(format!("`{}` could not be built\n{}", package.name, said.trim_end())))
        }
    }
}

/// The folder, for this process alone. The lock is let go of when the file is closed.
fn locked(folder: &Path) -> Result<File, Error> {
    fs::create_dir_all(folder).map_err(Error::at(folder))?;
    let file = folder.join(".lock");
    let lock = File::create(&file).map_err(Error::at(&file))?;
    lock.lock().map_err(Error::at(&file))?;
    Ok(lock)
}

/// Writes a file, unless it is so already: cargo goes by the time.
fn write(file: &Path, text: &str) -> Result<(), Error> {
    if fs::read_to_string(file).is_ok_and(|written| written == text) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(Error::at(folder))?;
    }
    fs::write(file, text).map_err(Error::at(file))
}
