//! Two timelines of a card side by side: what differs in which stretch of time, and whether it has begun.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::ToSpan;
use jiff::civil::Date;

use super::change::{Change, Effect, Favours, Timing};
use super::compare::{Found, compare, part};
use super::register;
use crate::compile::Compiled;
use crate::diagnostics::{Level, rule};
use crate::model::Kind;
use crate::quantity::{Period, PeriodScheme};
use crate::resolve::terms::{Amendment, Contract, Id, Timeline};
use crate::resolve::{Layer, Origin};

/// What is known of time and of what was published.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The day of the comparison: periods that ended before it are closed, the one it lies in is open.
    /// Without it whatever holds from the beginning counts as retroactive, whatever an amendment brings as
    /// prospective, unless it was signed after it took effect.
    pub as_of: Option<Date>,
    /// Labels of published periods by scorecard.
    pub published: BTreeMap<Id, BTreeSet<String>>,
}

/// Everything that differs between two versions of a workspace.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// The cards that differ, in the order of HEAD, those that are gone last.
    pub cards: Vec<CardDifference>,
}

/// What differs in one card.
#[derive(Clone, Debug)]
pub struct CardDifference {
    /// Its id.
    pub id: Id,
    /// Its title, in HEAD where it is there.
    pub title: String,
    /// Every change, worst first.
    pub changes: Vec<Change>,
}

/// Compares two compiled versions of a workspace, whose places lie in one source map.
pub fn diff(before: &Compiled, after: &Compiled, known: &Known) -> Difference {
    let old: IndexMap<&str, &Timeline> = by_id(before);
    let new: IndexMap<&str, &Timeline> = by_id(after);
    let mut cards = Vec::new();
    for (id, timeline) in &new {
        let changes = match old.get(id) {
            // Terms with errors are not what anybody wrote.
            Some(was) if is_broken(before, was) || is_broken(after, timeline) => {
                vec![whole("scorecard-not-compared", timeline, Some(timeline))]
            }
            Some(was) => Cards {
                before: was,
                after: timeline,
                known,
            }
            .changes(before, after),
            None if mentions(before, id) => vec![whole("scorecard-not-compared", timeline, Some(timeline))],
            None => vec![whole("scorecard-added", timeline, Some(timeline))],
        };
        if !changes.is_empty() {
            cards.push(CardDifference {
                id: timeline.id.clone(),
                title: timeline.latest().title.clone(),
                changes,
            });
        }
    }
    for (id, timeline) in old.iter().filter(|(id, _)| !new.contains_key(*id)) {
        let rule = match mentions(after, id) {
            true => "scorecard-not-compared",
            false => "scorecard-removed",
        };
        let mut gone = whole(rule, timeline, None);
        let alone = Cards {
            before: timeline,
            after: timeline,
            known,
        };
        alone.date(&mut gone);
        cards.push(CardDifference {
            id: timeline.id.clone(),
            title: timeline.latest().title.clone(),
            changes: vec![gone],
        });
    }
    Difference { cards }
}

fn by_id(compiled: &Compiled) -> IndexMap<&str, &Timeline> {
    let cards = compiled.workspace.cards.iter();
    cards.map(|card| (card.id.as_str(), card)).collect()
}

/// Whether a card, or what it extends, has errors.
fn is_broken(compiled: &Compiled, card: &Timeline) -> bool {
    let files = card.files();
    compiled
        .diagnostics
        .error_spans()
        .any(|span| files.contains(&span.file))
}

/// Whether a scorecard is written there, though it could not be resolved.
fn mentions(compiled: &Compiled, id: &str) -> bool {
    let mut cards = compiled.documents.iter().filter(|it| it.kind == Kind::Scorecard);
    cards.any(|document| document.node.at(["id"]).and_then(|id| id.as_text()) == Some(id))
}

/// A card that came, went or cannot be compared.
fn whole(name: &'static str, card: &Timeline, after: Option<&Timeline>) -> Change {
    let title = Some(card.latest().title.clone());
    let (old, new) = match after {
        Some(_) => (None, title),
        None => (title, None),
    };
    let effect = match name {
        "scorecard-not-compared" => Effect::Indeterminate,
        _ => Effect::Structural,
    };
    Change {
        parts: vec![part(String::new(), old, new)],
        effect,
        was_from: card.versions[0].origin(&["id"]).filter(|_| after.is_none()),
        is_from: after.and_then(|card| card.versions[0].origin(&["id"])),
        ..Change::new(name, &card.id)
    }
}

