//! The rules as they are written in a manifest. Whether they make sense is for [`model`](super::model) to say.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// As much of a manifest as matters here.
#[derive(Default, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) package: Option<Section>,
    pub(crate) workspace: Option<Section>,
}

#[derive(Deserialize)]
pub(crate) struct Section {
    pub(crate) metadata: Option<Metadata>,
}

#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) inject: Option<Inject>,
}

pub(crate) type Text = Spanned<String>;
pub(crate) type Texts = Vec<Text>;

/// `[package.metadata.inject]`, and `[workspace.metadata.inject]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Inject {
    pub(crate) tests: Option<bool>,
    pub(crate) layers: Option<Spanned<Layers>>,
    pub(crate) rules: Option<Vec<Spanned<Rule>>>,
    pub(crate) contexts: Option<Vec<Spanned<Contexts>>>,
    pub(crate) names: Option<Vec<Spanned<Names>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Layers {
    pub(crate) reason: Option<Text>,
    pub(crate) modules: BTreeMap<Text, Texts>,
    pub(crate) may_use: Option<BTreeMap<Text, Texts>>,
    #[serde(default)]
    pub(crate) allow_unmatched: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Rule {
    pub(crate) name: Text,
    pub(crate) reason: Option<Text>,
    pub(crate) modules: Texts,
    #[serde(default)]
    pub(crate) except: Texts,
    pub(crate) may_not_use: Option<Texts>,
    pub(crate) may_only_use: Option<Texts>,
    pub(crate) instead: Option<String>,
    #[serde(default)]
    pub(crate) allow_unmatched: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Contexts {
    pub(crate) reason: Option<Text>,
    pub(crate) modules: Texts,
    pub(crate) public: Texts,
    #[serde(default)]
    pub(crate) except: Texts,
    #[serde(default)]
    pub(crate) allow_unmatched: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Names {
    pub(crate) pattern: Text,
    pub(crate) reason: Option<Text>,
    pub(crate) attribute: Option<Text>,
    pub(crate) modules: Option<Texts>,
    #[serde(default)]
    pub(crate) allow_unmatched: bool,
}
