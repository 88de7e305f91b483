//! A contract against the columns its data really have: every problem in one run, each once.

use scoreline::check::columns;
use scoreline::compile::compile;
use scoreline::diagnostics::Place;
use scoreline::source::MemoryTree;
use scoreline::tables::Data;

const CARD: &str = "\
apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
time_zone: UTC
period: month
sources:
  tickets:
    path: tickets.csv
    at: done
    columns: { done: { from: Closed } }
    covers: { through: last_row }
  surveys:
    path: surveys.csv
    at: answered
    covers: { through: last_row }
kpis:
  open: { title: Open, measure: { ratio: { source: tickets, where: priority = 'P1', hit: reopened } }, target: { at_most: 5% } }
  shut: { title: Shut, measure: { count: { source: tickets, where: priority = 'P2' } } }
  happy: { title: Happy, measure: { ratio: { source: surveys, hit: score >= 4 } }, target: { at_least: 70% } }
";

/// What `card` and the data are told together, as `line rule`.
fn found(card: &str, files: &[(&str, &str)]) -> Vec<String> {
    let mut tree = MemoryTree::default();
    tree.insert("card.yaml", card);
    let compiled = compile(&tree).expect("files in memory can be read");
    let mut diagnostics = compiled.diagnostics.clone();
    let data = Data::files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let mut unfit = columns(&compiled.workspace, &compiled.sources, &data, &diagnostics);
    unfit.gather(0, &[]);
    diagnostics.extend(unfit);
    let line = |place: &Place| match place {
        Place::Text(span) => compiled.sources.file(span.file).locate(span.start).line,
        other => panic!("{other:?} is no place in the card"),
    };
    diagnostics
        .iter()
        .map(|finding| format!("{} {}", line(&finding.primary.place), finding.rule))
        .collect()
}

const TICKETS: (&str, &str) = (
    "tickets.csv",
    "Closed,priority,reopened\n2026-10-01T00:00:00Z,P1,true\n",
);
const SURVEYS: (&str, &str) = ("surveys.csv", "answered,score\n2026-10-01T00:00:00Z,5\n");

#[test]
fn the_card_fits_its_data() {
    assert_eq!(found(CARD, &[TICKETS, SURVEYS]), [""; 0]);
}

#[test]
fn a_column_that_is_not_there_is_told_once_for_all_its_uses() {
    let tickets = ("tickets.csv", "Closed,prio,reopened\n2026-10-01T00:00:00Z,P1,true\n");
    assert_eq!(found(CARD, &[tickets, SURVEYS]), ["18 unknown-column"]);
}

#[test]
fn a_missing_file_hides_nothing_of_the_other_sources() {
    let surveys = ("surveys.csv", "answered,points\n2026-10-01T00:00:00Z,5\n");
    assert_eq!(found(CARD, &[surveys]), ["9 missing-file", "20 unknown-column"]);
}

#[test]
fn a_misspelt_key_of_a_source_says_all_that_is_wrong_with_it_and_hides_no_other() {
    // Without `columns` the source has no `done`: that follows from the misspelling.
    let card = CARD.replace("    columns: {", "    colums: {");
    let surveys = ("surveys.csv", "answered,points\n2026-10-01T00:00:00Z,5\n");
    assert_eq!(
        found(&card, &[TICKETS, surveys]),
        ["11 unknown-key", "20 unknown-column"]
    );
    // One at the top of the card has nothing to do with its sources.
    let card = CARD.replace("kpis:", "granes: { green: 90, amber: 75 }\nkpis:");
    let wrong = found(&card, &[TICKETS, surveys]);
    assert_eq!(wrong, ["17 unknown-key", "21 unknown-column"]);
}

#[test]
fn a_misspelt_source_is_one_finding_and_no_crash() {
    let card = CARD.replace("  tickets:\n", "  ticket:\n");
    assert_eq!(found(&card, &[TICKETS, SURVEYS]), ["8 unknown-reference"]);
}
