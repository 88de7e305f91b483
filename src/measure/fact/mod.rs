//! Cells → facts: the numbers of each KPI, entity and period, gross and net.

mod coverage;
mod number;
mod select;
mod time;

use std::collections::HashSet;

use indexmap::IndexMap;

use super::carve_out::ClaimState;
use super::facts::{
    Absence, AmountKey, ClaimEffect, Coverage, Day, Detail, Entity, Exclusion, Fact, FactKey, Facts, LeftOut, Measured,
    Profile,
};
use super::input::Options;
use super::interval::Intervals;
use super::plan::{AmountPlan, CardPlan, Handle, KpiPlan, Parts, Plan, RowsHandle, ScanPlan, SourcePlan, needed};
use super::scan::{Done, Incidents, add_left_out};
use crate::diagnostics::Diagnostics;
use crate::expression::formula;
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{Id, Kpi, Terms};
use crate::tables::Position;
use select::Index;

/// Which carve-outs count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scenario {
    /// None.
    Gross,
    /// Those that apply.
    Net,
    /// Those that apply, with one claim the other way round.
    Toggled(usize),
}

/// What is asked of a measure.
#[derive(Clone, Copy)]
struct View<'a> {
    terms: &'a Terms,
    kpi: &'a Kpi,
    claims: &'a [ClaimState],
    entity: Option<&'a str>,
    period: Period,
    scenario: Scenario,
}

/// A measure's number and what it came from.
#[derive(Clone, Debug)]
struct Reading {
    measured: Measured,
    detail: Detail,
    left_out: LeftOut,
    fails: Incidents,
    exclusions: Vec<Exclusion>,
    days: Vec<Day>,
}

/// Two rows that both claim to be a period's value.
pub(super) struct Twice {
    pub(super) scan: usize,
    pub(super) kpi: Id,
    pub(super) place: crate::source::Span,
    pub(super) rows: (Position, Position),
}

/// Everything that was read, ready to be asked.
pub(super) struct Answers<'a> {
    plan: &'a Plan<'a>,
    done: &'a [Done],
    index: Vec<Vec<Index>>,
    /// Whether every source covers everything, as in a scenario.
    all_covered: bool,
    /// The last day that is read at all.
    data_through: Option<jiff::civil::Date>,
    twice: std::cell::RefCell<Vec<Twice>>,
}

impl View<'_> {
    /// Whether a claim counts.
    fn is_active(&self, claim: usize) -> bool {
        match self.scenario {
            Scenario::Gross => false,
            Scenario::Net => self.claims[claim].applies(),
            Scenario::Toggled(other) => self.claims[claim].applies() != (claim == other),
        }
    }

    /// Returns the periods whose rows make the value.
    fn periods(&self, window: u32) -> Vec<Period> {
        needed(self.terms, &[self.period], window)
    }
}

impl Reading {
    fn absent(absence: Absence) -> Self {
        Self {
            measured: Measured::Absent(absence),
            detail: Detail::None,
            left_out: LeftOut::default(),
            fails: Incidents::new(),
            exclusions: Vec::new(),
            days: Vec::new(),
        }
    }

    fn of(measured: Measured, detail: Detail) -> Self {
        Self {
            measured,
            detail,
            ..Self::absent(Absence::NotApplicable(String::new()))
        }
    }
}

impl<'a> Answers<'a> {
    pub(super) fn new(plan: &'a Plan<'a>, done: &'a [Done], options: Options) -> Self {
        let index = done
            .iter()
            .map(|done| done.state.groups.iter().map(Index::of).collect())
            .collect();
        Self {
            plan,
            done,
            index,
            all_covered: options.all_covered,
            data_through: options.data_through,
            twice: Default::default(),
        }
    }

    /// Returns all facts, or the rows of which a period must have one.
    pub(super) fn facts(self) -> Result<Facts, Vec<Twice>> {
        let mut facts = Facts::default();
        for card in &self.plan.cards {
            self.card(card, &mut facts);
        }
        let twice = self.twice.into_inner();
        if twice.is_empty() { Ok(facts) } else { Err(twice) }
    }

