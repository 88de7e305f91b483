//! What the terminal says: explain, summary, show.

use jiff::civil::date;
use scoreline::diagnostics::Diagnostics;
use scoreline::model::{self, Document};
use scoreline::report::{Audience, Trace, TraceRow, View, explain, show, summary};
use scoreline::resolve::{self, terms::Timeline};
use scoreline::source::{SourceFile, SourceMap};
use scoreline::syntax;

use super::{contract, team};

#[test]
fn explain_derives_a_number_from_its_rows_to_its_credit() {
    let case = contract::october(13);
    let trace = Trace {
        columns: vec!["started_at".to_owned(), "ended_at".to_owned()],
        rows: vec![TraceRow {
            place: "data/outages.csv:12".to_owned(),
            cells: vec!["2026-10-12 09:00".to_owned(), "2026-10-12\u{1b}[2J 15:00".to_owned()],
            role: "down 6h".to_owned(),
        }],
        more: 2,
    };
    let text = explain(&case.input(), "erp-uptime", Some(&trace)).expect("a KPI");
    for line in [
        "ERP availability (acme-managed-it/erp-uptime), October 2026",
        "■ Missed [disputed] [provisional]: 99.18%",
        "Measure     availability, calendar always",
        "            over outages: service = 'erp'",
        "Source      outages: 41 rows read from 1 file",
        "Covered     the whole period",
        "Formula     (A − B − D) / (A − B)",
        "            = (745h − 12h − 6h) / (745h − 12h) = 727h / 733h",
        "            = 99.18%",
        "Gross       98.93% (exactly 737/745), missed without carve-outs",
        "Net         99.18% (exactly 727/733)",
        "Target      at least 99.98% (amendment-1, CR-112, effective 2026-04-01)",
        "Minimum     at least 99.90% (original terms)",
        "Impact      EUR 12,500.00 per 1h of net downtime, lost production",
        "… and 2 rows more",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n--\n{text}");
    }
    assert!(text.contains("42,000.00 × 12% × 60% × 100% = EUR 3,024.00"), "{text}");
    assert!(text.contains("data/outages.csv:12  2026-10-12 09:00"), "{text}");
    assert!(!text.contains('\u{1b}'), "data cannot steer the terminal");
    assert_eq!(explain(&case.input(), "nothing", None), None);
}

#[test]
fn a_summary_is_short_and_worst_first() {
    let contract = View::build(&contract::october(13).input(), Audience::DEFAULT);
    let team = View::build(&team::technicians().input(), Audience::DEFAULT);
    let written: Vec<String> = (0..40).map(|n| format!("reports/{n}.html")).collect();
    let text = summary(&[team.clone(), contract.clone()], &written, false);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() <= 25, "{} lines", lines.len());
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        words(lines[0]),
        "acme-managed-it 2026-10 61.4 red −38.6 4/7 met EUR 3,528.00 provisional"
    );
    assert!(
        words(lines[3]).starts_with("■ Missed acme-managed-it/erp-uptime 99.18% ≥ 99.98%"),
        "{text}"
    );
    assert_eq!(lines.last(), Some(&"… and 36 more files"));
    // Cells stand below each other: the second column of both cards starts at the same place.
    let at = |line: &str| line.find(" 2026-10 ").expect("the period");
    assert_eq!(at(lines[0]), at(lines[1]));

    // Colour is added to the shape and the word, and nothing else changes.
    let colored = summary(&[team.clone(), contract.clone()], &written, true);
    assert!(colored.contains("\u{1b}[31m■ Missed\u{1b}[0m"), "{colored}");
    let plain: String = colored
        .split('\u{1b}')
        .enumerate()
        .map(|(n, part)| {
            if n == 0 {
                part
            } else {
                part.split_once('m').expect("a code").1
            }
        })
        .collect();
    assert_eq!(plain, text);

    let many = vec![contract.clone(); 30];
    assert!(summary(&many, &written, false).lines().count() <= 25);

    // Names give way, so that a line fits a terminal: the card of a KPI before the KPI.
    let mut long = contract;
    long.card.id = "managed-infrastructure-and-end-user-services-of-the-northern-plants".to_owned();
    let text = summary(&[team, long], &written, false);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let kpi = text
        .lines()
        .find(|line| line.starts_with("■ Missed"))
        .expect("a missed KPI");
    assert!(kpi.contains("…/erp-uptime  99.18%"), "{kpi}");
}

/// The timeline and the files of one scorecard and one pack.
fn resolved(files: &[(&str, &str)]) -> (Timeline, SourceMap) {
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let mut documents: Vec<Document> = Vec::new();
    for (path, text) in files {
        let file = SourceFile::new(*path, *text);
        let id = sources.add(file.clone());
        for node in syntax::parse(id, &file, &mut diagnostics) {
            documents.extend(model::document(path, node, &mut diagnostics));
        }
    }
    let mut workspace = resolve::resolve(&documents, &mut diagnostics);
    assert!(
        !diagnostics.has_errors(),
        "{:?}",
        diagnostics.iter().collect::<Vec<_>>()
    );
    (workspace.cards.remove(0), sources)
}

const PACK: &str = "apiVersion: scoreline/v1
kind: Pack
id: core
version: 1.2.0
sources:
  surveys: { path: data/surveys.csv, at: answered_at, time_zone: UTC, covers: { through: last_row } }
kpis:
  csat:
    title: Satisfied users
    measure: { ratio: { source: surveys, hit: score >= 4 } }
    target: { at_least: 70% }
";

const CARD: &str = "apiVersion: scoreline/v1
kind: Scorecard
id: desk
title: Service desk
extends: [core@1]
time_zone: Europe/Berlin
period: month
people:
  lead: { name: Team lead }
categories:
  users: { title: Users, weight: 100 }
kpis:
  csat: { category: users, weight: 100, owner: lead }
amendments:
  harder:
    effective: 2026-04-01
    reference: CR-7
    change: { kpis: { csat: { target: { at_least: 75% } } } }
";

#[test]
fn show_names_the_place_the_pack_and_the_amendment_of_every_field() {
    let (timeline, sources) = resolved(&[("desk.yaml", CARD), ("packs/core.yaml", PACK)]);
    let before = show(&timeline, date(2026, 3, 31), &sources);
    let after = show(&timeline, date(2026, 4, 1), &sources);
    let line = |text: &str, start: &str| -> String {
        let found = text.lines().find(|line| line.trim_start().starts_with(start));
        let line = found.unwrap_or_else(|| panic!("`{start}` in\n{text}"));
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line(&before, "#"), "# desk on 2026-03-31: original terms");
    assert_eq!(
        line(&after, "#"),
        "# desk on 2026-04-01: harder, in force since 2026-04-01 (CR-7)"
    );
    assert_eq!(
        line(&before, "at_least"),
        "at_least: 70% # packs/core.yaml:11 (core 1.2.0)"
    );
    assert_eq!(line(&after, "at_least"), "at_least: 75% # desk.yaml:18 (harder)");
    assert_eq!(line(&after, "owner"), "owner: lead # desk.yaml:13");
    assert!(!after.contains("amendments:"), "they are applied already");
}
