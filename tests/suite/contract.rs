//! A contract in a test: YAML and data in memory, through every stage, to its outcome.

use scoreline::assess::Outcome;
use scoreline::assess::maturity::Standing;
use scoreline::assess::outcome::KpiOutcome;
use scoreline::check;
use scoreline::compile::{Compiled, compile};
use scoreline::diagnostics::{Diagnostics, render};
use scoreline::evaluate::{Asked, Evaluated, Evaluation, evaluate};
use scoreline::measure::Inputs;
use scoreline::quantity::{Rational, Rounding};
use scoreline::source::MemoryTree;
use scoreline::tables::{Data, Failure};

/// A card with one KPI over `answers.csv`, which has a `day` and a `score`.
pub(crate) const ANSWERS_CARD: &str = "apiVersion: scoreline/v1
kind: Scorecard
id: desk
title: Service desk
time_zone: UTC
period: month
people: { lead: { name: Lead } }
categories: { all: { title: All, weight: 100 } }
sources:
  answers: { path: answers.csv, time_zone: UTC, at: day, covers: { through: 2026-10-31 } }
kpis:
  good:
    title: Good answers
    category: all
    weight: 100
    owner: lead
    measure: { ratio: { source: answers, hit: score >= 4 } }
    target: { at_least: 75% }
";

/// A workspace in memory with one scorecard.
pub(crate) struct Contract {
    tree: MemoryTree,
    data: Vec<(String, Vec<u8>)>,
}

/// A finding, without its place.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) rule: &'static str,
    pub(crate) message: String,
}

impl Contract {
    /// Takes the text of a file with one scorecard and, if need be, its claims.
    pub(crate) fn new(yaml: &str) -> Self {
        let mut tree = MemoryTree::default();
        tree.insert("scoreline.yaml", "apiVersion: scoreline/v1\nkind: Workspace\n");
        tree.insert("card.yaml", yaml);
        Self { tree, data: Vec::new() }
    }

    /// Adds a data file.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        self.bytes(name, text.as_bytes().to_vec())
    }

    /// Adds a data file that is no text of ours.
    pub(crate) fn bytes(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.data.push((name.to_owned(), bytes));
        self
    }

    fn compiled(&self) -> Compiled {
        compile(&self.tree).expect("files in memory are readable")
    }

    fn data(&self) -> Data {
        Data::files(self.data.clone())
    }

    /// Everything that is wrong with it, lints included.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let compiled = self.compiled();
        let mut found = compiled.diagnostics.clone();
        let mut unfit = check::columns(&compiled.workspace, &compiled.sources, &self.data(), &found);
        unfit.gather(0, &[]);
        found.extend(unfit);
        check::check(&compiled.workspace, None, &mut found);
        found
            .iter()
            .map(|finding| Finding {
                rule: finding.rule,
                message: finding.message.clone(),
            })
            .collect()
    }

    /// The outcome of a period; a finding or a failure fails the test with its text.
    pub(crate) fn outcome(&self, period: &str) -> Outcome {
        self.evaluated(period, |mut card| card.outcomes.pop().expect("the period"))
    }

    /// Where the only maturity model stands at the end of a period.
    pub(crate) fn standing(&self, period: &str) -> Standing {
        self.evaluated(period, |mut card| card.maturity.pop().expect("a maturity model"))
    }

    fn evaluated<T>(&self, period: &str, take: impl FnOnce(Evaluated<'_>) -> T) -> T {
        let compiled = self.compiled();
        let shown = |found: &Diagnostics| {
            render::text(
                found,
                &compiled.sources,
                render::Look {
                    color: false,
                    width: 100,
                },
            )
        };
        assert!(!compiled.diagnostics.has_errors(), "{}", shown(&compiled.diagnostics));
        let card = &compiled.workspace.cards[0];
        let period = card.latest().period.parse(period).expect("a period of the card");
        let data = self.data();
        let inputs = Inputs {
            data: &data,
            documents: Some(&compiled.sources),
        };
        let evaluated: Result<Evaluation<'_>, Failure> = evaluate(&[Asked { card, period }], 1, inputs, None);
        match evaluated {
            Ok(mut evaluation) => take(evaluation.cards.remove(0)),
            Err(Failure::Found(found)) => panic!("{}", shown(&found)),
            Err(Failure::World(error)) => panic!("{error}"),
        }
    }
}

/// Returns the outcome of one KPI.
pub(crate) fn kpi<'a>(outcome: &'a Outcome, id: &str) -> &'a KpiOutcome {
    outcome.kpis.iter().find(|kpi| kpi.id == id).expect("a KPI of the card")
}

/// Returns a KPI's value in percent, cut to some decimals.
pub(crate) fn percent(kpi: &KpiOutcome, decimals: u32) -> String {
    let value = kpi.value.as_ref().expect("a value");
    (value * &Rational::integer(100))
        .round(decimals, Rounding::HalfAwayFromZero)
        .to_fixed(decimals)
}

/// Returns the credit of the period.
pub(crate) fn amount(outcome: &Outcome) -> String {
    outcome
        .statement
        .as_ref()
        .expect("a contract has a statement")
        .credit
        .to_fixed(2)
}
