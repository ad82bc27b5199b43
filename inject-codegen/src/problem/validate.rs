//! The rules of a problem.

use quote::ToTokens as _;
use syn::{
    Attribute, Expr, ExprLit, Fields, Generics, Ident, Lit, LitStr, Member, Meta, Path, Type,
    parse::Parser as _,
};

use super::{
    ast::{Ast, Shape, Variant},
    template::{self, Template},
};
use crate::{
    attributes::{Keys, arguments, expect_at_most_one, expect_bare, path_value, text_value, value},
    errors::Errors,
    paths::Runtime,
};

/// Error type with the problem of each case.
pub(super) struct Model {
    pub(super) runtime: Runtime,
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) cases: Vec<Case>,
}

/// A variant, or all of a struct.
pub(super) struct Case {
    /// `None` for a struct.
    pub(super) variant: Option<Ident>,
    /// The doc comment.
    pub(super) doc: String,
    pub(super) answer: Answer,
}

/// Source of the response to a case.
#[allow(clippy::large_enum_variant, reason = "a token with its location is large; there are few cases")]
pub(super) enum Answer {
    /// The problem of the only field.
    OfField(Member, Type),
    Described(Description),
}

/// The attributes of a case.
#[derive(Default)]
pub(super) struct Description {
    pub(super) status: Status,
    pub(super) type_uri: Option<LitStr>,
    pub(super) title: Option<LitStr>,
    pub(super) detail: Option<Detail>,
    pub(super) challenge: Option<LitStr>,
}

/// The status of a case.
#[derive(Default)]
pub(super) enum Status {
    /// No status: an internal error, whose details a client does not get.
    #[default]
    Internal,
    /// From 400 to 599.
    Number(u16),
    /// A constant of `StatusCode`.
    Name(Ident),
    /// A constant of another module.
    Path(Path),
}

/// The detail of a case.
pub(super) enum Detail {
    /// The `Display` text of the error.
    Display,
    /// A constant text.
    Text(LitStr),
    /// A format string, and the fields that it can name.
    Format(LitStr, Vec<(Member, Ident)>),
}

/// The keys of `#[problem(..)]`, as written.
#[derive(Default)]
struct ProblemKeys {
    runtime: Option<Meta>,
    transparent: Option<Meta>,
    /// All others.
    descriptions: Vec<Meta>,
    /// Whether a key could not be read, and is missing here.
    is_partial: bool,
}

impl ProblemKeys {
    fn read(attributes: Vec<Attribute>, errors: &mut Errors) -> Self {
        let keys = Keys {
            attribute: "#[problem(..)]",
            known: &["status", "title", "detail", "type", "challenge", "transparent", "crate"],
        };
        let mut read = Self::default();
        let before = errors.count();
        let tokens = expect_at_most_one(attributes, errors)
            .and_then(|attribute| arguments(&attribute, "#[problem(status = 404)]", errors));
        if let Some(tokens) = tokens {
            keys.read(tokens, errors, |key, meta, _| match key {
                "crate" => read.runtime = Some(meta.clone()),
                "transparent" => read.transparent = Some(meta.clone()),
                _ => read.descriptions.push(meta.clone()),
            });
        }
        read.is_partial = errors.count() > before;
        read
    }
}

/// Checks every rule. A case with an error is a 500, so that the rest of the program has no further errors.
pub(super) fn validate(ast: Ast, errors: &mut Errors) -> Option<Model> {
    let Ast { ident, generics, attributes, doc, shape } = ast;
    let mut keys = ProblemKeys::read(attributes, errors);
    let runtime =
        keys.runtime.take().and_then(|meta| path_value(&meta, "crate = path::to::inject_runtime", errors));
    let cases = match shape {
        Shape::Struct(fields) => {
            vec![Case { variant: None, doc, answer: read_answer(&keys, &fields, "struct", errors) }]
        }
        Shape::Enum(variants) => {
            reject_keys_of_variants(&keys, errors);
            variants.into_iter().map(|variant| read_case(variant, errors)).collect()
        }
        Shape::Union(keyword) => {
            errors.at(
                keyword,
                "`#[derive(Problem)]` goes on a struct or an enum, not on a union [inject/problem]",
            );
            return None;
        }
    };
    Some(Model { runtime: runtime.map(Runtime::from).unwrap_or_default(), ident, generics, cases })
}

