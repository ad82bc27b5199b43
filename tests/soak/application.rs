//! Application with orders and their lines, on each database.

use inject_runtime::Problem;

/// How a request breaks its own commit.
pub(crate) struct Sabotage {
    /// Statement after which the database refuses the commit.
    pub(crate) spoil: &'static str,
    /// Statement after which the connection is lost.
    pub(crate) lose: &'static str,
}

/// A line without an order: the database refuses the commit.
const ORPHAN: &str = "INSERT INTO line VALUES (-1)";

#[derive(Debug, thiserror::Error, Problem)]
pub(crate) enum OrderError {
    #[error("the item is sold out")]
    #[problem(status = 409)]
    SoldOut,
    #[error(transparent)]
    #[problem(transparent)]
    Storage(#[from] sqlx::Error),
}

macro_rules! application {
    ($module:ident, $db:ty, $sabotage:expr) => {
        pub(crate) mod $module {
            use std::{
                sync::{Arc, atomic::Ordering},
                time::Duration,
            };

            use axum::{extract::Path, http::StatusCode};
            use inject_runtime::{Inject, Routes, container, post, repository, routes, service, tx::Tx};
            use sqlx::{AssertSqlSafe, Connection as _, Pool};
            use tokio::time::{sleep, timeout};
            use tower_http::timeout::TimeoutLayer;

            use super::{OrderError, Sabotage};
            use crate::{CONNECTIONS, Followed, LINES, LONG, plan::TIME_LIMITS};

            type Db = $db;

            #[container]
            pub(crate) struct App {
                #[input]
                db: Pool<Db>,
                #[input]
                followed: Followed,
            }

            #[repository]
            struct Orders;

            impl Orders {
                async fn add(&self, tx: &mut Tx<Db>, id: i64) -> sqlx::Result<()> {
                    execute(tx, format!("INSERT INTO orders VALUES ({id})")).await
                }
            }

            #[repository]
            struct Lines;

            impl Lines {
                async fn add(&self, tx: &mut Tx<Db>, order: i64) -> sqlx::Result<()> {
                    execute(tx, format!("INSERT INTO line VALUES ({order})")).await
                }

                async fn sabotage(&self, tx: &mut Tx<Db>, ends: &str) {
                    let Sabotage { spoil, lose } = $sabotage;
                    let sql = if ends == "spoil" { spoil } else { lose };
                    // The error is swallowed, if there is one: it is the commit that must not succeed.
                    _ = execute(tx, sql.to_owned()).await;
                }
            }

            async fn execute(tx: &mut Tx<Db>, sql: String) -> sqlx::Result<()> {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx.acquire().await?).await?;
                Ok(())
            }

            #[service]
            struct Shop {
                orders: Orders,
                lines: Lines,
            }

            impl Shop {
                /// Writes an order and its lines, with pauses in which a client can disconnect.
                async fn order(&self, tx: &mut Tx<Db>, id: i64, ends: &str) -> Result<(), OrderError> {
                    self.orders.add(tx, id).await?;
                    if id % 4 == 0 {
                        sleep(Duration::from_millis(1)).await;
                    }
                    assert!(ends != "panic-half-way", "out of cheese");
                    if ends == "reject-half-way" {
                        return Err(OrderError::SoldOut);
                    }
                    for _ in 0..LINES {
                        tx.nested(async |tx| self.lines.add(tx, id).await).await?;
                        tokio::task::yield_now().await;
                    }
                    if id % 3 == 0 {
                        // One line more than the order has, at two depths.
                        let undone = tx.nested(async |tx| {
                            self.lines.add(tx, id).await?;
                            tx.nested(async |tx| self.lines.add(tx, id).await).await?;
                            Err::<(), _>(OrderError::SoldOut)
                        });
                        match undone.await {
                            Err(OrderError::SoldOut) => {}
                            other => return other,
                        }
                    }
                    match ends {
                        "reject" => return Err(OrderError::SoldOut),
                        "panic" => panic!("out of cheese"),
                        "spoil" | "lose" => self.lines.sabotage(tx, ends).await,
                        _ => {}
                    }
                    Ok(())
                }
            }

            #[post("/orders/{id}/{ends}", public)]
            async fn order(
                #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Db>,
                Inject(shop): Inject<Shop>,
                Inject(followed): Inject<Followed>,
                Path((id, ends)): Path<(i64, String)>,
            ) -> Result<String, OrderError> {
                shop.order(&mut tx, id, &ends).await?;
                tx.on_commit(async move {
                    followed.0.fetch_add(1, Ordering::Relaxed);
                });
                Ok(format!("ordered {id}"))
            }

            pub(crate) fn routes() -> Routes<App> {
                TIME_LIMITS.iter().fold(routes![order], |all, &limit| {
                    let duration = Duration::from_millis(limit);
                    let layer = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, duration);
                    let hurried: Routes<App> = routes![order];
                    all.nest(&format!("/hurried/{limit}"), hurried.layer(layer))
                })
            }

            pub(crate) async fn start(db: Pool<Db>, followed: Followed) -> Arc<App> {
                App::builder(AppInputs { db, followed }).build().await.expect("nothing fails")
            }

            /// Asserts that all connections are back in the pool, work, and are not in a transaction. Returns their number.
            pub(crate) async fn assert_clean(pool: &Pool<Db>) -> u32 {
                let idle = async {
                    while pool.num_idle() != pool.size() as usize {
                        sleep(Duration::from_millis(1)).await;
                    }
                };
                timeout(LONG, idle).await.expect("all connections come back");
                assert!(pool.size() <= CONNECTIONS, "{}", pool.size());
                let mut connections = Vec::new();
                for _ in 0..CONNECTIONS {
                    // The pool asks the database whether the connection is in a transaction.
                    let mut connection = pool.acquire().await.expect("a connection");
                    assert!(!connection.is_in_transaction());
                    sqlx::raw_sql("SELECT 1")
                        .execute(&mut *connection)
                        .await
                        .expect("a connection that works");
                    connections.push(connection);
                }
                assert_eq!((pool.size(), pool.num_idle()), (CONNECTIONS, 0));
                pool.size()
            }
        }
    };
}

application!(sqlite, sqlx::Sqlite, Sabotage { spoil: super::ORPHAN, lose: super::ORPHAN });
application!(
    postgres,
    sqlx::Postgres,
    Sabotage { spoil: super::ORPHAN, lose: "SELECT pg_terminate_backend(pg_backend_pid())" }
);
// Its constraints are checked at once.
application!(mysql, sqlx::MySql, Sabotage { spoil: "KILL CONNECTION_ID()", lose: "KILL CONNECTION_ID()" });
