//! Who is to be told what a period brought, and by when (language.md §2, `on_miss` and `triggers`; §10).

use indexmap::IndexMap;
use jiff::civil::Date;

use super::Outcome;
use crate::resolve::terms::{Id, Terms};

/// Returns everyone who is told, each with the earliest day by which; `None` where no day is set.
///
/// Told are those that a missed KPI's `on_miss` and a fired trigger name. They stand in the order they are
/// first named: KPIs in file order, then triggers.
pub fn notices(terms: &Terms, outcome: &Outcome) -> IndexMap<Id, Option<Date>> {
    let missed = outcome
        .kpis
        .iter()
        .filter(|one| one.miss)
        .filter_map(|one| terms.kpis.get(&one.id)?.on_miss.as_ref())
        .flat_map(|on_miss| on_miss.notify.iter().map(|person| (person, None)));
    let fired = outcome
        .triggers
        .iter()
        .flat_map(|fired| fired.notify.iter().map(|person| (person, fired.due)));
    let mut told: IndexMap<Id, Option<Date>> = IndexMap::new();
    for (person, due) in missed.chain(fired) {
        let by = told.entry(person.clone()).or_default();
        *by = by.iter().copied().chain(due).min();
    }
    told
}
