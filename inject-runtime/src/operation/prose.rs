//! Doc comments as texts of a document.

/// Sections about the function, which do not describe the operation.
const LEFT_OUT: [&str; 4] = ["errors", "panics", "examples", "example"];

/// Doc comment, split into summary and description.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Prose {
    /// First paragraph, on one line.
    pub(crate) summary: Option<String>,
    /// Remaining paragraphs.
    pub(crate) description: Option<String>,
}

impl Prose {
    /// Parses `text`, whose lines begin with the space that follows `///`.
    pub(crate) fn read(text: &str) -> Self {
        let lines = relevant(text);
        let mut lines = lines.iter().map(String::as_str).skip_while(|line| line.is_empty());
        let summary: Vec<_> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
        let description = lines.collect::<Vec<_>>().join("\n").trim().to_owned();
        Self {
            summary: (!summary.is_empty()).then(|| summary.join(" ")),
            description: (!description.is_empty()).then_some(description),
        }
    }
}

/// Returns the lines without the sections about the function.
fn relevant(text: &str) -> Vec<String> {
    let (mut lines, mut in_code, mut left_out) = (Vec::new(), false, None);
    for line in text.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if let (false, Some((level, title))) = (in_code, heading(line)) {
            let ends = left_out.is_some_and(|outer| level <= outer);
            if left_out.is_none() || ends {
                left_out = LEFT_OUT.contains(&title.to_lowercase().as_str()).then_some(level);
            }
        }
        if left_out.is_none() {
            lines.push(line.to_owned());
        }
    }
    lines
}

/// Returns the level and the title of a heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    (level > 0 && title.starts_with(' ')).then(|| (level, title.trim()))
}

#[cfg(test)]
mod tests {
    use super::Prose;

    #[test]
    fn the_first_paragraph_is_the_summary() {
        let prose = Prose::read(" Adds a book\n to the list.\n\n Only once.\n\n - twice: no\n");
        assert_eq!(prose.summary.as_deref(), Some("Adds a book to the list."));
        assert_eq!(prose.description.as_deref(), Some("Only once.\n\n- twice: no"));
        assert_eq!(Prose::read(""), Prose::default());
    }

    #[test]
    fn sections_about_the_function_are_left_out() {
        let text = " Adds.\n\n # Errors\n\n None.\n ## More\n no\n # Limits\n\n ten\n\n # Examples\n ```\n # Limits\n ```";
        let prose = Prose::read(text);
        assert_eq!(prose.summary.as_deref(), Some("Adds."));
        assert_eq!(prose.description.as_deref(), Some("# Limits\n\nten"));
    }
}
