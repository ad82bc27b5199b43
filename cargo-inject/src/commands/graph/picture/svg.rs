//! Layout as SVG.

use std::fmt::{Display, Write as _};

use super::{
    card::{Life, end_of, start_of, title},
    layer::COLORS,
    layout::{Layout, MARGIN, Placed},
};
use crate::compiled::{EdgeKind, Graph};

/// Document of its own, with a legend and the texts of the exceptions.
pub(super) fn document(graph: &Graph, layout: &Layout) -> String {
    let mut foot = String::new();
    let bottom = legend(graph, layout, &mut foot);
    let (width, height) = (layout.width, bottom + MARGIN);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" class=\"{}\" role=\"img\" aria-label=\"{}\">\n<style>\n{}</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n{}{foot}</svg>\n",
        if layout.is_dense { "dense" } else { "roomy" },
        escape(format!("Dependency graph of {}", graph.container)),
        style(),
        content(graph, layout),
    )
}

/// Content of the document: bands, lines, cards.
pub(super) fn content(graph: &Graph, layout: &Layout) -> String {
    let mut out = String::from(ARROWS);
    for band in &layout.bands {
        let (left, width) = (MARGIN, layout.width - 2.0 * MARGIN);
        let _ = writeln!(
            out,
            "<g class=\"band {}\"><rect x=\"{left}\" y=\"{}\" width=\"{width}\" height=\"{}\" rx=\"8\"/><text x=\"{}\" y=\"{}\">{} <tspan>{}</tspan></text></g>",
            band.layer.class,
            band.top,
            band.height,
            left + 12.0,
            band.top + 18.0,
            escape(&band.layer.name),
            band.count,
        );
    }
    out.push_str("<g id=\"lines\">\n");
    for line in &layout.lines {
        let (from, to) = (&graph.vertices[line.from].id, &graph.vertices[line.to].id);
        let title = match &line.reason {
            Some(reason) => format!("{from} needs {to}, as an exception: {reason}"),
            None => format!("{from} needs {to}"),
        };
        let _ = writeln!(
            out,
            "<path class=\"line {}\" data-from=\"{}\" data-to=\"{}\" d=\"{}\"><title>{}</title></path>",
            class_of(line.kind),
            line.from,
            line.to,
            curve(layout, &layout.cards[line.from], &layout.cards[line.to]),
            escape(title),
        );
    }
    out.push_str("</g>\n<g id=\"cards\">\n");
    for (number, placed) in layout.cards.iter().enumerate() {
        card(layout, number, placed, &mut out);
    }
    out.push_str("</g>\n<g id=\"above\"></g>\n");
    out
}

/// Arrowheads, one for each color of lines.
const ARROWS: &str = "<defs>\
<marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker>\
<marker id=\"arrow-excepted\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"head excepted\" d=\"M0 0L8 4L0 8z\"/></marker>\
</defs>\n";

fn class_of(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Excepted => "excepted",
        EdgeKind::Built => "built",
        EdgeKind::Inward | EdgeKind::External | EdgeKind::Parameter => "inward",
    }
}

fn card(layout: &Layout, number: usize, placed: &Placed, out: &mut String) {
    let measures = layout.measures;
    let Placed { card, layer, left, top } = placed;
    let radius = if card.life == Life::Own { 3 } else { 9 };
    let middle = top + measures.card_height / 2.0;
    let mark = if layout.is_dense { middle } else { top + 17.0 };
    let _ = write!(
        out,
        "<g class=\"card {} {}\" data-vertex=\"{number}\"><title>{}</title><rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" rx=\"{radius}\"/><circle cx=\"{}\" cy=\"{mark}\" r=\"4\"/>",
        layer.class,
        card.life.class(),
        escape(format!("{}\n{}\n{}", card.title, card.origin, card.place)),
        measures.card_width,
        measures.card_height,
        left + 12.0,
    );
    let text = left + 22.0;
    if layout.is_dense {
        let title = escape(title(&card.title, measures.characters));
        let _ = writeln!(out, "<text x=\"{text}\" y=\"{}\" class=\"small\">{title}</text></g>", middle + 4.0);
        return;
    }
    // Letters of the lines below have six sevenths of the size of a title.
    let fitting = measures.characters * 6 / 5 + 1;
    let _ = writeln!(
        out,
        "<text x=\"{text}\" y=\"{}\" class=\"title\">{}</text><text x=\"{}\" y=\"{}\" class=\"small\">{}</text><text x=\"{}\" y=\"{}\" class=\"small place\">{}</text></g>",
        top + 21.0,
        escape(title(&card.title, measures.characters)),
        left + 12.0,
        top + 38.0,
        escape(start_of(&card.origin, fitting)),
        left + 12.0,
        top + 53.0,
        escape(end_of(&card.place, fitting)),
    );
}

