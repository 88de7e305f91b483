//! The rows of a scenario as tables, and findings about them at their places in the document.

use indexmap::{IndexMap, IndexSet};

use crate::diagnostics::{Diagnostic, Diagnostics, Label, Place, did_you_mean};
use crate::measure::{Inputs, PlannedScan};
use crate::resolve::terms::{GivenRow, GivenRows, Scenario, Source};
use crate::tables::{self, Data, Given};

/// The rows of a scenario's sources.
pub(super) struct Rows<'a> {
    scenario: &'a Scenario,
    data: Data,
}

impl<'a> Rows<'a> {
    pub(super) fn of(scenario: &'a Scenario) -> Self {
        let terms = scenario.card.terms(scenario.period);
        let tables = scenario.given.iter().map(|(id, given)| {
            let source = terms.sources.get(id);
            let scope = source
                .and_then(|source| source.scope.as_deref())
                .zip(terms.scope.as_deref());
            (id.clone(), table(id, given, scope))
        });
        Self {
            scenario,
            data: Data::given(tables.collect()),
        }
    }

    pub(super) fn data(&self) -> &Data {
        &self.data
    }

    /// Returns the columns that nothing reads and that the file which the rows stand for does not have: they are
    /// misspelt, and what they were meant for would silently be null.
    pub(super) fn unknown_columns(&self, scans: &[PlannedScan], inputs: Inputs<'_>) -> Diagnostics {
        let mut found = Diagnostics::default();
        let terms = self.scenario.card.terms(self.scenario.period);
        for (id, given) in &self.scenario.given {
            let Some(source) = terms.sources.get(id) else { continue };
            let read = scans
                .iter()
                .filter(|scan| scan.source == *id)
                .flat_map(|scan| &scan.columns);
            let read: IndexSet<&str> = read.map(String::as_str).chain(declared(source)).collect();
            // Without its file nobody can tell which other columns a source has.
            let header = header(id, source, inputs);
            for (name, cell) in given.rows.iter().flat_map(|row| &row.cells) {
                let is_same = |known: &str| known.to_lowercase() == name.to_lowercase();
                if read.iter().any(|known| is_same(known)) {
                    continue;
                }
                let names = header
                    .iter()
                    .flat_map(|header| &header.columns)
                    .map(|column| column.name.as_str());
                let known: Vec<&str> = read.iter().copied().chain(names.clone()).collect();
                let close = did_you_mean(name, known.iter().copied());
                if names.clone().any(is_same) || (header.is_none() && close.is_none()) {
                    continue;
                }
                let message = format!("source `{id}` has no column `{name}`");
                let finding = Diagnostic::new("unknown-column", cell.key, message);
                found.push(match close {
                    Some(close) => finding.help(format!("did you mean `{close}`?")),
                    None => finding.help(format!("remove it; it has {}", listed(&known))),
                });
            }
        }
        found
    }

    /// Moves findings about rows to where the rows are written.
    pub(super) fn in_document(&self, found: &Diagnostics) -> Diagnostics {
        let mut moved = Diagnostics::default();
        for finding in found.iter() {
            let mut finding = finding.clone();
            self.move_label(&mut finding.primary);
            finding.secondary.iter_mut().for_each(|label| self.move_label(label));
            // What helps with a file is to declare it differently; here it is to write the row differently.
            let help = match finding.rule {
                "unreadable-value" => {
                    "in a scenario a time is written `2026-10-12T09:00`, a day `2026-10-12`, a number `12.5`, a truth `true`"
                }
                "null-in-condition" => "add the column to the row: what a scenario's row does not have is null",
                _ => "",
            };
            if !help.is_empty() {
                finding.help = Some(help.to_owned());
            }
            moved.push(finding);
        }
        moved
    }

    fn move_label(&self, label: &mut Label) {
        let (path, line, column) = match &label.place {
            Place::Data { path, line, column } => (path, *line, column.as_deref()),
            Place::File { path } => (path, None, None),
            Place::Text(_) => return,
        };
        let Some((_, given)) = self.scenario.given.iter().find(|(id, _)| shown(id) == *path) else {
            return;
        };
        let row = line.and_then(|line| given.rows.get(usize::try_from(line).ok()?.checked_sub(1)?));
        let cell = row.zip(column).and_then(|(row, column)| cell(row, column));
        label.place = cell.or(row.map(|row| row.span)).unwrap_or(given.span).into();
    }
}

/// How findings name the rows of a source until they are moved to their place.
fn shown(source: &str) -> String {
    format!("given.{source}")
}

fn table(id: &str, given: &GivenRows, scope: Option<(&str, &str)>) -> Given {
    let written = given.rows.iter().flat_map(|row| row.cells.keys());
    let mut columns: IndexSet<&str> = written.map(String::as_str).collect();
    // A scenario is about one contract, so are its rows, unless they say whose they are.
    columns.extend(scope.map(|(column, _)| column));
    let value = |row: &GivenRow, column: &str| match row.cells.get(column) {
        Some(cell) => Some(cell.text.clone()),
        None => scope
            .filter(|(name, _)| *name == column)
            .map(|(_, value)| value.to_owned()),
    };
    let rows = given
        .rows
        .iter()
        .map(|row| columns.iter().map(|column| value(row, column)).collect());
    Given {
        path: shown(id),
        rows: rows.collect(),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
    }
}

fn cell(row: &GivenRow, column: &str) -> Option<crate::source::Span> {
    let mut same = row
        .cells
        .iter()
        .filter(|(name, _)| name.to_lowercase() == column.to_lowercase());
    same.next().map(|(_, cell)| cell.span)
}

/// The columns that a source's declarations name.
fn declared(source: &Source) -> impl Iterator<Item = &str> {
    let span = source.span.iter().flat_map(|(start, end)| [start, end]);
    let single = [&source.key, &source.scope, &source.entity, &source.incident];
    span.chain(single.into_iter().flatten())
        .chain(source.columns.keys())
        .map(String::as_str)
}

fn header(id: &str, source: &Source, inputs: Inputs<'_>) -> Option<tables::Header> {
    let base = inputs.base(source);
    let request = tables::Request {
        id,
        source,
        base: &base,
        periods: &[],
        columns: &[],
        options: tables::Options::default(),
    };
    // A file that cannot be read is for `check` and `build` to report: a scenario does without.
    tables::header(&request, inputs.data).ok().flatten()
}

fn listed(names: &[&str]) -> String {
    let names: IndexMap<&str, ()> = names.iter().map(|name| (*name, ())).collect();
    let quoted: Vec<String> = names.keys().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
