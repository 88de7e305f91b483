//! What a reviewer asks first: whom does it favour, and is anything touched that is published?

use schemars::JsonSchema;
use serde::Serialize;

use super::{ReplayView, is_plain};
use crate::diff::change::{Change, Effect, Favours, Timing};
use crate::diff::replay::{Basis, CardReplay, PeriodReplay};
use crate::quantity::Rational;
use crate::report::display;

/// The answers for one card, a sentence each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Gist {
    /// In a few words: whom it favours.
    pub lead: String,
    /// Whom it favours, and how that is known.
    pub favours: String,
    /// Which published periods it touches, and whether their figures change; else when it takes hold.
    pub published: String,
}

impl Gist {
    pub(super) fn of(changes: &[&Change], replays: &[&CardReplay], viewpoint: Option<Favours>) -> Self {
        let (lead, favours) = Tally::of(changes).words(changes, replays, viewpoint);
        Self {
            lead,
            favours,
            published: published(changes, replays),
        }
    }
}

/// The replay that tells most: what is rewritten, unless only what is to come changes anything.
pub(super) fn main<'a>(replays: &[&'a CardReplay]) -> Option<&'a CardReplay> {
    let changes = |replay: &&&CardReplay| replay.periods.iter().any(PeriodReplay::differs);
    replays.iter().find(changes).or(replays.first()).copied()
}

/// The same of replays as data.
pub(super) fn first(replays: &[ReplayView]) -> Option<&ReplayView> {
    replays.iter().find(|replay| replay.changed > 0).or(replays.first())
}

/// How many changes favour whom, those apart that repeat another one.
#[derive(Default)]
struct Tally {
    customer: usize,
    provider: usize,
    mixed: usize,
    tightened: usize,
    loosened: usize,
    /// Those that may move a result and favour nobody by their terms alone.
    open: usize,
}

impl Tally {
    fn of(changes: &[&Change]) -> Self {
        let mut tally = Self::default();
        for change in changes.iter().filter(|it| is_plain(it) && it.effect.matters()) {
            match change.favours {
                Favours::Customer => tally.customer += 1,
                Favours::Provider => tally.provider += 1,
                Favours::Mixed => tally.mixed += 1,
                // An internal card has no parties; a proven effect is all there is to say.
                Favours::Unknown => match change.effect {
                    Effect::Tightened => tally.tightened += 1,
                    Effect::Loosened => tally.loosened += 1,
                    _ => tally.open += 1,
                },
            }
        }
        tally
    }

    /// Whom the terms themselves favour; `None` where they do not tell.
    fn party(&self) -> Option<Favours> {
        match (self.customer, self.provider, self.mixed) {
            (0, 0, 0) => None,
            (_, 0, 0) => Some(Favours::Customer),
            (0, _, 0) => Some(Favours::Provider),
            _ => Some(Favours::Mixed),
        }
    }

    fn words(&self, changes: &[&Change], replays: &[&CardReplay], viewpoint: Option<Favours>) -> (String, String) {
        let whole = changes.iter().find_map(|change| match change.rule {
            "scorecard-added" => Some("New scorecard"),
            "scorecard-removed" => Some("Scorecard removed"),
            "scorecard-not-compared" => Some("Not compared"),
            _ => None,
        });
        if let Some(lead) = whole {
            let all = "not a change of terms: the whole scorecard is on one side only";
            let broken = "the terms of one side have errors";
            let favours = if lead == "Not compared" { broken } else { all };
            return (lead.to_owned(), favours.to_owned());
        }
        if self.tightened + self.loosened > 0 && self.party().is_none() {
            let n = |n: usize, word: &str| format!("{} {word}", display::count(n as u64, "change", "changes"));
            let (lead, told) = match (self.tightened, self.loosened) {
                (0, loose) => ("Loosened", n(loose, "loosened")),
                (tight, 0) => ("Tightened", n(tight, "tightened")),
                (tight, loose) => (
                    "Loosened and tightened",
                    format!("{}, {tight} tightened", n(loose, "loosened")),
                ),
            };
            return (
                lead.to_owned(),
                format!("no party, the card is internal; {told}{}", self.rest()),
            );
        }
        let on_facts = main(replays).map(owed_more);
        let party = |favours: Favours| {
            let side = viewpoint.filter(|_| matches!(favours, Favours::Customer | Favours::Provider));
            let side = match side {
                Some(one) if one == favours => " (for you)",
                Some(_) => " (against you)",
                None => "",
            };
            format!("the {}{side}", favours.word())
        };
        let proven = match self.party() {
            Some(Favours::Mixed) => {
                let counts = [
                    (self.customer, "the customer"),
                    (self.provider, "the provider"),
                    (self.mixed, "both"),
                ];
                let counts = counts
                    .iter()
                    .filter(|(n, _)| *n > 0)
                    .map(|(n, whom)| format!("{n} for {whom}"));
                Some(format!(
                    "now one party, now the other ({})",
                    counts.collect::<Vec<_>>().join(", ")
                ))
            }
            Some(one) => Some(party(one)),
            None => None,
        };
        match (self.party(), proven, on_facts) {
            (Some(one @ (Favours::Customer | Favours::Provider)), Some(proven), facts) => {
                let facts = match facts {
                    Some(Some(other)) if other != one => format!("; on past facts {}", party(other)),
                    _ => String::new(),
                };
                (
                    format!("In favour of {proven}"),
                    format!("{proven}, by the terms{}{facts}", self.rest()),
                )
            }
            (_, Some(proven), Some(Some(one))) => (
                format!("On past facts in favour of {}", party(one)),
                format!("by the terms {proven}{}; on past facts {}", self.rest(), party(one)),
            ),
            (_, Some(proven), Some(None)) => (
                "In favour of neither on past facts".to_owned(),
                format!(
                    "by the terms {proven}{}; on past facts nobody: no amount differs",
                    self.rest()
                ),
            ),
            (_, Some(proven), None) => (
                "In favour of one party or the other".to_owned(),
                format!("{proven}{}", self.rest()),
            ),
            (None, None, _) if self.open == 0 => (
                "No result changes".to_owned(),
                "nobody: no result can come out otherwise".to_owned(),
            ),
            (None, None, Some(Some(one))) => (
                format!("On past facts in favour of {}", party(one)),
                format!("it depends on the data; on past facts {}", party(one)),
            ),
            (None, None, Some(None)) => (
                "No amount differs on past facts".to_owned(),
                "it depends on the data; on past facts nobody: no amount differs".to_owned(),
            ),
            (_, None, _) => (
                "Whom it favours depends on the data".to_owned(),
                "it depends on the data; `--replay 12` tells for the last year".to_owned(),
            ),
        }
    }

