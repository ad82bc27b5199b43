//! Factories: functions of injectable parameters, sync or async, fallible or not.

use std::marker::PhantomData;

use super::{Container, Source, UnderConstruction, wiring::Construction};
use crate::{
    boxed::BoxError,
    graph::{Dependency, Node},
    injectable::Injectable,
    layer::External,
};

/// Function whose parameters are `Args`.
#[diagnostic::on_unimplemented(
    message = "this is not a factory",
    label = "expected a function of at most 16 injectable parameters",
    note = "[inject/factory] `#[factory(connect)]` takes `fn connect(settings: Arc<Settings>) -> T`, async or not, returning `T` or `Result<T, E>`"
)]
pub trait Factory<Args>: Copy {
    /// Return type of the function.
    type Output;

    /// Calls the function.
    fn call(self, args: Args) -> Self::Output;
}

/// Parameters of a factory, as a list: `(First, (Second, ()))`. Two implementations cover every length, so
/// rustc lists two candidates.
pub trait Parameters<C: Container>: Sized {
    /// Edges of the parameters in the graph.
    const DEPENDENCIES: Dependencies;

    /// Injects every parameter.
    fn inject<S: Source<C>>(source: &S) -> Self;
}

/// Edges of the parameters of a factory: a fixed array and the number of used entries.
#[derive(Clone, Copy)]
pub struct Dependencies {
    edges: [Dependency; Self::MOST],
    count: usize,
}

impl Dependencies {
    const MOST: usize = 16;

    const fn none() -> Self {
        Self { edges: [Dependency::parameter(Node::Field(0)); Self::MOST], count: 0 }
    }

    const fn after(first: Dependency, rest: &Self) -> Self {
        let mut all = Self::none();
        all.edges[0] = first;
        all.count = rest.count + 1;
        let mut i = 0;
        while i < rest.count {
            all.edges[i + 1] = rest.edges[i];
            i += 1;
        }
        all
    }

    const fn as_slice(&self) -> &[Dependency] {
        self.edges.split_at(self.count).0
    }
}

#[diagnostic::do_not_recommend]
impl<C: Container> Parameters<C> for () {
    const DEPENDENCIES: Dependencies = Dependencies::none();

    fn inject<S: Source<C>>(_: &S) {}
}

impl<C: Container, First: Injectable<C, External>, Rest: Parameters<C>> Parameters<C> for (First, Rest) {
    const DEPENDENCIES: Dependencies =
        Dependencies::after(Dependency::parameter(First::NODE), &Rest::DEPENDENCIES);

    fn inject<S: Source<C>>(source: &S) -> Self {
        (First::inject(source), Rest::inject(source))
    }
}

macro_rules! factories {
    (@list) => { () };
    (@list $first:ident $($rest:ident)*) => { ($first, factories!(@list $($rest)*)) };
    (@implement $($P:ident)*) => {
        impl<Function, Output, $($P),*> Factory<factories!(@list $($P)*)> for Function
        where
            Function: Fn($($P),*) -> Output + Copy,
        {
            type Output = Output;

            #[allow(non_snake_case, reason = "one name serves as type and as binding")]
            fn call(self, factories!(@list $($P)*): factories!(@list $($P)*)) -> Output {
                self($($P),*)
            }
        }
    };
    // One implementation for each prefix of the list, the empty one included.
    (@each [$($P:ident)*]) => {
        factories!(@implement $($P)*);
    };
    (@each [$($P:ident)*] $next:ident $($rest:ident)*) => {
        factories!(@implement $($P)*);
        factories!(@each [$($P)* $next] $($rest)*);
    };
}

factories!(@each [] P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14 P15 P16);

