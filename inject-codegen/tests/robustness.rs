//! No input makes a macro panic, and the expansion of every input has the item in it.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use proptest::prelude::*;

type Macro = fn(TokenStream, TokenStream) -> TokenStream;

const MACROS: [(&str, Macro); 17] = [
    ("service", inject_codegen::service),
    ("repository", inject_codegen::repository),
    ("infrastructure", inject_codegen::infrastructure),
    ("common", inject_codegen::common),
    ("in_layer", inject_codegen::in_layer),
    ("component", inject_codegen::component),
    ("container", inject_codegen::container),
    ("layer", inject_codegen::layer),
    ("inject", inject_codegen::inject),
    ("get", inject_codegen::get),
    ("route", inject_codegen::route),
    ("around", inject_codegen::around),
    ("require", inject_codegen::require),
    ("require_role", inject_codegen::require_role),
    ("routes", |args, _| inject_codegen::routes(args)),
    ("role", |_, item| inject_codegen::derive_role(item)),
    ("problem", |_, item| inject_codegen::derive_problem(item)),
];

/// Words that the macros know, and words that they do not expect.
const WORDS: [&str; 66] = [
    "struct",
    "enum",
    "union",
    "impl",
    "trait",
    "fn",
    "async",
    "pub",
    "self",
    "Self",
    "dyn",
    "for",
    "where",
    "const",
    "crate",
    "inject",
    "external",
    "qualifier",
    "layering",
    "allow",
    "reason",
    "init",
    "input",
    "factory",
    "bind",
    "on_shutdown",
    "deadline",
    "layer",
    "Common",
    "may_depend_on",
    "used_by",
    "cfg",
    "uncached",
    "teardown",
    "until",
    "body",
    "public",
    "authenticated",
    "around",
    "require",
    "all",
    "any",
    "as",
    "require_role",
    "get",
    "role",
    "principal",
    "implies",
    "proofs",
    "scope",
    "request",
    "Inject",
    "problem",
    "status",
    "title",
    "detail",
    "type",
    "challenge",
    "transparent",
    "Arc",
    "Vec",
    "Result",
    "in_layer",
    "build",
    "App",
    "x",
];

const PUNCTUATION: [char; 14] = ['#', ',', ':', ';', '=', '<', '>', '&', '+', '|', '-', '.', '!', '\''];

fn token() -> impl Strategy<Value = TokenTree> {
    let leaf = prop_oneof![
        6 => proptest::sample::select(&WORDS[..])
            .prop_map(|word| TokenTree::Ident(Ident::new(word, Span::call_site()))),
        4 => (proptest::sample::select(&PUNCTUATION[..]), any::<bool>()).prop_map(|(c, joint)| {
            // An identifier has to follow a quote.
            let (c, joint) = if c == '\'' { ('&', joint) } else { (c, joint) };
            TokenTree::Punct(Punct::new(c, if joint { Spacing::Joint } else { Spacing::Alone }))
        }),
        1 => any::<u8>().prop_map(|n| TokenTree::Literal(Literal::u8_suffixed(n))),
        1 => ".{0,4}".prop_map(|text| TokenTree::Literal(Literal::string(&text))),
    ];
    leaf.prop_recursive(4, 48, 8, |inner| {
        let delimiter = prop_oneof![
            Just(Delimiter::Parenthesis),
            Just(Delimiter::Brace),
            Just(Delimiter::Bracket),
            Just(Delimiter::None),
        ];
        (delimiter, proptest::collection::vec(inner, 0..8)).prop_map(|(delimiter, tokens)| {
            TokenTree::Group(Group::new(delimiter, tokens.into_iter().collect()))
        })
    })
}

fn tokens() -> impl Strategy<Value = TokenStream> {
    proptest::collection::vec(token(), 0..24).prop_map(|tokens| tokens.into_iter().collect())
}

