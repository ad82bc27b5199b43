//! Parser of server-sent events, as the HTML standard defines them:
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
//!
//! The parser returns only the data of an event, because the protocol of OpenAI does not use event names.

/// Incremental parser that takes a stream in chunks of any size and returns the data of its events.
#[derive(Debug, Default)]
pub(super) struct EventParser {
    /// Current line, which is incomplete.
    line: Vec<u8>,
    /// Whether the last byte was a carriage return. A line feed that follows is part of the same line break.
    after_return: bool,
    /// Data of the current event, which is incomplete.
    data: Option<String>,
    /// Whether the first line, which may begin with a byte order mark, was read.
    started: bool,
}

/// Byte order mark at the beginning of a stream, which is not part of its data.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl EventParser {
    /// Reads these bytes, and returns the data of all events that they complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut events = Vec::new();
        for &byte in bytes {
            let follows_return = std::mem::replace(&mut self.after_return, byte == b'\r');
            match byte {
                b'\n' if follows_return => {}
                b'\n' | b'\r' => events.extend(self.end_of_line()),
                _ => self.line.push(byte),
            }
        }
        events
    }

    /// Processes a complete line, and returns the data of the event that it completes.
    fn end_of_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        let mark = if self.started { None } else { line.strip_prefix(BYTE_ORDER_MARK) };
        self.started = true;
        let line = String::from_utf8_lossy(mark.unwrap_or(&line));
        if line.is_empty() {
            return self.data.take();
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        // A line without a field name, such as `: keep-alive`, is a comment.
        if field == "data" {
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    fn parse(stream: &str) -> Vec<String> {
        EventParser::default().push(stream.as_bytes())
    }

    #[test]
    fn an_event_ends_with_an_empty_line() {
        assert_eq!(parse("data: one\n\ndata: two\n\n"), ["one", "two"]);
        assert_eq!(parse("data: one\r\n\r\ndata: two\r\r"), ["one", "two"]);
        assert!(parse("data: one\n").is_empty());
    }

    #[test]
    fn data_lines_are_joined() {
        assert_eq!(parse("data: one\ndata:two\ndata\ndata:  three\n\n"), ["one\ntwo\n\n three"]);
    }

    #[test]
    fn comments_and_other_fields_are_ignored() {
        assert_eq!(parse(": hello\nevent: message\nid: 7\nretry: 10\ndata: one\n\n\n: bye\n\n"), ["one"]);
    }

    #[test]
    fn a_leading_byte_order_mark_is_ignored() {
        assert_eq!(parse("\u{feff}data: one\n\n\u{feff}data: two\n\n"), ["one"]);
    }

    proptest! {
        #[test]
        fn the_events_do_not_depend_on_the_chunk_sizes(
            lines in prop::collection::vec("(data: ?|: |event: )[a-zäöü€🦀{}\":]{0,8}(\n|\r|\r\n){1,2}", 0..12),
            cuts in prop::collection::vec(1_usize..7, 1..20),
        ) {
            let stream = lines.concat();
            let mut parser = EventParser::default();
            let (mut events, mut rest) = (Vec::new(), stream.as_bytes());
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (chunk, after) = rest.split_at(rest.len().min(*cut));
                events.extend(parser.push(chunk));
                rest = after;
            }
            prop_assert_eq!(events, parse(&stream));
        }
    }
}
