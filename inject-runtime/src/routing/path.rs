//! Paths of routes, in the syntax of axum: `/users/{id}`, `/files/{*rest}`.

/// Piece of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'p> {
    Text(&'p str),
    Parameter {
        name: &'p str,
        /// Whether it matches the rest of the path: `{*rest}`.
        is_rest: bool,
    },
}

/// Splits a path. `{{` and `}}` are text. The path is one that the macros or [`check_prefix`] accepted.
pub(super) fn pieces(mut path: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while !path.is_empty() {
        let end = text_length(path);
        if end > 0 {
            pieces.push(Piece::Text(&path[..end]));
        }
        let Some((name, rest)) = path[end..].strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
            break;
        };
        pieces.push(Piece::Parameter { name: name.trim_start_matches('*'), is_rest: name.starts_with('*') });
        path = rest;
    }
    pieces
}

/// Returns the names of the parameters of a path.
pub(super) fn parameters(path: &str) -> Vec<&str> {
    let name = |piece| match piece {
        Piece::Parameter { name, .. } => Some(name),
        Piece::Text(_) => None,
    };
    pieces(path).into_iter().filter_map(name).collect()
}

/// Returns the length of the text at the start of a path, up to a parameter.
fn text_length(path: &str) -> usize {
    let bytes = path.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'{' if bytes.get(index + 1) == Some(&b'{') => index += 2,
            b'{' => break,
            _ => index += 1,
        }
    }
    index
}

/// Checks the prefix of nested routes.
///
/// # Errors
///
/// Returns what is wrong with it.
pub(super) fn check_prefix(prefix: &str) -> Result<(), &'static str> {
    if prefix.is_empty() || prefix == "/" {
        return Err("a prefix is not empty: add the routes with `merge`");
    }
    if !prefix.starts_with('/') {
        return Err("a prefix starts with `/`");
    }
    if prefix.ends_with('/') {
        return Err("a prefix does not end with `/`: the paths of the nested routes start with one");
    }
    if prefix.contains(['?', '#']) {
        return Err("a prefix has no `?` and no `#`");
    }
    prefix[1..].split('/').try_for_each(check_segment)
}

fn check_segment(segment: &str) -> Result<(), &'static str> {
    if segment.is_empty() {
        return Err("a segment of a prefix is not empty");
    }
    if segment.starts_with([':', '*']) {
        return Err("a parameter is written `{name}`");
    }
    let text = segment.replace("{{", "").replace("}}", "");
    let Some((before, parameter)) = text.split_once('{') else {
        return if text.contains('}') { Err("its braces are unbalanced") } else { Ok(()) };
    };
    match parameter.split_once('}') {
        _ if before.contains('}') => Err("its braces are unbalanced"),
        None => Err("its braces are unbalanced"),
        Some((name, _)) if name.starts_with('*') => {
            Err("`{*rest}` matches the rest of the path, so that nothing can follow")
        }
        Some((name, _)) if name.is_empty() || name.contains(['{', '*']) => Err("a parameter needs a name"),
        Some((_, after)) if !after.is_empty() => Err("nothing follows a parameter in its segment"),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_text_and_parameters() {
        let rest = Piece::Parameter { name: "rest", is_rest: true };
        let id = Piece::Parameter { name: "id", is_rest: false };
        assert_eq!(pieces("/users/{id}/f-{*rest}"), [Piece::Text("/users/"), id, Piece::Text("/f-"), rest]);
        assert_eq!(pieces("/{{id}}/{id}"), [Piece::Text("/{{id}}/"), id]);
        assert_eq!(parameters("/{{a}}/{b}/{*c}"), ["b", "c"]);
        assert_eq!(parameters("/"), [""; 0]);
    }

    #[test]
    fn a_prefix_is_a_path_that_can_be_continued() {
        for prefix in ["/api", "/api/v1", "/shops/{shop}", "/v{version}", "/{{literal}}"] {
            assert_eq!(check_prefix(prefix), Ok(()), "{prefix}");
        }
        let wrong = [
            "",
            "/",
            "api",
            "/api/",
            "/api?x",
            "/a//b",
            "/:id",
            "/*rest",
            "/{*rest}",
            "/{}",
            "/{id",
            "/id}",
            "/{a}{b}",
            "/{a}.json",
            "/{a",
            "/}{",
            "/a}b{c}",
        ];
        for prefix in wrong {
            assert!(check_prefix(prefix).is_err(), "{prefix}");
        }
    }
}
