//! The orders of the shop: the crate of a feature.
//!
//! It takes two ports, and does not know what is behind them: [`Products`], which the catalog declares, and [`Mailer`], which it
//! declares itself, for the adapter that an application chooses.

mod mailer;
mod orders;
mod routes;

use std::sync::Arc;

use inject_runtime::module;
use shop_catalog::Products;
use shop_health::HealthCheck;

use crate::orders::{OrderRepository, OrdersCheck};
pub use crate::{
    mailer::{Mail, Mailer, Sending},
    orders::{NewOrder, Order, OrderError, OrderService},
    routes::routes,
};

/// Module of the orders.
#[module]
pub struct Orders {
    /// The application has it, from the module of the catalog.
    #[required]
    products: Arc<dyn Products>,
    /// The application chooses it.
    #[required]
    mailer: Arc<dyn Mailer>,
    /// Shared by the service and the health check.
    repository: Arc<OrderRepository>,
    /// A field, because it takes what the module requires: a component by value would need a bound for each of these in `routes`.
    service: Arc<OrderService>,
    /// Part of the list that the application collects.
    #[contribute]
    #[bind(OrdersCheck)]
    checks: Vec<Arc<dyn HealthCheck>>,
}
