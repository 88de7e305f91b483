//! Made-up tickets, the same for every run, as CSV and Parquet, and the queries a user would write.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

pub(crate) const PRIORITIES: [&str; 5] = ["P1", "P2", "P3", "P4", "P5"];
pub(crate) const HOURS: [i64; 5] = [4, 8, 24, 72, 120];

struct Ticket {
    id: u64,
    customer: u64,
    priority: usize,
    opened: i64,
    resolved: i64,
    made_sla: bool,
    reopened: bool,
    score: Option<i64>,
}

/// Returns the ticket numbered `id`; numbers come from SplitMix64 of the id.
fn ticket(id: u64) -> Ticket {
    let mut state = id.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut draw = |below: u64| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    };
    let priority = [0, 1, 1, 2, 2, 2, 3, 3, 4, 4][draw(10) as usize];
    let year = 365 * 86_400;
    let resolved = 1_735_689_600 + draw(year) as i64;
    let took = draw((HOURS[priority] * 3_600 * 11 / 10) as u64) as i64;
    Ticket {
        id,
        customer: draw(200),
        priority,
        opened: resolved - took,
        resolved,
        made_sla: draw(100) < 93,
        reopened: draw(100) < 4,
        score: (draw(3) == 0).then(|| 1 + draw(5) as i64),
    }
}

fn instant(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).expect("in range").to_string()
}

/// Writes the CSV file once and returns its path.
pub(crate) fn csv(folder: &Path, rows: u64) -> PathBuf {
    let path = folder.join(format!("tickets-{rows}.csv"));
    if path.exists() {
        return path;
    }
    let mut out = BufWriter::new(File::create(&path).expect("a writable folder"));
    writeln!(
        out,
        "ticket_id,customer_id,priority,opened_at,resolved_at,made_sla,reopened,score"
    )
    .expect("written");
    for t in (0..rows).map(ticket) {
        let score = t.score.map_or(String::new(), |s| s.to_string());
        let (opened, resolved) = (instant(t.opened), instant(t.resolved));
        let priority = PRIORITIES[t.priority];
        writeln!(
            out,
            "T-{:08},c{:03},{priority},{opened},{resolved},{},{},{score}",
            t.id, t.customer, t.made_sla, t.reopened
        )
        .expect("written");
    }
    path
}

/// Writes the Parquet file once and returns its path.
pub(crate) fn parquet(folder: &Path, rows: u64) -> PathBuf {
    let path = folder.join(format!("tickets-{rows}.parquet"));
    if path.exists() {
        return path;
    }
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = None;
    for start in (0..rows).step_by(122_880) {
        let some: Vec<Ticket> = (start..rows.min(start + 122_880)).map(ticket).collect();
        let instants = |of: fn(&Ticket) -> i64| {
            TimestampMicrosecondArray::from_iter_values(some.iter().map(|t| of(t) * 1_000_000)).with_timezone("UTC")
        };
        let text = |of: &dyn Fn(&Ticket) -> String| StringArray::from_iter_values(some.iter().map(of));
        let columns: [(&str, ArrayRef); 8] = [
            ("ticket_id", Arc::new(text(&|t| format!("T-{:08}", t.id)))),
            ("customer_id", Arc::new(text(&|t| format!("c{:03}", t.customer)))),
            ("priority", Arc::new(text(&|t| PRIORITIES[t.priority].to_owned()))),
            ("opened_at", Arc::new(instants(|t| t.opened))),
            ("resolved_at", Arc::new(instants(|t| t.resolved))),
            (
                "made_sla",
                Arc::new(some.iter().map(|t| Some(t.made_sla)).collect::<BooleanArray>()),
            ),
            (
                "reopened",
                Arc::new(some.iter().map(|t| Some(t.reopened)).collect::<BooleanArray>()),
            ),
            ("score", Arc::new(some.iter().map(|t| t.score).collect::<Int64Array>())),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true)))
            .expect("columns of one length");
        let file = || File::create(&path).expect("a writable folder");
        let writer = writer.get_or_insert_with(|| {
            ArrowWriter::try_new(file(), batch.schema(), Some(properties.clone())).expect("a schema")
        });
        writer.write(&batch).expect("written");
    }
    writer.expect("at least one row").close().expect("written");
    path
}

/// Returns the 20 numerators in the order of [`super::workspace::hits`]: four measures, each by priority.
fn numerators() -> Vec<String> {
    let conditions: [&dyn Fn(usize) -> String; 4] = [
        &|p| format!("resolved_at - opened_at <= INTERVAL {} HOURS", HOURS[p]),
        &|_| "reopened".to_owned(),
        &|_| "made_sla".to_owned(),
        &|_| "score >= 4".to_owned(),
    ];
    let filter = |condition: &dyn Fn(usize) -> String, p: usize| {
        format!(
            "count(*) FILTER (WHERE priority = '{}' AND {})",
            PRIORITIES[p],
            condition(p)
        )
    };
    conditions
        .iter()
        .flat_map(|condition| (0..PRIORITIES.len()).map(move |p| filter(condition, p)))
        .collect()
}

/// The straightforward query: one aggregate with a `FILTER` per KPI.
pub(crate) fn filter_query(path: &Path) -> String {
    format!("SELECT {} FROM '{}'", numerators().join(", "), path.display())
}

/// The best form by hand: grouped by priority, the limit looked up.
pub(crate) fn group_query(path: &Path) -> String {
    let limits: Vec<String> = PRIORITIES
        .iter()
        .zip(HOURS)
        .map(|(p, h)| format!("WHEN '{p}' THEN INTERVAL {h} HOURS"))
        .collect();
    let limit = format!("CASE priority {} END", limits.join(" "));
    format!(
        "SELECT priority, count(*), count(*) FILTER (WHERE resolved_at - opened_at <= {limit}), count(*) FILTER (WHERE reopened), \
         count(*) FILTER (WHERE made_sla), count(*) FILTER (WHERE score >= 4), count(score) FROM '{}' GROUP BY priority",
        path.display()
    )
}

/// The straightforward query for every customer and month.
pub(crate) fn customers_query(path: &Path) -> String {
    format!(
        "SELECT customer_id, date_trunc('month', resolved_at), {} FROM '{}' GROUP BY 1, 2",
        numerators().join(", "),
        path.display()
    )
}

/// One KPI of one customer by month.
pub(crate) fn one_customer_query(path: &Path) -> String {
    let numerator = &numerators()[0];
    format!(
        "SELECT date_trunc('month', resolved_at), {numerator}, count(*) FROM '{}' WHERE customer_id = 'c007' GROUP BY 1",
        path.display()
    )
}