/// Reports keys on an enum whose variants are different problems.
fn reject_keys_of_variants(keys: &ProblemKeys, errors: &mut Errors) {
    for meta in keys.transparent.iter().chain(&keys.descriptions) {
        let key = meta.path().to_token_stream();
        errors.at(meta, format_args!("`{key}` goes on a variant, not on the enum: write `#[problem({key} ..)]` on each variant [inject/problem]"));
    }
}

fn read_case(variant: Variant, errors: &mut Errors) -> Case {
    let mut keys = ProblemKeys::read(variant.attributes, errors);
    if let Some(meta) = keys.runtime.take() {
        errors.at(
            meta,
            "`crate` goes on the enum, not on a variant: write `#[problem(crate = path)]` above the enum [inject/problem]",
        );
    }
    let answer = read_answer(&keys, &variant.fields, "variant", errors);
    Case { answer, doc: variant.doc, variant: Some(variant.ident) }
}

fn read_answer(keys: &ProblemKeys, fields: &Fields, place: &str, errors: &mut Errors) -> Answer {
    reject_field_attributes(fields, place, errors);
    let Some(transparent) = &keys.transparent else {
        return Answer::Described(read_description(keys, fields, place, errors));
    };
    expect_bare(transparent, errors);
    reject_keys_beside_transparent(&keys.descriptions, errors);
    match only_field(transparent, fields, place, errors) {
        Some((member, ty)) => Answer::OfField(member, ty),
        None => Answer::Described(Description::default()),
    }
}

/// Reports `#[problem(..)]` on fields.
fn reject_field_attributes(fields: &Fields, place: &str, errors: &mut Errors) {
    for attribute in fields.iter().flat_map(|field| &field.attrs) {
        if attribute.path().is_ident("problem") {
            errors.at(
                attribute,
                format_args!("`#[problem(..)]` goes on the {place}, not on a field [inject/problem]"),
            );
        }
    }
}

/// Reports keys beside `transparent`, which takes the whole problem from the field.
fn reject_keys_beside_transparent(descriptions: &[Meta], errors: &mut Errors) {
    for meta in descriptions {
        let key = meta.path().to_token_stream();
        errors.at(meta, format_args!("`transparent` takes the whole problem from the field: remove `{key}` or `transparent` [inject/problem]"));
    }
}

/// Returns the field of `transparent`.
fn only_field(
    transparent: &Meta,
    fields: &Fields,
    place: &str,
    errors: &mut Errors,
) -> Option<(Member, Type)> {
    if fields.len() != 1 {
        let count = fields.len();
        errors.at(transparent, format_args!("`transparent` needs exactly one field, and this {place} has {count}: use `status`, `title`, `detail` [inject/problem]"));
        return None;
    }
    fields.members().zip(fields).next().map(|(member, field)| (member, field.ty.clone()))
}

fn read_description(keys: &ProblemKeys, fields: &Fields, place: &str, errors: &mut Errors) -> Description {
    let mut description = Description::default();
    let before = errors.count();
    for meta in &keys.descriptions {
        let key = meta.path().to_token_stream().to_string();
        match key.as_str() {
            "status" => description.status = read_status(meta, errors).unwrap_or_default(),
            "title" => description.title = text_value(meta, "title = \"Out of stock\"", errors),
            "detail" => description.detail = read_detail(meta, fields, place, errors),
            "type" => description.type_uri = read_type_uri(meta, errors),
            _ => description.challenge = read_challenge(meta, errors),
        }
    }
    // The key that could not be read may have been the challenge.
    if !keys.is_partial && errors.count() == before {
        require_challenge(&description, &keys.descriptions, errors);
    }
    description
}

/// Reports a 401 without a challenge. RFC 9110, section 15.5.2: a 401 must have `WWW-Authenticate`.
fn require_challenge(description: &Description, keys: &[Meta], errors: &mut Errors) {
    let is_unauthorized = match &description.status {
        Status::Internal => false,
        Status::Number(number) => *number == 401,
        Status::Name(name) => name == "UNAUTHORIZED",
        Status::Path(path) => path.segments.last().is_some_and(|last| last.ident == "UNAUTHORIZED"),
    };
    if is_unauthorized && description.challenge.is_none() {
        let status = keys.iter().find(|meta| meta.path().is_ident("status"));
        errors.at(status, "a 401 must name an authentication scheme (RFC 9110): add `challenge = \"Bearer\"`, or make it a 403 [inject/problem]");
    }
}

