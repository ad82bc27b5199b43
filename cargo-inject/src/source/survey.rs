//! Modules in a parsed file, and the files of the modules that it declares.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta, ext::IdentExt as _};

use super::{
    cfg::Conditions,
    file::{Problem, SourceFile, Target, shown},
    module::{Module, ModulePath, attributes_of},
};

/// Module in a file of its own, declared and not read yet.
pub(super) struct Declared {
    pub(super) path: ModulePath,
    pub(super) file: PathBuf,
    directory: Directory,
    cfg: Vec<String>,
    pub(super) position: Vec<usize>,
    /// Files of the modules around it.
    around: Vec<PathBuf>,
}

/// File that was read.
pub(super) struct Parsed {
    declared: Declared,
    file: Arc<SourceFile>,
    ast: syn::File,
}

/// Contents of a file.
pub(super) struct Survey<'a> {
    pub(super) modules: Vec<Module<'a>>,
    pub(super) declared: Vec<Declared>,
    pub(super) problems: Vec<Problem>,
}

impl Declared {
    /// Root of a crate.
    pub(super) fn root(file: PathBuf) -> Self {
        let directory = Directory::of_root(&file);
        let path = ModulePath::default();
        Self { path, file, directory, cfg: Vec::new(), position: Vec::new(), around: Vec::new() }
    }

    pub(super) fn parse(self, target: &Target) -> Result<Parsed, Problem> {
        let file = SourceFile::read(&self.file, &target.here)?;
        let ast = file.parse()?;
        Ok(Parsed { declared: self, file, ast })
    }
}

impl Parsed {
    pub(super) fn survey<'a>(&'a self, target: &'a Target) -> Survey<'a> {
        let mut survey = Survey { modules: Vec::new(), declared: Vec::new(), problems: Vec::new() };
        let Declared { path, directory, cfg, position, .. } = &self.declared;
        let attributes: Vec<_> = self.ast.attrs.iter().collect();
        // `#![cfg(..)]` at the top of a file removes the module that the file is.
        if target.conditions.hold(&self.ast.attrs) {
            let mut cfg = cfg.clone();
            cfg.extend(cfgs(&self.ast.attrs));
            let around = Around { path, directory, cfg: &cfg, position };
            self.collect(&around, attributes, &self.ast.items, target, &mut survey);
        }
        survey
    }

    fn collect<'a>(
        &'a self,
        around: &Around<'_>,
        attributes: Vec<&'a Attribute>,
        items: &'a [Item],
        target: &'a Target,
        survey: &mut Survey<'a>,
    ) {
        let conditions = &target.conditions;
        survey.modules.push(Module {
            path: around.path.clone(),
            file: &self.file,
            written: items,
            attributes,
            cfg: around.cfg.to_vec(),
            conditions,
            position: around.position.to_vec(),
        });
        for (index, item) in items.iter().enumerate() {
            let Item::Mod(module) = item else { continue };
            if !conditions.hold(attributes_of(item)) {
                continue;
            }
            let name = module.ident.unraw().to_string();
            let path = around.path.join(&*name);
            let cfg: Vec<_> = around.cfg.iter().cloned().chain(cfgs(&module.attrs)).collect();
            let position: Vec<_> = around.position.iter().copied().chain([index]).collect();
            if let Some((_, items)) = &module.content {
                let directory = around.directory.of_inline(module, &name, conditions);
                let inside = Around { path: &path, directory: &directory, cfg: &cfg, position: &position };
                self.collect(&inside, module.attrs.iter().collect(), items, target, survey);
                continue;
            }
            match around.directory.locate(module, &name, conditions) {
                Err(not_found) => survey.problems.push(self.not_found(module, not_found, &target.here)),
                Ok(ModuleFile { file, directory }) => {
                    let mut around = self.declared.around.clone();
                    around.push(self.declared.file.clone());
                    if around.contains(&file) {
                        survey.problems.push(self.problem(module, "this module contains itself".to_owned()));
                    } else {
                        survey.declared.push(Declared { path, file, directory, cfg, position, around });
                    }
                }
            }
        }
    }

    fn problem(&self, module: &ItemMod, message: String) -> Problem {
        Problem::at(&self.file, SourceFile::range(&module.ident), message)
    }

    fn not_found(&self, module: &ItemMod, not_found: NotFound, here: &Path) -> Problem {
        let name = &module.ident;
        let shown = |path: &Path| shown(path, here);
        match not_found {
            NotFound::Neither(own, index) => self
                .problem(module, format!("no file for the module `{name}`"))
                .help(format!("rustc looks for it at `{}` and at `{}`", shown(&own), shown(&index))),
            NotFound::Both(own, index) => self
                .problem(module, format!("two files for the module `{name}`"))
                .help(format!("keep one of `{}` and `{}`", shown(&own), shown(&index))),
            NotFound::AtPath(file) => self
                .problem(module, format!("no file for the module `{name}`"))
                .help(format!("`#[path]` points to `{}`", shown(&file))),
        }
    }
}

