//! `cargo inject routes`

mod access;
mod deny;
mod render;

use clap::{Args, ValueEnum};

use self::access::Role;
use crate::{
    cli::Selection,
    compiled::{Compiled, Routes, Wanted},
    error::{Error, Outcome},
    output,
};

/// Lists the routes of the compiled crate: who may call them, and what they inject
///
/// Guards around routes are in the column of the policy, behind a `+`. Plain axum routers that were merged are not listed: axum does not
/// say what is in them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo inject routes --role Student\n  cargo inject routes --deny-public '/admin/*' --deny-public '/api/*/users*'"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// How they are listed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Lists what somebody with this role, and no other, can reach
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Exit status 1 if a route whose path matches is public: `*` is any text, slashes included. Routes that are guarded are not public
    #[arg(long, value_name = "PATTERN")]
    deny_public: Vec<String>,
    /// The container, where there are several
    #[arg(long, value_name = "PATH")]
    container: Option<String>,
    /// The function that returns the routes, where there are several
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
    /// A table in Markdown
    Markdown,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let patterns = deny::patterns(&arguments.deny_public)?;
    let wanted = Wanted { container: arguments.container.clone(), routes: arguments.routes.clone() };
    let mut table = Compiled::of(&arguments.selection, &wanted, Routes::Needed)?.table()?;
    let denied = deny::public(&table, &patterns);
    if let Some(name) = &arguments.role {
        let role = Role::named(name, &table)?;
        let reachable: Vec<_> = table.routes.iter().map(|route| role.reaches(route, &table)).collect();
        let mut reachable = reachable.into_iter();
        table.routes.retain(|_| reachable.next() == Some(true));
    }
    output::print(&match arguments.format {
        Format::Table => render::columns(&table),
        Format::Json => render::json(&table)?,
        Format::Markdown => render::markdown(&table),
    })?;
    for path in &table.plain_routers {
        output::note(&format!(
            "a plain axum router is merged at `{path}`, whose routes are not listed: axum does not say what they are"
        ));
    }
    Ok(deny::report(&denied))
}
