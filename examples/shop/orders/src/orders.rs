//! The service, and the private components behind it.

use std::sync::{Arc, Mutex, PoisonError};

use inject_runtime::{Problem, repository, service};
use serde::{Deserialize, Serialize};
use shop_catalog::Products;
use shop_health::HealthCheck;

use crate::mailer::{Mail, Mailer};

/// Order that a customer placed.
#[derive(Clone, Debug, Serialize)]
pub struct Order {
    /// Number of the order.
    pub id: usize,
    /// Name of the product.
    pub product: &'static str,
    /// Price of all pieces in cents.
    pub cents: u64,
}

/// Input for a new order.
#[derive(Debug, Deserialize)]
pub struct NewOrder {
    /// Number of the product.
    pub product: u32,
    /// Number of pieces.
    pub quantity: u32,
    /// Address for the confirmation.
    pub email: String,
}

/// Error of the [`OrderService`].
#[derive(Debug, thiserror::Error, Problem)]
pub enum OrderError {
    /// No product has this number.
    #[error("there is no product {0}")]
    #[problem(status = 422, detail)]
    UnknownProduct(u32),
}

/// Repository of the orders. It has state, so a container has one.
#[repository]
pub(crate) struct OrderRepository {
    #[init]
    orders: Mutex<Vec<Order>>,
}

/// Service that places orders.
#[service]
pub struct OrderService {
    repository: Arc<OrderRepository>,
    products: Arc<dyn Products>,
    mailer: Arc<dyn Mailer>,
}

impl OrderService {
    /// Places an order.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such product.
    pub fn place(&self, new: &NewOrder) -> Result<Order, OrderError> {
        let product = self.products.find(new.product).ok_or(OrderError::UnknownProduct(new.product))?;
        let cents = product.cents.saturating_mul(new.quantity.into());
        let mut orders = self.repository.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let order = Order { id: orders.len() + 1, product: product.name, cents };
        orders.push(order.clone());
        Ok(order)
    }

    /// Sends the confirmation of an order. A failure is logged: the order stands.
    pub async fn confirm(&self, to: String, order: Order) {
        let text = format!("order {}: {}, {} cents", order.id, order.product, order.cents);
        if let Err(error) = self.mailer.send(&Mail { to, text }).await {
            tracing::error!(order = order.id, %error, "a confirmation was not sent");
        }
    }
}

#[service]
pub(crate) struct OrdersCheck {
    repository: Arc<OrderRepository>,
}

impl HealthCheck for OrdersCheck {
    fn name(&self) -> &'static str {
        "orders"
    }

    fn is_healthy(&self) -> bool {
        !self.repository.orders.is_poisoned()
    }
}
