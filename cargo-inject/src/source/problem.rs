//! What is wrong with a file, shown as rustc shows it.

use std::{fmt, ops::Range, path::Path, sync::Arc};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::file::SourceFile;

/// A message about a place in a file.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    message: String,
    place: Option<(Arc<SourceFile>, Range<usize>)>,
    help: Vec<String>,
}

impl Problem {
    /// `message` about the bytes `range` of `file`.
    pub(crate) fn at(file: &Arc<SourceFile>, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), place: Some((file.clone(), range)), help: Vec::new() }
    }

    /// `message` about the whole of a file that cannot be read.
    pub(crate) fn of(file: &Path, message: impl fmt::Display) -> Self {
        Self { message: format!("{}: {message}", file.display()), place: None, help: Vec::new() }
    }

    /// What could be done about it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// For a terminal, with the line of the source. `anstream` takes the colours out where there is none.
    pub(crate) fn rendered(&self) -> String {
        let title = Level::ERROR.primary_title(&self.message);
        let shown;
        let report = match &self.place {
            Some((file, range)) => {
                shown = file.shown();
                let annotation = AnnotationKind::Primary.span(range.clone());
                title.element(Snippet::source(&*file.text).path(&*shown).annotation(annotation))
            }
            None => annotate_snippets::Group::with_title(title),
        };
        let report = report.elements(self.help.iter().map(|help| Level::HELP.message(help.as_str())));
        Renderer::styled().render(&[report])
    }
}

/// `message` with the place before it: `src/app.rs:3:5: expected an item`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((file, range)) = &self.place {
            write!(f, "{}: ", file.location(range.start))?;
        }
        f.write_str(&self.message)
    }
}

/// Everything that is wrong with the sources: at least one.
#[derive(Debug)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    /// All of them, for a terminal.
    pub(crate) fn rendered(&self) -> String {
        self.0.iter().map(Problem::rendered).collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