    fn card(&self, card: &CardPlan<'a>, facts: &mut Facts) {
        let entities = self.entities(card);
        if card.entities.is_some() {
            facts.entities.insert(card.card.id.clone(), entities.clone());
        }
        let mut left_out: IndexMap<Id, LeftOut> = IndexMap::new();
        for plan in &card.kpis {
            let own = if plan.terms.for_each.is_some() && !plan.kpi.team_level {
                &entities[..]
            } else {
                &[]
            };
            for &period in &plan.periods {
                let keys = std::iter::once(None).chain(own.iter().map(|entity| Some(&entity.key)));
                for entity in keys {
                    let key = FactKey {
                        card: card.card.id.clone(),
                        entity: entity.cloned(),
                        kpi: plan.kpi.id.clone(),
                        period,
                    };
                    let fact = self.fact(card, plan, entity.map(String::as_str), period);
                    facts.facts.insert(key, fact);
                }
                self.profile_left_out(&plan.handle, plan, period, &mut left_out);
            }
        }
        for plan in &card.amounts {
            for &period in &plan.periods {
                let key = AmountKey {
                    card: card.card.id.clone(),
                    kpi: plan.kpi.clone(),
                    period,
                };
                facts.amounts.insert(key, self.amount(plan, period));
            }
        }
        for (id, source) in &card.sources {
            let left = left_out.get(id).copied().unwrap_or_default();
            let done = &self.done[source.scan];
            let state = &done.state;
            let files = done.files.iter().map(|file| (file.path.clone(), file.digest.clone()));
            let profile = Profile {
                files: files.collect(),
                rows: done.counts.rows + done.counts.replaced,
                outside: source
                    .outside
                    .map_or(0, |outside| state.outside[outside][source.scope as usize]),
                null_keys: done.counts.null_keys,
                replaced: done.counts.replaced,
                null_conditions: left.null_condition,
                zero_divisions: left.zero_division,
                negative_durations: state
                    .negative
                    .get(&source.scoped)
                    .and_then(|counts| counts.get(source.scope as usize))
                    .copied()
                    .unwrap_or(0),
                dst_repairs: done.counts.dst_repairs,
                skipped: done.counts.skipped,
                other_scopes: state.other_scopes,
                unlisted_entities: self.unlisted(source, &entities),
                last_row: source.last.and_then(|last| state.lasts[last]),
            };
            facts.profiles.insert((card.card.id.clone(), id.clone()), profile);
        }
    }

    /// Returns how many rows of the periods asked for are of no entity on the list.
    fn unlisted(&self, source: &SourcePlan, entities: &[Entity]) -> u64 {
        let Some(number) = source.entities else { return 0 };
        let counted = &self.done[source.scan].state.entities[number];
        let listed: HashSet<&str> = entities.iter().map(|entity| entity.key.as_str()).collect();
        let unlisted = counted
            .by_name
            .iter()
            .filter(|(name, _)| !listed.contains(name.as_str()));
        let rows = unlisted.map(|(_, rows)| rows).chain([&counted.none]);
        rows.filter_map(|rows| rows.get(source.scope as usize)).sum()
    }

    /// Returns the entities of a `for_each` card in the order of its list.
    fn entities(&self, card: &CardPlan<'a>) -> Vec<Entity> {
        let Some((scan, list)) = card.entities else {
            return Vec::new();
        };
        let mut entities: IndexMap<&str, &str> = IndexMap::new();
        for (key, title) in &self.done[scan].state.lists[list] {
            // A key that stands twice keeps its place and takes its last title, as rows of a key do.
            entities.insert(key, title);
        }
        let entity = |(key, title): (&str, &str)| Entity {
            key: key.to_owned(),
            title: title.to_owned(),
        };
        entities.into_iter().map(entity).collect()
    }

    fn fact(&self, card: &CardPlan<'a>, plan: &KpiPlan<'a>, entity: Option<&str>, period: Period) -> Fact {
        let view = View {
            terms: plan.terms,
            kpi: plan.kpi,
            claims: &plan.claims,
            entity,
            period,
            scenario: Scenario::Net,
        };
        let coverage = self.coverage(&plan.handle, view);
        let net = self.read(&plan.handle, view, card);
        let gross = if plan.kpi.carve_outs.is_empty() {
            net.measured.clone()
        } else {
            let view = View {
                scenario: Scenario::Gross,
                ..view
            };
            self.read(&plan.handle, view, card).measured
        };
        let claims = (0..plan.claims.len())
            .filter_map(|claim| self.effect(card, plan, view, claim))
            .collect();
        Fact {
            gross,
            net: net.measured,
            detail: net.detail,
            exclusions: net.exclusions,
            claims,
            coverage,
            left_out: net.left_out,
            incidents: net.fails.into_iter().collect(),
            days: net.days,
        }
    }

