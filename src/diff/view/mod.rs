//! A comparison as data: what every output shows. The JSON output *is* this; all others are functions of it.

mod facts;
mod gist;
mod replay;
mod team;

pub use facts::{FactsCard, FactsView, FileChange, FileKind, FileState};
pub use gist::Gist;
pub use replay::{LoneView, PeriodView, ReplayView, VerdictView};
pub use team::{EntityView, Shift, TeamView};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::change::{Change, Effect, Favours, Part, Timing};
use super::replay::{CardReplay, Replay};
use super::timeline::Difference;
use crate::diagnostics::{Diagnostic, Diagnostics, Level, Place};
use crate::report::display;
use crate::report::origin;
use crate::resolve::Origin;
use crate::source::SourceMap;

/// The version of the JSON output: it rises when a field goes or means something else.
pub const VERSION: u32 = 1;

/// One side of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Side {
    /// As it was named: a revision, a folder, or `working tree`.
    pub name: String,
    /// Its commit; of a working tree, the one it stands on.
    pub commit: Option<String>,
    /// The day of that commit, where its committer was.
    pub date: Option<String>,
}

/// Everything that a comparison is shown by.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// BASE.
    pub base: &'a Side,
    /// HEAD.
    pub head: &'a Side,
    /// The day of the comparison, and what says that it has come.
    pub as_of: Option<(Date, &'a str)>,
    /// Whose side to see it from.
    pub viewpoint: Option<Favours>,
    /// What changed.
    pub difference: &'a Difference,
    /// What it would have meant.
    pub replay: Option<&'a Replay>,
    /// Files that are no terms and differ.
    pub files: &'a [FileChange],
    /// What the facts of either side make of the terms of HEAD.
    pub facts: Option<&'a Replay>,
    /// What is wrong with the waivers.
    pub findings: &'a Diagnostics,
    /// Gates and whether each failed.
    pub gates: &'a [(String, bool)],
    /// The files of both sides.
    pub sources: &'a SourceMap,
    /// The exit code.
    pub status: u8,
}

/// A comparison as data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct View {
    /// The version of this form.
    pub version: u32,
    /// The exit code.
    pub status: u8,
    /// BASE.
    pub base: Side,
    /// HEAD.
    pub head: Side,
    /// The day of the comparison.
    pub as_of: Option<String>,
    /// What says that this day has come.
    pub as_of_from: Option<String>,
    /// Whose side it is seen from.
    pub viewpoint: Option<&'static str>,
    /// In a sentence.
    pub headline: String,
    /// How many changes there are, by level, effect and party.
    pub counts: Counts,
    /// The cards that differ.
    pub cards: Vec<Card>,
    /// Cards that could not be replayed, and why.
    pub not_replayed: Vec<NotReplayed>,
    /// What differs beside the terms: data, claims, templates.
    pub facts: Option<FactsView>,
    /// What is wrong with the waivers; of what cannot be compared, with HEAD.
    pub findings: Vec<Finding>,
    /// Gates and whether each failed.
    pub gates: Vec<Gate>,
    /// Parts that were left out to keep the text short.
    pub omitted: Vec<String>,
}

/// How many changes there are; what was waived is counted apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// All that were not waived.
    pub changes: usize,
    /// At the level of an error.
    pub errors: usize,
    /// At the level of a warning.
    pub warnings: usize,
    /// Proven to tighten.
    pub tightened: usize,
    /// Proven to loosen.
    pub loosened: usize,
    /// In favour of the customer.
    pub customer: usize,
    /// In favour of the provider.
    pub provider: usize,
    /// Accepted by a waiver.
    pub waived: usize,
}

/// One card.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What its changes come to.
    pub summary: String,
    /// What a reviewer asks first; of the terms alone.
    pub gist: Gist,
    /// What it would have meant.
    pub replays: Vec<ReplayView>,
    /// What the contract says otherwise, worst first.
    pub changes: Vec<ChangeView>,
    /// What is stated or covered otherwise: facts, not terms.
    pub data_changes: Vec<ChangeView>,
}