/// One card on both sides.
pub(super) struct Cards<'a> {
    pub(super) before: &'a Timeline,
    pub(super) after: &'a Timeline,
    pub(super) known: &'a Known,
}

/// A difference with the days it holds on, both inclusive.
struct Stretch {
    found: Found,
    from: Option<Date>,
    until: Option<Date>,
}

impl Cards<'_> {
    fn changes(&self, before: &Compiled, after: &Compiled) -> Vec<Change> {
        // Nobody is judged by what was said of the days before the contract.
        let starts = self.starts();
        let mut changes: Vec<Change> = self
            .stretches()
            .into_iter()
            .filter(|stretch| stretch.until.is_none_or(|last| last >= starts))
            .map(|stretch| self.change(stretch))
            .collect();
        changes.extend(
            register::changes(self.before, self.after)
                .into_iter()
                .map(|mut change| {
                    self.date(&mut change);
                    change
                }),
        );
        let rewritten: Vec<Change> = changes.iter().filter_map(|change| self.in_place(change)).collect();
        changes.extend(rewritten);
        changes.extend(self.packs(before, after, &changes));
        changes.extend(self.amendments(&changes));
        changes.extend(self.restated(&changes));
        changes.sort_by_key(|change| std::cmp::Reverse(change.level));
        changes
    }

    /// The days on which either side's terms begin, each with both versions compared, neighbours that say
    /// the same put together.
    fn stretches(&self) -> Vec<Stretch> {
        let versions = self.before.versions.iter().chain(&self.after.versions);
        let starts: BTreeSet<Option<Date>> = versions.map(|version| version.effective).collect();
        let starts: Vec<Option<Date>> = starts.into_iter().collect();
        let mut done: Vec<Stretch> = Vec::new();
        let mut open: Vec<Stretch> = Vec::new();
        for (index, start) in starts.iter().enumerate() {
            let day = start.unwrap_or(Date::MIN);
            let found = compare(self.before.version_on(day), self.after.version_on(day));
            let until = starts
                .get(index + 1)
                .copied()
                .flatten()
                .map(|next| next.saturating_sub(1.days()));
            let mut still = Vec::new();
            for found in found {
                match open.iter().position(|earlier| found.continues(&earlier.found)) {
                    Some(at) => {
                        let earlier = open.remove(at);
                        still.push(Stretch { until, ..earlier });
                    }
                    None => still.push(Stretch {
                        found,
                        from: *start,
                        until,
                    }),
                }
            }
            done.append(&mut open);
            open = still;
        }
        done.extend(open);
        done.sort_by_key(|stretch| stretch.from);
        done
    }

    fn change(&self, stretch: Stretch) -> Change {
        let Stretch { found, from, until } = stretch;
        let subject = match found.path.as_slice() {
            [first, id, ..] if NAMED.contains(&first.as_str()) => Some(id.clone()),
            [first, second, id, ..] if first == "consequences" && second == "triggers" => Some(id.clone()),
            _ => None,
        };
        let is_kpi = found.path.first().is_some_and(|first| first == "kpis");
        let mut change = Change {
            level: level(found.rule, found.effect),
            kpi: subject.clone().filter(|_| is_kpi),
            subject,
            path: found.path,
            parts: found.parts,
            effect: found.effect,
            favours: found.favours,
            from,
            until,
            was_from: found.was_from,
            is_from: found.is_from,
            ..Change::new(found.rule, &self.after.id)
        };
        let (first, last) = touched(&change);
        change.from = change.from.max(first);
        change.until = change.until.into_iter().chain(last).min();
        self.date(&mut change);
        change
    }

    /// Says when a change takes hold, and raises its level where it reaches back.
    pub(super) fn date(&self, change: &mut Change) {
        let reach = self.reach(change.from, change.until);
        (change.timing, change.published) = match reach {
            None => (Timing::Prospective, Vec::new()),
            Some((first, last)) => self.timing(change, first, last),
        };
        // Facts are known late as a matter of course; that they touch a report is worth a look.
        let notable = match change.is_about_facts() {
            true => Timing::RestatesPublished,
            false => Timing::Retroactive,
        };
        if change.effect.matters() && change.timing >= notable {
            change.level = change.level.max(Level::Warn);
        }
    }

    fn contracts(&self) -> impl Iterator<Item = Option<&Contract>> {
        let sides = [self.before, self.after].into_iter();
        sides.map(|card| card.latest().contract.as_ref())
    }

    /// The day on which the earlier of both contracts starts.
    fn starts(&self) -> Date {
        let starts = self
            .contracts()
            .map(|contract| contract.map_or(Date::MIN, |it| it.starts));
        starts.min().unwrap_or(Date::MIN)
    }

    /// The days of a stretch on which either contract runs; `None` for none.
    fn reach(&self, from: Option<Date>, until: Option<Date>) -> Option<(Date, Date)> {
        let ends = self
            .contracts()
            .map(|contract| contract.and_then(|it| it.ends).unwrap_or(Date::MAX));
        let ends = ends.max();
        let first = from.unwrap_or(Date::MIN).max(self.starts());
        let last = until.unwrap_or(Date::MAX).min(ends.unwrap_or(Date::MAX));
        (first <= last).then_some((first, last))
    }

    fn timing(&self, change: &Change, first: Date, last: Date) -> (Timing, Vec<String>) {
        let published = self.published(first, last);
        if change.effect.matters() && !published.is_empty() {
            return (Timing::RestatesPublished, published);
        }
        let scheme = self.after.latest().period;
        let timing = match self.known.as_of {
            Some(day) => {
                let begun = first_day(scheme, first);
                // The first period that is touched tells: it is the earliest.
                if end_of(scheme, first).min(last) < day {
                    Timing::Retroactive
                } else if begun <= day {
                    Timing::OpenPeriod
                } else {
                    Timing::Prospective
                }
            }
            None if change.from.is_none() => Timing::Retroactive,
            None => match self.new_amendment(change).and_then(|amendment| amendment.signed) {
                Some(signed) if signed > first => Timing::Retroactive,
                _ => Timing::Prospective,
            },
        };
        (timing, Vec::new())
    }

    /// The published periods between two days, in order of time.
    fn published(&self, first: Date, last: Date) -> Vec<String> {
        let labels = self.known.published.get(&self.after.id).into_iter().flatten();
        let mut periods: Vec<Period> = labels
            .filter_map(|label| self.period(label))
            .filter(|period| period.first_day() <= last && first <= period.last_day())
            .collect();
        periods.sort();
        periods.iter().map(ToString::to_string).collect()
    }

    /// The period of a label: as HEAD cuts time, or, where that is another way now, as BASE did when it was published.
    fn period(&self, label: &str) -> Option<Period> {
        let schemes = [self.after, self.before].map(|card| card.latest().period);
        schemes.iter().find_map(|scheme| scheme.parse(label))
    }

    /// The amendment that made a change, where HEAD has it and BASE does not.
    fn new_amendment(&self, change: &Change) -> Option<&Amendment> {
        let known = amendments(self.before);
        let mut new = amendments(self.after)
            .into_values()
            .filter(|it| !known.contains_key(it.id.as_str()));
        // What an amendment removes stands nowhere: its date tells.
        let made = |amendment: &Amendment| match &change.is_from {
            Some(Origin {
                from: Layer::Amendment { id },
                ..
            }) => *id == amendment.id,
            _ => change.from == Some(amendment.effective),
        };
        new.find(|amendment| made(amendment))
    }

    /// A target that was rewritten where it stood, in a period that has begun: history reads otherwise now.
    fn in_place(&self, change: &Change) -> Option<Change> {
        let field = change.path.get(2).filter(|_| change.kpi.is_some())?;
        let is_level = change.path.len() == 3 && (field == "target" || field == "minimum");
        let rewrites = is_level && change.timing != Timing::Prospective && self.new_amendment(change).is_none();
        (rewrites && change.effect.matters()).then(|| Change {
            rule: "target-edited-in-place",
            level: rule("target-edited-in-place").level,
            note: Some(format!(
                "the {field} of periods that have begun is another one now; an amendment changes it for those to come"
            )),
            ..change.clone()
        })
    }

    /// The published periods that any change touches, in one finding.
    fn restated(&self, changes: &[Change]) -> Option<Change> {
        let restating: Vec<&Change> = changes
            .iter()
            // A claim that is decided late is the ordinary course: what the contract says of late changes applies.
            .filter(|change| change.timing == Timing::RestatesPublished && !change.is_about_facts())
            .collect();
        let first = restating.first()?;
        let periods: BTreeSet<Period> = restating
            .iter()
            .flat_map(|change| &change.published)
            .filter_map(|label| self.period(label))
            .collect();
        let labels: Vec<String> = periods.iter().map(ToString::to_string).collect();
        let rules: BTreeSet<&str> = restating.iter().map(|change| change.rule).collect();
        let effects = restating.iter().map(|change| change.effect);
        let favours: BTreeSet<Favours> = restating.iter().map(|change| change.favours).collect();
        Some(Change {
            parts: vec![part(String::new(), None, Some(labels.join(", ")))],
            effect: effects.fold(Effect::Neutral, Effect::and),
            favours: if favours.len() == 1 {
                first.favours
            } else {
                Favours::Mixed
            },
            timing: Timing::RestatesPublished,
            published: labels,
            note: Some(format!("by {}", rules.into_iter().collect::<Vec<_>>().join(", "))),
            was_from: first.was_from.clone(),
            is_from: first.is_from.clone(),
            ..Change::new("published-period-restated", &self.after.id)
        })
    }
}