    /// Returns what became of a claim in a period; `None` where it has nothing to do with it.
    fn effect(&self, card: &CardPlan<'a>, plan: &KpiPlan<'a>, view: View<'_>, claim: usize) -> Option<ClaimEffect> {
        let state = &plan.claims[claim];
        let rows_of = |handle: &RowsHandle, parts: &Parts| self.claimed_rows(handle, parts, view, claim);
        let (time, rows) = match &plan.handle {
            Handle::Rows(handle, parts) => (self.claimed_time(handle, parts, view, claim), rows_of(handle, parts)),
            Handle::Formula(_, parts) => parts.values().fold((0, 0), |(time, rows), part| match part {
                Handle::Rows(handle, parts) => (
                    time.max(self.claimed_time(handle, parts, view, claim)),
                    rows + rows_of(handle, parts),
                ),
                _ => (time, rows),
            }),
            Handle::Attested | Handle::Nothing(_) => (0, 0),
        };
        let concerns = match state.window {
            Some((from, to)) => {
                let window = Intervals::one(from, to);
                let zone = &view.terms.time_zone;
                let periods = view.periods(plan.kpi.window.max(1));
                periods
                    .iter()
                    .any(|period| !window.clip(period.starts_at(zone), period.ends_at(zone)).is_empty())
            }
            None => rows > 0,
        };
        if !concerns {
            return None;
        }
        let toggled = View {
            scenario: Scenario::Toggled(claim),
            ..view
        };
        Some(ClaimEffect {
            claim: state.id.clone(),
            applied: state.applies(),
            reason: state.reason.clone(),
            pending: state.pending,
            otherwise: self.read(&plan.handle, toggled, card).measured,
            time,
            rows,
        })
    }

    /// Returns the number of a measure.
    fn read(&self, handle: &Handle<'a>, view: View<'_>, card: &CardPlan<'a>) -> Reading {
        match handle {
            Handle::Nothing(reason) => Reading::absent(Absence::NoData(reason.clone())),
            Handle::Attested => attested(card, view),
            Handle::Formula(is, parts) => {
                let mut values: IndexMap<&str, Option<Rational>> = IndexMap::new();
                let (mut missing, mut inapplicable, mut rows) = (None, None, 0);
                let mut left_out = LeftOut::default();
                let mut exclusions: Vec<Exclusion> = Vec::new();
                for (name, part) in parts {
                    let reading = self.read(part, view, card);
                    add_left_out(&mut left_out, &reading.left_out);
                    rows += reading.measured.rows();
                    match &reading.measured {
                        Measured::Absent(Absence::NoData(reason)) => {
                            missing.get_or_insert_with(|| format!("`{name}`: {reason}"));
                        }
                        Measured::Absent(Absence::NotApplicable(reason)) => {
                            inapplicable.get_or_insert_with(|| format!("`{name}`: {reason}"));
                        }
                        Measured::Value { .. } => {}
                    }
                    values.insert(name, reading.measured.value());
                    for exclusion in reading.exclusions {
                        let known = exclusions
                            .iter_mut()
                            .find(|known| known.carve_out == exclusion.carve_out);
                        match known {
                            Some(known) => known.rows += exclusion.rows,
                            None => exclusions.push(exclusion),
                        }
                    }
                }
                let detail = Detail::Formula {
                    parts: values
                        .iter()
                        .map(|(name, value)| ((*name).to_owned(), value.clone()))
                        .collect(),
                };
                let measured = match missing {
                    Some(reason) => Measured::Absent(Absence::NoData(reason)),
                    None => match formula(is, &|name| values.get(name).cloned().flatten()) {
                        Some(value) => whole(value, rows),
                        None => Measured::Absent(Absence::NotApplicable(
                            inapplicable.unwrap_or_else(|| "it divides by zero".into()),
                        )),
                    },
                };
                Reading {
                    left_out,
                    exclusions,
                    ..Reading::of(measured, detail)
                }
            }
            Handle::Rows(handle, parts) => self.rows(handle, parts, view),
        }
    }

    fn rows(&self, handle: &RowsHandle, parts: &Parts, view: View<'_>) -> Reading {
        if let Some(reason) = self.uncovered(handle, view) {
            return Reading::absent(Absence::NoData(reason));
        }
        if view.entity.is_some() && !handle.entity {
            let reason = format!("rows of `{}` know no entity", handle.source);
            return Reading::absent(Absence::NotApplicable(reason));
        }
        match parts {
            Parts::Time {
                outages,
                hours,
                whole_minutes,
                ignore_shorter,
                mean,
            } => self.outages(handle, view, (*outages, hours), *whole_minutes, *ignore_shorter, *mean),
            Parts::Probes {
                probes,
                hours,
                method,
                max_gap,
            } => self.probes(handle, view, (*probes, hours), *method, *max_gap),
            _ => self.number(handle, parts, view),
        }
    }

    fn amount(&self, plan: &AmountPlan<'a>, period: Period) -> Result<Rational, Absence> {
        let kpi = plan.terms.kpis.values().next();
        let Some(kpi) = kpi else {
            return Err(Absence::NoData("the card has no KPIs".into()));
        };
        let view = View {
            terms: plan.terms,
            kpi,
            claims: &[],
            entity: None,
            period,
            scenario: Scenario::Gross,
        };
        if let Some(reason) = self.uncovered(&plan.rows, view) {
            return Err(Absence::NoData(reason));
        }
        let (rows, sum) = self.sum(&plan.rows, plan.sum, view);
        if rows == 0 {
            // A charge of nothing would silently make every credit nothing.
            return Err(Absence::NoData(format!(
                "`{}` has no row for {period}",
                plan.rows.source
            )));
        }
        Ok(sum)
    }

