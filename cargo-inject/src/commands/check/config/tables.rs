//! Tables of a manifest with the rules, as they are written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// Part of a manifest with the rules.
#[derive(Default, Deserialize)]
pub(super) struct Manifest {
    pub(super) package: Option<Section>,
    pub(super) workspace: Option<Section>,
}

#[derive(Deserialize)]
pub(super) struct Section {
    pub(super) metadata: Option<Metadata>,
}

#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) inject: Option<InjectTable>,
}

pub(super) type Text = Spanned<String>;
pub(super) type Texts = Vec<Text>;

/// `[package.metadata.inject]`, and `[workspace.metadata.inject]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct InjectTable {
    pub(super) tests: Option<bool>,
    pub(super) layers: Option<Spanned<LayersTable>>,
    pub(super) rules: Option<Vec<Spanned<RuleTable>>>,
    pub(super) contexts: Option<Vec<Spanned<ContextsTable>>>,
    pub(super) names: Option<Vec<Spanned<NamesTable>>>,
    pub(super) wiring: Option<Spanned<WiringTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WiringTable {
    pub(super) reason: Option<Text>,
    pub(super) except: Texts,
    #[serde(default)]
    pub(super) allow_unmatched: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LayersTable {
    pub(super) reason: Option<Text>,
    pub(super) modules: BTreeMap<Text, Texts>,
    pub(super) may_use: Option<BTreeMap<Text, Texts>>,
    #[serde(default)]
    pub(super) allow_unmatched: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RuleTable {
    pub(super) name: Text,
    pub(super) reason: Option<Text>,
    pub(super) modules: Texts,
    #[serde(default)]
    pub(super) except: Texts,
    pub(super) may_not_use: Option<Texts>,
    pub(super) may_only_use: Option<Texts>,
    pub(super) instead: Option<String>,
    #[serde(default)]
    pub(super) allow_unmatched: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ContextsTable {
    pub(super) reason: Option<Text>,
    pub(super) modules: Texts,
    pub(super) public: Texts,
    #[serde(default)]
    pub(super) except: Texts,
    #[serde(default)]
    pub(super) allow_unmatched: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct NamesTable {
    pub(super) pattern: Text,
    pub(super) reason: Option<Text>,
    pub(super) attribute: Option<Text>,
    pub(super) modules: Option<Texts>,
    #[serde(default)]
    pub(super) allow_unmatched: bool,
}
