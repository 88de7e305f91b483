//! Scenario documents → what each expected, what the contract said, and whether that is the same.
//!
//! Comes in: a [`Scenario`] as resolved, with its scorecard, its rows and its expectations. Goes out: a
//! [`Report`] with one [`Check`] per expectation, or findings at their places in the document where its rows
//! cannot be measured. The rows go through the same stages as data files; a scenario reads no data, only
//! the headers of the files that its rows stand for, to tell a misspelt column.

mod expectation;
mod needed;
pub mod render;
mod rows;

pub use expectation::Check;

use indexmap::IndexMap;

use crate::assess::{self, Before, Given, Outcome};
use crate::diagnostics::{Diagnostics, did_you_mean};
use crate::error::Error;
use crate::measure::facts::Entity;
use crate::measure::{self, Inputs, Request};
use crate::quantity::Period;
use crate::resolve::terms::{Expectation, Scenario};
use crate::tables::Failure;

/// What came of a scenario.
#[derive(Debug)]
pub struct Report<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// One per expectation, in their order; empty where the rows could not be measured.
    pub checks: Vec<Check<'a>>,
    /// What is wrong with its rows.
    pub findings: Diagnostics,
}

impl Report<'_> {
    /// Whether the rows could be measured.
    pub fn ran(&self) -> bool {
        !self.findings.has_errors()
    }

    /// Whether it ran and every expectation holds.
    pub fn passed(&self) -> bool {
        self.ran() && self.checks.iter().all(|check| check.holds)
    }
}

/// Runs a scenario; `inputs` are the workspace's files.
///
/// # Errors
/// When the world failed. What an author wrote wrongly is in the report.
pub fn run<'a>(scenario: &'a Scenario, inputs: Inputs<'_>) -> Result<Report<'a>, Error> {
    let report = |checks, findings| Report {
        scenario,
        checks,
        findings,
    };
    let rows = rows::Rows::of(scenario);
    let card = needed::card(scenario);
    let first = assess::horizon(&scenario.card, scenario.period);
    let back = scenario.period.since(first);
    let periods: Vec<Period> = (0..=back).map(|n| first.offset(n)).collect();
    let request = |card| {
        [Request {
            card,
            periods: periods.clone(),
        }]
    };
    let given = Inputs {
        data: rows.data(),
        documents: None,
    };
    let options = measure::Options {
        all_covered: true,
        ..measure::Options::default()
    };
    let unknown = match measure::plan(&request(&scenario.card), given, options) {
        Ok(scans) => rows.unknown_columns(&scans, inputs),
        Err(Failure::Found(_)) => Diagnostics::default(),
        Err(Failure::World(error)) => return Err(error),
    };
    if unknown.has_errors() {
        return Ok(report(Vec::new(), unknown));
    }
    let facts = match measure::measure(&request(&card), given, options) {
        Ok(facts) => facts,
        Err(Failure::Found(found)) => return Ok(report(Vec::new(), rows.in_document(&found))),
        Err(Failure::World(error)) => return Err(error),
    };
    let outcome = assess::assess_after(&card, &facts, None, scenario.period, &before(scenario));
    let terms = card.terms(scenario.period);
    let listed = facts.entities.get(&card.id).map_or(&[][..], Vec::as_slice);
    let mut of_entities: IndexMap<&str, Outcome> = IndexMap::new();
    for entity in listed {
        let is_meant = |expectation: &Expectation| expectation.entity.as_deref() == Some(&*entity.key);
        if scenario.expected.iter().any(is_meant) {
            // What earlier periods said is of the scorecard; of an entity everything was met.
            let outcome = assess::assess_after(&card, &facts, Some(entity), scenario.period, &Before::default());
            of_entities.insert(&entity.key, outcome);
        }
    }
    let checks = scenario.expected.iter().map(|expectation| {
        let meant = match expectation.entity.as_deref() {
            None => Ok(&outcome),
            Some(entity) => of_entities.get(entity).ok_or_else(|| unlisted(entity, listed)),
        };
        Check::of(expectation, terms, meant)
    });
    Ok(report(checks.collect(), Diagnostics::default()))
}

/// Says that there is no card of an entity, and of which there are.
fn unlisted(entity: &str, listed: &[Entity]) -> String {
    let keys: Vec<&str> = listed.iter().map(|entity| &*entity.key).collect();
    match did_you_mean(entity, keys.iter().copied()) {
        Some(meant) => format!("there is no card of `{entity}`; did you mean `{meant}`?"),
        None if keys.is_empty() => format!("there is no card of `{entity}`: the list given is empty"),
        None => format!("there is no card of `{entity}`; there are: {}", keys.join(", ")),
    }
}

fn before(scenario: &Scenario) -> Before {
    let said = scenario.before.iter().map(|(period, kpis)| {
        let kpis = kpis.iter().map(|(kpi, earlier)| {
            let given = Given {
                verdict: earlier.verdict.into(),
                credit: earlier.credit.clone(),
            };
            (kpi.clone(), given)
        });
        (*period, kpis.collect::<IndexMap<_, _>>())
    });
    said.collect()
}
