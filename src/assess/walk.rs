//! The walk through the periods, earliest first: each is judged once, and leaves its marks to the next.

use std::hash::{Hash, Hasher};

use indexmap::{Equivalent, IndexMap};

use super::card::{self, Total};
use super::draft::Scene;
use super::in_force::InForce;
use super::memory::{self, Before, Memory};
use super::outcome::{Flag, KpiOutcome, Outcome, ReasonCode, Statement, Verdict};
use super::purse::Purse;
use super::statement::{self, Settled};
use super::verdict::{self, Cause, Judged, Side, Standing};
use super::{goal, score, trigger};
use crate::measure::facts::{Entity, Fact, FactKey, Facts};
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{Kpi, Terms, Timeline};

pub(super) fn walk(
    timeline: &Timeline,
    facts: &Facts,
    entity: Option<&Entity>,
    periods: &[Period],
    before: Option<&Before>,
) -> Vec<Outcome> {
    let first = periods.iter().map(|&period| memory::horizon(timeline, period)).min();
    let (Some(first), Some(&last)) = (first, periods.iter().max()) else {
        return Vec::new();
    };
    let mut walk = Walk {
        timeline,
        facts,
        entity,
        before,
        memory: Memory::new(timeline, first),
    };
    let mut found: IndexMap<Period, Outcome> = IndexMap::with_capacity(periods.len());
    let mut period = first;
    while period <= last {
        if let Some(outcome) = walk.step(period, periods.contains(&period)) {
            found.insert(period, outcome);
        }
        period = period.offset(1);
    }
    periods.iter().filter_map(|period| found.get(period).cloned()).collect()
}

struct Walk<'a> {
    timeline: &'a Timeline,
    facts: &'a Facts,
    entity: Option<&'a Entity>,
    /// What is given of the periods that nobody asks for, instead of facts.
    before: Option<&'a Before>,
    memory: Memory<'a>,
}

impl<'a> Walk<'a> {
    /// Judges a period and remembers it; returns its outcome when it is wanted.
    fn step(&mut self, period: Period, wanted: bool) -> Option<Outcome> {
        let terms = self.timeline.terms(period);
        let in_force = InForce::of(terms, period);
        if !in_force.holds() {
            self.memory.close(memory::Account::default());
            return wanted.then(|| self.outside(period));
        }
        if let Some(before) = self.before.filter(|_| !wanted) {
            let charge = self.charge(terms, period, &in_force);
            self.memory.note_given(terms, period, charge, before.get(&period));
            return None;
        }
        let mut all = self.judge(terms, period, Side::Net);
        let reset = memory::floor(self.timeline, period, "default_after");
        if let Some(rule) = terms.consequences.default_after {
            for one in &mut all {
                self.count_misses(one, rule, period, reset);
            }
        }
        for one in &all {
            self.memory.note(one, period);
        }
        let failed = card::failed(&all);
        let settled = self.settle(terms, period, &in_force, &all, failed);
        for (kpi, incident) in &settled.unselected {
            if let Some(one) = all.iter_mut().find(|one| one.kpi.id == *kpi) {
                one.set_provisional();
                one.causes.push(Cause::Unselected(incident.clone()));
            }
        }
        wanted.then(|| self.outcome(terms, period, &all, settled, failed))
    }

    /// Judges every KPI of the period on one side: its own fact, then its guardrail.
    fn judge(&self, terms: &'a Terms, period: Period, side: Side) -> Vec<Judged<'a>> {
        let mut all: Vec<Judged<'a>> = terms
            .kpis
            .values()
            .filter(|kpi| kpi.retired.is_none() && self.stands_on(kpi))
            .map(|kpi| {
                let standing = Standing {
                    age: self.memory.age(&kpi.id, terms, period),
                };
                Judged::new(kpi, self.fact(&kpi.id, period), standing, side)
            })
            .collect();
        verdict::apply_guardrails(&mut all);
        all
    }

    fn fact(&self, kpi: &str, period: Period) -> Option<&'a Fact> {
        self.facts.facts.get(&KeyRef {
            card: &self.timeline.id,
            entity: self.entity.map(|entity| &*entity.key),
            kpi,
            period,
        })
    }

