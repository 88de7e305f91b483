//! What the sources that are measured must say: up to when they reach, which period a row is of, and
//! whose a row is.

use indexmap::IndexMap;

use super::bind::{Cursor, row_times, sources_of};
use super::broken::Broken;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::resolve::terms::{Amount, CreditBase, Terms};
use crate::source::Span;

/// A source that is measured: where its name stands, and whether an entity card measures it.
struct Use {
    named_at: Span,
    by_entity: bool,
    /// Whether its rows need an `at`, and have none.
    untimed: bool,
}

/// Checks every source that some KPI or amount is measured from.
pub(super) fn check(terms: &Terms, at: Cursor<'_>, broken: &Broken, diagnostics: &mut Diagnostics) {
    let mut uses: IndexMap<&str, Use> = IndexMap::new();
    for kpi in terms.kpis.values().filter(|kpi| kpi.retired.is_none()) {
        let named_at = at.step("kpis").step(&kpi.id).step("measure").span();
        let untimed: Vec<&str> = row_times(&kpi.measure)
            .into_iter()
            .filter(|(_, time)| time.is_none())
            .map(|(source, _)| source.as_str())
            .collect();
        for source in sources_of(&kpi.measure) {
            let entry = uses.entry(source).or_insert(Use {
                named_at,
                by_entity: false,
                untimed: false,
            });
            entry.by_entity |= !kpi.team_level;
            entry.untimed |= untimed.contains(&source.as_str());
        }
        let fees = kpi.credit.iter().map(|credit| (&credit.of, "credit"));
        let fees = fees.chain(kpi.bonus.iter().map(|bonus| (&bonus.of, "bonus")));
        for (base, field) in fees {
            if let CreditBase::Fee(Amount::Summed { source, .. }) = base {
                add_amount(
                    &mut uses,
                    terms,
                    source,
                    at.step("kpis").step(&kpi.id).step(field).step("of").span(),
                );
            }
        }
    }
    if let Some(Amount::Summed { source, .. }) = terms.contract.as_ref().and_then(|contract| contract.charge.as_ref()) {
        add_amount(&mut uses, terms, source, at.step("contract").step("charge").span());
    }
    let whole = |id: &str| {
        let here = at.step("sources").step(id);
        let misspelt = here.node().is_some_and(|node| broken.at_keys(node));
        let unread = ["at", "entity", "scope"]
            .into_iter()
            .any(|field| broken.holds(here.step(field)));
        !misspelt && !unread
    };
    for (id, found) in uses.iter().filter(|(id, _)| whole(id)) {
        check_one(terms, id, found, at, diagnostics);
    }
    let misspelt = at.node().is_some_and(|root| broken.at_keys(root));
    if misspelt || !uses.keys().all(|id| whole(id)) {
        return;
    }
    check_scope(terms, &uses, at, diagnostics);
}

fn add_amount<'t>(uses: &mut IndexMap<&'t str, Use>, terms: &'t Terms, source: &'t str, named_at: Span) {
    let untimed = terms.sources.get(source).is_some_and(|source| source.at.is_none());
    let entry = uses.entry(source).or_insert(Use {
        named_at,
        by_entity: false,
        untimed: false,
    });
    entry.untimed |= untimed;
}

fn check_one(terms: &Terms, id: &str, found: &Use, at: Cursor<'_>, diagnostics: &mut Diagnostics) {
    let Some(source) = terms.sources.get(id) else {
        return;
    };
    let here = at.step("sources").step(id);
    if !here.step("covers").is_written() {
        diagnostics.push(
            Diagnostic::new(
                "choice-required",
                here.key_span(),
                format!("source `{id}` does not say up to when it `covers` what happened"),
            )
            .also(found.named_at, "measured here")
            .help("write `covers: { through: 2026-10-31 }`, `covers: { through: last_row }` or `covers: file`"),
        );
    }
    if found.untimed {
        diagnostics.push(
            Diagnostic::new(
                "missing-field",
                here.key_span(),
                format!("source `{id}` does not say which period a row is of"),
            )
            .also(found.named_at, "measured here")
            .help("add `at: …` with the column whose date puts a row in a period"),
        );
    }
    if let Some(each) = terms
        .for_each
        .as_ref()
        .filter(|_| found.by_entity && source.entity.is_none())
    {
        let list = at.step("for_each").step(&each.name);
        diagnostics.push(
            Diagnostic::new(
                "missing-field",
                here.key_span(),
                format!("source `{id}` does not say which {} a row is of", each.name),
            )
            .also(list.key_span(), format!("one card per {}", each.name))
            .help("add `entity: …` with the column that names it, or write `level: team` on the KPIs over it"),
        );
    }
}

/// A scope column needs the scorecard's value, and that value a column.
fn check_scope(terms: &Terms, uses: &IndexMap<&str, Use>, at: Cursor<'_>, diagnostics: &mut Diagnostics) {
    let scoped = |id: &&str| terms.sources.get(*id).is_some_and(|source| source.scope.is_some());
    match &terms.scope {
        None => {
            for id in uses.keys().copied().filter(scoped) {
                let place = at.step("sources").step(id).step("scope");
                diagnostics.push(
                    Diagnostic::new(
                        "missing-field",
                        place.span(),
                        format!("source `{id}` has a scope column and the scorecard no `scope`"),
                    )
                    .help("add `scope: …` to the scorecard: the column's value on rows that belong to it"),
                );
            }
        }
        Some(scope) if !uses.is_empty() && !uses.keys().copied().any(|id| scoped(&id)) => {
            let message = format!("the scorecard's scope is `{scope}`, and no source it measures has a scope column");
            diagnostics.push(
                Diagnostic::new("missing-field", at.step("scope").span(), message)
                    .help("add `scope: …` to each shared source: the column that names the contract of a row"),
            );
        }
        Some(_) => {}
    }
}