/// One change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChangeView {
    /// The rule.
    pub rule: &'static str,
    /// `error`, `warn` or `info`.
    pub level: Level,
    /// What it is about, within the card.
    pub subject: Option<String>,
    /// The KPI, where it is about one.
    pub kpi: Option<String>,
    /// The field.
    pub field: String,
    /// What it was and what it is, in a line.
    pub text: String,
    /// The values one by one.
    pub parts: Vec<PartView>,
    /// What it does to the results.
    pub effect: Effect,
    /// Whom it helps.
    pub favours: Favours,
    /// When it takes hold.
    pub timing: Timing,
    /// First day on which the terms differ.
    pub from: Option<String>,
    /// Last day on which they differ.
    pub until: Option<String>,
    /// Published periods it touches.
    pub published: Vec<String>,
    /// Effect, party and timing in words.
    pub meaning: String,
    /// Where it stood in BASE.
    pub was_at: Option<String>,
    /// Where it stands in HEAD; of something that is gone, the map around it.
    pub is_at: Option<String>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Why it is accepted.
    pub waived: Option<String>,
    /// Seen from the viewpoint: `for`, `against`, or nothing.
    pub viewpoint: Option<&'static str>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PartView {
    /// The field, below that of the change.
    pub field: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// A card that could not be replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotReplayed {
    /// The card.
    pub card: String,
    /// Why.
    pub reason: String,
}

/// Something wrong with a waiver, or with HEAD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub at: String,
}

/// A gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Gate {
    /// As it was written.
    pub gate: String,
    /// Whether it failed.
    pub failed: bool,
}

impl View {
    /// Builds the view of a comparison.
    pub fn build(input: &Input<'_>) -> Self {
        let all = || input.difference.cards.iter().flat_map(|card| &card.changes);
        let counts = Counts::of(all());
        let cards: Vec<Card> = input
            .difference
            .cards
            .iter()
            .map(|card| Card::of(card, input))
            .collect();
        let facts = FactsView::of(input);
        Self {
            version: VERSION,
            status: input.status,
            base: input.base.clone(),
            head: input.head.clone(),
            as_of: input.as_of.map(|(day, _)| day.to_string()),
            as_of_from: input.as_of.map(|(_, from)| from.to_owned()),
            viewpoint: input.viewpoint.map(Favours::word),
            headline: headline(&counts, &cards, facts.as_ref()),
            counts,
            cards,
            not_replayed: input
                .replay
                .into_iter()
                .flat_map(|replay| &replay.skipped)
                .map(NotReplayed::of)
                .collect(),
            facts,
            findings: input
                .findings
                .iter()
                .map(|finding| Finding::of(finding, input.sources))
                .collect(),
            gates: input
                .gates
                .iter()
                .map(|(gate, failed)| Gate {
                    gate: gate.clone(),
                    failed: *failed,
                })
                .collect(),
            omitted: Vec::new(),
        }
    }

    /// Builds the view of a comparison that cannot be made, for what is wrong with HEAD.
    pub fn broken(base: &Side, head: &Side, found: &Diagnostics, sources: &SourceMap, status: u8) -> Self {
        let errors = found.iter().filter(|finding| finding.level == Level::Error);
        let findings: Vec<Finding> = errors.map(|finding| Finding::of(finding, sources)).collect();
        let count = display::count(findings.len() as u64, "error", "errors");
        Self {
            version: VERSION,
            status,
            base: base.clone(),
            head: head.clone(),
            as_of: None,
            as_of_from: None,
            viewpoint: None,
            headline: format!("Not compared: HEAD has {count}"),
            counts: Counts::default(),
            cards: Vec::new(),
            not_replayed: Vec::new(),
            facts: None,
            findings,
            gates: Vec::new(),
            omitted: Vec::new(),
        }
    }

    /// Returns the JSON Schema of a comparison: what every other form of it is a function of.
    pub fn schema() -> serde_json::Value {
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        let mut schema = settings.into_generator().into_root_schema_for::<Self>().to_value();
        schema["$id"] = "urn:scoreline:v1:diff".into();
        schema["title"] = "Diff".into();
        schema["properties"]["version"]["const"] = VERSION.into();
        schema
    }

    /// Writes the JSON output.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a view has only string keys");
        text.push('\n');
        text
    }
}

impl Finding {
    fn of(finding: &Diagnostic, sources: &SourceMap) -> Self {
        Self {
            rule: finding.rule,
            level: finding.level,
            message: finding.message.clone(),
            at: match &finding.primary.place {
                Place::Text(span) => sources.place(*span),
                Place::Data { path, .. } | Place::File { path } => path.clone(),
            },
        }
    }
}

impl NotReplayed {
    fn of((card, reason): &(String, String)) -> Self {
        Self {
            card: card.clone(),
            reason: reason.clone(),
        }
    }
}

