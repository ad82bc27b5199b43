//! Paths of endpoints, in the syntax of axum 0.8: `/users/{id}`, `/files/{*rest}`.

use syn::{LitStr, Type};

use crate::{errors::Errors, parameter::Parameter, types::only_argument_of};

/// Checks the path, which axum would otherwise reject when the application starts.
pub(super) fn check(path: &LitStr, errors: &mut Errors) {
    if let Err(problem) = parse_parameters(&path.value()) {
        errors.at(path, format_args!("{problem} [inject/endpoint]"));
    }
}

/// Returns the names of the parameters of a path.
pub(super) fn parse_parameters(path: &str) -> Result<Vec<String>, String> {
    if !path.starts_with('/') {
        return Err(format!("a path starts with `/`: `\"/{path}\"`"));
    }
    if path.contains(['?', '#']) {
        return Err("a path has no `?` and no `#`: read the query with `Query<T>`".to_owned());
    }
    let mut names: Vec<String> = Vec::new();
    let segments: Vec<_> = path[1..].split('/').collect();
    for (index, segment) in segments.iter().enumerate() {
        if let Some(name) = segment.strip_prefix([':', '*']) {
            let star = if segment.starts_with('*') { "*" } else { "" };
            return Err(format!("a parameter is written `{{{star}{name}}}`, not `{segment}`"));
        }
        let Some(name) = parse_parameter(segment)? else { continue };
        let is_rest = name.starts_with('*');
        if is_rest && index + 1 < segments.len() {
            return Err(format!("`{{{name}}}` matches the rest of the path: put it last"));
        }
        let name = name.trim_start_matches('*');
        if name.is_empty() {
            return Err(format!("`{segment}` needs a name, as in `{{id}}`"));
        }
        if names.iter().any(|other| other == name) {
            return Err(format!("`{{{name}}}` is given twice: rename one"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// Returns the parameter in a segment. `{{` and `}}` are literal braces.
fn parse_parameter(segment: &str) -> Result<Option<String>, String> {
    let unbalanced = || {
        format!(
            "unbalanced braces in `{segment}`: write `{{name}}` for a parameter, `{{{{` or `}}}}` for a brace"
        )
    };
    let text = segment.replace("{{", "").replace("}}", "");
    let Some((_, rest)) = text.split_once('{') else {
        return if text.contains('}') { Err(unbalanced()) } else { Ok(None) };
    };
    let Some((name, after)) = rest.split_once('}') else {
        return Err(unbalanced());
    };
    if name.contains('{') || after.contains(['{', '}']) {
        return Err(format!("a path segment has at most one parameter: split `{segment}`"));
    }
    Ok(Some(name.to_owned()))
}

/// Checks that `Path<(A, B)>` takes as many parameters as the path has. The fields of a struct are unknown here.
pub(super) fn check_parameters(path: &LitStr, extracted: &[Parameter], errors: &mut Errors) {
    const SINGLE: [&str; 17] = [
        "bool", "char", "String", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
        "i128", "isize", "f32", "f64",
    ];
    let Ok(names) = parse_parameters(&path.value()) else { return };
    for parameter in extracted {
        let Some(inner) = only_argument_of(&parameter.ty, "Path") else { continue };
        let takes = match inner {
            Type::Tuple(tuple) => tuple.elems.len(),
            Type::Path(ty) if SINGLE.iter().any(|single| ty.path.is_ident(single)) => 1,
            _ if names.is_empty() => {
                errors.at(
                    &parameter.ty,
                    format_args!(
                        "{} has no parameters: write one as `{{name}}`, or remove this extractor [inject/endpoint]",
                        display(path),
                    ),
                );
                continue;
            }
            _ => continue,
        };
        if takes != names.len() {
            let there = match &names[..] {
                [] => "none".to_owned(),
                [name] => format!("1, `{name}`"),
                names => format!("{}, `{}`", names.len(), names.join("`, `")),
            };
            errors.at(
                inner,
                format_args!(
                    "this takes {takes} path parameter{}, but {} has {there} [inject/endpoint]",
                    if takes == 1 { "" } else { "s" },
                    display(path),
                ),
            );
        }
    }
}

fn display(path: &LitStr) -> String {
    format!("`\"{}\"`", path.value())
}
