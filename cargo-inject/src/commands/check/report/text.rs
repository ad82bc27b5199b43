//! Report as text, in the form of rustc's messages.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::commands::check::{baseline, finding::Finding, package::Checked};

/// Maximal number of places that are listed beside the shown one.
const PLACES: usize = 5;

/// Findings of a package, and a summary.
pub(super) fn render(checked: &Checked) -> String {
    let mut text = String::new();
    for finding in &checked.new {
        text += &shown(finding);
        text += "\n\n";
    }
    text + &summary(checked) + "\n"
}

fn shown(finding: &Finding) -> String {
    let place = &finding.places[0];
    let path = &place.file.shown;
    let label = finding.label.as_deref();
    let annotation = AnnotationKind::Primary.span(place.range.clone()).label(label);
    let more = more_places(finding);
    let group = Level::ERROR
        .primary_title(&finding.message)
        .id(&*finding.key.rule)
        .element(Snippet::source(&*place.file.text).path(&**path).annotation(annotation))
        .elements(more.as_deref().map(|text| Level::NOTE.message(text)))
        .element(Level::NOTE.with_name("reason").message(&*finding.reason))
        .element(Level::HELP.message(&*finding.help));
    Renderer::styled().render(&[group])
}

fn more_places(finding: &Finding) -> Option<String> {
    let rest = &finding.places[1..];
    let listed = rest.iter().take(PLACES).map(|place| place.file.location(place.range.start).to_string());
    let listed = listed.collect::<Vec<_>>().join(", ");
    match rest.len() {
        0 => None,
        count if count > PLACES => Some(format!("also at {listed}, and at {} more places", count - PLACES)),
        _ => Some(format!("also at {listed}")),
    }
}

fn summary(checked: &Checked) -> String {
    let Checked { name, rules, modules, uses, new, known, change } = checked;
    let known = match known.len() {
        0 => String::new(),
        count => {
            format!("; {} known, in {}", counted(count, "violation is", "violations are"), baseline::FILE)
        }
    };
    let change = match change {
        Some(change) => format!("; {}: {} added, {} removed", baseline::FILE, change.added, change.removed),
        None => String::new(),
    };
    let scope = format!("{} in {}", counted(*uses, "use", "uses"), counted(*modules, "module", "modules"));
    let rules = counted(*rules, "rule", "rules");
    match new.len() {
        0 => format!("`{name}`: no violations; {rules}, {scope}{known}{change}"),
        count => {
            let bold = anstyle::AnsiColor::Red.on_default().effects(anstyle::Effects::BOLD);
            let errors = counted(count, "violation", "violations");
            format!("{bold}error{bold:#}: `{name}`: {errors}; {rules}, {scope}{known}{change}")
        }
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
