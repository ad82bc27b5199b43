//! A parsed file: the modules in it, and the files of the modules declared in it.

use std::{path::PathBuf, sync::Arc};

use syn::{Attribute, Item, ItemMod, ext::IdentExt as _};

use super::{
    cfg::Conditions,
    directory::{Directory, Found, NotFound},
    file::{SourceFile, shown},
    item::attributes_of,
    module::{Module, ModulePath},
    problem::Problem,
};

/// A module in a file of its own that has been declared, and not been read yet.
pub(super) struct Declared {
    pub(super) path: ModulePath,
    pub(super) file: PathBuf,
    directory: Directory,
    cfg: Vec<String>,
    pub(super) position: Vec<usize>,
    /// The files of the modules around it.
    around: Vec<PathBuf>,
}

/// A file that has been read.
pub(super) struct Parsed {
    declared: Declared,
    file: Arc<SourceFile>,
    ast: syn::File,
}

/// What is in a file.
pub(super) struct Survey<'a> {
    pub(super) modules: Vec<Module<'a>>,
    pub(super) declared: Vec<Declared>,
    pub(super) problems: Vec<Problem>,
}

impl Declared {
    /// The root of a crate.
    pub(super) fn root(file: PathBuf) -> Self {
        let directory = Directory::of_root(&file);
        let path = ModulePath::default();
        Self { path, file, directory, cfg: Vec::new(), position: Vec::new(), around: Vec::new() }
    }

    pub(super) fn parse(self) -> Result<Parsed, Problem> {
        let file = SourceFile::read(&self.file)?;
        let ast = file.parse()?;
        Ok(Parsed { declared: self, file, ast })
    }
}

impl Parsed {
    pub(super) fn survey<'a>(&'a self, conditions: &'a Conditions) -> Survey<'a> {
        let mut survey = Survey { modules: Vec::new(), declared: Vec::new(), problems: Vec::new() };
        let Declared { path, directory, cfg, position, .. } = &self.declared;
        let attributes: Vec<_> = self.ast.attrs.iter().collect();
        // `#![cfg(..)]` at the top of a file takes it away from where it was declared.
        if conditions.hold(&self.ast.attrs) {
            let mut cfg = cfg.clone();
            cfg.extend(cfgs(&self.ast.attrs));
            let around = Around { path, directory, cfg: &cfg, position };
            self.collect(&around, attributes, &self.ast.items, conditions, &mut survey);
        }
        survey
    }

    fn collect<'a>(
        &'a self,
        around: &Around<'_>,
        attributes: Vec<&'a Attribute>,
        items: &'a [Item],
        conditions: &'a Conditions,
        survey: &mut Survey<'a>,
    ) {
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
                self.collect(&inside, module.attrs.iter().collect(), items, conditions, survey);
                continue;
            }
            match around.directory.locate(module, &name, conditions) {
                Err(not_found) => survey.problems.push(self.not_found(module, not_found)),
                Ok(Found { file, directory }) => {
                    let mut around = self.declared.around.clone();
                    around.push(self.declared.file.clone());
                    if around.contains(&file) {
                        survey.problems.push(self.problem(module, "this module is inside itself".to_owned()));
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

    fn not_found(&self, module: &ItemMod, not_found: NotFound) -> Problem {
        let name = &module.ident;
        match not_found {
            NotFound::Neither(own, index) => self
                .problem(module, format!("there is no file for the module `{name}`"))
                .help(format!("it is looked for at `{}`, and at `{}`", shown(&own), shown(&index))),
            NotFound::Both(own, index) => self
                .problem(module, format!("there are two files for the module `{name}`"))
                .help(format!("keep one of `{}` and `{}`", shown(&own), shown(&index))),
            NotFound::AtPath(file) => self
                .problem(module, format!("there is no file for the module `{name}`"))
                .help(format!("`#[path]` says that it is at `{}`", shown(&file))),
        }
    }
}

/// What is known of a module while its items are looked at.
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
