//! Compile errors as a whole: how many there are for a mistake, how long they are, and that the first one names the
//! fix. The `.stderr` files of `tests/ui` are what rustc prints.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Cases with more than one error: with more than one mistake, or with one that rustc reports on its own as well.
const SEVERAL_ERRORS: &[&str] = &[
    "cycle/fail/through_factory",
    "endpoint/fail/errors_without_variants",
    "layers/fail/bindings_outward",
    "layers/fail/pool_in_an_extension",
    "layers/fail/state_under_another_name",
    "layers/fail/state_with_a_container",
    "layers/fail/uncached_repository_in_endpoint",
    "module/fail/attributes_of_the_other_kind",
    "module/fail/names_of_no_field",
    "module/fail/not_in_a_module",
    "policy/fail/public_with_credentials",
    "policy/fail/state_with_two_containers",
    "port/fail/in_a_singleton_without_sync",
    "problem/fail/two_mistakes",
    "problem/fail/unauthorized_without_challenge",
    "provider/fail/output_is_a_foreign_type",
    "provider/fail/output_of_another_layer",
    "provider/fail/two_providers_of_one_type",
    "scope/fail/outlives_the_head_in_other_ways",
    "shape/fail/factory_that_does_not_exist",
    "shape/fail/factory_with_too_many_parameters",
    "shape/fail/two_mistakes",
    "tx/fail/missing_pool",
    "tx/fail/qualifier_in_place_of_a_pool",
    "tx/fail/statements_in_a_service",
    "tx/fail/statements_through_a_unit_of_work",
];

/// Cases with longer messages.
const LONGER: &[&str] = &[
    "credential/fail/not_a_credential",
    "new_scope/fail/missing_dependency",
    "port/fail/in_a_singleton_without_sync",
    "port/fail/not_bound",
    "port/fail/static_port_is_not_provided",
    "port/fail/static_port_of_another_layer",
    "provider/fail/two_providers_of_one_type",
    "tx/fail/missing_pool",
    "tx/fail/pool_without_provider",
    "tx/fail/qualifier_in_place_of_a_pool",
];

/// Lines of the longest message.
const LONGEST: usize = 40;

/// Lines of half of the messages.
const MEDIAN: usize = 10;

