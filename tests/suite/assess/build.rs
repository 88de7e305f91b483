//! Small constructors of terms and facts.

use indexmap::IndexMap;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use scoreline::assess::outcome::{KpiOutcome, LineKind, MoneyLine, Statement, Verdict};
use scoreline::assess::{Outcome, assess, horizon};
use scoreline::measure::facts::{
    Absence, AmountKey, ClaimEffect, Coverage, Detail, Entity, Fact, FactKey, Facts, LeftOut, Measured,
};
pub(super) use scoreline::quantity::{Period, PeriodScheme, Quantity, Rational, Unit};
use scoreline::resolve::terms::*;
use scoreline::source::{FileId, Span};
use scoreline::syntax::{Node, NodeKind, Snippet};

pub(crate) const SPAN: Span = Span {
    file: FileId(0),
    start: 0,
    end: 0,
};

pub(crate) fn snippet(text: &str) -> Snippet {
    Snippet {
        text: text.into(),
        span: SPAN,
        start: 0,
        offsets: None,
    }
}

/// A decimal.
pub(crate) fn dec(text: &str) -> Rational {
    Rational::parse_decimal(text).expect("a decimal")
}

pub(super) fn ratio(numerator: i64, denominator: i64) -> Rational {
    Rational::new(numerator, denominator).expect("not zero")
}

/// A percentage: `pct("99.95")` is the ratio 0.9995.
pub(crate) fn pct(text: &str) -> Quantity {
    Quantity::new(&dec(text) * &dec("0.01"), Unit::Percent)
}

/// A share of 0..=1 written as a percentage.
pub(super) fn share(text: &str) -> Rational {
    pct(text).number
}

pub(super) fn num(text: &str) -> Quantity {
    Quantity::new(dec(text), Unit::Number)
}

pub(super) fn mins(n: i64) -> i64 {
    n * 60_000_000
}

pub(super) fn hours(text: &str) -> Quantity {
    Quantity::new(&dec(text) * &Rational::integer(3_600_000_000i64), Unit::Duration)
}

pub(crate) fn month(label: &str) -> Period {
    PeriodScheme::MONTH.parse(label).expect("a month")
}

fn rows() -> Rows {
    Rows {
        source: "tickets".into(),
        filter: None,
        each: None,
        at: None,
    }
}

pub(super) fn ratio_measure() -> Measure {
    Measure::Ratio {
        rows: rows(),
        hit: snippet("hit"),
    }
}

pub(super) fn count_measure() -> Measure {
    Measure::Count { rows: rows() }
}

pub(super) fn value_measure() -> Measure {
    Measure::Value {
        rows: rows(),
        of: snippet("value"),
    }
}

pub(super) fn availability_measure() -> Measure {
    Measure::Availability {
        rows: rows(),
        outage: Outage {
            calendar: "always".into(),
            whole_minutes: false,
            ignore_shorter: None,
            weight: None,
        },
    }
}

/// A KPI in percent with weight 100 and nothing else; change what the test is about.
pub(crate) fn kpi(id: &str) -> Kpi {
    Kpi {
        id: id.into(),
        each: None,
        title: id.into(),
        description: None,
        category: None,
        weight: dec("100"),
        effective_weight: dec("100"),
        owner: None,
        raci: Raci::default(),
        objective: None,
        measure: ratio_measure(),
        unit: Unit::Percent,
        decimals: 2,
        compare_rounding: None,
        target: None,
        minimum: None,
        own_minimum: false,
        baseline: None,
        benchmark: None,
        carve_outs: Vec::new(),
        scoring: Scoring::Binary,
        score_limit: dec("100"),
        credit: None,
        bonus: None,
        ratchet: None,
        on_miss: None,
        impact: None,
        min_sample: None,
        low_volume: Vec::new(),
        guardrail: None,
        gate: None,
        burn_in: 0,
        missing: Missing::Renormalise,
        window: 1,
        team_level: false,
        renamed_from: None,
        retired: None,
        notes: None,
        allow: Vec::new(),
        declared_at: SPAN,
    }
}

/// A KPI in percent that must be at least `target`, and at least `minimum` to be no default.
pub(super) fn at_least(id: &str, target: &str, minimum: &str) -> Kpi {
    Kpi {
        target: Some(Goal::AtLeast(pct(target))),
        minimum: Some(Goal::AtLeast(pct(minimum))),
        own_minimum: target != minimum,
        ..kpi(id)
    }
}

/// A KPI with `goal` as target and minimum, in the goal's unit.
pub(super) fn goal(id: &str, unit: Unit, goal: Goal) -> Kpi {
    Kpi {
        unit,
        measure: value_measure(),
        target: Some(goal.clone()),
        minimum: Some(goal),
        ..kpi(id)
    }
}

pub(super) fn weighing(weight: &str, kpi: Kpi) -> Kpi {
    Kpi {
        weight: dec(weight),
        effective_weight: dec(weight),
        ..kpi
    }
}

