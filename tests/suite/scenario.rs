//! Scenarios: given these facts, the contract must say this.

mod commands;
mod expectations;
mod mistakes;
mod rows;

use scoreline::compile::{Compiled, compile};
use scoreline::diagnostics::{Diagnostics, Place};
use scoreline::measure::Inputs;
use scoreline::scenario::{self, Report, render};
use scoreline::source::MemoryTree;
use scoreline::tables::Data;

/// A scorecard over tickets and outages: a charge of 10,000.00 a month of which 10 % are at risk, in UTC.
const DESK: &str = "apiVersion: scoreline/v1
kind: Scorecard
id: desk
title: Service desk
contract: { customer: Acme, provider: Northwind, starts: 2026-01-01, ends: 2027-12-31, charge: 10000.00, currency: EUR, at_risk: 10%, late_changes: restate }
time_zone: UTC
period: month
business_days: weekdays
calendars: { weekdays: { zone: UTC, open: { mon-fri: [\"08:00-18:00\"] }, holidays: [2026-12-25] } }
people:
  lead: { name: Lead, party: provider }
  cio: { name: Officer, party: customer }
categories: { all: { title: All, weight: 100 } }
sources:
  tickets:
    path: tickets.csv
    time_zone: UTC
    at: resolved
    key: number
    covers: { through: 2026-12-31 }
    clocks: { resolution: { start: opened, stop: resolved } }
kpis:
  good:
    title: Good
    category: all
    weight: 60
    owner: lead
    measure: { ratio: { source: tickets, hit: good IS TRUE } }
    target: { at_least: 75% }
    minimum: { at_least: 50% }
    credit: { of: at_risk, share: 50%, tiers: [{ below: target, pays: 50% }, { below: minimum, pays: 100% }] }
    on_miss: { action: Call back, owner: lead, notify: [lead] }
  fast:
    title: Fast
    category: all
    weight: 40
    owner: lead
    measure: { mean: { source: tickets, of: { clock: resolution } } }
    target: { at_most: 4h }
    scoring: { linear: { zero_at: 8h, full_at: 4h } }
consequences:
  triggers:
    escalate: { when: { consecutive: 2, kpis: with_credit, verdict: default }, notify: [cio], within: 3 business days }
grades: { green: 90, amber: 60 }
";

/// A workspace in memory: the scorecard above and a scenario.
struct Desk {
    compiled: Compiled,
    data: Data,
}

/// The head of a scenario of October 2026.
fn scenario(rest: &str) -> String {
    format!("apiVersion: scoreline/v1\nkind: Scenario\nid: s\ntests: desk\nperiod: 2026-10\n{rest}")
}

impl Desk {
    fn new(rest: &str) -> Self {
        Self::of(DESK, &scenario(rest))
    }

    fn of(card: &str, scenarios: &str) -> Self {
        let mut tree = MemoryTree::default();
        tree.insert("scoreline.yaml", "apiVersion: scoreline/v1\nkind: Workspace\n");
        tree.insert("card.yaml", card);
        tree.insert("tests.yaml", scenarios);
        Self {
            compiled: compile(&tree).expect("files in memory are readable"),
            data: Data::files(Vec::<(String, Vec<u8>)>::new()),
        }
    }

    /// Adds the file that the rows stand for.
    fn file(mut self, name: &str, text: &str) -> Self {
        self.data = Data::files([(name, text)]);
        self
    }

    fn reports(&self) -> Vec<Report<'_>> {
        let found = &self.compiled.diagnostics;
        let messages: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
        assert!(!found.has_errors(), "{messages:#?}");
        let inputs = Inputs {
            data: &self.data,
            documents: Some(&self.compiled.sources),
        };
        let scenarios = &self.compiled.workspace.scenarios;
        let run = scenarios
            .iter()
            .map(|one| scenario::run(one, inputs).expect("memory does not fail"));
        run.collect()
    }

    /// What the only scenario's failed checks print.
    fn text(&self) -> String {
        render::text(&self.reports(), &self.compiled.sources, false)
    }

    fn passes(&self) {
        let reports = self.reports();
        assert!(!reports.is_empty(), "nothing was tested");
        assert!(
            reports.iter().all(Report::passed),
            "{}\n{:?}",
            self.text(),
            self.places(&reports[0].findings)
        );
    }

    /// Rule, message and the text at the primary place of every finding.
    fn places(&self, found: &Diagnostics) -> Vec<(String, String, String)> {
        let at = |place: &Place| match place {
            Place::Text(span) => self.compiled.sources.text(*span).to_owned(),
            other => format!("{other:?}"),
        };
        let found = found.iter();
        found
            .map(|finding| {
                (
                    finding.rule.to_owned(),
                    finding.message.clone(),
                    at(&finding.primary.place),
                )
            })
            .collect()
    }
}
