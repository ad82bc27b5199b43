//! Table as columns, as Markdown and as JSON.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::compiled::{PlainRouter, Policy, Route, Table};

const HEAD: [&str; 6] = ["METHOD", "PATH", "HANDLER", "POLICY", "AROUND", "INJECTS"];

/// Column of the around functions, which is left out if there are none.
const AROUND: usize = 4;

/// Columns, for a terminal or a pipe.
pub(super) fn columns(table: &Table) -> String {
    let rows: Vec<_> = all_cells(table).collect();
    let mut widths = HEAD.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let has_arounds = has_arounds(table);
    let line = |row: [&str; 6], styles: [Style; 6]| {
        let mut text = String::new();
        for (column, ((cell, width), style)) in row.iter().zip(widths).zip(styles).enumerate() {
            if has_arounds || column != AROUND {
                let space = " ".repeat(width - cell.chars().count() + 2);
                let _ = write!(text, "{style}{cell}{style:#}{space}");
            }
        }
        text.trim_end().to_owned() + "\n"
    };
    let head = line(HEAD, [Style::new().bold(); 6]);
    let unknown = table.plain_routers.iter().map(|_| AnsiColor::Yellow.on_default());
    let policies = table.routes.iter().map(policy_style).chain(unknown);
    let lines = policies.zip(&rows).map(|(policy, row)| {
        let mut styles = [Style::new(); 6];
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

fn has_arounds(table: &Table) -> bool {
    let plain = table.plain_routers.iter().map(|router| &router.arounds);
    table.routes.iter().map(|route| &route.arounds).chain(plain).any(|arounds| !arounds.is_empty())
}

/// Table in Markdown, for a document.
pub(super) fn markdown(table: &Table) -> String {
    let has_arounds = has_arounds(table);
    let line = |cells: [String; 6]| {
        let columns = cells.iter().enumerate().filter(|(column, _)| has_arounds || *column != AROUND);
        let cells: Vec<_> = columns.map(|(_, cell)| cell.as_str()).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let head = line(["Method", "Path", "Handler", "Policy", "Around", "Injects"].map(str::to_owned));
    let code = |text: &str| format!("`{}`", text.replace('|', "\\|"));
    let injects = table.routes.iter().map(|route| &route.injects[..]).chain(std::iter::repeat(&[][..]));
    let rows = all_cells(table).zip(injects).map(|([method, path, handler, policy, around, _], injects)| {
        let injects = injects.iter().map(|ty| code(ty)).collect::<Vec<_>>().join(", ");
        line([method, code(&path), code(&handler), policy.replace('|', "\\|"), around, injects])
    });
    let rule = if has_arounds { "|---|---|---|---|---|---|\n" } else { "|---|---|---|---|---|\n" };
    head + rule + &rows.collect::<String>()
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
fn all_cells(table: &Table) -> impl Iterator<Item = [String; 6]> {
    table.routes.iter().map(cells).chain(table.plain_routers.iter().map(plain_cells))
}

fn plain_cells(router: &PlainRouter) -> [String; 6] {
    let around = router.arounds.join(", ");
    ["?".to_owned(), router.path.clone(), router.shown(), router.policy_shown(), around, String::new()]
}

fn cells(route: &Route) -> [String; 6] {
    [
        route.method.clone(),
        route.path.clone(),
        route.handler.clone(),
        route.policy_shown(),
        route.arounds.join(", "),
        route.injects.join(", "),
    ]
}
