use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::lower::{Mode, lower};
use super::{Claims, Maturity, Pack, Scenario, Scorecard, Waivers, Workspace};
use crate::diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use crate::syntax::{Map, Node, NodeKind};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `scoreline.yaml`: settings of the workspace.
    Workspace,
    /// Reusable definitions.
    Pack,
    /// One contract, or one internal team's card.
    Scorecard,
    /// The register of claims of a scorecard.
    Claims,
    /// A levelled maturity model and its evidence.
    Maturity,
    /// A test: given these facts, the contract must say this.
    Scenario,
    /// Changes that somebody accepts when two versions are compared.
    Waivers,
}

/// One document of a workspace.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it is.
    pub kind: Kind,
    /// Path of its file relative to the workspace root.
    pub path: String,
    /// Its tree.
    pub node: Node,
}

/// The fields that say what a document is.
const HEAD: &[&str] = &["apiVersion", "kind", "id"];

impl Document {
    /// Returns its id, if it has one.
    pub fn id(&self) -> Option<&str> {
        self.node.at(["id"])?.as_text()
    }

    /// Whether it says nothing but which document it is.
    pub fn is_head(&self) -> bool {
        let mut entries = self.node.as_map().into_iter().flat_map(Map::iter);
        entries.all(|(key, _)| HEAD.contains(&&*key.text))
    }

    /// Returns it without anything but what says which document it is; its tree still says where it stands.
    pub fn head(&self) -> Self {
        let entries = self.node.as_map().into_iter().flat_map(Map::iter);
        let kept = entries.filter(|(key, _)| HEAD.contains(&&*key.text));
        let kept = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
        Self {
            kind: self.kind,
            path: self.path.clone(),
            node: Node {
                kind: NodeKind::Map(Map::new(kept)),
                span: self.node.span,
            },
        }
    }
}

/// The version of the language that documents name.
const API_VERSION: &str = "scoreline/v1";

impl Kind {
    /// Every kind, in the order in which a reader meets them.
    pub const ALL: &'static [Self] = &[
        Self::Workspace,
        Self::Pack,
        Self::Scorecard,
        Self::Claims,
        Self::Maturity,
        Self::Scenario,
        Self::Waivers,
    ];

    /// Returns the word a document says it with.
    pub fn name(self) -> &'static str {
        match self {
            Self::Workspace => "Workspace",
            Self::Pack => "Pack",
            Self::Scorecard => "Scorecard",
            Self::Claims => "Claims",
            Self::Maturity => "Maturity",
            Self::Scenario => "Scenario",
            Self::Waivers => "Waivers",
        }
    }
}

/// Recognises a document by its `apiVersion` and `kind`.
///
/// A file with neither is another tool's and none of ours: there is no document and no finding.
pub fn document(path: &str, node: Node, diagnostics: &mut Diagnostics) -> Option<Document> {
    let map = node.as_map()?;
    let Some(version) = map.get("apiVersion") else {
        return without_version(map, diagnostics);
    };
    let text = version.as_text()?;
    if text != API_VERSION {
        // Another tool's version has the tool's name before it.
        let is_meant = text == "scoreline" || text.starts_with("scoreline/");
        if is_meant || (!text.contains('/') && is_ours(map)) {
            let finding = Diagnostic::new("unknown-kind", version.span, format!("unknown version `{text}`"));
            diagnostics.push(finding.help(format!("write `apiVersion: {API_VERSION}`")));
        }
        return None;
    }
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let Some(kind) = map.get("kind") else {
        let finding = Diagnostic::new("missing-field", version.span, "the document has no `kind`");
        diagnostics.push(finding.help(format!("add `kind: …`, one of {}", super::lower::list(&names))));
        return None;
    };
    let word = kind.as_text().unwrap_or_default();
    if let Some(known) = Kind::ALL.iter().find(|known| known.name() == word) {
        return Some(Document {
            kind: *known,
            path: path.to_owned(),
            node,
        });
    }
    let listed = super::lower::list(&names);
    let finding = Diagnostic::new("unknown-kind", kind.span, format!("unknown kind `{word}`"));
    diagnostics.push(finding.help(match did_you_mean(word, names) {
        Some(meant) => format!("did you mean `{meant}`? a document is one of {listed}"),
        None => format!("a document is one of {listed}"),
    }));
    None
}

