//! `cargo inject routes`

mod access;
mod hold_and_wait;
mod render;

use clap::{Args, ValueEnum};

use self::access::Role;
use crate::{
    compiled::{Compiled, Routes, Wanted},
    error::{Error, Outcome},
    package::Selection,
    session::Session,
};

/// Lists the routes of the compiled crate, with their policies and dependencies
///
/// Guards around routes are in the column of the policy, after a `+`. axum does not disclose the routes of plain routers: each of these routers
/// has one row, with `?` as its method.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo inject routes --role Student\n  cargo inject routes --deny-public '/admin/*' --deny-public '/api/*/users*'\n  cargo inject routes --deny-public '*' --allow-public /health --allow-public '/auth/*'\n\nExit status: 0 success, 1 a route is denied, 2 error"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Format of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Lists the routes that a principal with this role, and no other, can reach
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Reports public routes whose paths match: `*` is any text, including slashes. Routes with a guard are not public
    #[arg(long, value_name = "PATTERN")]
    deny_public: Vec<String>,
    /// Exceptions from `--deny-public`: public routes whose paths match. With `--deny-public '*'`, every other route must not be public
    #[arg(long, value_name = "PATTERN", requires = "deny_public")]
    allow_public: Vec<String>,
    /// Reports routes that reach the pool of their own transaction: when requests hold all connections of a pool, each waits for one more
    #[arg(long)]
    deny_hold_and_wait: bool,
    /// Container, if there are several
    #[arg(long, value_name = "PATH")]
    container: Option<String>,
    /// Function that returns the routes, if there are several
    #[arg(long, value_name = "PATH")]
    routes: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns
    #[default]
    Table,
    /// Data
    Json,
    /// Table in Markdown
    Markdown,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, session: &Session) -> Result<Outcome, Error> {
    let patterns = access::patterns(&arguments.deny_public)?;
    let allowed = access::patterns(&arguments.allow_public)?;
    let wanted = Wanted { container: arguments.container.clone(), routes: arguments.routes.clone() };
    let compiled = Compiled::of(session, &arguments.selection, &wanted, Routes::Required)?;
    let mut table = compiled.table()?;
    let denied = access::public(&table, &patterns, &allowed, session);
    if let Some(name) = &arguments.role {
        let role = Role::named(name, &table)?;
        let reachable: Vec<_> = table.routes.iter().map(|route| role.reaches(route, &table)).collect();
        let mut reachable = reachable.into_iter();
        table.routes.retain(|_| reachable.next() == Some(true));
    }
    session.print(&match arguments.format {
        Format::Table => render::columns(&table),
        Format::Json => render::json(&table)?,
        Format::Markdown => render::markdown(&table),
    })?;
    if !patterns.is_empty() {
        for router in &table.plain_routers {
            session.note(&format!(
                "`--deny-public` does not see the routes of `{}`, {}: axum does not disclose them",
                router.path,
                router.shown()
            ));
        }
    }
    let waits = arguments.deny_hold_and_wait && hold_and_wait::report(&compiled.graph_data(&[], 0)?, session);
    let outcome = access::report(&denied, session);
    Ok(if waits { Outcome::of(true) } else { outcome })
}
