//! Terms and facts by hand: small constructors that the cards of these tests are made of.

use indexmap::IndexMap;
use jiff::civil::date;
use jiff::tz::TimeZone;
use scoreline::assess::{Outcome, assess};
use scoreline::measure::facts::{Absence, Coverage, Detail, Fact, FactKey, Facts, LeftOut, Measured};
use scoreline::quantity::{MICROS_PER_SECOND, Period, Rational};
use scoreline::report::{FileDigest, Input, Provenance};
use scoreline::resolve::terms::{
    Category, Claims, Goal, Grades, Kpi, Measure, Person, Rows, Scoring, Terms, Timeline, Version,
};
use scoreline::syntax::{Node, NodeKind};

use crate::assess::build;
pub(super) use crate::assess::build::{SPAN, dec as decimal, month, pct as percent, snippet};

pub(super) const HOUR: i64 = 3600 * MICROS_PER_SECOND;

/// Everything an [`Input`] borrows.
pub(super) struct Case {
    pub(super) timeline: Timeline,
    pub(super) facts: Facts,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) entities: Vec<Vec<Outcome>>,
    pub(super) provenance: Provenance,
}

impl Case {
    pub(super) fn new(timeline: Timeline, facts: Facts, periods: &[Period]) -> Self {
        let people = facts.entities.get(&timeline.id).cloned().unwrap_or_default();
        Self {
            outcomes: assess(&timeline, &facts, None, periods),
            entities: people
                .iter()
                .map(|entity| assess(&timeline, &facts, Some(entity), periods))
                .collect(),
            provenance: Provenance {
                program: "scoreline 0.1.0".to_owned(),
                language: "scoreline/v1".to_owned(),
                specification: vec![FileDigest {
                    path: "acme.yaml".to_owned(),
                    sha256: "3f9a".repeat(16),
                }],
                data: vec![FileDigest {
                    path: "data/outages.csv".to_owned(),
                    sha256: "77c1".repeat(16),
                }],
                data_through: None,
                edition: None,
                published: None,
            },
            timeline,
            facts,
        }
    }

    pub(super) fn input(&self) -> Input<'_> {
        Input {
            timeline: &self.timeline,
            outcomes: &self.outcomes,
            entities: &self.entities,
            maturity: &[],
            facts: &self.facts,
            provenance: &self.provenance,
        }
    }
}

/// `count` months that end with `last`.
pub(super) fn months(last: &str, count: i32) -> Vec<Period> {
    let last = month(last);
    (1 - count..=0).map(|back| last.offset(back)).collect()
}

pub(super) fn rows(source: &str, filter: Option<&str>) -> Rows {
    Rows {
        source: source.to_owned(),
        filter: filter.map(snippet),
        each: None,
        at: None,
    }
}

pub(super) fn kpi(id: &str, title: &str, weight: i64, measure: Measure) -> Kpi {
    Kpi {
        title: title.to_owned(),
        category: Some("service".to_owned()),
        weight: Rational::integer(weight),
        effective_weight: Rational::integer(weight),
        owner: Some("sdm".to_owned()),
        measure,
        ..build::kpi(id)
    }
}

pub(super) fn goals(mut kpi: Kpi, target: &str, minimum: Option<&str>) -> Kpi {
    kpi.target = Some(Goal::AtLeast(percent(target)));
    kpi.minimum = Some(Goal::AtLeast(percent(minimum.unwrap_or(target))));
    kpi.own_minimum = minimum.is_some();
    kpi
}

pub(super) fn linear(mut kpi: Kpi, zero_at: &str, full_at: &str) -> Kpi {
    kpi.scoring = Scoring::Linear {
        zero_at: percent(zero_at),
        full_at: percent(full_at),
    };
    kpi
}

pub(super) fn ratio(source: &str, hit: &str) -> Measure {
    Measure::Ratio {
        rows: rows(source, None),
        hit: snippet(hit),
    }
}

pub(super) fn people() -> IndexMap<String, Person> {
    let person = |name: &str, party: &str| Person {
        name: name.to_owned(),
        party: Some(party.to_owned()),
        email: None,
    };
    IndexMap::from([
        ("sdm".to_owned(), person("Service delivery manager", "provider")),
        ("cio".to_owned(), person("Chief information officer", "customer")),
    ])
}

pub(super) fn terms(id: &str, title: &str, kpis: Vec<Kpi>) -> Terms {
    Terms {
        id: id.to_owned(),
        title: title.to_owned(),
        time_zone: TimeZone::get("Europe/Berlin").expect("bundled"),
        people: people(),
        categories: IndexMap::from([(
            "service".to_owned(),
            Category {
                title: "Service".to_owned(),
                weight: Rational::integer(100),
            },
        )]),
        grades: Some(Grades {
            green: Rational::integer(90),
            amber: Rational::integer(75),
        }),
        ..build::terms(kpis)
    }
}

pub(super) fn timeline(terms: Terms) -> Timeline {
    Timeline {
        id: terms.id.clone(),
        path: "acme.yaml".to_owned(),
        versions: vec![Version {
            effective: None,
            amendment: None,
            terms,
            tree: tree(),
            layers: [].into(),
        }],
        claims: Claims::default(),
        maturity: Vec::new(),
    }
}

pub(super) fn tree() -> Node {
    Node {
        kind: NodeKind::Null,
        span: SPAN,
    }
}

pub(super) fn utc(year: i16, month: i8, day: i8, hour: i8) -> i64 {
    date(year, month, day)
        .at(hour, 0, 0, 0)
        .to_zoned(TimeZone::UTC)
        .expect("a valid time")
        .timestamp()
        .as_microsecond()
}

pub(super) fn measured(part: i64, whole: i64, rows: u64) -> Measured {
    match whole {
        0 => Measured::Absent(Absence::NotApplicable("no rows in the period".to_owned())),
        _ => Measured::Value {
            numerator: Rational::integer(part),
            denominator: Rational::integer(whole),
            rows,
        },
    }
}

pub(super) fn fact(net: Measured, detail: Detail) -> Fact {
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

pub(super) fn hits(hits: u64, rows: u64) -> Fact {
    let whole = i64::try_from(rows).expect("small");
    fact(
        measured(i64::try_from(hits).expect("small"), whole, rows),
        Detail::Rows { hits, rows },
    )
}

pub(super) fn key(card: &str, entity: Option<&str>, kpi: &str, period: Period) -> FactKey {
    FactKey {
        card: card.to_owned(),
        entity: entity.map(str::to_owned),
        kpi: kpi.to_owned(),
        period,
    }
}