/// Mistakes of people who come from `FastAPI` or Spring: the case, and what the first error must contain.
const BEGINNERS: &[(&str, &[&str])] = &[
    ("missing/fail/without_stereotype", &["under a stereotype: `#[service]`, `#[repository]`"]),
    ("missing/fail/stereotype_of_fifty_services", &["under a stereotype: `#[service]`, `#[repository]`"]),
    ("missing/fail/binding_of_fifty_services", &["add a field of this type to `App`"]),
    ("missing/fail/unbound_port", &["add a field of this type to `App`"]),
    ("missing/fail/several_components", &["add a field of this type to `App`"]),
    ("missing/fail/value_beside_an_arc", &["Arc<Settings>"]),
    ("missing/fail/other_qualifier", &["Qualified"]),
    ("provider/fail/inject_is_forgotten", &["put `#[inject]` on the function that returns it"]),
    ("provider/fail/component_without_inject", &["take `Inject<SessionService>`"]),
    ("endpoint/fail/component_without_inject", &["take `Inject<ProfileService>`", "`scope = request`"]),
    ("endpoint/fail/port_without_inject", &["take `Inject<Arc<dyn Mailer>>`"]),
    ("endpoint/fail/inject_of_a_boxed_port", &["take `Arc<dyn Mailer>`"]),
    ("endpoint/fail/reference_as_parameter", &["`Inject<ProfileService>`"]),
    ("scope/fail/scope_is_forgotten", &["scope = request"]),
    ("scope/fail/captive", &["scope = request"]),
    ("scope/fail/inject_of_a_request_value", &["without `Inject<..>`"]),
    ("layers/fail/repository_on_service", &["go through the layer in between"]),
    ("endpoint/fail/repository_in_endpoint", &["go through the layer in between"]),
    ("cycle/fail/two_components", &["break it"]),
    ("endpoint/fail/body_not_last", &["only the last parameter of an endpoint reads the body"]),
    ("endpoint/fail/two_bodies", &["only the last parameter of an endpoint reads the body"]),
    ("endpoint/fail/no_policy", &["public"]),
    ("endpoint/fail/path_without_slash", &["/"]),
    ("endpoint/fail/path_with_colon", &["{id}"]),
    ("endpoint/fail/path_parameter_count", &["Path"]),
    ("endpoint/fail/endpoint_is_not_async", &["async"]),
    ("endpoint/fail/endpoint_is_a_method", &["free function"]),
    ("endpoint/fail/endpoint_is_generic", &["generic"]),
    ("endpoint/fail/body_type_is_not_deserialize", &["serde::Deserialize"]),
    ("endpoint/fail/result_is_not_a_response", &["IntoResponse"]),
    ("endpoint/fail/await_is_forgotten", &["await"]),
    ("endpoint/fail/future_is_not_send", &["Send"]),
    ("provider/fail/output_is_not_clone", &["derive `Clone`"]),
    ("role/fail/enum_without_derive", &["put `#[derive(Role)]`"]),
    ("role/fail/role_as_text", &["UserRole::"]),
    ("role/fail/principal_without_its_trait", &["Principal"]),
    ("shape/fail/dyn_incompatible_port", &["#[async_trait]"]),
    ("shape/fail/boxed_port", &["take `Arc<dyn Mailer>`"]),
    ("shape/fail/port_with_markers", &["take `Arc<dyn Mailer>`"]),
    ("shape/fail/reference_as_field", &["take `Books`, or `Arc<Books>`"]),
    ("shape/fail/reference_in_constructor", &["take `Arc<Books>`"]),
    ("shape/fail/container_field_without_recipe", &["#[input]"]),
    ("shape/fail/forgotten_input", &["missing `name`"]),
    ("shape/fail/factory_of_wrong_type", &["return"]),
    ("shape/fail/port_that_is_not_sync", &["Send + Sync"]),
    ("shape/fail/unknown_attribute", &["did you mean"]),
    ("ambiguous/fail/type_twice", &["type_twice"]),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

/// Returns the name of each case and its messages.
fn cases() -> Vec<(String, String)> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "stderr") {
                found.push(path);
            }
        }
    }
    let mut files = Vec::new();
    collect(&folder(), &mut files);
    files.sort();
    assert!(files.len() > 200, "found only {} cases", files.len());
    let name = |path: &Path| {
        let below = path.strip_prefix(folder()).expect("below the folder").with_extension("");
        below.to_string_lossy().replace('\\', "/")
    };
    files.iter().map(|path| (name(path), fs::read_to_string(path).expect("a readable file"))).collect()
}

/// Returns the errors in `messages`, without warnings.
fn errors(messages: &str) -> Vec<String> {
    let mut errors: Vec<String> = Vec::new();
    let mut is_error = false;
    for line in messages.lines() {
        if line.starts_with("error") || line.starts_with("warning") {
            is_error = line.starts_with("error");
            if is_error {
                errors.push(String::new());
            }
        }
        if let (true, Some(error)) = (is_error, errors.last_mut()) {
            error.push_str(line);
            error.push('\n');
        }
    }
    errors
}

#[test]
fn one_mistake_is_one_error() {
    let several = cases().into_iter().filter(|(_, messages)| errors(messages).len() != 1);
    let several: Vec<_> = several.map(|(name, _)| name).collect();
    assert_eq!(several, SEVERAL_ERRORS);
}

#[test]
fn messages_are_short() {
    let mut lengths: Vec<_> =
        cases().into_iter().map(|(name, messages)| (messages.lines().count(), name)).collect();
    lengths.sort();
    let mut long: Vec<_> =
        lengths.iter().filter(|(lines, _)| *lines > LONGEST).map(|(_, name)| name).collect();
    long.sort();
    assert_eq!(long, LONGER, "more than {LONGEST} lines");
    let (median, _) = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN, "the median is {median} lines");
}

#[test]
fn the_first_error_of_a_beginner_names_the_fix() {
    let cases = cases();
    let mut wrong = Vec::new();
    for (name, words) in BEGINNERS {
        let Some((_, messages)) = cases.iter().find(|(case, _)| case == name) else {
            wrong.push(format!("there is no case {name}"));
            continue;
        };
        let first = errors(messages).into_iter().next().unwrap_or_default();
        for word in words.iter().filter(|word| !first.contains(**word)) {
            wrong.push(format!("the first error of {name} does not contain {word}:\n{first}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
