//! Building the program: cargo, and what it has to say.

use std::{
    env,
    io::{self, BufRead as _, BufReader, IsTerminal as _, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use cargo_metadata::{Message, diagnostic::DiagnosticLevel};

use crate::error::Error;

/// How a build ended.
pub(super) enum Built {
    Program(PathBuf),
    /// rustc's errors have been shown; they are in this crate.
    DoesNotCompile(String),
    /// For another reason: cargo's words.
    Failed(String),
}

/// Builds the package at `manifest` into `target`.
///
/// What is there is used, and nothing is downloaded; only where that does not do is cargo allowed to use the network.
///
/// # Errors
///
/// Cargo cannot be started.
pub(super) fn build(manifest: &Path, target: &Path) -> Result<Built, Error> {
    match attempt(manifest, target, true)? {
        // Cargo reminds of `--offline` where that is in the way.
        Built::Failed(said) if said.contains("--offline") => attempt(manifest, target, false),
        built => Ok(built),
    }
}

fn attempt(manifest: &Path, target: &Path, offline: bool) -> Result<Built, Error> {
    let is_terminal = io::stderr().is_terminal();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--manifest-path"]).arg(manifest).arg("--target-dir").arg(target);
    let format = if is_terminal { "json-diagnostic-rendered-ansi" } else { "json" };
    command.args(["--message-format", format]);
    // Without a terminal, nobody waits for it.
    command.args(if is_terminal { &["--color", "always"][..] } else { &["--quiet"] });
    if offline {
        command.arg("--offline");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(Error::at("cargo"))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (said, outcome) = thread::scope(|scope| {
        let said = scope.spawn(|| stderr.map(|stderr| listen(stderr, is_terminal)).unwrap_or_default());
        let outcome = stdout.map(read).unwrap_or_default();
        (said.join().unwrap_or_default(), outcome)
    });
    conclude(child, outcome, said)
}

fn conclude(mut child: Child, outcome: Outcome, said: String) -> Result<Built, Error> {
    let status = child.wait().map_err(Error::at("cargo"))?;
    Ok(match (outcome.executable, outcome.broken) {
        (Some(program), _) if status.success() => Built::Program(program),
        (_, Some(package)) => Built::DoesNotCompile(package),
        _ => Built::Failed(said),
    })
}

/// Shows which crate is being compiled, and keeps everything else that cargo says.
fn listen(stderr: impl Read, is_terminal: bool) -> String {
    const PROGRESS: [&str; 7] =
        ["Blocking", "Compiling", "Downloaded", "Downloading", "Finished", "Locking", "Updating"];
    let mut said = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        let plain = anstream::adapter::strip_str(&line).to_string();
        let first = plain.split_whitespace().next().unwrap_or_default();
        if PROGRESS.contains(&first) {
            if is_terminal && first != "Finished" {
                anstream::eprintln!("{line}");
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
    /// The crate with the first error.
    broken: Option<String>,
}

/// Shows rustc's errors. Its warnings are for `cargo check`.
fn read(stdout: impl Read) -> Outcome {
    let mut outcome = Outcome::default();
    for message in Message::parse_stream(BufReader::new(stdout)).map_while(Result::ok) {
        match message {
            Message::CompilerMessage(message)
                if matches!(message.message.level, DiagnosticLevel::Error | DiagnosticLevel::Ice) =>
            {
                if let Some(rendered) = &message.message.rendered {
                    anstream::eprint!("{rendered}");
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
