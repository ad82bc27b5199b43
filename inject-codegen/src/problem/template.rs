//! Format string of a detail.

/// A format string, with the fields of a tuple by name.
#[derive(Debug, PartialEq)]
pub(super) struct Template {
    /// `no book {field_0}` for `no book {0}`.
    pub(super) text: String,
    /// The positions of the arguments.
    pub(super) positions: Vec<usize>,
}

/// Returns the name of a position. A value that is captured by name may be unused without an error.
pub(super) fn name_of(position: usize) -> String {
    format!("field_{position}")
}

impl Template {
    /// Finds the positions in `format`. An invalid format string stays as it is, and rustc reports it.
    pub(super) fn read(mut format: &str) -> Self {
        let mut template = Self { text: String::new(), positions: Vec::new() };
        while let Some((before, after)) = format.split_once('{') {
            template.text.push_str(before);
            template.text.push('{');
            format = after;
            if let Some(after) = format.strip_prefix('{') {
                template.text.push('{');
                format = after;
            } else if let Some((placeholder, _)) = format.split_once('}') {
                template.placeholder(placeholder);
                format = &format[placeholder.len()..];
            }
        }
        template.text.push_str(format);
        template
    }

    /// `0:>1$` becomes `field_0:>field_1$`.
    fn placeholder(&mut self, placeholder: &str) {
        let (argument, spec) = match placeholder.split_once(':') {
            Some((argument, spec)) => (argument, Some(spec)),
            None => (placeholder, None),
        };
        self.argument(argument);
        let Some(mut spec) = spec else { return };
        self.text.push(':');
        while let Some((before, after)) = spec.split_once('$') {
            let digits = before.len() - before.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
            let (before, position) = before.split_at(before.len() - digits);
            self.text.push_str(before);
            self.argument(position);
            self.text.push('$');
            spec = after;
        }
        self.text.push_str(spec);
    }

    fn argument(&mut self, argument: &str) {
        match argument.trim().parse() {
            Ok(position) => {
                self.text.push_str(&name_of(position));
                self.positions.push(position);
            }
            Err(_) => self.text.push_str(argument),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn positions_become_names() {
        let cases: [(&str, &str, &[usize]); 9] = [
            ("no book {0}", "no book {field_0}", &[0]),
            ("{1:?} of {0}", "{field_1:?} of {field_0}", &[1, 0]),
            ("{0:>1$}", "{field_0:>field_1$}", &[0, 1]),
            ("{id:>width$.2$}", "{id:>width$.field_2$}", &[2]),
            ("{{0}} {0}", "{{0}} {field_0}", &[0]),
            ("{name}", "{name}", &[]),
            ("{}", "{}", &[]),
            ("{0", "{0", &[]),
            ("0} é {", "0} é {", &[]),
        ];
        for (format, text, positions) in cases {
            let expected = Template { text: text.to_owned(), positions: positions.to_vec() };
            assert_eq!(Template::read(format), expected, "{format}");
        }
    }
}
