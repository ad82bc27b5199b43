//! Problems in a module that shadows the names of the prelude and of the runtime.

use ::wiring::Problem as Troubled;

/// Shadows the struct.
pub struct Problem;
/// Shadows `Response`.
pub struct Response;
/// Shadows `StatusCode`.
pub struct StatusCode;
/// Shadows `Option`.
pub struct Option;
/// Shadows `Result`.
pub struct Result;
/// Shadows `String`.
pub struct String;
/// Shadows `Box`.
pub struct Box;
/// Shadows `Some`.
pub struct Some;
/// Shadows `ToString`.
pub trait ToString {}
/// Shadows `Error`.
pub trait Error {}
/// Shadows `Display`.
pub trait Display {}
/// Shadows `ToProblem`.
pub trait ToProblem {}
/// Shadows `IntoResponse`.
pub trait IntoResponse {}

/// Captures method calls: a method call on a value finds these.
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

/// Shadows `std`.
pub mod std {}
/// Shadows `core`.
pub mod core {}
/// Shadows tool attributes.
pub mod diagnostic {}
/// Shadows the runtime.
pub mod inject_runtime {}

/// Shadows `format!`.
#[macro_export]
macro_rules! format {
    () => {};
}

/// An error with every kind of variant.
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
    /// A format string with positions.
    #[problem(status = 413, detail = "{1} is the limit, {{and}} not {0:?}")]
    TooLarge(u64, u64, u64),
    /// A text without fields.
    #[problem(status = 401, challenge = "Bearer", detail = "a token is required")]
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
    /// Without an attribute.
    #[cfg(not(any()))]
    Storage,
    /// Compiled out.
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

/// An error without values.
#[derive(Debug, Troubled)]
#[problem(crate = ::wiring)]
pub enum Never {}

/// Implements `Error`.
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
