//! Reads server-sent events as they come, as the HTML standard has it: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
//!
//! Of an event, only its data is kept: the protocol that we speak gives no event a name.

/// Takes the bytes of a stream in whatever portions they come, and gives the data of the events in it.
#[derive(Debug, Default)]
pub(super) struct EventParser {
    /// A line that is not complete.
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed that follows belongs to it.
    after_return: bool,
    /// The lines of data of an event that is not complete.
    data: Option<String>,
    /// Whether the first line, which may begin with a byte order mark, is behind us.
    begun: bool,
}

/// What begins a stream, and is no part of it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl EventParser {
    /// Goes on with these bytes, and gives the data of all events that they complete.
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

    /// What the line that is complete now completes.
    fn end_of_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        let mark = if self.begun { None } else { line.strip_prefix(BYTE_ORDER_MARK) };
        self.begun = true;
        let line = String::from_utf8_lossy(mark.unwrap_or(&line));
        if line.is_empty() {
            return self.data.take();
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        // Without a field, as in `: still here`, it is a comment.
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

    fn parsed(stream: &str) -> Vec<String> {
        EventParser::default().push(stream.as_bytes())
    }

    #[test]
    fn an_event_ends_with_an_empty_line() {
        assert_eq!(parsed("data: one\n\ndata: two\n\n"), ["one", "two"]);
        assert_eq!(parsed("data: one\r\n\r\ndata: two\r\r"), ["one", "two"]);
        assert!(parsed("data: one\n").is_empty());
    }

    #[test]
    fn lines_of_data_are_one_text() {
        assert_eq!(parsed("data: one\ndata:two\ndata\ndata:  three\n\n"), ["one\ntwo\n\n three"]);
    }

    #[test]
    fn the_rest_is_left_out() {
        assert_eq!(parsed(": hello\nevent: message\nid: 7\nretry: 10\ndata: one\n\n\n: bye\n\n"), ["one"]);
    }

    #[test]
    fn a_byte_order_mark_is_no_data() {
        assert_eq!(parsed("\u{feff}data: one\n\n\u{feff}data: two\n\n"), ["one"]);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_stream_is_cut(
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
            prop_assert_eq!(events, parsed(&stream));
        }
    }
}
