//! Tables of a warehouse: Parquet with instants of every unit, with and without a zone, decimals, dictionaries and
//! nulls, read in a zone of half hours in the month in which its clocks go forward.

use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, Decimal128Array, DictionaryArray, Float64Array, Int32Array, RecordBatch, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray,
};
use jiff::Timestamp;
use jiff::civil::DateTime;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use scoreline::quantity::Rational;

use super::{fraction, measured};
use crate::contract::Contract;

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length");
    let groups = WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(groups)).expect("a writer");
    writer.write(&batch).expect("memory");
    writer.close().expect("memory");
    bytes
}

fn utc(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// Seconds of a local time, as tables without a zone hold it.
fn local(text: &str) -> i64 {
    let at: DateTime = text.parse().expect("a local time");
    at.to_zoned(jiff::tz::TimeZone::UTC)
        .expect("in range")
        .timestamp()
        .as_second()
}

/// Six outages: starts in UTC nanoseconds, ends in local seconds.
fn outages() -> Vec<u8> {
    let starts = [
        "2026-03-01T03:25:30Z",
        "2026-03-10T12:00:10Z",
        "2026-03-12T10:00:00Z",
        "2026-03-12T10:20:00Z",
        "2026-03-15T00:00:00Z",
        "2026-04-01T02:00:00Z",
    ];
    let starts = starts.map(|text| i64::try_from(utc(text).as_nanosecond()).expect("in range"));
    let ends = [
        Some("2026-03-01T00:05:45"),
        Some("2026-03-10T09:35:50"),
        Some("2026-03-12T08:00:00"),
        Some("2026-03-12T08:20:00"),
        Some("2026-03-16T00:00:00"),
        None,
    ];
    let services: DictionaryArray<Int8Type> = ["erp", "erp", "erp", "erp", "web", "erp"].into_iter().collect();
    let users = Decimal128Array::from(vec![20_000, 20_000, 5_000, 10_000, 20_000, 2_000]);
    parquet(vec![
        (
            "started",
            Arc::new(TimestampNanosecondArray::from(starts.to_vec()).with_timezone("UTC")),
        ),
        (
            "ended",
            Arc::new(TimestampSecondArray::from_iter(ends.map(|end| end.map(local)))),
        ),
        ("service", Arc::new(services)),
        (
            "users",
            Arc::new(users.with_precision_and_scale(9, 2).expect("a decimal")),
        ),
        ("total", Arc::new(Int32Array::from(vec![200; 6]))),
    ])
}

/// Orders: the fifth in March's last microsecond, the sixth at April's first.
fn orders() -> Vec<u8> {
    let ordered = [
        "2026-03-08T05:00:00Z",
        "2026-03-20T00:00:00Z",
        "2026-03-20T00:00:00Z",
        "2026-03-01T03:30:00Z",
        "2026-04-01T02:29:59.999999Z",
        "2026-04-01T02:30:00Z",
    ];
    let ordered = ordered.map(|text| utc(text).as_microsecond());
    let shipped = [
        Some("2026-03-08T03:30:00"),
        Some("2026-03-19T22:00:00"),
        None,
        None,
        None,
        None,
    ];
    let amounts = [Some(10_125), Some(20_250), None, Some(5_000), Some(99_999), Some(1)];
    let amounts = Decimal128Array::from(amounts.to_vec());
    parquet(vec![
        (
            "ordered",
            Arc::new(TimestampMicrosecondArray::from(ordered.to_vec()).with_timezone("+05:30")),
        ),
        (
            "shipped",
            Arc::new(TimestampMillisecondArray::from_iter(
                shipped.map(|at| at.map(|at| local(at) * 1000)),
            )),
        ),
        (
            "amount",
            Arc::new(amounts.with_precision_and_scale(12, 3).expect("a decimal")),
        ),
        (
            "weight",
            Arc::new(Float64Array::from(vec![
                Some(0.1),
                Some(0.2),
                None,
                Some(1.005),
                Some(2.675),
                Some(9.0),
            ])),
        ),
    ])
}

const CARD: &str = "apiVersion: scoreline/v1
kind: Scorecard
id: warehouse
title: Warehouse
time_zone: America/St_Johns
period: month
sources:
  outages: { path: outages.parquet, time_zone: America/St_Johns, span: [started, ended], covers: { through: 2026-03-31 } }
  orders:
    path: orders.parquet
    time_zone: America/St_Johns
    at: ordered
    covers: { through: 2026-03-31 }
    columns: { weight: { decimal: 2 } }
kpis:
  up: { title: Up, measure: { availability: { source: outages, where: service = 'erp', whole_minutes: true, ignore_shorter: 5m, weight: users / total } } }
  restore: { title: To restore, measure: { failures: { source: outages, where: service = 'erp', is: mtrs } } }
  between-failures: { title: Between failures, measure: { failures: { source: outages, where: service = 'erp', is: mtbf } } }
  between-incidents: { title: Between incidents, measure: { failures: { source: outages, where: service = 'erp', is: mtbsi } } }
  p90: { title: Nine of ten, unit: number, measure: { percentile: { source: orders, of: amount, p: 90 } } }
  total: { title: Total, unit: number, measure: { sum: { source: orders, of: amount } } }
  weight: { title: Weight, unit: number, measure: { sum: { source: orders, of: weight } } }
  large: { title: Large, measure: { ratio: { source: orders, hit: (amount > 10) IS TRUE } } }
  wait: { title: Wait, unit: number, measure: { mean: { source: orders, of: \"minutes_between(ordered, shipped)\" } } }
";

#[test]
fn a_month_of_tables() {
    let outcome = Contract::new(CARD)
        .bytes("outages.parquet", outages())
        .bytes("orders.parquet", orders())
        .outcome("2026-03");
    let value = |id: &str| measured(&outcome, id).0;
    // 31 days less the hour of the night of 8 March: 44,580 minutes. Of the first outage 03:26 to 03:35 are whole
    // minutes and the month begins at 03:30: 5. The second has 4 whole minutes, too few. The third weighs 50 of 200
    // for 20 minutes, then the fourth 100 of 200 for 30: 5 + 15. The last goes on for 30 minutes and weighs a tenth.
    assert_eq!(value("up"), fraction("44552/44580"));
    // Without rounding: 345 + 340 + 3,000 + 1,800 seconds in four outages.
    let seconds = |text: &str| &fraction(text) * &Rational::integer(1_000_000);
    assert_eq!(value("restore"), seconds("5485/4"));
    assert_eq!(value("between-failures"), seconds("2669315/4"));
    assert_eq!(value("between-incidents"), seconds("2674800/4"));
    // 5, 10.125, 20.25, 99.999: the rank 0.9 × 3 = 2.7 lies at 20.25 + 0.7 × 79.749.
    assert_eq!(measured(&outcome, "p90"), (fraction("760743/10000"), 4));
    assert_eq!(value("total"), fraction("135374/1000"));
    // 0.10 + 0.20 + 1.00 + 2.68: halves go to the even digit.
    assert_eq!(value("weight"), fraction("398/100"));
    assert_eq!(measured(&outcome, "large"), (fraction("3/5"), 5));
    // 05:00Z to 03:30 local, which is 06:00Z after the clocks went forward; then half an hour.
    assert_eq!(value("wait"), fraction("45"));
}
