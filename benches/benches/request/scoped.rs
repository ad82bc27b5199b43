//! A request-scoped service over three repositories, in applications of several sizes.

use std::{convert::Infallible, error::Error, sync::Arc};

use axum::{Router, extract::FromRequestParts, http::request::Parts, routing};
use inject_runtime::{
    Inject, Routes, container, get, in_layer, layer::Infrastructure, repository, routes, service,
};
use seq_macro::seq;

use crate::Case;

#[in_layer(Infrastructure)]
#[derive(Clone)]
struct Pool {
    connections: Arc<Vec<String>>,
}

/// Component with a number, so that the bench can have any count of component types.
#[repository]
struct Part<const I: usize> {
    pool: Pool,
}

impl<const I: usize> Part<I> {
    fn size(&self) -> usize {
        self.pool.connections.len() + I
    }
}

/// Service over one repository that is built for each request and two singletons.
#[service(scope = request)]
struct Checkout {
    users: Inject<Part<0>>,
    orders: Inject<Arc<Part<1>>>,
    stock: Inject<Arc<Part<2>>>,
}

impl Checkout {
    fn buy(&self) -> &'static str {
        if self.users.size() + self.orders.size() + self.stock.size() == 6 { "bought" } else { "lost" }
    }
}

#[get("/users/7", public)]
async fn buy(checkout: Checkout) -> &'static str {
    checkout.buy()
}

/// Hand-written extractor of the same service.
struct ByHand {
    users: Part<0>,
    orders: Arc<Part<1>>,
    stock: Arc<Part<2>>,
}

impl ByHand {
    fn buy(&self) -> &'static str {
        if self.users.size() + self.orders.size() + self.stock.size() == 6 { "bought" } else { "lost" }
    }
}

async fn buy_by_hand(checkout: ByHand) -> &'static str {
    checkout.buy()
}

/// Defines an application with `$count` components.
macro_rules! application {
    ($count:literal, $module:ident) => {
        // Clippy reports the setters of the builder as code of this crate, because the attribute is inside a macro of
        // this crate.
        #[allow(clippy::double_must_use)]
        mod $module {
            use super::*;

            seq!(I in 0..$count {
                #[container]
                pub(super) struct App {
                    #[input]
                    pool: Pool,
                    #(part_~I: Arc<Part<I>>,)*
                }
            });

            impl FromRequestParts<Arc<App>> for ByHand {
                type Rejection = Infallible;

                async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
                    Ok(Self {
                        users: Part { pool: app.pool.clone() },
                        orders: app.part_1.clone(),
                        stock: app.part_2.clone(),
                    })
                }
            }

            pub(super) async fn case(name: &'static str) -> Result<Case, Box<dyn Error>> {
                let pool = Pool { connections: Arc::new(vec!["one".to_owned()]) };
                let app = App::builder(AppInputs { pool }).build().await?;
                let routes: Routes<App> = routes![buy];
                Ok(Case::new(
                    name,
                    Router::new().route("/users/7", routing::get(buy_by_hand)).with_state(app.clone()),
                    routes.into_router(app),
                ))
            }
        }
    };
}

application!(20, twenty);
application!(200, two_hundred);
application!(2000, two_thousand);

pub(crate) async fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    Ok(vec![
        twenty::case("a request-scoped service, 20 components").await?,
        two_hundred::case("a request-scoped service, 200 components").await?,
        two_thousand::case("a request-scoped service, 2,000 components").await?,
    ])
}
