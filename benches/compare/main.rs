//! Measures scoreline against what a user would pick instead, as ratios within one run.
//!
//! `cargo bench --bench compare` runs every case and prints a table; `-- --case check --rows 1000000`
//! runs one of them, smaller. Inputs are generated (same seed, same bytes) below `target/bench`. The
//! competitors are installed there by name: `duckdb` from PyPI and `@sourcemeta/jsonschema` from npm.
//! Of DuckDB only the query is timed, without interpreter start and import; of scoreline the whole process.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

mod commits;
mod contestant;
mod tickets;
mod workspace;

use std::path::PathBuf;

use contestant::{Duckdb, Run, Scoreline, Sourcemeta};

/// Runs of each contestant, in turn; the median counts.
const ROUNDS: usize = 5;

struct Row {
    case: &'static str,
    ours: Run,
    other: &'static str,
    theirs: Option<f64>,
    bar: &'static str,
}

/// A row as soon as it is measured: what was seen is not lost when a later case fails.
fn print(row: &Row) {
    let (time, ratio) = row.theirs.map_or((String::new(), String::new()), |t| {
        (format!("{t:.2} s"), format!("{:.2}", row.ours.seconds / t))
    });
    println!(
        "| {} | {:.3} s | {} MiB | {} | {time} | {ratio} | {} |",
        row.case,
        row.ours.seconds,
        row.ours.peak_kib / 1024,
        row.other,
        row.bar
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        arguments
            .iter()
            .position(|a| a == name)
            .and_then(|i| arguments.get(i + 1))
            .cloned()
    };
    let only = value("--case");
    let rows: u64 = value("--rows").map_or(10_000_000, |n| n.parse().unwrap());
    let files: u32 = value("--files").map_or(10_000, |n| n.parse().unwrap());
    let wanted = |case: &str| only.as_deref().is_none_or(|name| name == case);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder).unwrap();
    let scoreline = Scoreline::new();
    println!("| case | scoreline | peak memory | compared with | its time | ratio | bar |");
    println!("|---|---:|---:|---|---:|---:|---|");

    if wanted("cold") {
        let at = workspace::small(&folder, 2_000);
        let ours = scoreline.median(ROUNDS * 4, &at, &["build", "--period", "2025", "--out", "reports"]);
        print(&Row {
            case: "cold `build`, 10 KPIs × 2,000 tickets",
            ours,
            other: "",
            theirs: None,
            bar: "< 50 ms",
        });
    }
    if wanted("check") {
        let at = workspace::many(&folder, files);
        let competitor = Sourcemeta::install(&folder);
        let (ours, theirs) = contestant::in_turn(3, || scoreline.run(&at, &["check"]), || competitor.validate(&at));
        print(&Row {
            case: "`check` of 10,000 files",
            ours,
            other: "`jsonschema validate` (schema only)",
            theirs: Some(theirs),
            bar: "≤ 1.0",
        });
    }
    if wanted("history") {
        let at = commits::repository(&folder, 1_000);
        let ours = scoreline.median(ROUNDS, &at, &["history", "card-7"]);
        print(&Row {
            case: "`history` of a card over 1,000 commits of 50 cards",
            ours,
            other: "",
            theirs: None,
            bar: "< 3 s",
        });
    }
    if wanted("csv") || wanted("parquet") || wanted("customers") || wanted("growth") {
        let duckdb = Duckdb::install(&folder);
        let csv = tickets::csv(&folder, rows);
        let parquet = tickets::parquet(&folder, rows);
        for (case, label, path) in [
            ("csv", "20 KPIs × 10 million tickets, CSV", &csv),
            ("parquet", "20 KPIs × 10 million tickets, Parquet", &parquet),
        ] {
            if !wanted(case) {
                continue;
            }
            let at = workspace::one(&folder, case, path, 4);
            let build = || scoreline.run(&at, &["build", "--period", "2025", "--out", "reports"]);
            for (other, sql, bar) in [
                ("DuckDB, 20 `FILTER` aggregates", tickets::filter_query(path), "≤ 0.6"),
                (
                    "DuckDB, `GROUP BY priority` by hand",
                    tickets::group_query(path),
                    "≤ 1.5",
                ),
            ] {
                let (ours, theirs) = contestant::in_turn(3, build, || duckdb.query(&sql));
                print(&Row {
                    case: label,
                    ours,
                    other,
                    theirs: Some(theirs),
                    bar,
                });
            }
            let expected = duckdb.answers(&tickets::filter_query(path));
            assert_eq!(workspace::hits(&at), expected, "both count the same");
        }
        if wanted("customers") {
            let at = workspace::customers(&folder, &parquet);
            let build = || {
                scoreline.run(
                    &at,
                    &["build", "--period", "2025-12", "--out", "reports", "--format", "json"],
                )
            };
            let (ours, theirs) = contestant::in_turn(3, build, || duckdb.query(&tickets::customers_query(&parquet)));
            print(&Row {
                case: "200 customers × 20 KPIs × 12 months, Parquet",
                ours,
                other: "DuckDB, one `GROUP BY`",
                theirs: Some(theirs),
                bar: "≤ 0.8",
            });
            let one = duckdb.query(&tickets::one_customer_query(&parquet));
            print(&Row {
                case: "200 customers × 20 KPIs × 12 months, Parquet",
                ours,
                other: "DuckDB, one query per KPI and customer (4,000 × one)",
                theirs: Some(one * 4_000.0),
                bar: "",
            });
        }
        if wanted("growth") {
            let one = workspace::one(&folder, "one-kpi", &parquet, 0);
            let hundred = workspace::one(&folder, "hundred-kpis", &parquet, 20);
            let build = ["build", "--period", "2025", "--out", "reports", "--format", "json"];
            let (ours, theirs) = contestant::in_turn(
                3,
                || scoreline.run(&hundred, &build),
                || scoreline.run(&one, &build).seconds,
            );
            print(&Row {
                case: "100 KPIs, Parquet",
                ours,
                other: "1 KPI",
                theirs: Some(theirs),
                bar: "< 5",
            });
        }
    }
}
