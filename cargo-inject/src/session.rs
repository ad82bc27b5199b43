//! Surroundings of a run: the current folder, the standard output and the standard error.

use std::{
    fs,
    io::{self, IsTerminal as _, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anstream::{AutoStream, ColorChoice, StripStream};

use crate::{file_error::FileError, source::Problem};

/// Surroundings of a run. A command reads and writes nothing of the process beside them.
pub struct Session {
    folder: PathBuf,
    stdout: Stream,
    stderr: Stream,
    has_color: bool,
    /// Columns of the terminal; none in a pipe.
    columns: Option<usize>,
    is_terminal: bool,
}

type Stream = Mutex<Box<dyn Write + Send>>;

/// Text that a captured session has written.
#[derive(Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Session {
    /// Session of this process: its folder, its output, and colors where there is a terminal.
    ///
    /// # Errors
    ///
    /// The current folder does not exist.
    pub fn of_process() -> io::Result<Self> {
        let columns = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
        Ok(Self {
            folder: std::env::current_dir()?.canonicalize()?,
            stdout: Mutex::new(Box::new(anstream::stdout())),
            stderr: Mutex::new(Box::new(anstream::stderr())),
            has_color: AutoStream::choice(&io::stdout()) != ColorChoice::Never,
            columns,
            is_terminal: io::stderr().is_terminal(),
        })
    }

    /// Session in `folder` whose output is kept, without colors.
    ///
    /// # Errors
    ///
    /// The folder does not exist.
    pub fn captured(folder: &Path) -> io::Result<(Self, Captured, Captured)> {
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let stream = |to: &Captured| -> Stream {
            Mutex::new(Box::new(StripStream::new(Box::new(to.clone()) as Box<dyn Write + Send>)))
        };
        let session = Self {
            folder: folder.canonicalize()?,
            stdout: stream(&stdout),
            stderr: stream(&stderr),
            has_color: false,
            columns: None,
            is_terminal: false,
        };
        Ok((session, stdout, stderr))
    }

    /// Current folder, without links in the path.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Path that an argument means.
    pub(crate) fn path(&self, argument: &Path) -> PathBuf {
        self.folder.join(argument)
    }

    pub(crate) fn has_color(&self) -> bool {
        self.has_color
    }

    /// Whether messages go to a terminal, where progress is shown.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Columns of the terminal to which the output goes; none in a pipe.
    pub(crate) fn columns(&self) -> Option<usize> {
        self.columns
    }

    /// Width for text: that of the terminal within limits, and in a pipe that of a page.
    pub(crate) fn width(&self) -> usize {
        const PAGE: usize = 100;
        self.columns.map_or(PAGE, |columns| columns.clamp(40, PAGE))
    }

    /// Prints `text`. A reader that stops reading, such as `head`, is not an error.
    ///
    /// # Errors
    ///
    /// The output cannot be written.
    pub(crate) fn print(&self, text: &str) -> Result<(), FileError> {
        let mut stdout = lock(&self.stdout);
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(FileError::at("standard output")(error))
            }
            _ => Ok(()),
        }
    }

    /// Writes `text` to `file`, or prints it.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(crate) fn deliver(&self, text: &str, file: Option<&Path>) -> Result<(), FileError> {
        match file {
            Some(file) => {
                let file = self.path(file);
                fs::write(&file, text).map_err(FileError::at(&file))
            }
            None => self.print(text),
        }
    }

    /// Writes a line to the standard error. A message that cannot be written is lost: there is no other place for it.
    pub(crate) fn message(&self, text: &str) {
        _ = writeln!(lock(&self.stderr), "{text}");
    }

    /// Writes a message beside the output that does not affect the exit status.
    pub(crate) fn note(&self, text: &str) {
        let bold = anstyle::AnsiColor::Cyan.on_default().effects(anstyle::Effects::BOLD);
        self.message(&format!("{bold}note{bold:#}: {text}"));
    }

    /// Writes a message about something that must not be there.
    pub(crate) fn error(&self, text: &str) {
        let bold = anstyle::AnsiColor::Red.on_default().effects(anstyle::Effects::BOLD);
        self.message(&format!("{bold}error{bold:#}: {text}"));
    }

    /// Writes the problems that macros report. Returns whether there are any.
    pub(crate) fn report<'a>(&self, problems: impl Iterator<Item = &'a Problem>) -> bool {
        let mut has_problems = false;
        for problem in problems {
            self.message(&format!("{}\n", problem.rendered()));
            has_problems = true;
        }
        has_problems
    }
}

impl Captured {
    /// Text so far. Bytes that are not text are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&lock(&self.0)).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lock<T>(stream: &Mutex<T>) -> MutexGuard<'_, T> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}
