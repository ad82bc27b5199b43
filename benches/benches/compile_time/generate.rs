//! The two twins of one application, written from the same templates.
//!
//! A line of a template that starts with tags, as in `app+hand| ..`, is only in the crates that have all of them; `@name@` stands
//! for a value. All that is not tagged is therefore the same in both twins, to the letter.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

/// How the components are wired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wiring {
    /// By hand: `new` functions, and a method of the container for each component.
    Hand,
    /// By `inject`.
    Inject,
}

/// What there is besides structs and wiring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Methods that use the dependencies; a handler and a route for each service.
    App,
    /// Nothing but a function for each service that builds it: the worst case for `inject`.
    Bare,
}

/// A crate to be generated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crate {
    pub(crate) wiring: Wiring,
    pub(crate) shape: Shape,
    /// Half of them repositories, half of them services.
    pub(crate) components: usize,
}

/// Components to a module, half of them repositories.
pub(crate) const PER_MODULE: usize = 10;

impl Wiring {
    fn tag(self) -> &'static str {
        match self {
            Self::Hand => "hand",
            Self::Inject => "inject",
        }
    }
}

impl Shape {
    /// Above the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::App => "An application: repositories and services with async methods, handlers, routes",
            Self::Bare => "Bare wiring: structs, and a function for each service that builds it",
        }
    }

    fn tag(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Bare => "bare",
        }
    }
}

impl Crate {
    /// Writes the crate into a folder below `parent`, and returns the folder.
    pub(crate) fn write(&self, parent: &Path, library: &Path) -> io::Result<PathBuf> {
        let name = format!("{}-{}-{}", self.wiring.tag(), self.shape.tag(), self.components);
        let folder = parent.join(&name);
        let source = folder.join("src");
        match fs::remove_dir_all(&source) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir_all(&source)?,
        }
        let library = library.display().to_string();
        let manifest = include_str!("templates/manifest.txt");
        fs::write(folder.join("Cargo.toml"), self.fill(manifest, &[("name", &name), ("library", &library)]))?;

        fs::write(source.join("platform.rs"), self.fill(include_str!("templates/platform.txt"), &[]))?;
        fs::write(source.join("container.rs"), self.fill(include_str!("templates/container.txt"), &[]))?;
        let modules = self.components / PER_MODULE;
        for module in 0..modules {
            fs::write(source.join(format!("module_{module}.rs")), self.module(module, modules))?;
        }
        fs::write(source.join("main.rs"), self.main(modules))?;
        Ok(folder)
    }

    fn main(&self, modules: usize) -> String {
        let declarations: Vec<_> = (0..modules).map(|module| format!("mod module_{module};")).collect();
        let routes: Vec<_> = (0..modules).map(|module| format!("module_{module}::routes")).collect();
        let values = [
            ("components", &*self.components.to_string()),
            ("wiring", self.wiring.tag()),
            ("modules", &declarations.join("\n")),
            ("module_count", &modules.to_string()),
            ("routes", &routes.join(", ")),
        ];
        self.fill(include_str!("templates/main.txt"), &values)
    }

    /// Each service holds the repository of its own number, and one of the next module.
    fn module(&self, module: usize, modules: usize) -> String {
        let half = PER_MODULE / 2;
        let neighbour = (module + 1) % modules;
        let foreign = neighbour * half;
        let (mut items, mut routes) = (String::new(), String::new());
        for i in (module * half..(module + 1) * half).map(|i| i.to_string()) {
            items += &self.fill(include_str!("templates/repository.txt"), &[("i", &i)]);
        }
        for i in (module * half..(module + 1) * half).map(|i| i.to_string()) {
            let values = [("i", &*i), ("own", &i), ("other", &foreign.to_string())];
            items += &self.fill(include_str!("templates/service.txt"), &values);
            let _ = writeln!(routes, "        .route(\"/services/{i}/{{id}}\", get(get_{i}))");
        }
        let values = [
            ("module", &*module.to_string()),
            ("neighbour", &neighbour.to_string()),
            ("foreign", &foreign.to_string()),
            ("items", &items),
            ("routes", routes.trim()),
        ];
        self.fill(include_str!("templates/module.txt"), &values)
    }

    /// The lines of `template` that this crate has, with their values.
    fn fill(&self, template: &str, values: &[(&str, &str)]) -> String {
        let has = |tag: &str| tag == self.wiring.tag() || tag == self.shape.tag();
        let mut text = String::new();
        for line in template.lines() {
            let line = match line.split_once('|') {
                Some((tags, _)) if !tags.split('+').all(is_tag) => line,
                Some((tags, line)) if tags.split('+').all(has) => line.strip_prefix(' ').unwrap_or(line),
                Some(_) => continue,
                None => line,
            };
            text += line;
            text.push('\n');
        }
        for (name, value) in values {
            text = text.replace(&format!("@{name}@"), value);
        }
        text
    }
}

fn is_tag(text: &str) -> bool {
    ["app", "bare", "hand", "inject"].contains(&text)
}
