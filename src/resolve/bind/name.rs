//! Names that refer to something: each is bound where it stands, or reported there.

use super::{Binder, Cursor};
use crate::diagnostics::{Diagnostic, did_you_mean};
use crate::model::{Id as Name, OneOrMore};
use crate::resolve::broken::Broken;
use crate::resolve::terms::Id;
use crate::source::Span;

/// What a name may refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Person,
    Objective,
    Category,
    Calendar,
    Source,
    CarveOut,
}

impl Kind {
    /// What one is called, and the map that defines them.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Person => ("person", "people"),
            Self::Objective => ("objective", "objectives"),
            Self::Category => ("category", "categories"),
            Self::Calendar => ("calendar", "calendars"),
            Self::Source => ("source", "sources"),
            Self::CarveOut => ("carve-out", "carve_outs"),
        }
    }
}

impl<'a> Binder<'a> {
    /// Returns where errors have been found so far.
    pub(super) fn broken(&self) -> Broken {
        Broken::of(self.diagnostics)
    }

    /// Returns the name where something of `kind` has it; else reports it at `span`.
    pub(super) fn bound(&mut self, kind: Kind, name: &str, span: Span) -> Option<Id> {
        if self.is_known(kind, name) {
            self.named.insert((kind, name.to_owned()));
            return Some(name.to_owned());
        }
        let known = self.known(kind);
        let (noun, section) = kind.words();
        // What is defined and could not be read, or stands under a misspelt section, has been reported there.
        let there = self.at.step(section);
        let misspelt = !there.is_written() && self.at.node().is_some_and(|root| self.broken().at_keys(root));
        if there.step(name).is_written() || misspelt {
            return None;
        }
        let rule = match kind {
            Kind::Calendar => "unknown-calendar",
            _ => "unknown-reference",
        };
        let mut finding = unknown(rule, span, (noun, section), name, &known);
        let close = did_you_mean(name, known.iter().copied());
        if let Some(defined) = close.map(|close| there.step(close)).filter(|close| close.is_written()) {
            finding = finding.also(defined.key_span(), "defined here");
        }
        self.unknown.extend(close.map(|close| (kind, close.to_owned())));
        self.diagnostics.push(finding);
        None
    }

    /// Returns the places of definitions that nothing names, and that a name without a definition comes close to.
    pub(super) fn misspelt(&self) -> Vec<Span> {
        let unnamed = self.unknown.iter().filter(|close| !self.named.contains(close));
        let defined = unnamed.map(|(kind, name)| self.at.step(kind.words().1).step(name));
        defined
            .filter(|definition| definition.is_written())
            .map(Cursor::key_span)
            .collect()
    }

    /// Binds the optional field `field` of the map at `at`.
    pub(super) fn bound_field(&mut self, kind: Kind, name: Option<&Name>, at: Cursor<'a>, field: &str) -> Option<Id> {
        let name = name?;
        self.bound(kind, name, at.step(field).span())
    }

    /// Binds a list of names, or a single one in its place; unknown ones are left out.
    pub(super) fn bound_list(&mut self, kind: Kind, names: &[Name], at: Cursor<'a>) -> Vec<Id> {
        let names = names.iter().enumerate();
        names
            .filter_map(|(index, name)| self.bound(kind, name, at.item(index).span()))
            .collect()
    }

    /// Binds one or more people.
    pub(super) fn people(&mut self, names: Option<&OneOrMore>, at: Cursor<'a>) -> Vec<Id> {
        let names = names.map(OneOrMore::ids).unwrap_or_default();
        self.bound_list(Kind::Person, names, at)
    }

    /// Returns the KPIs that `name` stands for: itself, or all rows of its `each`.
    pub(super) fn kpis_named(&mut self, name: &str, span: Span) -> Vec<Id> {
        if self.card.sections.kpis.contains_key(name) {
            return vec![name.to_owned()];
        }
        if self.at.step("kpis").step(name).is_written() {
            return Vec::new();
        }
        let rows = self.rows.iter().filter(|(_, row)| row.kpi == name);
        let rows: Vec<Id> = rows.map(|(id, _)| id.clone()).collect();
        if rows.is_empty() {
            let known: Vec<&str> = self.card.sections.kpis.keys().map(|id| &**id).collect();
            let groups = self.rows.values().map(|row| row.kpi.as_str());
            let known: Vec<&str> = known.into_iter().chain(groups).collect();
            self.diagnostics
                .push(unknown("unknown-reference", span, ("KPI", "kpis"), name, &known));
        }
        rows
    }

    fn is_known(&self, kind: Kind, name: &str) -> bool {
        let sections = &self.card.sections;
        match kind {
            Kind::Person => sections.people.contains_key(name),
            Kind::Objective => sections.objectives.contains_key(name),
            Kind::Category => sections.categories.contains_key(name),
            Kind::Calendar => name == super::calendar::ALWAYS || sections.calendars.contains_key(name),
            Kind::Source => sections.sources.contains_key(name),
            Kind::CarveOut => sections.carve_outs.contains_key(name),
        }
    }

    fn known(&self, kind: Kind) -> Vec<&'a str> {
        let sections = &self.card.sections;
        match kind {
            Kind::Person => sections.people.keys().map(|id| &**id).collect(),
            Kind::Objective => sections.objectives.keys().map(|id| &**id).collect(),
            Kind::Category => sections.categories.keys().map(|id| &**id).collect(),
            Kind::Calendar => {
                let own = sections.calendars.keys().map(|id| &**id);
                own.chain([super::calendar::ALWAYS]).collect()
            }
            Kind::Source => sections.sources.keys().map(|id| &**id).collect(),
            Kind::CarveOut => sections.carve_outs.keys().map(|id| &**id).collect(),
        }
    }
}

/// Says that nothing of the map `section`, where each is a `noun`, is called `name`.
pub(in crate::resolve) fn unknown(
    rule: &'static str,
    span: Span,
    (noun, section): (&str, &str),
    name: &str,
    known: &[&str],
) -> Diagnostic {
    let finding = Diagnostic::new(rule, span, format!("no {noun} is called `{name}`"));
    match did_you_mean(name, known.iter().copied()) {
        Some(close) => finding.help(format!("did you mean `{close}`?")),
        None if section == "the workspace" => finding.help(match known {
            [] => format!("add a document with `kind: Scorecard` and `id: {name}`"),
            _ => format!(
                "add a document with `kind: Scorecard` and `id: {name}`, or write one of {}",
                crate::resolve::pack::listed(known.iter().copied())
            ),
        }),
        None if known.is_empty() => finding.help(format!("define it: add `{name}: {{ … }}` under `{section}`")),
        None => finding.help(format!(
            "define it under `{section}`, which has {}",
            crate::resolve::pack::listed(known.iter().copied())
        )),
    }
}