/// Curve from the dependent down to the dependency, or sideways or up if the dependency is there.
fn curve(layout: &Layout, from: &Placed, to: &Placed) -> String {
    let measures = layout.measures;
    let center = |card: &Placed| card.left + measures.card_width / 2.0;
    let (x1, x2) = (center(from), center(to));
    let (y1, y2, off) = if to.top > from.top + 1.0 {
        (from.top + measures.card_height, to.top, 1.0)
    } else if to.top + 1.0 < from.top {
        (from.top, to.top + measures.card_height, -1.0)
    } else {
        // In one row: below the row.
        let bottom = from.top + measures.card_height;
        return format!(
            "M{x1} {bottom}C{x1} {0},{x2} {0},{x2} {bottom}",
            bottom + if layout.is_dense { 14.0 } else { 26.0 }
        );
    };
    let bend = off * ((y2 - y1).abs() / 2.0).clamp(14.0, 90.0);
    format!("M{x1} {y1}C{x1} {},{x2} {},{x2} {y2}", y1 + bend, y2 - bend)
}

/// Legend of the marks and lines, and each exception with its reason. Returns the bottom of the legend.
fn legend(graph: &Graph, layout: &Layout, out: &mut String) -> f64 {
    let mut top = layout.height + 10.0;
    let mut left = MARGIN + 12.0;
    for life in [Life::Shared, Life::Own, Life::Request] {
        let _ = writeln!(
            out,
            "<g class=\"card shared {}\"><circle cx=\"{left}\" cy=\"{}\" r=\"4\"/><text x=\"{}\" y=\"{top}\" class=\"small\">{}</text></g>",
            life.class(),
            top - 4.0,
            left + 10.0,
            life.meaning(),
        );
        left += 40.0 + 6.0 * f64::from(u8::try_from(life.meaning().len()).unwrap_or(u8::MAX));
    }
    for line in layout.lines.iter().filter(|line| line.kind == EdgeKind::Excepted) {
        top += 18.0;
        let (from, to) = (&graph.vertices[line.from], &graph.vertices[line.to]);
        let reason = line.reason.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{top}\" class=\"small exception\">exception: {} needs {}: {}</text>",
            MARGIN + 8.0,
            escape(&from.ty),
            escape(&to.ty),
            escape(reason),
        );
    }
    top
}

/// Style with concrete colors for both backgrounds, because not every viewer supports variables.
fn style() -> String {
    let mut light = String::from(SHAPES);
    let mut dark = String::new();
    for (class, on_light, on_dark) in COLORS {
        colors(class, on_light, &mut light);
        colors(class, on_dark, &mut dark);
    }
    format!("{light}{LIGHT}@media (prefers-color-scheme: dark) {{\n{dark}{DARK}}}\n")
}

fn colors(class: &str, color: &str, out: &mut String) {
    let _ = writeln!(
        out,
        ".{class} rect {{ stroke: {color}; }} .band.{class} rect {{ fill: {color}; }} .band.{class} text {{ fill: {color}; }} .{class} circle {{ stroke: {color}; }} .{class}.of-all circle {{ fill: {color}; }}",
    );
}

/// Shapes of the document and of the page.
pub(super) const SHAPES: &str = include_str!("page/shapes.css");

const LIGHT: &str = "\
.ground, .card rect { fill: #ffffff; } text { fill: #1f2328; } .place, tspan { fill: #59636e; }
.line { stroke: #8c959f; } .head { fill: #8c959f; } .line.excepted { stroke: #cf222e; } .head.excepted, .exception { fill: #cf222e; }
";

const DARK: &str = "\
.ground { fill: #0d1117; } .card rect { fill: #161b22; } text { fill: #e6edf3; } .place, tspan { fill: #9198a1; }
.line { stroke: #6e7681; } .head { fill: #6e7681; } .line.excepted { stroke: #ff6b63; } .head.excepted, .exception { fill: #ff6b63; }
";

/// Escapes text, also for attributes in quotes.
pub(super) fn escape(text: impl Display) -> String {
    text.to_string().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