    /// Adds what the rows of one period were left out for to their source's profile.
    fn profile_left_out(
        &self,
        handle: &Handle<'a>,
        plan: &KpiPlan<'a>,
        period: Period,
        found: &mut IndexMap<Id, LeftOut>,
    ) {
        match handle {
            Handle::Rows(handle, parts) => {
                let view = View {
                    terms: plan.terms,
                    kpi: plan.kpi,
                    claims: &plan.claims,
                    entity: None,
                    period,
                    scenario: Scenario::Gross,
                };
                // Intervals and probes are kept without periods: they are the same in each.
                if matches!(parts, Parts::Time { .. } | Parts::Probes { .. }) && plan.periods.first() != Some(&period) {
                    return;
                }
                let left = self.left_out(handle, parts, view, &[period]);
                add_left_out(found.entry(handle.source.clone()).or_default(), &left);
            }
            Handle::Formula(_, parts) => {
                for part in parts.values() {
                    self.profile_left_out(part, plan, period, found);
                }
            }
            Handle::Attested | Handle::Nothing(_) => {}
        }
    }

    /// Returns the periods and the covered time that a value is made of, for tracing it.
    pub(super) fn traced(
        &self,
        plan: &KpiPlan<'a>,
        handle: &RowsHandle,
        period: Period,
    ) -> (Vec<usize>, Vec<(i64, i64)>) {
        let view = View {
            terms: plan.terms,
            kpi: plan.kpi,
            claims: &plan.claims,
            entity: None,
            period,
            scenario: Scenario::Net,
        };
        let periods = view.periods(handle.window);
        (
            self.periods(handle, &periods),
            self.covered_time(handle, view, &periods),
        )
    }

    fn scan(&self, handle: &RowsHandle) -> &'a ScanPlan {
        &self.plan.scans[handle.scan]
    }
}

fn attested(card: &CardPlan<'_>, view: View<'_>) -> Reading {
    if view.entity.is_some() {
        return Reading::absent(Absence::NotApplicable("it is stated for the card as a whole".into()));
    }
    let label = view.period.to_string();
    let register = card.card.claims.attestations.iter();
    // A later statement for the same period replaces an earlier one.
    let found = register
        .rev()
        .find(|(_, attestation)| attestation.kpi == view.kpi.id && attestation.period == label);
    match found {
        None => Reading::absent(Absence::NoData(format!("nobody has stated a value for {label}"))),
        Some((id, attestation)) => Reading::of(
            whole(attestation.value.number.clone(), 1),
            Detail::Attested {
                attestation: id.clone(),
            },
        ),
    }
}

/// Makes a value of a number.
fn whole(value: Rational, rows: u64) -> Measured {
    Measured::Value {
        numerator: value,
        denominator: Rational::one(),
        rows,
    }
}

/// Makes a value of a quotient, the sign on the numerator; `None` for a division by zero.
fn quotient(numerator: Rational, denominator: Rational, rows: u64) -> Option<Measured> {
    if denominator.is_zero() {
        return None;
    }
    let (numerator, denominator) = if denominator.is_negative() {
        (-numerator, -denominator)
    } else {
        (numerator, denominator)
    };
    Some(Measured::Value {
        numerator,
        denominator,
        rows,
    })
}

/// Turns rows that claim one period twice into findings.
pub(super) fn report_twice(
    twice: Vec<Twice>,
    locate: &dyn Fn(usize, Position) -> Option<crate::diagnostics::Place>,
) -> Diagnostics {
    let mut found = Diagnostics::default();
    for case in twice {
        let message = format!("`{}` takes one row per period, but two are there", case.kpi);
        let mut finding = crate::diagnostics::Diagnostic::new("several-rows", case.place, message)
            .help("leave all but one out by `where`, or reduce them: `sum: { of: … }`, `mean: { of: … }`");
        let (first, second) = case.rows;
        for (position, text) in [(first, "the first"), (second, "the second")] {
            if let Some(place) = locate(case.scan, position) {
                finding = finding.also(place, text);
            }
        }
        found.push(finding);
    }
    found
}

/// Returns the worse of two coverages.
fn worse(a: Coverage, b: Coverage) -> Coverage {
    match (a, b) {
        (Coverage::None, _) | (_, Coverage::None) => Coverage::None,
        (Coverage::Partial(a), Coverage::Partial(b)) => Coverage::Partial(a.min(b)),
        (Coverage::Partial(at), Coverage::Full) | (Coverage::Full, Coverage::Partial(at)) => Coverage::Partial(at),
        (Coverage::Full, Coverage::Full) => Coverage::Full,
    }
}
