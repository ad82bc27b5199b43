//! What goes to the standard output: in colour on a terminal, plain in a pipe.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use crate::error::Error;

/// Prints `text`. A reader that has seen enough, such as `head`, is no error.
///
/// # Errors
///
/// The output cannot be written.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::at("standard output")(error)),
        _ => Ok(()),
    }
}

/// Writes `text` to `file`, or prints it.
///
/// # Errors
///
/// The file cannot be written.
pub(crate) fn deliver(text: &str, file: Option<&Path>) -> Result<(), Error> {
    match file {
        Some(file) => fs::write(file, text).map_err(Error::at(file)),
        None => print(text),
    }
}

/// Says something that is worth knowing, beside the output.
pub(crate) fn note(text: &str) {
    let bold = anstyle::AnsiColor::Cyan.on_default().effects(anstyle::Effects::BOLD);
    anstream::eprintln!("{bold}note{bold:#}: {text}");
}

/// Says what was found that should not be there.
pub(crate) fn finding(text: &str) {
    let bold = anstyle::AnsiColor::Red.on_default().effects(anstyle::Effects::BOLD);
    anstream::eprintln!("{bold}error{bold:#}: {text}");
}

/// The width of the terminal, within reason for text; in a pipe, that of a page.
pub(crate) fn width() -> usize {
    const PAGE: usize = 100;
    match terminal_size::terminal_size_of(io::stdout()) {
        Some((terminal_size::Width(width), _)) => usize::from(width).clamp(40, PAGE),
        None => PAGE,
    }
}
