//! The endpoint of the orders.

use std::sync::Arc;

use axum::{Json, http::StatusCode};
use inject_runtime::{BackgroundTasks, Includes, Inject, Routes, post, routes};

use crate::{
    Orders,
    orders::{NewOrder, Order, OrderError, OrderService},
};

/// Returns the endpoints of the orders, for each application that includes their module.
#[must_use]
pub fn routes<C: Includes<Orders>>() -> Routes<C> {
    routes![place]
}

/// Places an order. The confirmation is sent after the response.
#[post("/orders", public)]
async fn place(
    tasks: BackgroundTasks,
    Inject(orders): Inject<Arc<OrderService>>,
    Json(new): Json<NewOrder>,
) -> Result<(StatusCode, Json<Order>), OrderError> {
    let order = orders.place(&new)?;
    let placed = order.clone();
    tasks.add("confirmation", async move { orders.confirm(new.email, placed).await });
    Ok((StatusCode::CREATED, Json(order)))
}
