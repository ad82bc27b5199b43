//! Files of a new project: the common ones, those of its layout, and those of its database.

use std::collections::BTreeMap;

use clap::ValueEnum;
use include_dir::{Dir, include_dir};
use minijinja::{Environment, UndefinedBehavior, context};

use crate::error::ProjectError;

/// Layout of the sources of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Layout {
    /// A file for each layer
    Small,
    /// A folder for each layer
    Layered,
    /// A folder for each feature, with the layers in it
    Feature,
}

/// Database of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Database {
    /// A file, without setup
    Sqlite,
    /// A server
    Postgres,
}

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Extension of the files that are rendered.
const RENDERED: &str = ".jinja";

/// Values for the templates.
pub(super) struct Context<'a> {
    pub(super) name: &'a str,
    pub(super) crate_name: &'a str,
    pub(super) layout: Layout,
    pub(super) database: Database,
    /// Source of the runtime in the manifest: `version = ".."` or `path = ".."`.
    pub(super) runtime: &'a str,
}

impl Context<'_> {
    fn layout(&self) -> &'static str {
        match self.layout {
            Layout::Small => "small",
            Layout::Layered => "layered",
            Layout::Feature => "feature",
        }
    }

    /// Folders whose files make up the project.
    fn folders(&self) -> Vec<&'static str> {
        let mut folders = vec!["common", self.layout()];
        // Files that do not depend on whether a layer is a file or a folder.
        if self.layout != Layout::Feature {
            folders.push("by-layer");
        }
        folders.push(match self.database {
            Database::Sqlite => "sqlite",
            Database::Postgres => "postgres",
        });
        folders
    }
}

/// Renders the files of the project: their paths in it, and their texts.
///
/// # Errors
///
/// A template cannot be rendered.
pub(super) fn files(context: &Context<'_>) -> Result<BTreeMap<String, String>, ProjectError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let values = context! {
        name => context.name,
        crate_name => context.crate_name,
        runtime => context.runtime,
        version => env!("CARGO_PKG_VERSION"),
        layout => context.layout(),
        sqlite => context.database == Database::Sqlite,
    };
    let mut files = BTreeMap::new();
    for folder in context.folders() {
        let Some(folder) = TEMPLATES.get_dir(folder) else { continue };
        for file in all_files(folder) {
            let path = file.path().strip_prefix(folder.path()).unwrap_or(file.path());
            let path = path.to_string_lossy().replace('\\', "/");
            let text = file.contents_utf8().unwrap_or_default();
            let (path, text) = match path.strip_suffix(RENDERED) {
                Some(rendered) => {
                    let text = environment.render_named_str(&path, text, &values);
                    let text = text
                        .map(|text| text + "\n")
                        .map_err(|source| ProjectError::Template { path: path.clone(), source })?;
                    (rendered.to_owned(), text)
                }
                None => (path, text.to_owned()),
            };
            files.insert(path, text);
        }
    }
    Ok(files)
}

fn all_files<'a>(folder: &'a Dir<'a>) -> Vec<&'a include_dir::File<'a>> {
    let mut files: Vec<_> = folder.files().collect();
    for inner in folder.dirs() {
        files.extend(all_files(inner));
    }
    files
}
