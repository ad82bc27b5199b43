//! Building the program.

use std::{
    env,
    fs::{self, File},
    io::{BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use cargo_metadata::{Message, diagnostic::DiagnosticLevel};

use super::{choice::Choice, error::CompiledError, manifest, program};
use crate::{file_error::FileError, package::Selected, session::Session};

/// Writes and builds the program. It may run as long as the returned file, a lock, is open: another `cargo inject` would replace it.
///
/// # Errors
///
/// The program cannot be written or does not compile.
pub(super) fn program(
    session: &Session,
    selected: &Selected,
    library: &str,
    choice: &Choice,
) -> Result<(PathBuf, File), CompiledError> {
    let metadata = &selected.metadata;
    let package = &selected.package;
    let target = metadata.target_directory.as_std_path();
    let folder = target.join("inject").join(package.name.as_str());
    let lock = locked(&folder)?;
    let manifest = folder.join("Cargo.toml");
    write(&manifest, &manifest::manifest(selected)?)?;
    write(&folder.join("src/main.rs"), &program::source(choice))?;
    let versions = metadata.workspace_root.join("Cargo.lock");
    if versions.is_file() {
        fs::copy(&versions, folder.join("Cargo.lock")).map_err(FileError::at(&versions))?;
    }
    let package_name = package.name.to_string();
    match build(session, &manifest, target)? {
        Built::Program(program) => Ok((program, lock)),
        Built::DoesNotCompile(name) if name == manifest::name(package) => {
            Err(CompiledError::QuestionDoesNotCompile {
                package: package_name,
                container: choice.container.join("::"),
                routes: choice.routes.as_ref().map(|path| path.join("::")),
            })
        }
        Built::DoesNotCompile(krate) => {
            let needed_by = (krate != library).then_some(package_name);
            Err(CompiledError::DoesNotCompile { krate, needed_by })
        }
        Built::Failed(output) => Err(CompiledError::BuildFailed { package: package_name, output }),
    }
}

/// Locks the folder for this process. Closing the file releases the lock.
fn locked(folder: &Path) -> Result<File, FileError> {
    fs::create_dir_all(folder).map_err(FileError::at(folder))?;
    let file = folder.join(".lock");
    let lock = File::create(&file).map_err(FileError::at(&file))?;
    lock.lock().map_err(FileError::at(&file))?;
    Ok(lock)
}

/// Writes a file unless it has this text already: cargo compares times.
fn write(file: &Path, text: &str) -> Result<(), FileError> {
    if fs::read_to_string(file).is_ok_and(|written| written == text) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(FileError::at(folder))?;
    }
    fs::write(file, text).map_err(FileError::at(file))
}

/// Result of a build.
enum Built {
    Program(PathBuf),
    /// This crate has errors, which were shown.
    DoesNotCompile(String),
    /// Cargo failed with this output.
    Failed(String),
}

/// Builds the package at `manifest` into `target`.
///
/// Cargo works offline first, and uses the network only if that fails.
///
/// # Errors
///
/// Cargo cannot be started.
fn build(session: &Session, manifest: &Path, target: &Path) -> Result<Built, FileError> {
    match attempt(session, manifest, target, true)? {
        // Cargo mentions `--offline` where it is the obstacle.
        Built::Failed(said) if said.contains("--offline") => attempt(session, manifest, target, false),
        built => Ok(built),
    }
}

fn attempt(session: &Session, manifest: &Path, target: &Path, offline: bool) -> Result<Built, FileError> {
    let is_terminal = session.is_terminal();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--manifest-path"]).arg(manifest).arg("--target-dir").arg(target);
    let format = if is_terminal { "json-diagnostic-rendered-ansi" } else { "json" };
    command.args(["--message-format", format]);
    // Progress is for terminals.
    command.args(if is_terminal { &["--color", "always"][..] } else { &["--quiet"] });
    if offline {
        command.arg("--offline");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(FileError::at("cargo"))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (said, outcome) = thread::scope(|scope| {
        let said = scope.spawn(|| stderr.map(|stderr| listen(session, stderr)).unwrap_or_default());
        let outcome = stdout.map(|stdout| read(session, stdout)).unwrap_or_default();
        (said.join().unwrap_or_default(), outcome)
    });
    conclude(child, outcome, said)
}

fn conclude(mut child: Child, outcome: Outcome, said: String) -> Result<Built, FileError> {
    let status = child.wait().map_err(FileError::at("cargo"))?;
    Ok(match (outcome.executable, outcome.broken) {
        (Some(program), _) if status.success() => Built::Program(program),
        (_, Some(package)) => Built::DoesNotCompile(package),
        _ => Built::Failed(said),
    })
}

/// Shows which crate is being compiled, and returns the rest of cargo's messages.
fn listen(session: &Session, stderr: impl Read) -> String {
    const PROGRESS: [&str; 7] =
        ["Blocking", "Compiling", "Downloaded", "Downloading", "Finished", "Locking", "Updating"];
    let mut said = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        let plain = anstream::adapter::strip_str(&line).to_string();
        let first = plain.split_whitespace().next().unwrap_or_default();
        if PROGRESS.contains(&first) {
            if session.is_terminal() && first != "Finished" {
                session.message(&line);
            }
        } else {
            said.push_str(&line);
            said.push('\n');
        }
    }
    said
}

#[derive(Default)]
struct Outcome {
    executable: Option<PathBuf>,
    /// Crate with the first error.
    broken: Option<String>,
}

/// Shows rustc's errors. Its warnings are for `cargo check`.
fn read(session: &Session, stdout: impl Read) -> Outcome {
    let mut outcome = Outcome::default();
    for message in Message::parse_stream(BufReader::new(stdout)).map_while(Result::ok) {
        match message {
            Message::CompilerMessage(message)
                if matches!(message.message.level, DiagnosticLevel::Error | DiagnosticLevel::Ice) =>
            {
                if let Some(rendered) = &message.message.rendered {
                    session.message(rendered.strip_suffix('\n').unwrap_or(rendered));
                }
                outcome.broken.get_or_insert(message.target.name);
            }
            Message::CompilerArtifact(message) => {
                if let Some(executable) = message.executable {
                    outcome.executable = Some(executable.into());
                }
            }
            _ => {}
        }
    }
    outcome
}
