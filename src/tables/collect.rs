use std::borrow::Cow;
use std::ops::ControlFlow;

use arrow_array::BooleanArray;

use crate::expression::{Batch, Column};

use super::bind::Setup;
use super::decode::{Bad, Decode, Plan, Written};
use super::rows;

/// The columns of some rows of a chunk.
pub(super) struct Decoded {
    /// All columns of the setup.
    pub(super) batch: Batch,
    /// For each row its record in the chunk, where records were left out.
    pub(super) records: Option<Vec<u32>>,
    /// The chunk's number of the first record.
    pub(super) first: u32,
    pub(super) repairs: u64,
    pub(super) skipped: u64,
}

/// A record that cannot be read.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) record: u32,
    /// The column's name in expressions.
    pub(super) column: Option<String>,
    pub(super) text: Option<String>,
    pub(super) bad: Bad,
}

/// Collects the columns of rows, the first trouble, and the rows to skip.
pub(super) struct Collector<'a> {
    setup: &'a Setup,
    rows: usize,
    columns: Vec<Column>,
    bad: Vec<bool>,
    first_bad: Option<(u32, usize, Trouble)>,
    repairs: u64,
}

impl<'a> Collector<'a> {
    pub(super) fn new(setup: &'a Setup, rows: usize) -> Self {
        Self {
            setup,
            rows,
            columns: Vec::with_capacity(setup.columns.len()),
            bad: Vec::new(),
            first_bad: None,
            repairs: 0,
        }
    }

    fn mark(&mut self, row: usize) {
        if self.bad.is_empty() {
            self.bad = vec![false; self.rows];
        }
        self.bad[row] = true;
    }

    /// Keeps the trouble that comes first in the file.
    pub(super) fn trouble(&mut self, column: usize, trouble: Trouble) {
        if self
            .first_bad
            .as_ref()
            .is_none_or(|(record, at, _)| (trouble.record, column) < (*record, *at))
        {
            self.first_bad = Some((trouble.record, column, trouble));
        }
    }

    /// Reads one column; `field` returns a row's field and `record` its record.
    pub(super) fn column<'t>(
        &mut self,
        column: usize,
        field: impl Fn(usize) -> Option<Cow<'t, [u8]>>,
        record: impl Fn(usize) -> u32,
    ) {
        let plan = &self.setup.columns[column].plan;
        let mut builder = plan.builder(self.rows);
        let mut failed: Vec<(usize, Bad)> = Vec::new();
        let skip = self.setup.skip;
        let flow = builder.fill(&plan.nulls, (0..self.rows).map(&field), |row, bad| {
            let stop = !skip || bad.is_declaration();
            failed.push((row, bad));
            if stop {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        let text = |row: usize| field(row).map(|text| String::from_utf8_lossy(&text).into_owned());
        let trouble = |row: usize, bad: Bad| Trouble {
            record: record(row),
            column: Some(plan.name.clone()),
            text: text(row),
            bad: help(plan, bad, text(row).as_deref()),
        };
        if flow.is_break() {
            let (row, bad) = failed.pop().expect("a break has its reason");
            self.trouble(column, trouble(row, bad));
            return;
        }
        for (row, _) in failed {
            self.mark(row);
        }
        match builder.finish() {
            Ok(built) => {
                self.repairs += built.repairs;
                self.columns.push(built.column);
            }
            Err((row, bad)) => self.trouble(column, trouble(row, bad)),
        }
    }

    pub(super) fn finish(self, records: Option<Vec<u32>>) -> Result<Decoded, Trouble> {
        if let Some((_, _, trouble)) = self.first_bad {
            return Err(trouble);
        }
        let mut decoded = Decoded {
            batch: Batch {
                rows: self.rows,
                columns: self.columns,
            },
            records,
            first: 0,
            repairs: self.repairs,
            skipped: 0,
        };
        if self.bad.iter().any(|bad| *bad) {
            let keep: Vec<bool> = self.bad.iter().map(|bad| !bad).collect();
            decoded.skipped = self.bad.iter().filter(|bad| **bad).count() as u64;
            decoded.keep(&keep);
        }
        Ok(decoded)
    }
}

/// Adds what to type where the decoder could not know: it sees a field and not its column's name.
fn help(plan: &Plan, bad: Bad, text: Option<&str>) -> Bad {
    let (None, "unreadable-value", Some(text)) = (&bad.help, bad.rule, text.map(str::trim)) else {
        return bad;
    };
    let name = column_name(&plan.name);
    let (kind, pattern) = match &plan.decode {
        Decode::Timestamp(time) => ("timestamp", time.pattern.is_some()),
        Decode::Date(time) => ("date", time.pattern.is_some()),
        _ => return bad.help("correct the value, or leave such rows out: `on_bad_row: skip`"),
    };
    let declare = |pattern: &str| format!("`columns: {{ {name}: {{ {kind}: \"{pattern}\" }} }}`");
    match Written::guess(text) {
        _ if pattern => bad.help("correct the value or the pattern, or leave such rows out: `on_bad_row: skip`"),
        Some(Written::Clear(pattern)) => bad.help(format!("say how it is written: {}", declare(&pattern))),
        Some(Written::DayOrMonthFirst(day, month)) => bad.help(format!(
            "say how it is written: {} where the day comes first, \"{month}\" where the month does",
            declare(&day)
        )),
        None if is_count(text) => bad.help(format!(
            "a number of days or seconds since some day is not read as a {kind}: export it as text, such as `2026-10-31`"
        )),
        None if text.bytes().any(|byte| byte.is_ascii_digit()) => {
            bad.help(format!("say how it is written, such as {}", declare("%d/%m/%Y %H:%M")))
        }
        None => bad.help(format!(
            "if it means null, add it on the source: `nulls: [\"\", \"{text}\"]`"
        )),
    }
}

/// Whether a text is a plain number, as spreadsheets keep days, and not eight digits of a date.
fn is_count(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let fraction = rest.strip_prefix(['.', ',']).unwrap_or(rest);
    digits > 0 && digits != 8 && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// Writes a column's name as a key of YAML.
fn column_name(name: &str) -> String {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\\\""))
    }
}

impl Decoded {
    /// Leaves out rows.
    pub(super) fn keep(&mut self, keep: &[bool]) {
        let record = |row: usize| self.records.as_ref().map_or(row as u32, |records| records[row]);
        let kept = (0..self.batch.rows)
            .filter(|row| keep[*row])
            .map(record)
            .collect::<Vec<u32>>();
        let mask = BooleanArray::from(keep.to_vec());
        self.batch.columns = self
            .batch
            .columns
            .iter()
            .map(|column| rows::keep(column, &mask))
            .collect();
        self.batch.rows = kept.len();
        self.records = Some(kept);
    }
}