    fn count_misses(&self, one: &mut Judged<'a>, rule: (u32, u32), period: Period, reset: Option<Period>) {
        let floor = reset.max(Some(memory::window(period, rule.1)));
        let root = self.memory.root(&one.kpi.id);
        let earlier = self
            .memory
            .back(root, period.offset(-1), floor)
            .filter_map(|(_, mark)| mark.filter(|mark| mark.miss))
            .map(|mark| mark.provisional);
        verdict::apply_default_after(one, rule, earlier);
    }

    fn charge(&self, terms: &Terms, period: Period, in_force: &InForce) -> Option<Rational> {
        let contract = terms.contract.as_ref()?;
        let purse = Purse::new(self.facts, &self.memory, &self.timeline.id, period, contract, in_force);
        purse.charge().ok().map(|base| base.amount)
    }

    /// Settles the money of the card itself. An entity's card has none: the charge is the card's.
    fn settle(
        &mut self,
        terms: &'a Terms,
        period: Period,
        in_force: &InForce,
        all: &[Judged<'a>],
        failed: bool,
    ) -> Settled {
        let Some(contract) = terms.contract.as_ref().filter(|_| self.entity.is_none()) else {
            self.memory.close(memory::Account::default());
            return Settled::default();
        };
        let scene = Scene {
            timeline: self.timeline,
            terms,
            contract,
            period,
        };
        let purse = Purse::new(self.facts, &self.memory, &self.timeline.id, period, contract, in_force);
        let mut settled = statement::settle(scene, all, &purse, &self.memory, failed);
        settled.remember(&mut self.memory, period);
        settled
    }

    /// The KPIs of the terms in file order; those that are retired are named and say nothing.
    fn kpis(&self, terms: &Terms, all: &[Judged<'a>], total: &Total) -> Vec<KpiOutcome> {
        let mut judged = all.iter().zip(&total.scores).peekable();
        let of_card = terms.kpis.values().filter(|kpi| self.stands_on(kpi));
        of_card
            .map(|kpi| match judged.next_if(|(one, _)| one.kpi.id == kpi.id) {
                Some((one, score)) => kpi_outcome(one, score.as_ref(), total),
                None => not_in_force(kpi),
            })
            .collect()
    }

    /// Whether the KPI stands on this card: those of the team stand on no entity's.
    fn stands_on(&self, kpi: &Kpi) -> bool {
        !(kpi.team_level && self.entity.is_some())
    }

    fn outside(&self, period: Period) -> Outcome {
        Outcome {
            card: self.timeline.id.clone(),
            entity: self.entity.cloned(),
            period,
            in_force: false,
            kpis: Vec::new(),
            score: None,
            ungated_score: None,
            gross_score: None,
            coverage: Rational::zero(),
            incomplete: false,
            failed: false,
            grade: None,
            gates: Vec::new(),
            statement: None,
            triggers: Vec::new(),
        }
    }

    fn outcome(&self, terms: &'a Terms, period: Period, all: &[Judged<'a>], settled: Settled, failed: bool) -> Outcome {
        let total = Total::of(all);
        let ungated = total.score.clone().filter(|_| !failed);
        let gates = card::gates(all, ungated.as_ref());
        let score = ungated
            .clone()
            .map(|score| gates.iter().fold(score, |score, (_, cap)| score.min(cap.clone())));
        let carved = all
            .iter()
            .any(|one| one.fact.is_some_and(|fact| fact.gross != fact.net));
        let gross_score = if carved && !failed {
            Total::of(&self.judge(terms, period, Side::Gross)).score
        } else {
            ungated.clone()
        };
        let provisional = settled
            .statement
            .as_ref()
            .is_some_and(|money: &Statement| money.provisional);
        Outcome {
            grade: terms
                .grades
                .as_ref()
                .zip(score.as_ref())
                .map(|(grades, score)| card::grade(grades, score)),
            kpis: self.kpis(terms, all, &total),
            score,
            ungated_score: ungated,
            gross_score,
            incomplete: total.incomplete(),
            coverage: total.coverage,
            failed,
            gates,
            triggers: trigger::fire(
                self.timeline,
                terms,
                period,
                &self.memory,
                settled.cap_reached,
                provisional,
            ),
            statement: settled.statement,
            in_force: true,
            ..self.outside(period)
        }
    }
}

fn kpi_outcome(one: &Judged<'_>, score: Option<&Rational>, total: &Total) -> KpiOutcome {
    let weight = one.kpi.effective_weight.clone();
    let hundred = Rational::integer(100);
    let available = score.and_then(|_| (&weight * &hundred).checked_div(&total.weight));
    let points = score
        .zip(available.as_ref())
        .and_then(|(score, available)| (score * available).checked_div(&hundred));
    let gross = one.fact.and_then(|fact| fact.gross.value());
    let gross_verdict = match (&one.kpi.target, &gross) {
        (Some(target), Some(value)) => {
            verdict::by_thresholds(target, one.kpi.minimum.as_ref(), &goal::judged(one.kpi, value))
        }
        (None, Some(_)) => Verdict::NotApplicable,
        (_, None) => one
            .fact
            .map_or(Verdict::NoData, |fact| verdict::of_absence(&fact.gross)),
    };
    let mut flags: Vec<Flag> = one.flags.clone();
    flags.sort_unstable();
    KpiOutcome {
        id: one.kpi.id.clone(),
        verdict: one.verdict,
        gross_verdict,
        flags,
        reasons: one.reasons(),
        reason_codes: one.reason_codes(),
        decided_by: one.decided_by(),
        value: one.value.clone(),
        gross,
        judged: one.judged.clone(),
        score: score.cloned(),
        score_working: score.map(|value| score::working(one, value)),
        in_sum: score.is_some(),
        weight,
        points_available: available,
        points,
        miss: one.miss(),
        fact: one.fact.cloned(),
    }
}

/// What is said of a KPI that is retired: it leaves the sum, pays nothing and counts nowhere (§5, first table).
fn not_in_force(kpi: &Kpi) -> KpiOutcome {
    let heir = kpi.retired.as_ref().and_then(|retired| retired.replaced_by.as_ref());
    KpiOutcome {
        id: kpi.id.clone(),
        verdict: Verdict::NotApplicable,
        gross_verdict: Verdict::NotApplicable,
        flags: vec![Flag::NotInForce],
        reasons: vec![match heir {
            Some(heir) => format!("retired, replaced by {heir}"),
            None => "retired".to_owned(),
        }],
        reason_codes: vec![ReasonCode::Retired],
        decided_by: None,
        value: None,
        gross: None,
        judged: None,
        score: None,
        score_working: None,
        in_sum: false,
        weight: Rational::zero(),
        points_available: None,
        points: None,
        miss: false,
        fact: None,
    }
}

/// A [`FactKey`] that borrows its parts; hashes and compares as the owned key does.
#[derive(Clone, Copy)]
struct KeyRef<'k> {
    card: &'k str,
    entity: Option<&'k str>,
    kpi: &'k str,
    period: Period,
}

impl Hash for KeyRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.card.hash(state);
        self.entity.hash(state);
        self.kpi.hash(state);
        self.period.hash(state);
    }
}

impl Equivalent<FactKey> for KeyRef<'_> {
    fn equivalent(&self, key: &FactKey) -> bool {
        self.card == key.card
            && self.entity == key.entity.as_deref()
            && self.kpi == key.kpi
            && self.period == key.period
    }
}
