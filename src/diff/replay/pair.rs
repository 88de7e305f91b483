//! Two timelines of a card side by side, under ids of their own so that one pass over the data measures both.

use jiff::civil::Date;

use super::entity::Team;
use super::row::{PeriodReplay, rows};
use super::total::lone;
use super::{Basis, CardReplay, Options, Presence, is_replayed};
use crate::compile::Compiled;
use crate::diff::change::{Change, Timing};
use crate::diff::compare::renames;
use crate::diff::register;
use crate::diff::timeline::CardDifference;
use crate::evaluate::{Asked, Evaluated};
use crate::quantity::Period;
use crate::resolve::terms::{Id, Timeline, Version};

/// A card on both sides, or on one.
pub(super) struct Pair<'a> {
    pub(super) card: &'a str,
    title: &'a str,
    basis: Basis,
    pub(super) before: Option<Timeline>,
    pub(super) after: Option<Timeline>,
    as_of: Date,
}

/// Pairs the terms of both sides: as written where something reaches back, and as they stand on one day where
/// something does not.
pub(super) fn of_terms<'a>(
    before: &Compiled,
    after: &Compiled,
    card: &'a CardDifference,
    options: Options<'_>,
) -> Vec<Pair<'a>> {
    let was = find(before, &card.id);
    let is = find(after, &card.id);
    let pair = |basis, was: Option<Timeline>, is: Option<Timeline>| {
        let was = was.map(|was| match &is {
            Some(is) => with_facts_of(was, is),
            None => was,
        });
        Pair::new((&card.id, &card.title), basis, was, is, options.as_of)
    };
    let (Some(was), Some(is)) = (&was, &is) else {
        return vec![pair(Basis::AsWritten, was, is)];
    };
    let first = last(is, options.as_of)
        .offset(1 - i32::try_from(options.periods.max(1)).unwrap_or(i32::MAX))
        .first_day();
    let changes = || card.changes.iter().filter(|change| is_replayed(change));
    let mut pairs = Vec::new();
    if changes().any(|change| change.timing >= Timing::Retroactive) {
        pairs.push(pair(Basis::AsWritten, Some(was.clone()), Some(is.clone())));
    }
    // What does not reach back over the whole stretch shows only if its terms had always held; what goes on from a
    // difference before it has been shown.
    let reaches_back = |change: &&Change| change.from.is_none_or(|from| from <= first);
    let goes_on = |change: &&Change| {
        let mut before = changes().filter(reaches_back);
        before.any(|other| (other.rule, &other.subject) == (change.rule, &change.subject))
    };
    let coming: Vec<Date> = changes()
        .filter(|change| change.timing < Timing::Retroactive || !reaches_back(change) && !goes_on(change))
        .map(|change| change.from.unwrap_or(options.as_of))
        .collect();
    let day = coming.iter().find(|day| **day >= options.as_of);
    if let Some(&day) = day.or_else(|| coming.iter().max()) {
        let (was, is) = (always(was, day), always(is, day));
        pairs.push(pair(Basis::TermsOf(day), Some(was), Some(is)));
    }
    pairs
}

/// Pairs the terms of HEAD with themselves, once with what BASE says has happened.
pub(super) fn of_facts<'a>(before: &Compiled, after: &'a Compiled, options: Options<'_>) -> Vec<Pair<'a>> {
    let cards = after.workspace.cards.iter();
    cards
        .filter_map(|is| {
            let was = with_facts_of(is.clone(), &find(before, &is.id)?);
            let names = (is.id.as_str(), is.latest().title.as_str());
            Some(Pair::new(
                names,
                Basis::Facts,
                Some(was),
                Some(is.clone()),
                options.as_of,
            ))
        })
        .collect()
}

fn find(compiled: &Compiled, id: &str) -> Option<Timeline> {
    compiled.workspace.cards.iter().find(|card| card.id == id).cloned()
}

/// The last period that ended before a day.
fn last(card: &Timeline, day: Date) -> Period {
    card.latest().period.containing(day).offset(-1)
}

/// Takes over from another timeline what is no term: claims, where data lie and how far they reach.
fn with_facts_of(mut card: Timeline, other: &Timeline) -> Timeline {
    // Whichever of them comes later: a KPI that was renamed is claimed for under the id that it has here.
    let mine = renames(other.latest(), card.latest());
    let theirs = renames(card.latest(), other.latest());
    let id_of = |id: &Id| {
        let later = mine.iter().find(|(_, was)| *was == id).map(|(is, _)| is);
        later.or_else(|| theirs.get(id)).cloned()
    };
    card.claims = register::renamed(&other.claims, &id_of);
    for version in &mut card.versions {
        for (id, source) in &mut version.terms.sources {
            if let Some(theirs) = other.latest().sources.get(id) {
                source.path.clone_from(&theirs.path);
                source.path_span = theirs.path_span;
                source.format.clone_from(&theirs.format);
                source.covers = theirs.covers;
            }
        }
    }
    card
}

