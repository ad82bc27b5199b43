//! Writes a crate with a given number of lines and with rules that hold, to measure `cargo inject check`:
//! `cargo run -p cargo-inject --example large_crate -- FOLDER [LINES]`.

use std::{env, fmt::Write as _, fs, io, path::Path, process::ExitCode};

const RULES: &str = r#"
[package.metadata.inject.layers]
reason = "a measurement"

[package.metadata.inject.layers.modules]
root = ["crate"]
route = ["features::*::api"]
service = ["features::*::service"]
repository = ["features::*::repository"]
common = ["features::*::model", "prelude"]

[[package.metadata.inject.contexts]]
modules = ["features::*"]
public = ["service", "model"]
reason = "a measurement"

[[package.metadata.inject.rules]]
name = "no-io-in-services"
modules = ["features::*::service"]
may-not-use = ["std::fs", "std::net", "crate::features::*::repository::Row*"]
reason = "a measurement"

[[package.metadata.inject.names]]
pattern = "*Repository"
modules = ["features::*::repository"]
reason = "a measurement"
"#;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let (Some(folder), lines) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: large_crate FOLDER [LINES]");
        return ExitCode::FAILURE;
    };
    let lines = lines.and_then(|count| count.parse().ok()).unwrap_or(100_000);
    match generate(Path::new(&folder), lines) {
        Ok(written) => {
            println!("{written} lines in {folder}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the crate, and says how many lines it has: not fewer than `lines`.
pub(crate) fn generate(folder: &Path, lines: usize) -> io::Result<usize> {
    let features = folder.join("src/features");
    fs::create_dir_all(&features)?;
    let manifest = format!(
        "[package]\nname = \"large\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n{RULES}"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), "//! Generated.\n\npub mod features;\npub mod prelude;\n")?;
    let prelude =
        "//! Prelude.\n\npub use std::{collections::BTreeMap, fmt, sync::Arc};\n\npub type Id = u64;\n";
    fs::write(folder.join("src/prelude.rs"), prelude)?;

    let (mut written, mut index, mut number) = (0, String::from("//! The features.\n\n"), 0);
    while written < lines {
        let name = format!("f{number}");
        let _ = writeln!(index, "pub mod {name};");
        fs::create_dir_all(features.join(&name))?;
        let other = number / 2;
        let files = [
            (
                format!("{name}.rs"),
                "//! A feature.\n\npub mod api;\npub mod model;\npub mod repository;\npub mod service;\n"
                    .to_owned(),
            ),
            (format!("{name}/model.rs"), repeated(MODEL, number, other)),
            (format!("{name}/repository.rs"), repeated(REPOSITORY, number, other)),
            (format!("{name}/service.rs"), repeated(SERVICE, number, other)),
            (format!("{name}/api.rs"), repeated(API, number, other)),
        ];
        for (path, text) in files {
            written += text.lines().count();
            fs::write(features.join(path), text)?;
        }
        number += 1;
    }
    fs::write(folder.join("src/features.rs"), index)?;
    Ok(written)
}

/// A part of a feature: what stands before the `---` once, what stands after it for each of eight things.
fn repeated(text: &str, number: usize, other: usize) -> String {
    let filled = |text: &str, thing: usize| {
        text.replace("NUMBER", &number.to_string())
            .replace("OTHER", &other.to_string())
            .replace("THING", &thing.to_string())
    };
    let (once, each) = text.split_once("---\n").unwrap_or((text, ""));
    let mut all = filled(once, 0);
    for thing in 0..8 {
        all += &filled(each, thing);
    }
    all
}

const MODEL: &str = "//! What the feature is about.

use crate::prelude::*;
---

/// A thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThingTHING {
    /// Its number.
    pub id: Id,
    /// Name.
    pub name: String,
    /// Notes.
    pub notes: BTreeMap<String, Vec<String>>,
}

impl fmt::Display for ThingTHING {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, \"{} {}\", self.id, self.name)?;
        for (key, values) in &self.notes {
            write!(f, \" {key}={}\", values.join(\",\"))?;
        }
        Ok(())
    }
}
";

const REPOSITORY: &str = "//! Where the things are kept.

use std::{collections::HashMap, sync::Mutex};

use super::model;
use crate::prelude::Id;
---

/// A row.
#[derive(Clone, Debug)]
pub struct RowTHING(pub Id, pub String);

/// Keeps them.
#[derive(Debug, Default)]
pub struct ThingTHINGRepository {
    rows: Mutex<HashMap<Id, RowTHING>>,
}

impl ThingTHINGRepository {
    /// The one with that number.
    pub fn find(&self, id: Id) -> Option<model::ThingTHING> {
        let rows = self.rows.lock().ok()?;
        let row = rows.get(&id)?;
        let thing = model::ThingTHING { id: row.0, name: row.1.clone(), ..model::ThingTHING::default() };
        Some(thing)
    }

    /// Adds one.
    pub fn add(&self, thing: &model::ThingTHING) {
        if let Ok(mut rows) = self.rows.lock() {
            rows.insert(thing.id, RowTHING(thing.id, thing.name.clone()));
        }
    }
}
";

const SERVICE: &str = "//! What the feature does.

use super::{model, repository};
use crate::{features::fOTHER, prelude::*};
---

/// Does it.
#[derive(Debug, Default)]
pub struct ThingTHINGService {
    things: Arc<repository::ThingTHINGRepository>,
    others: Option<Arc<fOTHER::service::ThingTHINGService>>,
}

impl ThingTHINGService {
    /// The one with that number, here or there.
    pub fn get(&self, id: Id) -> Result<String, String> {
        let here = self.things.find(id).map(|thing| thing.to_string());
        let there = || self.others.as_ref().and_then(|others| others.get(id).ok());
        here.or_else(there).ok_or_else(|| format!(\"there is no {id}\"))
    }

    /// Adds one, as it is there.
    pub fn copy(&self, other: &fOTHER::model::ThingTHING) -> Id {
        let thing = model::ThingTHING { id: other.id, name: other.name.clone(), ..Default::default() };
        self.things.add(&thing);
        crate::prelude::Id::max(thing.id, 1)
    }
}
";

const API: &str = "//! Over HTTP.

use super::service::*;
use crate::prelude::{Arc, Id};
---

/// Shows one.
pub fn showTHING(service: &Arc<ThingTHINGService>, id: Id) -> Vec<String> {
    let texts = vec![service.get(id).unwrap_or_default(), crate::features::fNUMBER::model::ThingTHING::default().to_string()];
    texts.into_iter().filter(|text| !text.is_empty()).map(|text| match text.len() {
        0..=10 => text,
        length => format!(\"{}.. ({length})\", &text[..10]),
    }).collect()
}
";