/// Reports a document of ours whose `apiVersion` was forgotten; one without our fields is another tool's.
fn without_version(map: &Map, diagnostics: &mut Diagnostics) -> Option<Document> {
    let (_, kind) = map.entry("kind")?;
    if is_ours(map) {
        let finding = Diagnostic::new("missing-field", kind.span, "the document has no `apiVersion`");
        diagnostics.push(finding.help(format!("add `apiVersion: {API_VERSION}` above `kind`")));
    }
    None
}

/// Whether a map has a kind of ours and one of the fields that only such a document has.
fn is_ours(map: &Map) -> bool {
    let word = map.get("kind").and_then(Node::as_text);
    let fields: &[&str] = match Kind::ALL.iter().find(|kind| Some(kind.name()) == word) {
        None => &[],
        Some(Kind::Workspace) => &["lints", "reports"],
        Some(Kind::Pack | Kind::Scorecard) => &["kpis", "sources", "extends"],
        Some(Kind::Claims) => &["for"],
        Some(Kind::Maturity) => &["dimensions", "levels"],
        Some(Kind::Scenario) => &["tests"],
        Some(Kind::Waivers) => &["waivers"],
    };
    fields.iter().any(|field| map.get(field).is_some())
}

/// Reports every problem of a document alone: its shape, then its values; whether there was none.
pub fn examine(document: &Document, diagnostics: &mut Diagnostics) -> bool {
    let node = &document.node;
    let before = diagnostics.iter().count();
    super::validate(document.kind, node, diagnostics);
    match document.kind {
        Kind::Workspace => drop(lower::<Workspace>(node, Mode::Complete, diagnostics)),
        Kind::Pack => drop(lower::<Pack>(node, Mode::Partial, diagnostics)),
        Kind::Scorecard => drop(lower::<Scorecard>(node, Mode::Partial, diagnostics)),
        Kind::Claims => drop(lower::<Claims>(node, Mode::Complete, diagnostics)),
        Kind::Maturity => drop(lower::<Maturity>(node, Mode::Complete, diagnostics)),
        Kind::Scenario => drop(lower::<Scenario>(node, Mode::Complete, diagnostics)),
        Kind::Waivers => drop(lower::<Waivers>(node, Mode::Complete, diagnostics)),
    }
    diagnostics.iter().count() == before
}

/// Returns the JSON Schema of documents of `kind`, as it is published.
pub fn schema(kind: Kind) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = match kind {
        Kind::Workspace => generator.into_root_schema_for::<Workspace>(),
        Kind::Pack => generator.into_root_schema_for::<Pack>(),
        Kind::Scorecard => generator.into_root_schema_for::<Scorecard>(),
        Kind::Claims => generator.into_root_schema_for::<Claims>(),
        Kind::Maturity => generator.into_root_schema_for::<Maturity>(),
        Kind::Scenario => generator.into_root_schema_for::<Scenario>(),
        Kind::Waivers => generator.into_root_schema_for::<Waivers>(),
    };
    let name = kind.name();
    schema.insert("title".into(), name.into());
    let head = json!({
        "apiVersion": {
            "const": API_VERSION,
            "description": "The version of the language.",
            "examples": [API_VERSION],
        },
        "kind": {
            "const": name,
            "description": "What this document is.",
            "examples": [name],
        },
    });
    let mut schema = schema.to_value();
    schema["$id"] = format!("urn:scoreline:v1:{}", name.to_lowercase()).into();
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    schema["properties"] = head;
    if let Some(all) = schema["properties"].as_object_mut() {
        all.extend(properties);
    }
    let mut required = vec![json!("apiVersion"), json!("kind")];
    required.extend(schema["required"].as_array().into_iter().flatten().cloned());
    schema["required"] = Value::Array(required);
    schema
}
