//! A module that shadows the names of the prelude and of the runtime.
#![allow(dead_code, reason = "the names shadow others and are not used")]

use ::std::sync::Arc;
use ::wiring::{container, in_layer, layer, repository, service};

/// Shadows `Option`.
pub struct Option;
/// Shadows `Result`.
pub struct Result;
/// Shadows `Box`.
pub struct Box;
/// Shadows `Vec`.
pub struct Vec;
/// Shadows `String`.
pub struct String;
/// Shadows `Some`.
pub struct Some;
/// Shadows `None`.
pub struct None;
/// Shadows `Ok`.
pub struct Ok;
/// Shadows `Default`.
pub trait Default {}
/// Shadows `Clone`.
pub trait Clone {}
/// Shadows `Send`.
pub trait Send {}
/// Shadows `Sync`.
pub trait Sync {}
/// Shadows `Into`.
pub trait Into {}
/// Shadows a type parameter.
pub struct C;
/// Shadows a type parameter.
pub struct S;
/// Shadows the traits of the runtime.
pub trait Injectable {}

/// Captures method calls: a call of `inject`, `clone`, `named` or `construct` on a value finds these.
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

/// Shadows `std`.
pub mod std {}
/// Shadows `core`.
pub mod core {}
/// Shadows tool attributes.
pub mod diagnostic {}
/// Shadows the runtime.
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
#[repository(crate = ::wiring, scope = transient)]
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

#[service(crate = ::wiring, scope = transient)]
impl Clock {
    /// Constructs it.
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

// Functions with names that expansions use for their own.

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

/// Resolves a component by value.
#[must_use]
pub fn everything(app: &App) -> Everything {
    App::resolve(app)
}
