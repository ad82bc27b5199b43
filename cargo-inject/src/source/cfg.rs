//! Conditions of `#[cfg]` and `#[cfg_attr]`.

use std::{borrow::Cow, process::Command, str::FromStr as _};

use cargo_platform::{Cfg, CfgExpr};
use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Meta, Token, parse::Parser as _, punctuated::Punctuated};

/// Conditions that are set: features, the properties of the target, and `test` only on request.
#[derive(Clone, Debug)]
pub(crate) struct Conditions {
    set: Vec<Cfg>,
}

impl Conditions {
    /// Conditions of the host as rustc prints them, with `features`.
    pub(crate) fn of_host(folder: &std::path::Path, features: impl Iterator<Item = String>) -> Self {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut command = Command::new(rustc);
        // The folder determines the toolchain.
        command.args(["--print", "cfg"]).current_dir(folder);
        if let Ok(flags) = std::env::var("RUSTFLAGS") {
            command.args(flags.split_whitespace());
        }
        let printed = command.output().ok().filter(|output| output.status.success());
        let printed =
            printed.map(|text| String::from_utf8_lossy(&text.stdout).into_owned()).unwrap_or_default();
        let mut set: Vec<_> = printed.lines().filter_map(|line| Cfg::from_str(line).ok()).collect();
        if set.is_empty() {
            // Without rustc: the target that this program was built for is the best guess.
            set = host();
        }
        set.extend(features.filter_map(|feature| Cfg::from_str(&format!("feature={feature:?}")).ok()));
        Self { set }
    }

    /// Sets `test` as well.
    #[must_use]
    pub(crate) fn with_test(mut self) -> Self {
        self.set.extend(Cfg::from_str("test").ok());
        self
    }

    /// Whether the conditions among these attributes hold.
    pub(crate) fn hold(&self, attributes: &[Attribute]) -> bool {
        attributes.iter().all(|attribute| {
            if attribute.path().is_ident("cfg") {
                attribute.meta.require_list().is_ok_and(|list| self.holds(&list.tokens))
            } else if attribute.path().is_ident("cfg_attr") {
                // `cfg_attr(a, cfg(b))`
                self.implied(attribute).iter().all(|meta| match meta {
                    Meta::List(list) if list.path.is_ident("cfg") => self.holds(&list.tokens),
                    _ => true,
                })
            } else {
                true
            }
        })
    }

    /// Attributes that apply: each `cfg_attr` is replaced by the attributes that it adds.
    pub(crate) fn applied<'a>(&self, attributes: &'a [Attribute]) -> Vec<Cow<'a, Meta>> {
        let mut applied = Vec::new();
        for attribute in attributes {
            if attribute.path().is_ident("cfg_attr") {
                applied.extend(self.implied(attribute).into_iter().map(Cow::Owned));
            } else {
                applied.push(Cow::Borrowed(&attribute.meta));
            }
        }
        applied
    }

    /// Attributes that a `cfg_attr` adds, also through one inside it.
    fn implied(&self, attribute: &Attribute) -> Vec<Meta> {
        fn collect(conditions: &Conditions, tokens: &TokenStream, applied: &mut Vec<Meta>) {
            let is_comma =
                |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
            let mut tokens = tokens.clone().into_iter();
            let condition = tokens.by_ref().take_while(|token| !is_comma(token)).collect();
            if !conditions.holds(&condition) {
                return;
            }
            let metas = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(tokens.collect());
            for meta in metas.into_iter().flatten() {
                match &meta {
                    Meta::List(list) if list.path.is_ident("cfg_attr") => {
                        collect(conditions, &list.tokens, applied);
                    }
                    _ => applied.push(meta),
                }
            }
        }
        let mut applied = Vec::new();
        if let Ok(list) = attribute.meta.require_list() {
            collect(self, &list.tokens, &mut applied);
        }
        applied
    }

    /// A condition that cannot be read, because it is not stable, does not hold.
    fn holds(&self, condition: &TokenStream) -> bool {
        CfgExpr::from_str(&condition.to_string()).is_ok_and(|condition| condition.matches(&self.set))
    }
}

fn host() -> Vec<Cfg> {
    use std::env::consts::{ARCH, FAMILY, OS};
    let written = [
        FAMILY.to_owned(),
        format!("target_family={FAMILY:?}"),
        format!("target_os={OS:?}"),
        format!("target_arch={ARCH:?}"),
        format!("target_pointer_width=\"{}\"", usize::BITS),
        "debug_assertions".to_owned(),
        "panic=\"unwind\"".to_owned(),
    ];
    written.iter().filter_map(|text| Cfg::from_str(text).ok()).collect()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn conditions() -> Conditions {
        let set = ["unix", "feature=\"search\"", "target_os=\"linux\""];
        Conditions { set: set.iter().map(|text| Cfg::from_str(text).unwrap()).collect() }
    }

    #[test]
    fn conditions_are_read_as_rustc_reads_them() {
        let holds = |attributes: Vec<Attribute>| conditions().hold(&attributes);
        assert!(holds(vec![parse_quote!(#[cfg(all(unix, not(test), any(feature = "search", windows,)))])]));
        assert!(holds(vec![parse_quote!(#[cfg(true)])]));
        assert!(!holds(vec![parse_quote!(#[cfg(unix)]), parse_quote!(#[cfg(test)])]));
        assert!(!holds(vec![parse_quote!(#[cfg(version("1.2"))])]));
        assert!(!holds(vec![parse_quote!(#[cfg_attr(unix, cfg(windows))])]));
        assert!(holds(vec![parse_quote!(#[cfg_attr(windows, cfg(windows))])]));
    }

    #[test]
    fn a_cfg_attr_is_replaced_by_the_attributes_that_it_adds() {
        let attributes: Vec<Attribute> = vec![
            parse_quote!(#[inline]),
            parse_quote!(#[cfg_attr(unix, path = "unix.rs", cfg_attr(feature = "search", cold))]),
            parse_quote!(#[cfg_attr(windows, path = "windows.rs")]),
        ];
        let conditions = conditions();
        let applied = conditions.applied(&attributes);
        let names: Vec<_> = applied.iter().map(|meta| meta.path().get_ident().unwrap().to_string()).collect();
        assert_eq!(names, ["inline", "path", "cold"]);
    }
}