/// An item with a hole that is filled with anything. It gets further in a macro than noise does.
fn item_with_a_hole() -> impl Strategy<Value = TokenStream> {
    const HOLE: &str = "HOLE";
    let templates = [
        "struct A { HOLE }",
        "struct A { #[HOLE] a: B, c: D }",
        "struct A { #[inject(HOLE)] a: B }",
        "struct A { #[init HOLE] a: B }",
        "struct A { #[init(HOLE)] a: B }",
        "struct A { #[qualifier(HOLE)] a: B }",
        "struct A { #[layering(HOLE)] a: B }",
        "struct A { #[layering(allow, reason = HOLE)] a: B }",
        "struct A { a: HOLE }",
        "struct A<HOLE> { a: B }",
        "struct A(HOLE);",
        "struct A { #[factory(HOLE)] a: B }",
        "struct A { #[bind(HOLE)] a: Arc<dyn B> }",
        "struct A { #[bind(HOLE)] a: Vec<Arc<dyn B>> }",
        "struct A { #[input] #[on_shutdown(HOLE)] a: B }",
        "struct A { #[input(HOLE)] a: B }",
        "impl A { #[inject] HOLE }",
        "impl A { #[inject(HOLE)] fn new() -> Self {} }",
        "impl A { #[inject] fn new(HOLE) -> Self {} }",
        "impl A { #[inject] async fn new(#[HOLE] a: B) -> Result<Self, E> {} }",
        "impl A { #[inject] fn new() -> HOLE {} }",
        "impl HOLE { #[inject] fn new() -> Self {} }",
        "trait A: HOLE { fn a(&self); }",
        "trait A<HOLE> {}",
        "enum A { HOLE }",
        "#[problem(HOLE)] struct A(B);",
        "#[problem(HOLE)] enum A { B }",
        "enum A { #[problem(HOLE)] B(C), #[problem(status = HOLE)] D { e: F } }",
        "enum A { #[problem(status = 404, detail = HOLE)] B(C), #[problem(transparent)] D(HOLE) }",
    ];
    (proptest::sample::select(templates.to_vec()), tokens()).prop_map(|(template, tokens)| {
        fn fill(stream: TokenStream, tokens: &TokenStream) -> TokenStream {
            stream
                .into_iter()
                .flat_map(|token| match token {
                    TokenTree::Ident(ident) if ident == HOLE => tokens.clone(),
                    TokenTree::Group(group) => {
                        TokenTree::Group(Group::new(group.delimiter(), fill(group.stream(), tokens))).into()
                    }
                    token => token.into(),
                })
                .collect()
        }
        fill(template.parse().expect("a template"), &tokens)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_does_not_make_a_macro_panic(args in tokens(), item in tokens()) {
        for (_, expand) in MACROS {
            let _ = expand(args.clone(), item.clone());
        }
    }

    #[test]
    fn a_hole_in_an_item_does_not_make_a_macro_panic(item in item_with_a_hole()) {
        for (_, expand) in MACROS {
            let _ = expand(TokenStream::new(), item.clone());
        }
    }

    #[test]
    fn a_hole_in_the_arguments_does_not_make_a_macro_panic(args in tokens()) {
        for (_, expand) in MACROS {
            let _ = expand(args.clone(), quote::quote!(struct A { b: B }));
        }
    }
}

/// Input that an editor sends while the user types. rustc reports some of it before any macro runs.
#[test]
fn half_typed_input_yields_the_item_and_one_error() {
    let cases = [
        ("service", "", "struct A { a: , b: B }"),
        ("service", "", "struct A { a }"),
        ("service", "", "struct A { #[inject()] a: B }"),
        ("service", "", "struct A { #[inject] a: B }"),
        ("service", "", "struct A { #[inject(] a: B }"),
        ("service", "", "struct A { #[inject(with =)] a: B }"),
        ("service", "", "struct A { #[init =] a: B }"),
        ("service", "", "struct A { #[init = 3] a: B }"),
        ("service", "", "struct A { #[init(3 +)] a: B }"),
        ("service", "", "struct A { #[qualifier] a: B }"),
        ("service", "", "struct A { #[layering] a: B }"),
        ("service", "crate =", "struct A { a: B }"),
        ("service", "crate", "struct A { a: B }"),
        ("service", "", "impl A { #[inject] }"),
        ("service", "", "impl A { #[inject] fn new( }"),
        ("service", "", "impl A {}"),
        ("in_layer", "", "struct A;"),
        ("in_layer", "Common +", "struct A;"),
        ("in_layer", "Common, Service", "struct A;"),
        ("in_layer", "Common", "trait A {}"),
        ("component", "", "struct A;"),
        ("component", "layer", "struct A;"),
        ("component", "layer =", "struct A;"),
        ("container", "", "struct A { a: }"),
        ("container", "", "struct A { #[factory()] a: B }"),
        ("container", "", "struct A { #[factory] a: B }"),
        ("container", "", "struct A { #[bind] a: Arc<dyn B> }"),
        ("container", "", "struct A { #[input] #[on_shutdown] a: B }"),
        ("layer", "may_depend_on", "struct A;"),
        ("layer", "may_depend_on(", "struct A;"),
    ];
    for (name, args, item) in cases {
        let (Ok(args), Ok(item)) = (args.parse(), item.parse::<TokenStream>()) else {
            continue; // An unclosed delimiter: the lexer reports it, and no macro runs.
        };
        let (_, expand) = MACROS.into_iter().find(|(known, _)| *known == name).expect("a macro");
        let expansion = expand(args, item.clone()).to_string();
        assert_eq!(expansion.matches("compile_error").count(), 1, "{name} on {item}: {expansion}");
        assert!(expansion.contains(" A"), "{name} on {item} keeps the item: {expansion}");
    }
}

/// A derive macro does not return the item. It also reports one error for input that is half typed.
#[test]
fn a_half_typed_problem_is_one_error() {
    let cases = [
        "struct A { a: , b: B }",
        "#[problem] struct A;",
        "#[problem()] struct A;",
        "#[problem(status)] struct A;",
        "#[problem(status =)] struct A;",
        "#[problem(status = 4)] struct A;",
        "#[problem(status = 404,, detail)] struct A;",
        "#[problem(status = 404 detail)] struct A;",
        "#[problem(detail =)] struct A;",
        "#[problem(detail = \"\")] struct A;",
        "#[problem(detail(\"a\"))] struct A;",
        "#[problem(type)] struct A;",
        "#[problem(type =)] struct A;",
        "#[problem(crate)] struct A;",
        "#[problem(status = 404, detail = \"{0}\")] struct A();",
        "#[problem(status = 404, detail = \"{0}\")] struct A { a: B }",
        "#[problem(status = 401, challenge)] struct A;",
        "#[problem(status = 401, chalenge = \"Bearer\")] struct A;",
        "#[problem(status = 401)] #[problem(challenge = \"Bearer\")] struct A;",
        "enum A { #[problem(transparent = true)] B(C) }",
        "enum A { #[problem(transparent)] B }",
        "enum A { #[problem = \"a\"] B }",
    ];
    for item in cases {
        let expansion = inject_codegen::derive_problem(item.parse().expect("tokens")).to_string();
        assert_eq!(expansion.matches("compile_error").count(), 1, "{item}: {expansion}");
    }
}

proptest! {
    #[test]
    fn no_format_string_makes_a_problem_panic(format in "[{}0-9:$.>#?a é\\\\]{0,16}") {
        let format = Literal::string(&format);
        for fields in [quote::quote!(;), quote::quote!(();), quote::quote!((B, C);), quote::quote!({ a: B })] {
            let _ = inject_codegen::derive_problem(quote::quote!(#[problem(status = 404, detail = #format)] struct A #fields));
        }
    }
}