/// The first and the last day that a change can touch, where its values are days themselves.
fn touched(change: &Change) -> (Option<Date>, Option<Date>) {
    let days = |text: &Option<String>| -> BTreeSet<Date> {
        let days = text.iter().flat_map(|text| text.split(", "));
        days.filter_map(|day| day.parse().ok()).collect()
    };
    let [part] = change.parts.as_slice() else {
        return (None, None);
    };
    let (was, is) = (days(&part.before), days(&part.after));
    let one_of: BTreeSet<Date> = was.symmetric_difference(&is).copied().collect();
    let (earlier, later) = (one_of.first().copied(), one_of.last().copied());
    let path: Vec<&str> = change.path.iter().map(String::as_str).collect();
    match (change.rule, path.as_slice()) {
        // What reaches further, data or a contract, touches the days behind those that it reached.
        ("coverage-extended" | "coverage-shortened", _) | (_, ["contract", "ends"]) => {
            (earlier.map(|day| day.saturating_add(1.days())), None)
        }
        (_, ["contract", "starts"]) => (earlier, later.map(|day| day.saturating_sub(1.days()))),
        // Before the first holiday that came or went the calendar is what it was.
        (_, ["calendars", _]) if part.field == "holidays" => (earlier, None),
        _ => (None, None),
    }
}

/// Maps whose ids name what a change is about.
const NAMED: [&str; 8] = [
    "kpis",
    "carve_outs",
    "calendars",
    "sources",
    "people",
    "objectives",
    "obligations",
    "categories",
];

/// A rule's level; one that speaks of every direction is calmer where nothing can be lost.
pub(super) fn level(name: &'static str, effect: Effect) -> Level {
    let level = rule(name).level;
    match effect {
        Effect::Neutral | Effect::Tightened if level == Level::Warn => Level::Info,
        _ => level,
    }
}

pub(super) fn amendments(card: &Timeline) -> BTreeMap<&str, &Amendment> {
    let amendments = card.versions.iter().filter_map(|version| version.amendment.as_ref());
    amendments.map(|it| (it.id.as_str(), it)).collect()
}

pub(super) fn end_of(scheme: PeriodScheme, day: Date) -> Date {
    if day == Date::MIN {
        day
    } else {
        scheme.containing(day).last_day()
    }
}

fn first_day(scheme: PeriodScheme, day: Date) -> Date {
    if day == Date::MIN {
        day
    } else {
        scheme.containing(day).first_day()
    }
}
