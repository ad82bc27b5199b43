//! Recipe: row-level security of `PostgreSQL`, with the tenant set on the transaction of the request.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use inject_runtime::{
    Problem, Routes, container, get, inject,
    layer::Infrastructure,
    post, repository, routes, service,
    tx::{ReadTx, Tx},
};
use sqlx::{PgPool, Postgres};

use super::databases::postgres;
use crate::support::{Answer, LONG, send};

#[derive(Clone)]
struct Tenant(String);

#[inject]
fn tenant(headers: HeaderMap) -> Result<Tenant, Problem> {
    let name = headers.get("x-tenant").and_then(|value| value.to_str().ok());
    name.map(|name| Tenant(name.to_owned())).ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED))
}

#[derive(Debug, thiserror::Error, Problem)]
#[error(transparent)]
#[problem(transparent)]
struct DatabaseError(#[from] sqlx::Error);

/// Guard: the policies of the tables compare with the setting, which ends with the transaction.
#[derive(Clone)]
struct TenantIsSet;

#[inject(layer = Infrastructure)]
async fn set_tenant(
    #[layering(allow, reason = "the tenant of the request, and not a rule of the application")] Tenant(name): Tenant,
    mut tx: Tx<Postgres>,
) -> Result<TenantIsSet, DatabaseError> {
    sqlx::query("SELECT set_config('app.tenant', $1, true)").bind(name).execute(&mut tx).await?;
    Ok(TenantIsSet)
}

#[repository(scope = request)]
struct Notes {
    tx: Tx<Postgres>,
}

/// Knows nothing of tenants, as `Notes`.
#[repository(scope = request)]
struct Reports {
    tx: ReadTx<Postgres>,
}

#[service(scope = request)]
struct Notebook {
    notes: Notes,
    reports: Reports,
}

impl Notebook {
    async fn add(&mut self, text: &str) -> Result<(), DatabaseError> {
        sqlx::query("INSERT INTO note (text) VALUES ($1)").bind(text).execute(&mut self.notes.tx).await?;
        Ok(())
    }

    async fn texts(&mut self) -> Result<String, DatabaseError> {
        let texts: Vec<String> =
            sqlx::query_scalar("SELECT text FROM note ORDER BY text").fetch_all(&mut self.reports.tx).await?;
        Ok(texts.join(" "))
    }
}

#[post("/notes/{text}", public)]
async fn write(
    axum::extract::Path(text): axum::extract::Path<String>,
    mut notebook: Notebook,
) -> Result<String, DatabaseError> {
    notebook.add(&text).await?;
    notebook.texts().await
}

#[get("/notes", public)]
async fn read(mut notebook: Notebook) -> Result<String, DatabaseError> {
    notebook.texts().await
}

#[container]
struct App {
    #[input]
    pool: PgPool,
}

async fn send_as(router: &Router, tenant: &str, method: &str, path: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header("x-tenant", tenant);
    send(router, request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn every_handle_sees_the_rows_of_the_tenant() {
    let Some(admin) = postgres("row_security", 1, LONG).await else { return };
    // Policies do not apply to a superuser. A role belongs to all databases of the server, and stays.
    let tables = "CREATE TABLE note (tenant TEXT NOT NULL DEFAULT current_setting('app.tenant'), text TEXT);
        ALTER TABLE note ENABLE ROW LEVEL SECURITY;
        CREATE POLICY tenant ON note USING (tenant = current_setting('app.tenant'));
        DO $$ BEGIN CREATE ROLE inject_tx_tenant; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
        GRANT USAGE ON SCHEMA inject_tx_row_security TO inject_tx_tenant;
        GRANT ALL ON note TO inject_tx_tenant";
    sqlx::raw_sql(tables).execute(&admin).await.expect("a new table");
    let options = (*admin.connect_options()).clone().options([("role", "inject_tx_tenant")]);
    // One connection, for the requests of all tenants.
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(options).await;
    let app = App::builder(AppInputs { pool: pool.expect("the same schema") })
        .build()
        .await
        .expect("nothing fails");
    let routes: Routes<App> = routes![write, read];
    let router = routes.guard::<TenantIsSet>().into_router(app);

    assert_eq!(send_as(&router, "red", "POST", "/notes/apple").await.body, "apple");
    assert_eq!(send_as(&router, "blue", "POST", "/notes/berry").await.body, "berry");
    assert_eq!(send_as(&router, "red", "GET", "/notes").await.body, "apple");
    assert_eq!(send_as(&router, "green", "GET", "/notes").await.body, "");
    let anonymous = send(&router, crate::support::request("GET", "/notes")).await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
    let all: i64 =
        sqlx::query_scalar("SELECT count(*) FROM note").fetch_one(&admin).await.expect("a superuser");
    assert_eq!(all, 2);
}