impl Counts {
    fn of<'a>(changes: impl Iterator<Item = &'a Change>) -> Self {
        let mut counts = Self::default();
        for change in changes {
            if change.waived.is_some() {
                counts.waived += 1;
                continue;
            }
            counts.changes += 1;
            counts.errors += usize::from(change.level == Level::Error);
            counts.warnings += usize::from(change.level == Level::Warn);
            counts.tightened += usize::from(change.effect == Effect::Tightened && is_plain(change));
            counts.loosened += usize::from(change.effect == Effect::Loosened && is_plain(change));
            counts.customer += usize::from(change.favours == Favours::Customer && is_plain(change));
            counts.provider += usize::from(change.favours == Favours::Provider && is_plain(change));
        }
        counts
    }

    /// `3 changes in 1 scorecard: 1 error, 1 warning, 1 loosened, 1 in favour of the provider`
    fn words(&self, place: &str) -> String {
        let mut text = display::count(self.changes as u64, "change", "changes");
        text.push_str(place);
        let mut parts = Vec::new();
        for (n, one, many) in [(self.errors, "error", "errors"), (self.warnings, "warning", "warnings")] {
            if n > 0 {
                parts.push(display::count(n as u64, one, many));
            }
        }
        for (n, word) in [(self.loosened, "loosened"), (self.tightened, "tightened")] {
            if n > 0 {
                parts.push(format!("{n} {word}"));
            }
        }
        for (n, party) in [(self.customer, "customer"), (self.provider, "provider")] {
            if n > 0 {
                parts.push(format!("{n} in favour of the {party}"));
            }
        }
        if self.waived > 0 {
            parts.push(format!("{} waived", self.waived));
        }
        if !parts.is_empty() {
            text.push_str(": ");
            text.push_str(&parts.join(", "));
        }
        text
    }
}

/// Whether a change stands for itself: those about how it was made repeat one that is told already.
fn is_plain(change: &Change) -> bool {
    !matches!(
        change.rule,
        "target-edited-in-place" | "published-period-restated" | "amendment-backdated" | "pack-edited-in-place"
    )
}

/// What it comes to: of one card whom it favours and what it would have meant, of several how many there are.
fn headline(counts: &Counts, cards: &[Card], facts: Option<&FactsView>) -> String {
    let changed: Vec<&Card> = cards.iter().filter(|card| !card.changes.is_empty()).collect();
    match changed.as_slice() {
        [] => {
            let stated: usize = cards.iter().map(|card| card.data_changes.len()).sum();
            let stated = display::count(stated as u64, "claim or coverage differs", "claims or coverages differ");
            match facts.map(|facts| facts.headline.as_str()) {
                Some(facts) => format!("no terms changed; {facts}"),
                None if cards.is_empty() => "no terms changed".to_owned(),
                None => format!("no terms changed; {stated}"),
            }
        }
        [card] => match gist::first(&card.replays) {
            Some(replay) => format!("{}; {}", card.gist.lead, replay.headline),
            None => format!("{}; {}", card.gist.lead, counts.words("")),
        },
        many => {
            let scorecards = display::count(many.len() as u64, "scorecard", "scorecards");
            counts.words(&format!(" in {scorecards}"))
        }
    }
}

impl Card {
    fn of(card: &super::timeline::CardDifference, input: &Input<'_>) -> Self {
        let replays = input.replay.into_iter().flat_map(|replay| &replay.cards);
        let replays: Vec<&CardReplay> = replays.filter(|replay| replay.card == card.id).collect();
        let view = |change: &Change| ChangeView::of(change, input.viewpoint, input.sources);
        let (facts, terms): (Vec<&Change>, Vec<&Change>) = card.changes.iter().partition(|it| it.is_about_facts());
        let gist = Gist::of(&terms, &replays, input.viewpoint);
        let mut changes: Vec<ChangeView> = terms.into_iter().map(view).collect();
        // What is against whom it is seen from comes first within a level.
        changes.sort_by_key(|it| (std::cmp::Reverse(it.level), it.viewpoint != Some("against")));
        Self {
            id: card.id.clone(),
            title: card.title.clone(),
            summary: Counts::of(card.changes.iter()).words(""),
            gist,
            replays: replays.into_iter().map(ReplayView::of).collect(),
            changes,
            data_changes: facts.into_iter().map(view).collect(),
        }
    }
}