    fn rest(&self) -> String {
        match self.open {
            0 => String::new(),
            1 => "; 1 more change depends on the data".to_owned(),
            n => format!("; {n} more changes depend on the data"),
        }
    }
}

/// Whom a replay favours in money: who owes more, owes it to the other one.
fn owed_more(replay: &CardReplay) -> Option<Favours> {
    let total = replay.total();
    let owed = &(&total.credit.unwrap_or_default() + &total.earned_back) - &total.bonus;
    match owed.cmp(&Rational::zero()) {
        std::cmp::Ordering::Less => Some(Favours::Provider),
        std::cmp::Ordering::Greater => Some(Favours::Customer),
        std::cmp::Ordering::Equal => None,
    }
}

fn published(changes: &[&Change], replays: &[&CardReplay]) -> String {
    let mut touched: Vec<&str> = Vec::new();
    for label in changes.iter().flat_map(|change| &change.published) {
        if !touched.contains(&label.as_str()) {
            touched.push(label);
        }
    }
    let is = |rule| changes.iter().any(|change| change.rule == rule);
    if is("scorecard-added") {
        return "none is touched".to_owned();
    }
    if is("scorecard-removed") {
        return match touched.is_empty() {
            true => "none is touched".to_owned(),
            false => format!(
                "{} stay as they are, and can no longer be rebuilt from here",
                display::sentence_list(&owned(&touched))
            ),
        };
    }
    if !touched.is_empty() {
        let mut text = match touched.as_slice() {
            [only] => format!("{only} is published and has other terms now"),
            many => format!(
                "{} are published and have other terms now",
                display::sentence_list(&owned(many))
            ),
        };
        if let Some(replay) = replays.iter().find(|replay| replay.basis == Basis::AsWritten) {
            text.push_str(&format!("; {}", figures(replay)));
        }
        return text;
    }
    let matters = || changes.iter().filter(|change| change.effect.matters());
    let earliest = matters().filter_map(|change| change.from).min();
    match matters().map(|change| change.timing).max() {
        None | Some(Timing::RestatesPublished) => "none is touched".to_owned(),
        Some(Timing::Prospective) => match earliest {
            Some(day) => format!("none is touched; it takes hold on {day}"),
            None => "none is touched; it takes hold in periods to come".to_owned(),
        },
        Some(Timing::OpenPeriod) => "none is touched; it takes hold in the period that runs now".to_owned(),
        Some(Timing::Retroactive) => "none is touched; periods that have ended and are not published are".to_owned(),
    }
}

fn owned(labels: &[&str]) -> Vec<String> {
    labels.iter().map(|label| (*label).to_owned()).collect()
}

/// Which published figures come out otherwise: `figures change in 2026-09 (score 75.0 → 81.2)`.
pub(super) fn figures(replay: &CardReplay) -> String {
    let money = |amount: &Option<Rational>| {
        let amount = amount.as_ref();
        amount.map_or("–".to_owned(), |it| {
            display::money(it, &replay.currency, replay.minor_units)
        })
    };
    let score = |score: &Option<Rational>| score.as_ref().map_or("–".to_owned(), |it| display::plain(it, 1));
    let others: Vec<String> = replay
        .periods
        .iter()
        .filter(|period| period.published.is_some() && period.differs())
        .map(|period| {
            let mut parts = Vec::new();
            if period.score.differ() {
                parts.push(format!(
                    "score {} → {}",
                    score(&period.score.before),
                    score(&period.score.after)
                ));
            }
            if period.credit.differ() {
                parts.push(format!(
                    "credit {} → {}",
                    money(&period.credit.before),
                    money(&period.credit.after)
                ));
            }
            if parts.is_empty() {
                parts.push("verdicts".to_owned());
            }
            format!("{} ({})", period.period, parts.join(", "))
        })
        .collect();
    match others.is_empty() {
        true => "on these facts none of their figures changes".to_owned(),
        false => format!("figures change in {}", others.join(", ")),
    }
}