pub(super) fn paying(of: CreditBase, model: CreditModel, kpi: Kpi) -> Kpi {
    Kpi {
        credit: Some(Credit {
            of,
            model,
            cap: None,
            request_within: None,
            span: SPAN,
        }),
        ..kpi
    }
}

/// A KPI that pays `share` percent of the at-risk amount on a default.
pub(super) fn on_default(share_of: &str, kpi: Kpi) -> Kpi {
    paying(CreditBase::AtRisk(share(share_of)), CreditModel::WholeOnDefault, kpi)
}

pub(super) fn tier(when: TierTest, pays: &str) -> Tier {
    Tier {
        when,
        pays: share(pays),
        span: SPAN,
    }
}

pub(super) fn bound(value: Quantity, inclusive: bool) -> Option<Bound> {
    Some(Bound { value, inclusive })
}

/// The values below `value`.
pub(super) fn below(value: Quantity) -> Range {
    Range {
        from: None,
        to: bound(value, false),
    }
}

pub(super) fn contract(charge: &str) -> Contract {
    Contract {
        reference: None,
        customer: None,
        provider: None,
        starts: date(2024, 1, 1),
        ends: None,
        charge: Some(Amount::Fixed(dec(charge))),
        currency: Some("EUR".into()),
        minor_units: 2,
        at_risk: None,
        over_allocated: Rational::one(),
        report_due: None,
        late_changes: None,
        partial: None,
    }
}

pub(crate) fn terms(kpis: impl IntoIterator<Item = Kpi>) -> Terms {
    Terms {
        id: "card".into(),
        title: "Card".into(),
        description: None,
        contract: None,
        time_zone: TimeZone::UTC,
        period: PeriodScheme::MONTH,
        business_days: None,
        review: None,
        scope: None,
        for_each: None,
        calendars: IndexMap::from([("always".to_string(), Calendar::always())]),
        people: IndexMap::new(),
        objectives: IndexMap::new(),
        categories: IndexMap::new(),
        sources: IndexMap::new(),
        kpis: kpis.into_iter().map(|kpi| (kpi.id.clone(), kpi)).collect(),
        carve_outs: IndexMap::new(),
        consequences: Consequences::default(),
        grades: None,
        missing: Missing::Renormalise,
        views: Vec::new(),
        obligations: IndexMap::new(),
    }
}

/// Monday to Friday, 08:00 to 18:00.
pub(super) fn office_hours(holidays: Vec<Date>) -> Calendar {
    Calendar {
        zone: TimeZone::UTC,
        open: std::array::from_fn(|day| if day < 5 { vec![(480, 1080)] } else { Vec::new() }),
        holidays,
        always: false,
    }
}

fn version(effective: Option<Date>, resets: &[&str], terms: Terms) -> Version {
    Version {
        effective,
        amendment: effective.map(|effective| Amendment {
            id: effective.to_string(),
            effective,
            signed: None,
            reference: None,
            approved_by: Vec::new(),
            reason: None,
            resets: resets.iter().map(|name| (*name).to_string()).collect(),
            span: SPAN,
        }),
        terms,
        tree: Node {
            kind: NodeKind::Null,
            span: SPAN,
        },
        layers: [].into(),
    }
}

/// A card with its facts.
pub(super) struct Card {
    pub(super) timeline: Timeline,
    pub(super) facts: Facts,
}

impl Card {
    pub(super) fn new(terms: Terms) -> Self {
        Self {
            timeline: Timeline {
                id: terms.id.clone(),
                path: "card.yaml".into(),
                versions: vec![version(None, &[], terms)],
                claims: Claims::default(),
                maturity: Vec::new(),
            },
            facts: Facts::default(),
        }
    }

    /// A card of KPIs without a contract.
    pub(super) fn of(kpis: impl IntoIterator<Item = Kpi>) -> Self {
        Self::new(terms(kpis))
    }