/// The terms of one day, as if they had always held.
fn always(card: &Timeline, day: Date) -> Timeline {
    let version = Version {
        effective: None,
        amendment: None,
        ..card.version_on(day).clone()
    };
    Timeline {
        versions: vec![version],
        ..card.clone()
    }
}

fn named(mut card: Timeline, id: &str) -> Timeline {
    id.clone_into(&mut card.id);
    for version in &mut card.versions {
        id.clone_into(&mut version.terms.id);
    }
    card
}

impl<'a> Pair<'a> {
    fn new(
        (card, title): (&'a str, &'a str),
        basis: Basis,
        before: Option<Timeline>,
        after: Option<Timeline>,
        as_of: Date,
    ) -> Self {
        Self {
            card,
            title,
            basis,
            before: before.map(|it| named(it, &format!("{card} before, {basis:?}"))),
            after: after.map(|it| named(it, &format!("{card} after, {basis:?}"))),
            as_of,
        }
    }

    /// What has to be evaluated: BASE, then HEAD, where the card is there.
    pub(super) fn asked(&self) -> Vec<Asked<'_>> {
        self.asked_before().into_iter().chain(self.asked_after()).collect()
    }

    pub(super) fn asked_before(&self) -> Option<Asked<'_>> {
        self.before.as_ref().map(|card| self.of(card))
    }

    pub(super) fn asked_after(&self) -> Option<Asked<'_>> {
        self.after.as_ref().map(|card| self.of(card))
    }

    fn of<'t>(&self, card: &'t Timeline) -> Asked<'t> {
        Asked {
            card,
            period: last(card, self.as_of),
        }
    }

    /// Lays both evaluations side by side.
    pub(super) fn compare(
        &self,
        was: Option<&Evaluated<'_>>,
        is: Option<&Evaluated<'_>>,
        options: Options<'_>,
    ) -> CardReplay {
        let before = was.map_or(&[][..], |it| &it.outcomes);
        let after = is.map_or(&[][..], |it| &it.outcomes);
        let published = options.published.get(self.card);
        let heir = |old: &str, at: Period| self.heir(old, at);
        let rows = rows(before, after, published, &heir);
        let periods = shortened(rows, options.periods as usize);
        let shown = self.after.as_ref().or(self.before.as_ref());
        let contract = shown.and_then(|card| card.latest().contract.as_ref());
        let presence = match (&self.before, &self.after) {
            (None, _) => Presence::Added,
            (_, None) => Presence::Removed,
            _ => Presence::Both,
        };
        let team = match (was, is, shown.and_then(|card| card.latest().for_each.as_ref())) {
            (Some(was), Some(is), Some(for_each)) => Some(Team::of(&for_each.name, was, is, &periods, &heir)),
            _ => None,
        };
        CardReplay {
            card: self.card.to_owned(),
            title: self.title.to_owned(),
            basis: self.basis,
            presence,
            currency: contract.and_then(|it| it.currency.clone()).unwrap_or_default(),
            minor_units: contract.map_or(2, |it| it.minor_units),
            lone: match presence {
                Presence::Both => lone(before, after, &periods, &heir),
                Presence::Added | Presence::Removed => Vec::new(),
            },
            periods,
            team,
        }
    }

    /// The id that a KPI of BASE has in HEAD.
    fn heir(&self, old: &str, at: Period) -> Id {
        let terms = self.after.as_ref().map(|after| after.terms(at));
        let heir = terms.and_then(|terms| {
            let mut kpis = terms.kpis.values();
            kpis.find(|kpi| kpi.renamed_from.as_deref() == Some(old) && !terms.kpis.contains_key(old))
        });
        heir.map_or_else(|| old.to_owned(), |heir| heir.id.clone())
    }
}

/// Leaves out the last periods while nothing is known of them, and the first ones that are too many.
fn shortened(mut periods: Vec<PeriodReplay>, most: usize) -> Vec<PeriodReplay> {
    while periods.last().is_some_and(|period| !period.is_known()) && periods.iter().any(PeriodReplay::is_known) {
        periods.pop();
    }
    let mut count: usize = periods.iter().map(PeriodReplay::length).sum();
    let mut surplus = 0;
    while count > most && surplus + 1 < periods.len() {
        count -= periods[surplus].length();
        surplus += 1;
    }
    periods.drain(..surplus);
    periods
}
