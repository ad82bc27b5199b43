//! Addresses in `Forwarded` (RFC 7239) and `X-Forwarded-For`.
//!
//! Elements are read from the right, because a proxy appends to what it received: everything left of the element
//! of the first trusted proxy can be forged. Nothing there, such as an open quote, affects how the elements right
//! of it are read.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Iterator over the elements of a header, the last first. Commas in quoted strings do not separate.
/// Empty elements are skipped.
pub(super) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    pub(super) fn of(value: &'a [u8]) -> Self {
        Self(value)
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while !self.0.is_empty() {
            let comma = last_comma(self.0);
            let start = comma.map_or(0, |comma| comma + 1);
            let element = self.0[start..].trim_ascii();
            self.0 = &self.0[..comma.unwrap_or(0)];
            if !element.is_empty() {
                return Some(element);
            }
        }
        None
    }
}

/// Returns the index of the last comma that is not in a quoted string.
fn last_comma(text: &[u8]) -> Option<usize> {
    let mut is_quoted = false;
    for (index, byte) in text.iter().enumerate().rev() {
        match byte {
            b'"' if !is_escaped(text, index) => is_quoted = !is_quoted,
            b',' if !is_quoted => return Some(index),
            _ => {}
        }
    }
    None
}

/// Returns whether there is an odd number of backslashes before the byte.
fn is_escaped(text: &[u8], index: usize) -> bool {
    text[..index].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Returns the address in the parameter `for` of an element of `Forwarded`. There is none if the proxy does not
/// tell it (`unknown`, `_hidden`), or if the element is malformed.
pub(super) fn forwarded_for(element: &[u8]) -> Option<IpAddr> {
    let mut address = None;
    let mut rest = std::str::from_utf8(element).ok()?;
    while !rest.is_empty() {
        let (pair, after) = split_pair(rest)?;
        rest = after;
        let (name, value) = pair.split_once('=')?;
        if name.trim().eq_ignore_ascii_case("for") && address.replace(unquote(value.trim())?).is_some() {
            return None;
        }
    }
    node_address(&address?)
}

/// Splits at the first semicolon that is not in a quoted string. An open quote is an error.
fn split_pair(text: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (index, char) in text.char_indices() {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => return Some((&text[..index], &text[index + 1..])),
            _ => {}
        }
    }
    (!is_quoted).then_some((text, ""))
}

/// Returns the text of a token or a quoted string.
fn unquote(value: &str) -> Option<String> {
    let Some(quoted) = value.strip_prefix('"') else { return Some(value.to_owned()) };
    let mut text = String::new();
    let mut chars = quoted.chars();
    loop {
        match chars.next()? {
            '"' => return chars.next().is_none().then_some(text),
            '\\' => text.push(chars.next()?),
            char => text.push(char),
        }
    }
}

/// Returns the address in an element of `X-Forwarded-For`.
pub(super) fn x_forwarded_for(element: &[u8]) -> Option<IpAddr> {
    node_address(std::str::from_utf8(element).ok()?)
}

/// Returns the address of a node: an address, with a port or without. One of IPv6 is in brackets if it has a port, and
/// mostly also if it has none. A port can be obfuscated (`_port`).
fn node_address(node: &str) -> Option<IpAddr> {
    let node = match node.rsplit_once(":_") {
        Some((node, _)) => node,
        None => node,
    };
    let bracketed = || node.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(Ipv6Addr::into);
    let with_port = || node.parse().ok().map(|address: SocketAddr| address.ip());
    let address: Option<IpAddr> = node.parse().ok();
    address.or_else(bracketed).or_else(with_port).map(|address| address.to_canonical())
}
