//! What a workspace resolves to.

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, Diagnostics, Level, RULES, did_you_mean};
use crate::model::{self, Document, Kind, Mode};
use crate::resolve::bind::Cursor;
use crate::resolve::terms::{Allow, Id, Scenario, Timeline};
use crate::source::Span;

/// Everything that the documents of a workspace say.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// What `scoreline.yaml` sets.
    pub settings: Settings,
    /// The scorecards in the order of their files.
    pub cards: Vec<Timeline>,
    /// The tests of the scorecards in the order of their files; those with errors are left out.
    pub scenarios: Vec<Scenario>,
    /// The packs in the order of their files.
    pub packs: Vec<PackVersion>,
}

/// The settings of a workspace.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The title, for readers.
    pub title: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// The folder that reports are written to, relative to the workspace root.
    pub out: String,
    /// How many periods trends show.
    pub trend: u32,
    /// The folder with templates that replace the built-in ones.
    pub templates: Option<String>,
    /// Levels of rules by name; `None` is `allow`: not reported.
    pub lints: IndexMap<String, Option<Level>>,
    /// Findings that are accepted everywhere.
    pub allow: Vec<Allow>,
}

/// A pack of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackVersion {
    /// Its id.
    pub id: Id,
    /// Its whole version.
    pub version: String,
    /// Where it stands.
    pub span: Span,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: None,
            description: None,
            out: "reports".to_owned(),
            trend: 12,
            templates: None,
            lints: IndexMap::new(),
            allow: Vec::new(),
        }
    }
}

/// Reads the settings; a second Workspace document is reported.
pub(super) fn settings(documents: &[Document], diagnostics: &mut Diagnostics) -> Settings {
    let mut found = documents.iter().filter(|document| document.kind == Kind::Workspace);
    let Some(document) = found.next() else {
        return Settings::default();
    };
    for second in found {
        diagnostics.push(
            Diagnostic::new("duplicate-id", kind_span(second), "two Workspace documents")
                .also(kind_span(document), "the first is here")
                .help("keep the one in `scoreline.yaml` at the root"),
        );
    }
    let Some(written) = model::lower::<model::Workspace>(&document.node, Mode::Complete, diagnostics) else {
        return Settings::default();
    };
    let at = Cursor::new(&document.node);
    let reports = written.reports.as_ref();
    let defaults = Settings::default();
    let lints = written.lints.iter().map(|(rule, level)| {
        check_rule(rule, at.step("lints").step(rule).key_span(), diagnostics);
        let level = match level {
            model::LintLevel::Error => Some(Level::Error),
            model::LintLevel::Warn => Some(Level::Warn),
            model::LintLevel::Info => Some(Level::Info),
            model::LintLevel::Allow => None,
        };
        (rule.to_string(), level)
    });
    let lints = lints.collect();
    let out = reports.and_then(|reports| reports.out.clone());
    if let Some(out) = out.as_deref().filter(|out| !stays_inside(out)) {
        let place = at.step("reports").step("out").span();
        diagnostics.push(
            Diagnostic::new(
                "invalid-value",
                place,
                format!("`{out}` is no folder inside the workspace"),
            )
            .help("write a folder below this file, such as `reports`; `build --out` may name any other"),
        );
    }
    Settings {
        title: written.title.clone(),
        description: written.description.clone(),
        out: out.unwrap_or(defaults.out),
        trend: reports
            .and_then(|reports| reports.trend)
            .map_or(defaults.trend, |trend| trend.0),
        templates: reports.and_then(|reports| reports.templates.clone()),
        lints,
        allow: allowed(written.allow.as_ref()),
    }
}

/// Whether a path names a folder below the one it is relative to, on every system.
///
/// What a document says may come from anyone who proposes a change to it: it must not decide which files of a
/// machine are overwritten. Data are only read, and often lie beside the workspace, so their paths are free.
fn stays_inside(path: &str) -> bool {
    let mut depth = 0_i32;
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            return false;
        }
    }
    depth > 0 && !path.starts_with(['/', '\\']) && !path.contains(':')
}

/// Reports a rule that the catalog does not have.
fn check_rule(name: &str, span: Span, diagnostics: &mut Diagnostics) {
    if RULES.iter().any(|rule| rule.name == name) {
        return;
    }
    let finding = Diagnostic::new("unknown-reference", span, format!("no rule is called `{name}`"));
    diagnostics.push(match did_you_mean(name, RULES.iter().map(|rule| rule.name)) {
        Some(close) => finding.help(format!("did you mean `{close}`?")),
        None => finding.help("remove it; `scoreline explain` lists every rule"),
    });
}

/// Translates accepted findings.
pub(super) fn allowed(written: Option<&model::Allowed>) -> Vec<Allow> {
    let written: &[model::Allow] = match written {
        None => &[],
        Some(model::Allowed::One(one)) => std::slice::from_ref(one),
        Some(model::Allowed::More(more)) => more,
    };
    let allowed = written.iter().map(|allow| Allow {
        rule: allow.rule.to_string(),
        reason: allow.reason.clone(),
        until: allow.until,
    });
    allowed.collect()
}

/// Returns where a document says its kind.
fn kind_span(document: &Document) -> Span {
    Cursor::new(&document.node).step("kind").span()
}
