//! Tests of measure: scorecards over small data files, numbers worked out by hand.

mod carve_outs;
mod clocks;
mod events;
mod findings;
mod forms;
mod probes;
mod properties;
mod quality;
mod shared;
mod sources;
mod time;

use scoreline::diagnostics::Diagnostics;
use scoreline::measure::facts::{Absence, Fact, FactKey, Facts, Measured};
use scoreline::measure::{Inputs, Options, Request, measure};
use scoreline::model::{self, Document};
use scoreline::quantity::{Period, Rational};
use scoreline::resolve;
use scoreline::resolve::terms::Timeline;
use scoreline::source::{SourceFile, SourceMap};
use scoreline::syntax;
use scoreline::tables::{Data, Failure};

/// Scorecards with the data they measure.
pub(crate) struct World {
    pub(crate) cards: Vec<Timeline>,
    pub(crate) documents: SourceMap,
    pub(crate) data: Data,
}

/// An internal team's card in `zone` with the `sections` below its head.
pub(crate) fn card(id: &str, zone: &str, sections: &str) -> String {
    format!(
        "apiVersion: scoreline/v1\nkind: Scorecard\nid: {id}\ntitle: Card\ntime_zone: {zone}\nperiod: month\n{sections}"
    )
}

impl World {
    /// Resolves documents that must be without errors.
    pub(crate) fn new(documents: &[&str], files: &[(&str, &str)]) -> Self {
        let mut sources = SourceMap::default();
        let mut found = Diagnostics::default();
        let mut parsed: Vec<Document> = Vec::new();
        for (number, text) in documents.iter().enumerate() {
            let path = format!("card{number}.yaml");
            let file = SourceFile::new(path.clone(), *text);
            let id = sources.add(file.clone());
            for node in syntax::parse(id, &file, &mut found) {
                parsed.extend(model::document(&path, node, &mut found));
            }
        }
        for document in &parsed {
            model::examine(document, &mut found);
        }
        let workspace = resolve::resolve(&parsed, &mut found);
        let messages: Vec<String> = found
            .iter()
            .map(|finding| format!("{} {:?}: {}", finding.rule, finding.primary.place, finding.message))
            .collect();
        assert!(!found.has_errors(), "{messages:#?}");
        Self {
            cards: workspace.cards,
            documents: sources,
            data: Data::files(files.iter().map(|(path, text)| (*path, text.as_bytes()))),
        }
    }

    /// One card of an internal team.
    pub(crate) fn of(zone: &str, sections: &str, files: &[(&str, &str)]) -> Self {
        Self::new(&[&card("card", zone, sections)], files)
    }

    pub(crate) fn period(&self, label: &str) -> Period {
        let terms = self.cards[0].latest();
        terms.period.parse(label).expect("a period of the card")
    }

    pub(crate) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            data: &self.data,
            documents: Some(&self.documents),
        }
    }

    pub(crate) fn try_measure(&self, labels: &[&str], options: Options) -> Result<Facts, Failure> {
        let requests: Vec<Request<'_>> = self
            .cards
            .iter()
            .map(|card| Request {
                card,
                periods: labels.iter().map(|label| self.period(label)).collect(),
            })
            .collect();
        measure(&requests, self.inputs(), options)
    }

    pub(crate) fn measure(&self, labels: &[&str]) -> Facts {
        self.try_measure(labels, Options::default())
            .unwrap_or_else(|failure| panic!("{failure:#?}"))
    }

    /// Measures one period and returns the fact of a KPI.
    pub(crate) fn fact(&self, kpi: &str, label: &str) -> Fact {
        of(&self.measure(&[label]), "card", kpi, self.period(label))
    }

    /// Measures one period and returns the value of a KPI as an exact number.
    pub(crate) fn value(&self, kpi: &str, label: &str) -> String {
        shown(&self.fact(kpi, label).net)
    }

    /// Measures one period that must fail, and returns the findings as `rule: message | label…`.
    pub(crate) fn refusal(&self, label: &str) -> Vec<String> {
        match self.try_measure(&[label], Options::default()) {
            Ok(facts) => panic!("no finding: {facts:#?}"),
            Err(Failure::World(error)) => panic!("{error}"),
            Err(Failure::Found(found)) => found
                .iter()
                .map(|finding| {
                    let labels = finding
                        .secondary
                        .iter()
                        .map(|label| format!("{:?} {}", label.place, label.text));
                    let labels: Vec<String> = labels.collect();
                    format!(
                        "{}: {} @ {:?} | {}",
                        finding.rule,
                        finding.message,
                        finding.primary.place,
                        labels.join("; ")
                    )
                })
                .collect(),
        }
    }
}

/// Returns the fact of a card's KPI.
pub(crate) fn of(facts: &Facts, card: &str, kpi: &str, period: Period) -> Fact {
    entity(facts, card, None, kpi, period)
}

/// Returns the fact of an entity's KPI.
pub(crate) fn entity(facts: &Facts, card: &str, entity: Option<&str>, kpi: &str, period: Period) -> Fact {
    let key = FactKey {
        card: card.to_owned(),
        entity: entity.map(str::to_owned),
        kpi: kpi.to_owned(),
        period,
    };
    facts
        .facts
        .get(&key)
        .unwrap_or_else(|| panic!("no fact {key:?}"))
        .clone()
}

/// Writes a measured value: exactly, or why there is none.
pub(crate) fn shown(measured: &Measured) -> String {
    match measured {
        Measured::Value { .. } => measured.value().expect("a value").to_exact(),
        Measured::Absent(Absence::NotApplicable(reason)) => format!("not applicable: {reason}"),
        Measured::Absent(Absence::NoData(reason)) => format!("no data: {reason}"),
    }
}

/// Writes a share as a percentage with four decimals.
pub(crate) fn percent(measured: &Measured) -> String {
    let value = measured.value().unwrap_or_else(|| panic!("{measured:?}"));
    (value * Rational::integer(100)).to_fixed(4)
}

pub(crate) const HOUR: i64 = 3_600_000_000;
