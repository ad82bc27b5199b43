//! The shop: the application, which includes the modules of its features and chooses the adapters. Only it knows all crates.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, http::StatusCode};
use inject_runtime::{Inject, Routes, container, get, routes};
use shop_catalog::Catalog;
use shop_health::HealthCheck;
use shop_mail::{ConsoleMailer, FileMailer, MailKind, MailSettings, mail_kind};
use shop_orders::{Mailer, Orders};

/// Container of the shop, and the state of its router.
#[container]
pub struct Shop {
    /// Settings of the mail, which `main` and each test pass in.
    #[input]
    mail: Arc<MailSettings>,
    /// Adapter for a port of the orders, chosen when the application starts.
    #[bind(match mail_kind { MailKind::Console => ConsoleMailer, MailKind::File => FileMailer })]
    mailer: Arc<dyn Mailer>,
    /// Module of the catalog, which provides an `Arc<dyn Products>`.
    #[include]
    catalog: Arc<Catalog>,
    /// Module of the orders, which requires an `Arc<dyn Products>` and an `Arc<dyn Mailer>`. It is built after both.
    #[include]
    orders: Arc<Orders>,
    /// What the modules contribute.
    #[collect]
    checks: Vec<Arc<dyn HealthCheck>>,
}

/// Returns the endpoints of the application: its own, and those of the features.
#[must_use]
pub fn routes() -> Routes<Shop> {
    routes![health].merge(shop_catalog::routes()).merge(shop_orders::routes())
}

/// Names the features, and whether each is healthy. The status is 503 unless all are.
#[get("/health", public)]
async fn health(
    Inject(checks): Inject<Vec<Arc<dyn HealthCheck>>>,
) -> (StatusCode, Json<BTreeMap<&'static str, bool>>) {
    let features: BTreeMap<_, _> = checks.iter().map(|check| (check.name(), check.is_healthy())).collect();
    let healthy = features.values().all(|&healthy| healthy);
    (if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(features))
}
