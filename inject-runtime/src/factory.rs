//! Factories: any function of injectable parameters, sync or async, fallible or not.

use crate::{
    container::{Container, UnderConstruction},
    graph::Dependency,
    injectable::{BoxError, Construction, Injectable},
};

/// A function whose parameters are `Args`.
#[diagnostic::on_unimplemented(
    message = "this is not a factory",
    label = "expected a function of at most 16 injectable parameters",
    note = "[inject/factory] `#[factory(connect)]` takes `fn connect(settings: Arc<Settings>) -> T`, async or not, returning `T` or `Result<T, E>`"
)]
pub trait Factory<Args>: Copy {
    /// What it returns.
    type Output;

    /// Calls it.
    fn call(self, args: Args) -> Self::Output;
}

/// The parameters of a factory, as a tuple.
pub trait Parameters<C: Container>: Sized {
    /// Where they stand in the graph.
    const DEPENDENCIES: &'static [Dependency];

    /// Injects each of them.
    fn inject(source: &UnderConstruction<'_, C>) -> Self;
}

macro_rules! parameters {
    ($($P:ident)*) => {
        impl<Function, Output, $($P),*> Factory<($($P,)*)> for Function
        where
            Function: Fn($($P),*) -> Output + Copy,
        {
            type Output = Output;

            #[allow(non_snake_case, reason = "one name serves as type and as binding")]
            fn call(self, ($($P,)*): ($($P,)*)) -> Output {
                self($($P),*)
            }
        }

        impl<C: Container, $($P: Injectable<C>),*> Parameters<C> for ($($P,)*) {
            const DEPENDENCIES: &'static [Dependency] = &[$(Dependency::parameter($P::NODE)),*];

            #[allow(clippy::unused_unit, unused_variables, reason = "of the instance without parameters")]
            fn inject(source: &UnderConstruction<'_, C>) -> Self {
                ($($P::inject(source),)*)
            }
        }
    };
}

parameters!();
parameters!(P1);
parameters!(P1 P2);
parameters!(P1 P2 P3);
parameters!(P1 P2 P3 P4);
parameters!(P1 P2 P3 P4 P5);
parameters!(P1 P2 P3 P4 P5 P6);
parameters!(P1 P2 P3 P4 P5 P6 P7);
parameters!(P1 P2 P3 P4 P5 P6 P7 P8);
parameters!(P1 P2 P3 P4 P5 P6 P7 P8 P9);
parameters!(P1 P2 P3 P4 P5 P6 P7 P8 P9 P10);
parameters!(P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11);
parameters!(P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12);
parameters!(P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13);
parameters!(P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14);
parameters!(P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14 P15);
parameters!(P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14 P15 P16);

/// What a constructor or factory of a `T` may return: `T`, `Result<T, E>`, or a future of either.
///
/// `Kind` tells the implementations apart; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "this function returns `{Self}`, which does not make a `{T}`",
    label = "makes something else than the `{T}` that is asked for",
    note = "[inject/factory] return `{T}` or `Result<{T}, E>` with an `E: std::error::Error + Send + Sync`; async or not"
)]
pub trait Yields<T, Kind> {
    /// The value, or the way to it.
    fn into_construction(self) -> Construction<T>;
}

/// [`Yields`]: the value itself.
pub struct Value;
/// [`Yields`]: a `Result`.
pub struct Fallible;
/// [`Yields`]: a future of what `Kind` says.
pub struct Awaited<Kind>(Kind);

impl<T> Yields<T, Value> for T {
    fn into_construction(self) -> Construction<T> {
        Construction::Ready(Ok(self))
    }
}

impl<T, E: Into<BoxError>> Yields<T, Fallible> for Result<T, E> {
    fn into_construction(self) -> Construction<T> {
        Construction::Ready(self.map_err(Into::into))
    }
}

impl<T, F, Kind> Yields<T, Awaited<Kind>> for F
where
    T: Send + 'static,
    F: Future<Output: Yields<T, Kind>> + Send + 'static,
{
    fn into_construction(self) -> Construction<T> {
        Construction::Pending(Box::pin(async { self.await.into_construction().finish().await }))
    }
}

/// A factory whose parameters container `C` provides, and that makes a `T`.
///
/// It resolves every bound where it is created, so that an unmet one is reported there and nowhere else.
pub struct FactoryCall<C: Container, F, T> {
    /// The parameters, as edges of the graph.
    pub parameters: &'static [Dependency],
    function: F,
    construct: fn(F, &UnderConstruction<'_, C>) -> Construction<T>,
}

impl<C: Container, F: Copy, T: 'static> FactoryCall<C, F, T> {
    /// A call of `function`.
    pub const fn new<Args, Kind>(function: F) -> Self
    where
        F: Factory<Args, Output: Yields<T, Kind>>,
        Args: Parameters<C>,
    {
        Self {
            parameters: Args::DEPENDENCIES,
            function,
            construct: |function, source| function.call(Args::inject(source)).into_construction(),
        }
    }

    pub(crate) fn construct(&self, source: &UnderConstruction<'_, C>) -> Construction<T> {
        (self.construct)(self.function, source)
    }
}