impl ChangeView {
    pub(super) fn of(change: &Change, seen_by: Option<Favours>, sources: &SourceMap) -> Self {
        let at = |place: &Option<Origin>| place.as_ref().map(|place| origin(place, sources));
        let field = match change.path.as_slice() {
            [_, id, rest @ ..] if change.subject.as_ref() == Some(id) => rest.join("."),
            path => path.join("."),
        };
        let viewpoint = match (seen_by, change.favours) {
            (Some(one), favours) if one == favours => Some("for"),
            (Some(_), Favours::Customer | Favours::Provider) => Some("against"),
            _ => None,
        };
        Self {
            rule: change.rule,
            level: level(change, viewpoint),
            subject: change.subject.clone(),
            kpi: change.kpi.clone(),
            text: text(change, &field),
            field,
            parts: change
                .parts
                .iter()
                .map(|part| PartView {
                    field: part.field.clone(),
                    before: part.before.clone(),
                    after: part.after.clone(),
                })
                .collect(),
            effect: change.effect,
            favours: change.favours,
            timing: change.timing,
            from: change.from.map(|day| day.to_string()),
            until: change.until.map(|day| day.to_string()),
            published: change.published.clone(),
            meaning: meaning(change, viewpoint),
            was_at: at(&change.was_from),
            is_at: at(&change.is_from),
            note: change.note.clone(),
            waived: change.waived.clone(),
            viewpoint,
        }
    }
}

/// The level as it is seen from a side: what favours the other one is worth a look, what favours this one is
/// not. An error stays one from either side.
pub(super) fn level(change: &Change, viewpoint: Option<&str>) -> Level {
    match (change.level, viewpoint) {
        (Level::Info, Some("against")) => Level::Warn,
        (level, _) => level,
    }
}

/// `target ≥ 99.95% → ≥ 99.9%`
fn text(change: &Change, field: &str) -> String {
    if change.rule == "published-period-restated" {
        return format!("published periods: {}", change.published.join(", "));
    }
    let named = |part: &str, value: &str| match (part, field) {
        ("", "") => value.to_owned(),
        ("", name) | (name, _) => format!("{name} {value}"),
    };
    // Said once of several fields that came or went together.
    let all = |side: fn(&Part) -> &Option<String>, other: fn(&Part) -> &Option<String>| {
        let values = change.parts.iter().filter(|part| other(part).is_none());
        let values: Vec<String> = values
            .filter_map(|part| Some(named(&part.field, side(part).as_ref()?)))
            .collect();
        (values.len() == change.parts.len() && !values.is_empty()).then(|| values.join(", "))
    };
    if let Some(new) = all(|part| &part.after, |part| &part.before) {
        return format!("new: {new}");
    }
    if let Some(old) = all(|part| &part.before, |part| &part.after) {
        return format!("gone: {old}");
    }
    let parts = change.parts.iter().map(|part| match (&part.before, &part.after) {
        (Some(before), Some(after)) => named(&part.field, &format!("{before} → {after}")),
        (None, Some(after)) => format!("{}, new", named(&part.field, after)),
        (Some(before), None) => format!("{}, gone", named(&part.field, before)),
        (None, None) => part.field.clone(),
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// `loosened, favours the provider; retroactive, from 2026-01-01 to 2026-03-31`
fn meaning(change: &Change, viewpoint: Option<&str>) -> String {
    let mut text = change.effect.word().to_owned();
    match change.favours {
        Favours::Customer | Favours::Provider => {
            let side = viewpoint.map_or(String::new(), |side| format!(" ({side} you)"));
            text.push_str(&format!(", favours the {}{side}", change.favours.word()));
        }
        Favours::Mixed => text.push_str(", favours now one party, now the other"),
        Favours::Unknown => {}
    }
    text.push_str(&format!("; {}", change.timing.word()));
    match (change.from, change.until) {
        (Some(from), Some(until)) => text.push_str(&format!(", from {from} to {until}")),
        (Some(from), None) => text.push_str(&format!(", from {from}")),
        (None, Some(until)) => text.push_str(&format!(", from the beginning to {until}")),
        (None, None) if change.timing >= Timing::OpenPeriod => text.push_str(", from the beginning"),
        (None, None) => {}
    }
    if !change.published.is_empty() && change.rule != "published-period-restated" {
        text.push_str(&format!("; published: {}", change.published.join(", ")));
    }
    text
}
