//! Packs: which there are, which of them a document extends, and what of them enters a scorecard.

use std::collections::BTreeSet;

use super::overlay::{Layered, Place};
use super::position::Position;
use crate::diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use crate::model::{self, Document, Kind, Mode};
use crate::source::Span;
use crate::syntax::Node;

/// A pack of the workspace.
#[derive(Clone, Debug)]
pub(super) struct Pack<'a> {
    /// Its id.
    pub(super) id: &'a str,
    /// Its version as written.
    pub(super) version: &'a str,
    /// The whole document.
    pub(super) node: &'a Node,
    id_span: Span,
    version_span: Span,
}

/// Every pack of the workspace.
#[derive(Clone, Debug, Default)]
pub(super) struct Packs<'a> {
    packs: Vec<Pack<'a>>,
    /// Whether a document could not be read; it may be one of them.
    is_lost: bool,
}

/// What describes a pack itself and never enters a scorecard.
const OF_THE_PACK: &[&str] = &[
    "apiVersion",
    "kind",
    "id",
    "title",
    "description",
    "version",
    "locked",
    "extends",
];

impl<'a> Packs<'a> {
    /// Collects the packs; two of one id and major version are reported.
    pub(super) fn of(documents: &'a [Document], is_lost: bool, diagnostics: &mut Diagnostics) -> Self {
        let mut packs: Vec<Pack<'a>> = Vec::new();
        for document in documents.iter().filter(|document| document.kind == Kind::Pack) {
            let field = |name| {
                let node = document.node.as_map()?.get(name)?;
                Some((node.as_text()?, node.span))
            };
            // Without an id or a version nothing can refer to it; the model has said so.
            let (Some((id, id_span)), Some((version, version_span))) = (field("id"), field("version")) else {
                continue;
            };
            let pack = Pack {
                id,
                version,
                node: &document.node,
                id_span,
                version_span,
            };
            match packs
                .iter()
                .find(|other| other.id == id && other.major() == pack.major())
            {
                Some(first) => diagnostics.push(
                    Diagnostic::new(
                        "duplicate-id",
                        id_span,
                        format!("two packs are called `{id}` and have major version {}", pack.major()),
                    )
                    .also(first.id_span, "the first is here")
                    .help("give one of them another id or another major version"),
                ),
                None => packs.push(pack),
            }
        }
        Self { packs, is_lost }
    }

    /// Returns the packs that `document` extends, the packs these extend before them, each once; and
    /// whether that is all of them.
    pub(super) fn extended_by(&self, document: &'a Node, diagnostics: &mut Diagnostics) -> (Vec<&Pack<'a>>, bool) {
        let mut found = Vec::new();
        let is_whole = self.collect(document, &mut Vec::new(), &mut found, diagnostics);
        (found.into_iter().map(|index| &self.packs[index]).collect(), is_whole)
    }

    /// Returns every pack.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Pack<'a>> {
        self.packs.iter()
    }

    fn collect(
        &self,
        node: &Node,
        path: &mut Vec<usize>,
        found: &mut Vec<usize>,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let mut is_whole = true;
        let extends = node.at(["extends"]);
        for reference in extends.and_then(Node::as_list).into_iter().flatten() {
            let Some(index) = self.find(reference, diagnostics) else {
                is_whole = false;
                continue;
            };
            if path.contains(&index) {
                let pack = &self.packs[index];
                diagnostics.push(
                    Diagnostic::new(
                        "unknown-pack",
                        reference.span,
                        format!("pack `{}` extends itself", pack.id),
                    )
                    .also(pack.id_span, "this pack is reached again")
                    .help("remove this reference: packs may extend each other, but not in a circle"),
                );
                continue;
            }
            if found.contains(&index) {
                continue;
            }
            path.push(index);
            is_whole &= self.collect(self.packs[index].node, path, found, diagnostics);
            path.pop();
            found.push(index);
        }
        is_whole
    }

    fn find(&self, reference: &Node, diagnostics: &mut Diagnostics) -> Option<usize> {
        // Without its packs a scorecard is not read any further, so a reference of another form is reported here.
        model::lower::<model::PackReference>(reference, Mode::Complete, diagnostics)?;
        let (id, major) = reference.as_text()?.split_once('@')?;
        let named: Vec<usize> = (0..self.packs.len()).filter(|&i| self.packs[i].id == id).collect();
        let fits = |&&index: &&usize| self.packs[index].major() == major;
        if let Some(&index) = named.iter().find(fits) {
            return Some(index);
        }
        let finding = match named.last() {
            Some(&other) => {
                let other = &self.packs[other];
                let message = format!("pack `{id}` has no version {major}");
                Diagnostic::new("pack-version", reference.span, message)
                    .also(
                        other.version_span,
                        format!("the workspace has version {}", other.version),
                    )
                    .help(format!("write `{id}@{}`", other.major()))
            }
            // It may be in a document that could not be read, which has been reported.
            None if self.is_lost => return None,
            None => {
                let ids: BTreeSet<&str> = self.packs.iter().map(|pack| pack.id).collect();
                let finding = Diagnostic::new("unknown-pack", reference.span, format!("no pack is called `{id}`"));
                match did_you_mean(id, ids.iter().copied()) {
                    Some(close) => finding.help(format!("did you mean `{close}`?")),
                    None if ids.is_empty() => {
                        finding.help("add the document of the pack (`kind: Pack`) to the workspace")
                    }
                    None => finding.help(format!("the workspace has {}", listed(ids.iter().copied()))),
                }
            }
        };
        diagnostics.push(finding);
        None
    }
}

impl<'a> Pack<'a> {
    /// Returns the part of the version before the first point.
    pub(super) fn major(&self) -> &'a str {
        self.version.split('.').next().unwrap_or(self.version)
    }

    /// Returns what it defines; of its KPIs, which are templates, only those that `wanted` names.
    pub(super) fn layer(&self, wanted: &dyn Fn(&str) -> bool) -> Layered<'a> {
        let entries = Layered::Written(self.node).entries();
        let kept = entries
            .into_iter()
            .filter(|(key, _)| !OF_THE_PACK.contains(&&*key.text));
        let kept = kept.map(|(key, value)| {
            let value = if &*key.text == "kpis" && value.is_map() {
                let templates = value.entries().into_iter().filter(|(key, _)| wanted(&key.text));
                Layered::map(value.span(), templates.collect())
            } else {
                value
            };
            (key, value)
        });
        Layered::map(self.node.span, kept.collect())
    }

    /// Returns the patterns of the fields it has locked, such as `kpis.*.measure`, and their places.
    pub(super) fn locked(&self) -> impl Iterator<Item = (&'a str, Span)> {
        let locked = self.node.at(["locked"]).and_then(Node::as_list).unwrap_or_default();
        locked.iter().filter_map(|node| Some((node.as_text()?, node.span)))
    }
}

/// Lays `packs` over each other, later ones above.
pub(super) fn stack<'a>(packs: &[&Pack<'a>], wanted: &dyn Fn(&str) -> bool) -> Option<Layered<'a>> {
    let layers = packs.iter().map(|pack| pack.layer(wanted));
    layers.reduce(|below, above| below.overlay(above, Position::Card, Place::Above))
}

/// Writes names as `a`, `b` and `c`.
pub(super) fn listed<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