    pub(super) fn base(&mut self) -> &mut Terms {
        &mut self.timeline.versions[0].terms
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Terms)) -> Self {
        change(self.base());
        self
    }

    /// Adds an amendment that changes the latest terms.
    pub(super) fn amended(mut self, effective: Date, resets: &[&str], change: impl FnOnce(&mut Terms)) -> Self {
        let mut terms = self.timeline.latest().clone();
        change(&mut terms);
        self.timeline.versions.push(version(Some(effective), resets, terms));
        self
    }

    pub(super) fn put(&mut self, kpi: &str, label: &str, fact: Fact) {
        let key = FactKey {
            card: self.timeline.id.clone(),
            entity: None,
            kpi: kpi.into(),
            period: month(label),
        };
        self.facts.facts.insert(key, fact);
    }

    pub(super) fn fact(mut self, kpi: &str, label: &str, fact: Fact) -> Self {
        self.put(kpi, label, fact);
        self
    }

    /// Percentages of consecutive months from `label`; an empty text is not applicable, `-` no data.
    pub(super) fn months(mut self, kpi: &str, label: &str, values: &[&str]) -> Self {
        for (i, value) in (0..).zip(values) {
            let period = month(label).offset(i).to_string();
            self.put(kpi, &period, written(value));
        }
        self
    }

    pub(super) fn charge(mut self, label: &str, charge: &str) -> Self {
        let key = AmountKey {
            card: self.timeline.id.clone(),
            kpi: None,
            period: month(label),
        };
        self.facts.amounts.insert(key, Ok(dec(charge)));
        self
    }

    pub(super) fn on(&self, label: &str) -> Outcome {
        assess(&self.timeline, &self.facts, None, &[month(label)])
            .pop()
            .expect("an outcome")
    }

    pub(super) fn entity(&self, key: &str, label: &str) -> Outcome {
        let entity = Entity {
            key: key.into(),
            title: key.into(),
        };
        assess(&self.timeline, &self.facts, Some(&entity), &[month(label)])
            .pop()
            .expect("an outcome")
    }

    pub(super) fn money(&self, label: &str) -> Statement {
        self.on(label).statement.expect("a statement")
    }

    /// The credit of a period, in the written form.
    pub(super) fn credit(&self, label: &str) -> String {
        self.money(label).credit.to_fixed(2)
    }

    /// The verdicts on the first KPI over `n` months from `label`.
    pub(super) fn verdicts(&self, label: &str, n: i32) -> Vec<Verdict> {
        let periods: Vec<Period> = (0..n).map(|i| month(label).offset(i)).collect();
        assess(&self.timeline, &self.facts, None, &periods)
            .iter()
            .map(|outcome| outcome.kpis[0].verdict)
            .collect()
    }

    pub(super) fn horizon(&self, label: &str) -> String {
        horizon(&self.timeline, month(label)).to_string()
    }
}

/// A month's percentage; an empty text is not applicable, `-` no data.
pub(super) fn written(value: &str) -> Fact {
    match value {
        "" => absent(Absence::NotApplicable("no rows".into())),
        "-" => absent(Absence::NoData("not covered".into())),
        _ => value_fact(share(value)),
    }
}

pub(super) fn measured(numerator: Rational, denominator: Rational, rows: u64) -> Measured {
    Measured::Value {
        numerator,
        denominator,
        rows,
    }
}

pub(super) fn fact_of(net: Measured, detail: Detail) -> Fact {
    Fact {
        gross: net.clone(),
        net,
        detail,
        exclusions: Vec::new(),
        claims: Vec::new(),
        coverage: Coverage::Full,
        left_out: LeftOut::default(),
        incidents: Vec::new(),
        days: Vec::new(),
    }
}

/// A value in the KPI's base unit over 1,000 rows.
pub(super) fn value_fact(value: Rational) -> Fact {
    fact_of(measured(value, Rational::one(), 1000), Detail::None)
}

/// Hits among rows.
pub(super) fn rows_fact(hits: u64, rows: u64) -> Fact {
    fact_of(
        measured(Rational::integer(hits), Rational::integer(rows), rows),
        Detail::Rows { hits, rows },
    )
}

/// Downtime, in microseconds.
pub(super) fn time_fact(scheduled: i64, removed: i64, down: Rational, events: u64) -> Fact {
    let base = Rational::integer(scheduled - removed);
    fact_of(
        measured(&base - &down, base, events),
        Detail::Time {
            scheduled,
            removed,
            down,
            deemed: Rational::zero(),
            unmeasured: 0,
            events,
        },
    )
}

pub(super) fn absent(why: Absence) -> Fact {
    fact_of(Measured::Absent(why), Detail::None)
}

pub(super) fn no_data() -> Fact {
    written("-")
}

pub(super) fn not_applicable() -> Fact {
    written("")
}

/// A value all of whose failures carry one incident.
pub(super) fn incident_fact(value: &str, incident: &str) -> Fact {
    Fact {
        incidents: vec![Some(incident.into())],
        ..value_fact(share(value))
    }
}

/// A value that an undecided claim disputes.
pub(super) fn disputed_fact(value: &str) -> Fact {
    let fact = value_fact(share(value));
    Fact {
        claims: vec![ClaimEffect {
            claim: "fm-1".into(),
            applied: false,
            reason: Some("undecided".into()),
            pending: true,
            otherwise: fact.net.clone(),
            time: 0,
            rows: 0,
        }],
        ..fact
    }
}

pub(super) fn one<'o>(outcome: &'o Outcome, kpi: &str) -> &'o KpiOutcome {
    outcome.kpis.iter().find(|one| one.id == kpi).expect("a KPI")
}

pub(super) fn line<'s>(statement: &'s Statement, kind: LineKind, kpi: &str) -> &'s MoneyLine {
    statement
        .lines
        .iter()
        .find(|line| line.kind == kind && line.kpi.as_deref() == Some(kpi))
        .expect("a line")
}

/// The credit lines in order, in the written form.
pub(super) fn credits(statement: &Statement) -> Vec<String> {
    statement
        .lines
        .iter()
        .filter(|line| line.kind == LineKind::Credit)
        .map(|line| line.amount.to_fixed(2))
        .collect()
}
