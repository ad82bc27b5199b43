//! Paths of endpoints, in the syntax of axum 0.8: `/users/{id}`, `/files/{*rest}`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::{errors::Errors, names, parameter::Parameter, spans::respan_call};

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
        let name = parse_parameter(segment)?;
        let text =
            name.as_ref().map_or((*segment).to_owned(), |name| segment.replace(&format!("{{{name}}}"), ""));
        if let Some(problem) = unsendable(&text) {
            return Err(problem);
        }
        let Some(name) = name else { continue };
        let is_rest = name.starts_with('*');
        if is_rest && index + 1 < segments.len() {
            return Err(format!("`{{{name}}}` matches the rest of the path: put it last"));
        }
        let name = name.strip_prefix('*').unwrap_or(&name);
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
    if !after.is_empty() {
        return Err(format!("a parameter is the end of its segment: remove `{after}` from `{segment}`"));
    }
    if name.strip_prefix('*').unwrap_or(name).contains('*') {
        return Err(format!("the name of a parameter has no `*`: `{segment}`"));
    }
    Ok(Some(name.to_owned()))
}

/// Returns what a client cannot send in a path as it is written: clients percent-encode, and resolve `.` and `..`.
fn unsendable(segment: &str) -> Option<String> {
    if matches!(segment, "." | "..") {
        return Some(format!("clients resolve `{segment}` before they send a path: no request matches it"));
    }
    let is_sent = |letter: char| letter.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%{}".contains(letter);
    let letter = segment.chars().find(|letter| !is_sent(*letter))?;
    let mut bytes = [0; 4];
    let encoded: Vec<_> = letter.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect();
    let encoded = encoded.concat();
    Some(format!("clients send `{letter}` in a path as `{encoded}`: write that"))
}

/// Returns checks, in constants, that no parameter is a `Path<T>` that takes fewer parameters than the path has. It may take more, because the
/// prefix of nested routes may have parameters. rustc knows the types, so that an alias is no way around.
pub(super) fn checks(path: &str, parameters: &[Parameter]) -> TokenStream {
    let count = parse_parameters(path).map_or(0, |names| names.len());
    // Every type that is checked takes at least one.
    let checked = parameters.iter().filter(|parameter| count > 1 && parameter.component().is_none());
    let checks = checked.map(|parameter| {
        let (ty, written) = (&parameter.ty, names::display_type(&parameter.ty));
        let arguments = quote!(__rt::Probe::<#ty>::PATH_ARITY, #written, #path, #count);
        let check = respan_call(ty, &quote!(__rt::check_path_arity), &arguments);
        quote!(const _: () = #check;)
    });
    checks.collect()
}
