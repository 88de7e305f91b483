//! Workspaces made for the benchmark.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::tickets::{self, HOURS, PRIORITIES};

const MEASURES: [(&str, &str); 4] = [
    (
        "on-time",
        "on_time: { source: tickets, clock: resolution, overdue: resolved_only }",
    ),
    ("reopened", "ratio: { source: tickets, hit: reopened }"),
    ("made-sla", "ratio: { source: tickets, hit: made_sla }"),
    (
        "satisfied",
        "ratio: { source: tickets, where: score IS NOT NULL, hit: score >= 4 }",
    ),
];

pub(crate) fn fresh(folder: &Path, name: &str) -> PathBuf {
    let at = folder.join(name);
    if at.exists() {
        fs::remove_dir_all(&at).expect("a writable folder");
    }
    fs::create_dir_all(&at).expect("a writable folder");
    fs::write(
        at.join("scoreline.yaml"),
        "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Benchmark\nreports: { out: reports, trend: 1 periods }\n",
    )
    .expect("written");
    at
}

fn head(id: &str, period: &str, scope: Option<&str>, path: &Path) -> String {
    let card_scope = scope.map_or(String::new(), |scope| format!("scope: {scope}\n"));
    let column = scope.map_or("", |_| "    scope: customer_id\n");
    format!(
        "apiVersion: scoreline/v1\nkind: Scorecard\nid: {id}\ntitle: Card {id}\ntime_zone: UTC\nperiod: {period}\n{card_scope}\
         people:\n  lead: {{ name: Service lead }}\ncategories:\n  all: {{ title: All, weight: 100 }}\n\
         sources:\n  tickets:\n    path: {}\n    time_zone: UTC\n    covers: {{ through: 2025-12-31 }}\n    at: resolved_at\n{column}    \
         clocks: {{ resolution: {{ start: opened_at, stop: resolved_at }} }}\nkpis:\n",
        path.display()
    )
}

/// A scorecard of 20 KPIs.
pub(crate) fn card(id: &str) -> String {
    head(id, "month", None, Path::new("tickets.csv")) + &kpis(4)
}

/// `repeats` × 5 KPIs that are split by priority; each fifth of the weight in percent with decimals that sum to 100.
fn kpis(repeats: usize) -> String {
    let mut text = String::new();
    let weight = 100 * 1_000_000 / (repeats.max(1) * PRIORITIES.len());
    for index in 0..repeats {
        let (name, measure) = MEASURES[index % MEASURES.len()];
        let id = if index < MEASURES.len() {
            name.to_owned()
        } else {
            format!("{name}-{}", index / MEASURES.len())
        };
        write!(text, "  {id}:\n    title: {name}\n    category: all\n    owner: lead\n    measure: {{ {measure} }}\n    each:\n      column: priority\n      rows:\n").expect("a string");
        for (priority, hours) in PRIORITIES.iter().zip(HOURS) {
            let within = if name == "on-time" {
                format!("within: {hours}h, ")
            } else {
                String::new()
            };
            let target = if name == "reopened" {
                "at_most: 5%"
            } else {
                "at_least: 90%"
            };
            writeln!(
                text,
                "        {priority}: {{ {within}weight: {}.{:06}, target: {{ {target} }} }}",
                weight / 1_000_000,
                weight % 1_000_000
            )
            .expect("a string");
        }
    }
    if repeats == 0 {
        text.push_str("  made-sla:\n    title: Made\n    category: all\n    weight: 100\n    owner: lead\n    measure: { ratio: { source: tickets, hit: made_sla } }\n    target: { at_least: 90% }\n");
    }
    text
}

/// One card over `data` with `repeats` × 5 KPIs for a year; 0 repeats: a single KPI.
pub(crate) fn one(folder: &Path, name: &str, data: &Path, repeats: usize) -> PathBuf {
    let at = fresh(folder, name);
    fs::write(at.join("card.yaml"), head("card", "year", None, data) + &kpis(repeats)).expect("written");
    at
}

/// One card with 10 KPIs over a small CSV.
pub(crate) fn small(folder: &Path, rows: u64) -> PathBuf {
    let data = tickets::csv(folder, rows);
    one(folder, "small", &data, 2)
}

/// A card of 20 KPIs for each of 200 customers, by month.
pub(crate) fn customers(folder: &Path, data: &Path) -> PathBuf {
    let at = fresh(folder, "customers");
    let settings =
        "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Benchmark\nreports: { out: reports, trend: 12 periods }\n";
    fs::write(at.join("scoreline.yaml"), settings).expect("written");
    for customer in 0..200 {
        let scope = format!("c{customer:03}");
        fs::write(
            at.join(format!("{scope}.yaml")),
            head(&scope, "month", Some(&scope), data) + &kpis(4),
        )
        .expect("written");
    }
    at
}

/// `files` cards of about 5.5 kB.
pub(crate) fn many(folder: &Path, files: u32) -> PathBuf {
    let at = fresh(folder, "many");
    fs::create_dir_all(at.join("cards")).expect("a writable folder");
    fs::write(
        at.join("tickets.csv"),
        "ticket_id,priority,opened_at,resolved_at,made_sla,reopened,score\n",
    )
    .expect("written");
    let body = kpis(8);
    for number in 0..files {
        let text = head(&format!("card-{number}"), "month", None, Path::new("../tickets.csv")) + &body;
        fs::write(at.join(format!("cards/card-{number}.yaml")), text).expect("written");
    }
    at
}

/// Returns the hits of the card's 20 KPIs in file order, read from its JSON report.
pub(crate) fn hits(workspace: &Path) -> Vec<u64> {
    let text = fs::read_to_string(workspace.join("reports/card/2025.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let kpis = report["kpis"].as_array().expect("a list of KPIs");
    // The formula with its numbers reads `181,914 / (181,914 + 18,066)`.
    let numerator = |kpi: &serde_json::Value| {
        let numbers = kpi["formula"]["numbers"].as_str().expect("a formula with numbers");
        let first = numbers.split_once(" / ").map_or(numbers, |(first, _)| first);
        first.replace(',', "").parse().expect("a whole number")
    };
    kpis.iter().map(numerator).collect()
}
