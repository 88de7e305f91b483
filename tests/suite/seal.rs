//! What is published for good: the ledger, sealing, and what can be proven later.

mod kept;
mod late;
mod ledger;
mod maturity;
mod publish;
mod tamper;
mod verify;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::cli::{Run, contents, scoreline, write};
use crate::git::fixture::Repo;

const SETTINGS: &str = "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Test\n";

/// EUR 1,000.00 a month, 10 % of it at risk for one KPI: EUR 50.00 below 75 %, EUR 100.00 below 50 %.
const DESK: &str = "apiVersion: scoreline/v1
kind: Scorecard
id: desk
title: Service desk
contract: { reference: C-1, customer: Acme, provider: Northwind, starts: 2026-01-01, ends: 2027-12-31, charge: 1000.00, currency: EUR, at_risk: 10%, late_changes: restate }
time_zone: UTC
period: month
people:
  lead: { name: Lead, party: provider }
  cio: { name: CIO, party: customer }
categories: { all: { title: All, weight: 100 } }
sources:
  answers: { path: answers.csv, time_zone: UTC, at: day, covers: { through: 2026-12-31 }, key: id }
carve_outs:
  external: { title: External, by: claims, mode: remove, cause: external, needs: [approval], notice: 60 business days }
business_days: always
kpis:
  good:
    title: Good answers
    category: all
    weight: 100
    owner: lead
    measure: { ratio: { source: answers, hit: score >= 4 } }
    target: { at_least: 75% }
    minimum: { at_least: 50% }
    carve_outs: [external]
    credit: { of: at_risk, share: 100%, tiers: [{ below: target, pays: 50% }, { below: minimum, pays: 100% }] }
";

/// October: three of five are good, 60 %. November and December: all.
const ANSWERS: &str = "id,day,score
a,2026-10-01,5
b,2026-10-02,4
c,2026-10-03,4
d,2026-10-04,2
e,2026-10-31,1
f,2026-11-02,5
g,2026-12-02,5
";

fn workspace() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    write(folder.path(), "scoreline.yaml", SETTINGS);
    write(folder.path(), "desk.yaml", DESK);
    write(folder.path(), "answers.csv", ANSWERS);
    folder
}

fn seal(folder: &Path, period: &str) -> Run {
    scoreline(folder, &["build", "--period", period, "--seal"])
}

fn restate(folder: &Path, period: &str, reason: &str) -> Run {
    scoreline(folder, &["build", "--period", period, "--seal", "--restate", reason])
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|cause| panic!("{name}: {cause}"))
}

fn report(folder: &Path, period: &str) -> serde_json::Value {
    serde_json::from_str(&read(folder, &format!("reports/desk/{period}.json"))).expect("a report")
}

/// Commits everything that lies in `folder`, which may be that of the repository.
fn commit(repo: &mut Repo, folder: &Path, when: &'static str) -> String {
    for (path, bytes) in contents(folder) {
        let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
        if !name.starts_with(".git/") {
            repo.write(&name, &bytes);
        }
    }
    repo.commit(when, "published")
}
