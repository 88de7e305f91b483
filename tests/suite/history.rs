//! What a target was, when, and who recorded it.

mod lines;
mod record;
mod shown;

use scoreline::error::Error;
use scoreline::history::{self, From, History, Row, Subject};
use scoreline::source::DiskTree;
use scoreline::source::git::Repository;

use crate::git::fixture::Repo;

/// A card with one KPI `up`; `terms` are the lines of the KPI, `rest` what follows the KPIs.
fn card(terms: &str, rest: &str) -> String {
    format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: acme
title: Acme
contract: {{ customer: Acme, provider: Northwind, starts: 2024-07-01, ends: 2027-06-30, charge: 42000.00, currency: EUR, at_risk: 12%, late_changes: restate }}
time_zone: Europe/Berlin
period: month
people:
  sdm: {{ name: Sam Manager, party: provider }}
  cio: {{ name: Ines Officer, party: customer }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources:
  surveys: {{ path: surveys.csv, time_zone: UTC, at: day, covers: {{ through: 2026-10-31 }} }}
kpis:
  up:
    title: Satisfied users
    category: all
    weight: 100
    owner: sdm
    measure: {{ ratio: {{ source: surveys, hit: score >= 4 }} }}
{terms}{rest}"
    )
}

/// The amendment that raises the target to 99% from 2025-01-01.
const AMENDED: &str = "amendments:
  amendment-1:
    effective: 2025-01-01
    signed: 2024-12-11
    reference: CR-112
    approved_by: [cio, sdm]
    change: { kpis: { up: { target: { at_least: 99% } } } }
";

/// The line of the KPI's target in [`card`]: counted by hand.
const TARGET_LINE: u32 = 21;

fn target(value: &str) -> String {
    format!("    target: {{ at_least: {value} }}\n")
}

/// A repository with the settings of a workspace.
fn workspace() -> Repo {
    let mut repo = Repo::new();
    repo.write(
        "scoreline.yaml",
        "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Test\n",
    );
    repo
}

fn read(repo: &Repo, subject: &str, known_at: Option<&str>) -> Result<History, Error> {
    let git = Repository::discover(repo.path())
        .expect("readable")
        .expect("a repository");
    let folder = DiskTree::new(repo.path());
    let tip = match known_at {
        Some(revision) => Some(git.resolve(revision).expect("a revision")),
        None => git.head().expect("HEAD"),
    };
    history::history(
        &Subject::parse(subject),
        &From {
            repository: Some((&git, "")),
            tip,
            working: known_at.is_none().then_some(&folder as &dyn scoreline::source::Tree),
        },
    )
}

/// The rows of the first field: value, first and last day, the commit that recorded it, the one that superseded it.
fn rows(history: &History) -> Vec<[String; 5]> {
    let life = history.lives.first().expect("a field");
    life.rows.iter().map(row).collect()
}

fn row(row: &Row) -> [String; 5] {
    let id = |record: &scoreline::history::Record| match record.commit() {
        Some(commit) => commit.id.to_string(),
        None => "working tree".to_owned(),
    };
    [
        row.value.clone().unwrap_or_default(),
        row.from.map(|day| day.to_string()).unwrap_or_default(),
        row.to.map(|day| day.to_string()).unwrap_or_default(),
        id(&row.record),
        row.superseded.as_ref().map(|by| id(&by.by)).unwrap_or_default(),
    ]
}

fn strings<const N: usize>(row: [&str; N]) -> [String; N] {
    row.map(str::to_owned)
}
