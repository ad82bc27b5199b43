//! Table as columns, as Markdown and as JSON.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::compiled::{PlainRouter, Policy, Route, Table};

const HEAD: [&str; 5] = ["METHOD", "PATH", "HANDLER", "POLICY", "INJECTS"];

/// Columns, for a terminal or a pipe.
pub(super) fn columns(table: &Table) -> String {
    let rows: Vec<_> = all_cells(table).collect();
    let mut widths = HEAD.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: [&str; 5], styles: [Style; 5]| {
        let mut text = String::new();
        for ((cell, width), style) in row.iter().zip(widths).zip(styles) {
            let space = " ".repeat(width - cell.chars().count() + 2);
            let _ = write!(text, "{style}{cell}{style:#}{space}");
        }
        text.trim_end().to_owned() + "\n"
    };
    let head = line(HEAD, [Style::new().bold(); 5]);
    let unknown = table.plain_routers.iter().map(|_| AnsiColor::Yellow.on_default());
    let policies = table.routes.iter().map(policy_style).chain(unknown);
    let lines = policies.zip(&rows).map(|(policy, row)| {
        let mut styles = [Style::new(); 5];
        styles[3] = policy;
        line(row.each_ref().map(String::as_str), styles)
    });
    head + &lines.collect::<String>()
}

fn policy_style(route: &Route) -> Style {
    match route.policy {
        Policy::Public if route.guards.is_empty() => AnsiColor::Yellow.on_default(),
        _ => AnsiColor::Green.on_default(),
    }
}

/// Table in Markdown, for a document.
pub(super) fn markdown(table: &Table) -> String {
    let line = |cells: [String; 5]| format!("| {} |\n", cells.join(" | "));
    let head = line(["Method", "Path", "Handler", "Policy", "Injects"].map(str::to_owned));
    let code = |text: &str| format!("`{}`", text.replace('|', "\\|"));
    let injects = table.routes.iter().map(|route| &route.injects[..]).chain(std::iter::repeat(&[][..]));
    let rows = all_cells(table).zip(injects).map(|([method, path, handler, policy, _], injects)| {
        let injects = injects.iter().map(|ty| code(ty)).collect::<Vec<_>>().join(", ");
        line([method, code(&path), code(&handler), policy.replace('|', "\\|"), injects])
    });
    head + "|---|---|---|---|---|\n" + &rows.collect::<String>()
}

/// JSON, for programs.
///
/// # Errors
///
/// The table cannot be written as JSON.
pub(super) fn json(table: &Table) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(table)? + "\n")
}

/// Cells of the routes, and of the routers whose routes are not known.
fn all_cells(table: &Table) -> impl Iterator<Item = [String; 5]> {
    table.routes.iter().map(cells).chain(table.plain_routers.iter().map(plain_cells))
}

fn plain_cells(router: &PlainRouter) -> [String; 5] {
    ["?".to_owned(), router.path.clone(), router.shown(), router.policy_shown(), String::new()]
}

fn cells(route: &Route) -> [String; 5] {
    [
        route.method.clone(),
        route.path.clone(),
        route.handler.clone(),
        route.policy_shown(),
        route.injects.join(", "),
    ]
}
