//! What a lint looks at, and where its findings go.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::quantity::{Every, MICROS_PER_SECOND, Quantity};
use crate::resolve::Settings;
use crate::resolve::terms::{Allow, Goal, Kpi, Measure, Terms, Timeline, Version};
use crate::source::Span;
use crate::syntax::Node;

/// One scorecard with the terms in force last.
pub(super) struct Card<'a> {
    pub(super) timeline: &'a Timeline,
    pub(super) version: &'a Version,
    pub(super) terms: &'a Terms,
    /// The day to compare with, where the caller names one.
    pub(super) as_of: Option<Date>,
}

impl<'a> Card<'a> {
    pub(super) fn new(timeline: &'a Timeline, as_of: Option<Date>) -> Self {
        let version = timeline.versions.last().expect("at least the base version");
        Self {
            timeline,
            version,
            terms: &version.terms,
            as_of,
        }
    }

    /// The KPIs that have not left.
    pub(super) fn kpis(&self) -> impl Iterator<Item = &'a Kpi> {
        self.terms.kpis.values().filter(|kpi| kpi.retired.is_none())
    }

    /// The KPIs that are judged.
    pub(super) fn judged(&self) -> impl Iterator<Item = &'a Kpi> {
        self.kpis().filter(|kpi| kpi.target.is_some())
    }

    /// The first of `kpis` that each `each` made, and all others: what is written once is found once.
    pub(super) fn families(kpis: impl Iterator<Item = &'a Kpi>) -> impl Iterator<Item = &'a Kpi> {
        let mut seen: HashSet<&str> = HashSet::new();
        kpis.filter(move |kpi| seen.insert(family(kpi)))
    }

    /// Where the field at `path` stands, else the nearest map around it.
    pub(super) fn place(&self, path: &[&str], otherwise: Span) -> Span {
        // A map that does not say the field is no place for a finding; what is written there is.
        match self.version.tree.at(path.iter().copied()) {
            Some(node) => node.span,
            None => otherwise,
        }
    }

    /// Where the name of an entry of a section stands.
    pub(super) fn name(&self, section: &str, id: &str) -> Span {
        let entry = self.version.tree.at([section]).and_then(Node::as_map);
        entry
            .and_then(|map| map.entry(id))
            .map_or(self.version.tree.span.at_start(), |(key, _)| key.span)
    }

    /// Where a field of a KPI stands, else the KPI's name.
    pub(super) fn field(&self, kpi: &Kpi, field: &str) -> Span {
        self.place(&["kpis", &kpi.id, field], kpi.declared_at)
    }

    /// A period's nominal length in microseconds: months have 30 days.
    pub(super) fn period_length(&self) -> i64 {
        let days = match self.terms.period.every {
            Every::Week => 7,
            Every::Month => 30,
            Every::Quarter => 90,
            Every::Year => 365,
        };
        days * 86_400 * MICROS_PER_SECOND
    }
}

/// The name an author wrote for a KPI: for a row of `each` that of the map around it.
pub(super) fn family(kpi: &Kpi) -> &str {
    kpi.each.as_ref().map_or(&kpi.id, |(base, _)| base)
}

/// The value a goal names and whether higher is better; `None` for two-sided goals.
pub(super) fn edge(goal: &Goal) -> Option<(&Quantity, bool)> {
    match goal {
        Goal::AtLeast(x) | Goal::Above(x) => Some((x, true)),
        Goal::AtMost(x) | Goal::Below(x) => Some((x, false)),
        Goal::Between(..) | Goal::WithinBand { .. } => None,
    }
}

/// Every measure of a KPI: its own, or those of its formula.
pub(super) fn measures(measure: &Measure) -> Vec<&Measure> {
    match measure {
        Measure::Formula { parts, .. } => parts.values().flat_map(measures).collect(),
        one => vec![one],
    }
}

/// Where the findings of one lint go: past what the workspace and the KPI accept, at the level it sets.
pub(super) struct Findings<'a> {
    rule: &'static str,
    settings: &'a Settings,
    as_of: Option<Date>,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Findings<'a> {
    pub(super) fn new(
        rule: &'static str,
        settings: &'a Settings,
        as_of: Option<Date>,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self {
            rule,
            settings,
            as_of,
            diagnostics,
        }
    }

    /// Adds a finding about the scorecard.
    pub(super) fn push(&mut self, place: Span, message: String, label: &str, help: String) {
        self.add(&[], place, message, label, help, None);
    }

    /// Adds a finding about a KPI, which may accept it.
    pub(super) fn about(&mut self, kpi: &Kpi, place: Span, message: String, label: &str, help: String) {
        self.add(&kpi.allow, place, message, label, help, None);
    }

    /// Adds a finding about a KPI that concerns a second place.
    pub(super) fn about_both(
        &mut self,
        kpi: &Kpi,
        (place, label): (Span, &str),
        also: (Span, &str),
        message: String,
        help: String,
    ) {
        self.add(&kpi.allow, place, message, label, help, Some(also));
    }

    fn add(
        &mut self,
        allowed: &[Allow],
        place: Span,
        message: String,
        label: &str,
        help: String,
        also: Option<(Span, &str)>,
    ) {
        let runs = |allow: &Allow| {
            let ended = allow.until.zip(self.as_of).is_some_and(|(until, today)| today > until);
            allow.rule == self.rule && !ended
        };
        if allowed.iter().chain(&self.settings.allow).any(runs) {
            return;
        }
        let mut finding = Diagnostic::new(self.rule, place, message).label(label).help(help);
        if let Some((span, text)) = also {
            finding = finding.also(span, text);
        }
        match self.settings.lints.get(self.rule) {
            Some(None) => return,
            Some(Some(level)) => finding.level = *level,
            None => {}
        }
        self.diagnostics.push(finding);
    }
}
