//! A module where the usual names mean something else.
#![allow(dead_code, reason = "the names are there to be in the way")]

use ::std::sync::Arc;
use ::wiring::{container, in_layer, layer, repository, service};

/// In the way of `Option`.
pub struct Option;
/// In the way of `Result`.
pub struct Result;
/// In the way of `Box`.
pub struct Box;
/// In the way of `Vec`.
pub struct Vec;
/// In the way of `String`.
pub struct String;
/// In the way of `Some`.
pub struct Some;
/// In the way of `None`.
pub struct None;
/// In the way of `Ok`.
pub struct Ok;
/// In the way of `Default`.
pub trait Default {}
/// In the way of `Clone`.
pub trait Clone {}
/// In the way of `Send`.
pub trait Send {}
/// In the way of `Sync`.
pub trait Sync {}
/// In the way of `Into`.
pub trait Into {}
/// In the way of a type parameter.
pub struct C;
/// In the way of a type parameter.
pub struct S;
/// In the way of the traits of the runtime.
pub trait Injectable {}

/// In the way of methods: whoever calls `inject`, `clone` or `named` on a value finds these.
pub trait Capture {
    /// Not `Injectable::inject`.
    fn inject(&self) {}
    /// Not `Clone::clone`.
    fn clone(&self) {}
    /// Not the method of an edge.
    fn named(&self) {}
    /// Not the constructor.
    fn construct(&self) {}
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

/// A setting.
#[in_layer(layer::Common, crate = ::wiring)]
pub struct Settings;

/// A pool.
#[in_layer(layer::Infrastructure, crate = ::wiring)]
#[derive(::std::clone::Clone)]
pub struct Pool;

/// Another pool.
pub struct Replica;

/// A repository.
#[repository(crate = ::wiring)]
pub struct Users {
    pool: Pool,
    #[qualifier(Replica)]
    replica: Pool,
    settings: Arc<Settings>,
    #[init]
    hits: ::core::cell::OnceCell<C>,
    #[init(S)]
    size: S,
}

/// A port.
#[service(crate = ::wiring)]
pub trait Mailer: ::core::marker::Send + ::core::marker::Sync {}

/// An implementation.
#[service(crate = ::wiring)]
pub struct SmtpMailer;

impl Mailer for SmtpMailer {}

/// A component with a constructor.
pub struct Search;

#[service(crate = ::wiring)]
impl Search {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// Never.
    #[inject]
    pub async fn open(settings: Arc<Settings>) -> ::core::result::Result<Self, ::core::convert::Infallible> {
        ::core::future::ready(settings).await;
        ::core::result::Result::Ok(Self)
    }
}

/// A component with a sync constructor.
pub struct Clock;

#[service(crate = ::wiring)]
impl Clock {
    /// Makes it.
    #[inject]
    #[must_use]
    pub fn new(_: Arc<dyn Mailer>) -> Self {
        Self
    }
}

/// A layer.
#[layer(crate = ::wiring, used_by(::wiring::layer::Service))]
pub struct Domain;

/// A component of that layer.
#[wiring::component(layer = Domain, crate = ::wiring)]
pub struct Prices;

/// A service over all of it.
#[service(crate = ::wiring)]
pub struct Everything {
    users: Users,
    prices: Prices,
    clock: Clock,
    search: Arc<Search>,
}

// What expansions call their own.

async fn builder(settings: Arc<Settings>) -> Pool {
    ::core::future::ready(settings).await;
    Pool
}

async fn construct(settings: Arc<Settings>) -> Pool {
    ::core::future::ready(settings).await;
    Pool
}

async fn close(pool: &Pool) {
    ::core::future::ready(pool).await;
}

/// The container.
#[container(crate = ::wiring)]
pub struct App {
    #[input]
    settings: Arc<Settings>,
    #[factory(construct)]
    #[on_shutdown(close)]
    pool: Pool,
    #[factory(builder)]
    #[qualifier(Replica)]
    #[on_shutdown(close, deadline = ::core::time::Duration::from_secs(1))]
    replica: Pool,
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
    #[bind(SmtpMailer)]
    mailers: ::std::vec::Vec<Arc<dyn Mailer>>,
    search: Arc<Search>,
    clock: Arc<Clock>,
}

/// Builds everything by value.
#[must_use]
pub fn everything(app: &App) -> Everything {
    App::resolve(app)
}
