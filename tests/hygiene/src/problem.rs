//! Problems in a module where the usual names mean something else.

use ::wiring::Problem as Troubled;

/// In the way of the struct.
pub struct Problem;
/// In the way of `Response`.
pub struct Response;
/// In the way of `StatusCode`.
pub struct StatusCode;
/// In the way of `Option`.
pub struct Option;
/// In the way of `Result`.
pub struct Result;
/// In the way of `String`.
pub struct String;
/// In the way of `Box`.
pub struct Box;
/// In the way of `Some`.
pub struct Some;
/// In the way of `ToString`.
pub trait ToString {}
/// In the way of `Error`.
pub trait Error {}
/// In the way of `Display`.
pub trait Display {}
/// In the way of `ToProblem`.
pub trait ToProblem {}
/// In the way of `IntoResponse`.
pub trait IntoResponse {}

/// In the way of methods: whoever calls one of these on a value finds these.
pub trait Capture: Sized {
    /// Not `Problem::detail`.
    fn detail(self) {}
    /// Not `Problem::header`.
    fn header(self) {}
    /// Not `ToProblem::to_problem`.
    fn to_problem(self) {}
    /// Not `ToString::to_string`.
    fn to_string(self) {}
    /// Not `IntoResponse::into_response`.
    fn into_response(self) {}
}

impl<T> Capture for T {}

/// In the way of `std`.
pub mod std {}
/// In the way of `core`.
pub mod core {}
/// In the way of tool attributes.
pub mod diagnostic {}
/// In the way of the runtime.
pub mod inject_runtime {}

/// In the way of `format!`.
#[macro_export]
macro_rules! format {
    () => {};
}

/// An error, in every way that there is to be one.
#[derive(Debug, Troubled)]
#[problem(crate = ::wiring)]
pub enum OrderError<E> {
    /// Its text is its detail.
    #[problem(status = 404, detail)]
    Unknown(u64),
    /// A format string.
    #[problem(status = CONFLICT, type = "https://example.org/locked", title = "Locked", detail = "{row} is locked")]
    Locked {
        /// Mentioned.
        row: u64,
        /// Not mentioned.
        r#owner: u64,
    },
    /// A format string over positions.
    #[problem(status = 413, detail = "{1} is the limit, {{and}} not {0:?}")]
    TooLarge(u64, u64, u64),
    /// A text without fields.
    #[problem(status = 401, challenge = "Bearer", detail = "who are you?")]
    Unauthorized,
    /// Another problem.
    #[problem(transparent)]
    Inner(Inner),
    /// The problem of a parameter.
    #[problem(transparent)]
    Other {
        /// The other error.
        r#type: E,
    },
    /// Nothing is said.
    #[cfg(not(any()))]
    Storage,
    /// Never there.
    #[cfg(any())]
    #[problem(status = 404)]
    Never(DoesNotExist),
}

/// A struct.
#[derive(Debug, Troubled)]
#[problem(crate = ::wiring, status = 422, detail = "{0} is not allowed")]
pub struct Inner(pub u64);

/// A struct without fields.
#[derive(Debug, Troubled)]
#[problem(crate = ::wiring)]
pub struct Unit;

/// Nothing.
#[derive(Debug, Troubled)]
#[problem(crate = ::wiring)]
pub enum Never {}

/// The text of an error.
macro_rules! errors {
    ($([$($generics:tt)*] $error:ty,)*) => {$(
        impl<$($generics)*> ::std::fmt::Display for $error {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str("an error")
            }
        }

        impl<$($generics)*> ::std::error::Error for $error {}
    )*};
}

errors! {
    [E: ::std::fmt::Debug] OrderError<E>,
    [] Inner,
    [] Unit,
    [] Never,
}
