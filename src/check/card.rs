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

    /// Where the name of a section stands, else where the scorecard begins.
    pub(super) fn section(&self, section: &str) -> Span {
        let entry = self.version.tree.as_map().and_then(|map| map.entry(section));
        entry.map_or(self.version.tree.span.at_start(), |(key, _)| key.span)
    }

    /// Where an author wrote of a KPI.
    pub(super) fn named(&self, kpi: &Kpi) -> Span {
        named(&self.version.tree, kpi)
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

/// Where an author wrote of a KPI: its name, or for a row of `each` the title that all rows share.
fn named(tree: &Node, kpi: &Kpi) -> Span {
    let title = tree.at(["kpis", &kpi.id, "title"]).map(|title| title.span);
    title
        .filter(|title| kpi.each.is_some() && title.file == kpi.declared_at.file)
        .unwrap_or(kpi.declared_at)
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

/// Where the findings of one lint go: past what the workspace and the items accept, at the level it sets.
pub(super) struct Findings<'a> {
    rule: &'static str,
    settings: &'a Settings,
    tree: &'a Node,
    as_of: Option<Date>,
    diagnostics: &'a mut Diagnostics,
}

/// The way to an item of a scorecard, such as `["carve_outs", "maintenance"]`; empty for the scorecard.
pub(super) type Path<'p> = &'p [&'p str];

impl<'a> Findings<'a> {
    pub(super) fn new(
        rule: &'static str,
        settings: &'a Settings,
        card: &Card<'a>,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self {
            rule,
            settings,
            tree: &card.version.tree,
            as_of: card.as_of,
            diagnostics,
        }
    }

    /// Adds a finding about the item at `path`, which may accept it.
    pub(super) fn push(&mut self, path: Path<'_>, place: Span, message: String, label: &str, help: String) {
        self.add(&[path], place, message, label, help, &[]);
    }

    /// Adds a finding about the contract and its consequences, either of which may accept it.
    pub(super) fn about_contract(&mut self, place: Span, message: String, label: &str, help: String) {
        self.add(&[&["contract"], &["consequences"]], place, message, label, help, &[]);
    }

    /// Adds a finding about a KPI, which may accept it.
    pub(super) fn about(&mut self, kpi: &Kpi, place: Span, message: String, label: &str, help: String) {
        self.add(&[&["kpis", &kpi.id]], place, message, label, help, &[]);
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
        self.add(&[&["kpis", &kpi.id]], place, message, label, help, &[also]);
    }

    /// Adds one finding about several KPIs, at the first that does not accept it; `message` is told how many
    /// there are.
    pub(super) fn about_all<'k>(
        &mut self,
        kpis: impl Iterator<Item = &'k Kpi>,
        message: impl FnOnce(usize) -> String,
        label: &str,
        help: &str,
    ) {
        let found: Vec<&Kpi> = kpis.filter(|kpi| !self.accepted(&["kpis", &kpi.id])).collect();
        let Some((first, others)) = found.split_first() else {
            return;
        };
        let also: Vec<(Span, &str)> = others.iter().map(|kpi| (named(self.tree, kpi), label)).collect();
        self.add(
            &[],
            named(self.tree, first),
            message(found.len()),
            label,
            help.to_string(),
            &also,
        );
    }

    /// Whether the item at `path`, or one around it, accepts the finding, and has not run out.
    fn accepted(&self, path: Path<'_>) -> bool {
        (0..=path.len())
            .filter_map(|length| self.tree.at(path[..length].iter().copied()))
            .filter_map(|item| item.as_map()?.get("allow"))
            .flat_map(|allow| allow.as_list().unwrap_or(std::slice::from_ref(allow)))
            .any(|allow| {
                let text = |key| allow.at([key]).and_then(Node::as_text);
                text("rule") == Some(self.rule) && self.holds(text("until").and_then(|day| day.parse().ok()))
            })
    }

    /// Whether what is accepted to the end of `until` still is.
    fn holds(&self, until: Option<Date>) -> bool {
        until.zip(self.as_of).is_none_or(|(until, today)| today <= until)
    }

    fn add(
        &mut self,
        items: &[Path<'_>],
        place: Span,
        message: String,
        label: &str,
        help: String,
        also: &[(Span, &str)],
    ) {
        let everywhere = |allow: &Allow| allow.rule == self.rule && self.holds(allow.until);
        if items.iter().any(|path| self.accepted(path)) || self.settings.allow.iter().any(everywhere) {
            return;
        }
        let mut finding = Diagnostic::new(self.rule, place, message).label(label).help(help);
        for (span, text) in also {
            finding = finding.also(*span, *text);
        }
        match self.settings.lints.get(self.rule) {
            Some(None) => return,
            Some(Some(level)) => finding.level = *level,
            None => {}
        }
        self.diagnostics.push(finding);
    }
}