/// Return type of a constructor or factory of a `T`: `T`, `Result<T, E>`, or a future of either.
///
/// `Kind` distinguishes the implementations; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "a function that returns `{Self}` does not make a `{T}`",
    label = "makes something else than the `{T}` that is asked for",
    note = "[inject/factory] return `{T}`, or `Result<{T}, E>` where `E` converts into `Box<dyn Error + Send + Sync>`, or a future of either that is `Send`"
)]
pub trait Yields<T, Kind> {
    /// Converts the return value to a construction.
    fn into_construction(self) -> Construction<T>;
}

/// Kind of [`Yields`]: the value itself.
pub struct Value;
/// Kind of [`Yields`]: a `Result`.
pub struct Fallible;
/// Kind of [`Yields`]: a future of the value.
pub struct Async;
/// Kind of [`Yields`]: a future of a `Result`.
pub struct AsyncFallible;

#[diagnostic::do_not_recommend]
impl<T> Yields<T, Value> for T {
    fn into_construction(self) -> Construction<T> {
        Construction::Ready(Ok(self))
    }
}

#[diagnostic::do_not_recommend]
impl<T, E: Into<BoxError>> Yields<T, Fallible> for Result<T, E> {
    fn into_construction(self) -> Construction<T> {
        Construction::Ready(self.map_err(Into::into))
    }
}

#[diagnostic::do_not_recommend]
impl<T, F: Future<Output = T> + Send + 'static> Yields<T, Async> for F {
    fn into_construction(self) -> Construction<T> {
        Construction::Pending(Box::pin(async { Ok(self.await) }))
    }
}

#[diagnostic::do_not_recommend]
impl<T, E: Into<BoxError>, F: Future<Output = Result<T, E>> + Send + 'static> Yields<T, AsyncFallible> for F {
    fn into_construction(self) -> Construction<T> {
        Construction::Pending(Box::pin(async { self.await.map_err(Into::into) }))
    }
}

/// Factory that returns a `T`, and whose parameters container `C` provides.
///
/// It resolves every bound where it is created, so that rustc reports an unmet bound only there.
pub struct FactoryCall<C: Container, F, T, Args> {
    /// Edges of the parameters in the graph.
    pub parameters: &'static [Dependency],
    function: F,
    construct: fn(F, &UnderConstruction<'_, C>) -> Construction<T>,
    construct_in: fn(F, &C) -> Construction<T>,
    arguments: PhantomData<fn(Args)>,
}

/// Function that chooses an implementation, and whose parameters container `C` provides.
pub struct Choice<C: Container, F: Factory<Args>, Args> {
    /// Edges of the parameters in the graph.
    pub parameters: &'static [Dependency],
    function: F,
    choose: fn(F, &UnderConstruction<'_, C>) -> F::Output,
}

impl<C: Container, F: Factory<Args>, Args: Parameters<C>> Choice<C, F, Args> {
    /// Creates a call of `function`.
    pub const fn new(function: F) -> Self {
        Self {
            parameters: const { Args::DEPENDENCIES.as_slice() },
            function,
            choose: |function, source| function.call(Args::inject(source)),
        }
    }

    /// Calls the function.
    pub fn make(self, builder: &C::Builder) -> F::Output {
        (self.choose)(self.function, &UnderConstruction(builder))
    }
}

impl<C: Container, F: Copy, T: 'static, Args> FactoryCall<C, F, T, Args> {
    /// Creates a call of `function`.
    pub const fn new<Kind>(function: F) -> Self
    where
        F: Factory<Args, Output: Yields<T, Kind>>,
        Args: Parameters<C>,
    {
        Self {
            parameters: const { Args::DEPENDENCIES.as_slice() },
            function,
            construct: |function, source| function.call(Args::inject(source)).into_construction(),
            construct_in: |function, source| function.call(Args::inject(source)).into_construction(),
            arguments: PhantomData,
        }
    }

    pub(crate) fn construct(&self, source: &UnderConstruction<'_, C>) -> Construction<T> {
        (self.construct)(self.function, source)
    }

    pub(super) fn construct_in(&self, container: &C) -> Construction<T> {
        (self.construct_in)(self.function, container)
    }
}
