//! Text that is assembled in a constant.

/// Text that is assembled in a constant. A part that does not fit is left out.
#[derive(Debug)]
pub struct Message {
    bytes: [u8; Self::CAPACITY],
    length: usize,
}

impl Message {
    const CAPACITY: usize = 4096;

    pub(crate) const fn new() -> Self {
        Self { bytes: [0; Self::CAPACITY], length: 0 }
    }

    pub(crate) const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        if text.len() > Self::CAPACITY - self.length {
            return;
        }
        let mut i = 0;
        while i < text.len() {
            self.bytes[self.length] = text[i];
            self.length += 1;
            i += 1;
        }
    }

    pub(crate) const fn push_location(&mut self, file: &str, line: u32) {
        self.push(file);
        self.push(":");
        self.push_number(line as usize);
    }

    pub(crate) const fn push_number(&mut self, number: usize) {
        let mut divisor = 1;
        while number / divisor >= 10 {
            divisor *= 10;
        }
        while divisor > 0 {
            let digit = number / divisor % 10;
            self.push("0123456789".split_at(digit).1.split_at(1).0);
            divisor /= 10;
        }
    }

    /// Returns the text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "dependency cycle",
        }
    }
}