/// Module whose items are being read.
struct Around<'a> {
    path: &'a ModulePath,
    directory: &'a Directory,
    cfg: &'a [String],
    position: &'a [usize],
}

fn cfgs(attributes: &[Attribute]) -> impl Iterator<Item = String> {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    lists.filter_map(|attribute| attribute.meta.require_list().ok()).map(|list| list.tokens.to_string())
}

/// Folder with the files of the modules that a module declares, by rustc's rules.
#[derive(Clone, Debug)]
struct Directory {
    path: PathBuf,
    /// `services`, for a file `services.rs` that is not `services/mod.rs`. A `#[path]` counts from the folder of the file.
    below: Option<String>,
}

/// File of a module, and the folder with the files of the modules in it.
#[derive(Debug)]
struct ModuleFile {
    file: PathBuf,
    directory: Directory,
}

/// Reason why a module has no file.
#[derive(Debug)]
enum NotFound {
    /// Neither place has a file.
    Neither(PathBuf, PathBuf),
    /// Both places have one.
    Both(PathBuf, PathBuf),
    /// The place that `#[path]` names has none.
    AtPath(PathBuf),
}

impl Directory {
    /// Folder of the root of a crate.
    fn of_root(root: &Path) -> Self {
        Self { path: root.parent().unwrap_or(root).to_owned(), below: None }
    }

    /// Folder of `mod name { .. }` in a module with this folder.
    fn of_inline(&self, item: &ItemMod, name: &str, conditions: &Conditions) -> Self {
        let mut path = self.path.clone();
        // The `#[path]` of a module in braces is a folder, relative to the folder of the file.
        if let Some(folder) = path_attribute(item, conditions) {
            path.push(folder);
        } else {
            path.extend(&self.below);
            path.push(name);
        }
        Self { path, below: None }
    }

    /// File of `mod name;`.
    fn locate(&self, item: &ItemMod, name: &str, conditions: &Conditions) -> Result<ModuleFile, NotFound> {
        if let Some(written) = path_attribute(item, conditions) {
            let file = self.path.join(written);
            // The file counts as a `mod.rs`, regardless of its name.
            let directory = Self::of_root(&file);
            return if file.is_file() {
                Ok(ModuleFile { file, directory })
            } else {
                Err(NotFound::AtPath(file))
            };
        }
        let mut folder = self.path.clone();
        folder.extend(&self.below);
        let (own, index) = (folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs"));
        match (own.is_file(), index.is_file()) {
            (true, false) => {
                let directory = Self { path: folder, below: Some(name.to_owned()) };
                Ok(ModuleFile { file: own, directory })
            }
            (false, true) => {
                let directory = Self::of_root(&index);
                Ok(ModuleFile { file: index, directory })
            }
            (true, true) => Err(NotFound::Both(own, index)),
            (false, false) => Err(NotFound::Neither(own, index)),
        }
    }
}

/// Value of the first `#[path = ".."]` that applies.
fn path_attribute(item: &ItemMod, conditions: &Conditions) -> Option<String> {
    conditions.applied(&item.attrs).iter().find_map(|meta| match &**meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}
