//! Lists of endpoints: all endpoints of a `routes!` are one obligation.
//!
//! rustc reports an unmet bound of one obligation once, and at the element of the tuple expression that it comes from. With an
//! obligation for each endpoint, it would report a missing dependency at each endpoint that needs it.

use std::marker::PhantomData;

use super::{Routes, endpoint::Endpoint};
use crate::container::{Container, SharedContainer};

/// All endpoints of a `routes!`, with the proof of the container `C`. `M` has the markers of the endpoints.
///
/// If rustc reports the container, the type of its proof is erroneous, and rustc does not report what endpoints lack as well.
pub trait AllEndpoints<C, M>: Sized {
    /// Adds the endpoints to `routes`.
    #[track_caller]
    fn add(routes: &mut Routes<C>, all: Self);
}

impl<C, P, L: EndpointList<C, M>, M> AllEndpoints<C, M> for (PhantomData<P>, L) {
    #[track_caller]
    fn add(routes: &mut Routes<C>, (_, list): Self) {
        L::add(routes, list);
    }
}

impl<C, P, L: EndpointLists<C, M>, M> AllEndpoints<C, M> for (PhantomData<P>, L, ()) {
    #[track_caller]
    fn add(routes: &mut Routes<C>, (_, lists, ()): Self) {
        L::add(routes, lists);
    }
}

/// List of endpoints of an application with container `C`: a tuple. `M` is a tuple of their markers.
pub trait EndpointList<C, M>: Sized {
    /// Adds the endpoints to `routes`.
    #[track_caller]
    fn add(routes: &mut Routes<C>, list: Self);
}

/// List of [`EndpointList`]s, for more endpoints than one list can have.
pub trait EndpointLists<C, M>: Sized {
    /// Adds the endpoints to `routes`.
    #[track_caller]
    fn add(routes: &mut Routes<C>, lists: Self);
}

/// Returns the proof of the container.
#[must_use]
pub fn proof_of<C: Container>(_: &Routes<C>) -> PhantomData<C::Proof> {
    PhantomData
}

macro_rules! lists {
    (@implement $(($E:ident, $M:ident))*) => {
        #[allow(non_snake_case, unused_variables, reason = "one name serves as type and as binding; a list may be empty")]
        impl<C: SharedContainer, $($E: Endpoint<C, $M>, $M),*> EndpointList<C, ($($M,)*)>
            for ($(PhantomData<$E>,)*)
        {
            #[track_caller]
            fn add(routes: &mut Routes<C>, ($($E,)*): Self) {
                $(routes.add($E);)*
            }
        }

        #[allow(non_snake_case, unused_variables, reason = "one name serves as type and as binding; a list may be empty")]
        impl<C, $($E: EndpointList<C, $M>, $M),*> EndpointLists<C, ($($M,)*)> for ($($E,)*) {
            #[track_caller]
            fn add(routes: &mut Routes<C>, ($($E,)*): Self) {
                $(EndpointList::add(routes, $E);)*
            }
        }
    };
    // One implementation for each prefix of the list, the empty one included.
    (@each [$($done:tt)*]) => {
        lists!(@implement $($done)*);
    };
    (@each [$($done:tt)*] $next:tt $($rest:tt)*) => {
        lists!(@implement $($done)*);
        lists!(@each [$($done)* $next] $($rest)*);
    };
}

lists!(@each []
    (E1, M1) (E2, M2) (E3, M3) (E4, M4) (E5, M5) (E6, M6) (E7, M7) (E8, M8)
    (E9, M9) (E10, M10) (E11, M11) (E12, M12) (E13, M13) (E14, M14) (E15, M15) (E16, M16)
    (E17, M17) (E18, M18) (E19, M19) (E20, M20) (E21, M21) (E22, M22) (E23, M23) (E24, M24)
    (E25, M25) (E26, M26) (E27, M27) (E28, M28) (E29, M29) (E30, M30) (E31, M31) (E32, M32)
);