/// Reads the status, which is one from 400 to 599, because a problem is an error. rustc checks the value of a constant.
fn read_status(meta: &Meta, errors: &mut Errors) -> Option<Status> {
    const USAGE: &str = "status = 404";
    let mut value = value(meta, USAGE, errors)?;
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    if let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = value {
        return match number.base10_parse() {
            Ok(number @ 400..=599) => Some(Status::Number(number)),
            _ => {
                errors.at(number, "the status of a problem is one from 400 to 599 [inject/problem]");
                None
            }
        };
    }
    match Path::parse_mod_style.parse2(value.to_token_stream()) {
        Ok(path) => Some(match path.get_ident() {
            Some(name) => Status::Name(name.clone()),
            None => Status::Path(path),
        }),
        Err(_) => {
            errors.at(
                value,
                "expected a status, as in `status = 404` or `status = NOT_FOUND` [inject/problem]",
            );
            None
        }
    }
}

fn read_detail(meta: &Meta, fields: &Fields, place: &str, errors: &mut Errors) -> Option<Detail> {
    if matches!(meta, Meta::Path(_)) {
        return Some(Detail::Display);
    }
    let literal = text_value(meta, "detail = \"no book {id}\"", errors)?;
    let text = literal.value();
    if !text.contains(['{', '}']) {
        return Some(Detail::Text(literal));
    }
    let template = Template::read(&text);
    if template.positions.is_empty() {
        let named = fields.iter().filter_map(|field| field.ident.clone());
        return Some(Detail::Format(
            literal,
            named.map(|name| (Member::Named(name.clone()), name)).collect(),
        ));
    }
    if !check_positions(&template, fields, &literal, place, errors) {
        return None;
    }
    let bindings = fields.members().enumerate().filter_map(|(position, member)| match member {
        Member::Named(name) => Some((Member::Named(name.clone()), name)),
        Member::Unnamed(_) if template.positions.contains(&position) => {
            Some((member, Ident::new(&template::name_of(position), literal.span())))
        }
        Member::Unnamed(_) => None,
    });
    Some(Detail::Format(LitStr::new(&template.text, literal.span()), bindings.collect()))
}

/// Checks that each position, such as `{0}`, is a field of a tuple. rustc resolves names, which may also be constants.
fn check_positions(
    template: &Template,
    fields: &Fields,
    literal: &LitStr,
    place: &str,
    errors: &mut Errors,
) -> bool {
    let count = if matches!(fields, Fields::Unnamed(_)) { fields.len() } else { 0 };
    let Some(unknown) = template.positions.iter().find(|position| **position >= count) else { return true };
    let there_are = match fields {
        Fields::Named(_) => "its fields have names".to_owned(),
        Fields::Unnamed(_) if count > 1 => format!("its last field is `{{{}}}`", count - 1),
        Fields::Unnamed(_) if count == 1 => "its only field is `{0}`".to_owned(),
        Fields::Unnamed(_) | Fields::Unit => "it has no fields".to_owned(),
    };
    errors
        .at(literal, format_args!("this {place} has no field `{{{unknown}}}`: {there_are} [inject/problem]"));
    false
}

/// Reads the type, a URI, which consists of visible ASCII.
fn read_type_uri(meta: &Meta, errors: &mut Errors) -> Option<LitStr> {
    let uri = text_value(meta, "type = \"https://example.org/problems/out-of-stock\"", errors)?;
    if uri.value().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(uri);
    }
    errors.at(uri, "the type of a problem is a URI: visible ASCII, without spaces [inject/problem]");
    None
}

/// Reads a challenge, which is the value of a header.
fn read_challenge(meta: &Meta, errors: &mut Errors) -> Option<LitStr> {
    let challenge = text_value(meta, "challenge = \"Bearer\"", errors)?;
    if challenge.value().bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Some(challenge);
    }
    errors.at(challenge, "a challenge is the value of a header: visible ASCII [inject/problem]");
    None
}
