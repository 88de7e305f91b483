//! Tests of the room `expression`: its text, its types, its values.

mod generated;
mod semantics;
mod text;
mod typing;

use std::sync::Arc;

use arrow_array::Array;
use jiff::tz::TimeZone;
use scoreline::diagnostics::{Diagnostic, Diagnostics, Place};
use scoreline::expression::{
    Batch, Column, Constants, Decimal, Expected, Expression, Literal, Numbers, Output, Program, Schema, SchemaColumn,
    Type, Typed, check, infer, parse,
};
use scoreline::source::{FileId, Span};
use scoreline::syntax::Snippet;

/// A snippet that stands at the start of a file.
fn snippet(text: &str) -> Snippet {
    Snippet {
        text: text.into(),
        span: Span::new(FileId(0), 0, text.len() as u32),
        start: 0,
        offsets: None,
    }
}

fn berlin() -> Option<TimeZone> {
    Some(TimeZone::get("Europe/Berlin").expect("bundled"))
}

/// A schema with a declared column of every type and undeclared `x`, `y`, `z`.
fn schema() -> Schema {
    let declared = [
        ("flag", Type::Boolean),
        ("other_flag", Type::Boolean),
        ("cost", Type::Number),
        ("hours", Type::Number),
        ("status", Type::Text),
        ("owner", Type::Text),
        ("opened_at", Type::Timestamp),
        ("closed_at", Type::Timestamp),
        ("due", Type::Date),
        ("billed", Type::Date),
    ];
    let mut schema = Schema {
        zone: berlin(),
        ..Schema::default()
    };
    for (name, kind) in declared {
        schema.columns.insert(name.to_owned(), SchemaColumn::declared(kind));
    }
    for name in ["x", "y", "z", "Close Code"] {
        schema.columns.insert(name.to_owned(), SchemaColumn::undeclared());
    }
    schema
}

fn parsed(text: &str) -> Expression {
    let mut diagnostics = Diagnostics::default();
    let expression = parse(&snippet(text), &mut diagnostics);
    expression.unwrap_or_else(|| panic!("{text}: {diagnostics:?}"))
}

fn checked_in(text: &str, schema: &mut Schema) -> Typed {
    let mut diagnostics = Diagnostics::default();
    let expression = parsed(text);
    infer(&[(&expression, Expected::Any)], schema, &mut diagnostics);
    let typed = check(&expression, schema, Expected::Any, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
    typed.expect("no diagnostics")
}

fn checked(text: &str) -> Typed {
    checked_in(text, &mut schema())
}

/// The one problem of an expression, from parsing, inference or checking.
fn problem(text: &str, expected: Expected) -> Diagnostic {
    let mut diagnostics = Diagnostics::default();
    let mut schema = schema();
    if let Some(expression) = parse(&snippet(text), &mut diagnostics) {
        infer(&[(&expression, expected)], &mut schema, &mut diagnostics);
        check(&expression, &schema, expected, &mut diagnostics);
    }
    let found: Vec<&Diagnostic> = diagnostics.iter().collect();
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found[0].clone()
}

/// The part of the text that a problem points at.
fn at<'t>(text: &'t str, problem: &Diagnostic) -> &'t str {
    let Place::Text(span) = &problem.primary.place else {
        panic!("a problem of an expression is in its text")
    };
    &text[span.start as usize..span.end as usize]
}

/// What an expression without columns is; `null/0` is a division by zero, `error: …` a failed row.
///
/// Computed twice, once with its constants in the program and once with them looked up row by row.
fn value(text: &str) -> String {
    let typed = checked(text);
    let batch = Batch {
        rows: 3,
        columns: Vec::new(),
    };
    let outputs = Program::of(std::slice::from_ref(&typed), berlin(), &[]).evaluate(&batch, &[]);
    let constant = shown(&outputs[0], 1);
    let (shape, constants) = typed.parameterise();
    let mut others = constants.clone();
    others.reverse();
    let nothing = constants
        .iter()
        .map(|constant| Literal::Null(constant.kind()))
        .collect();
    let table = Constants::BySelector(vec![nothing, constants]);
    let outputs = Program::new(vec![(shape, table)], berlin(), &[]).evaluate(&batch, &[0, 1, 7]);
    assert_eq!(shown(&outputs[0], 1), constant, "{text}: constants by row");
    constant
}

fn shown(output: &Output, row: usize) -> String {
    let rows = arrow_buffer::BooleanBuffer::collect_bool(output_rows(&output.column), |other| other == row);
    if let Some(error) = output.error(Some(&rows)) {
        assert_eq!(error.row, row);
        return format!("error: {}", error.message);
    }
    let zero = output.zero_divisions.as_ref().is_some_and(|zero| zero.value(row));
    format!("{}{}", shown_value(&output.column, row), if zero { "/0" } else { "" })
}

fn output_rows(column: &Column) -> usize {
    match column {
        Column::Boolean(array) => array.len(),
        Column::Number(Numbers::Small { mantissas, .. }) => mantissas.len(),
        Column::Number(Numbers::Wide(array)) => array.len(),
        Column::Text(scoreline::expression::Texts::Plain(array)) => array.len(),
        Column::Text(scoreline::expression::Texts::Dictionary(array)) => array.len(),
        Column::Timestamp(array) => array.len(),
        Column::Date(array) => array.len(),
    }
}

fn shown_value(column: &Column, row: usize) -> String {
    let number = |mantissa: i128, scale: u8| Decimal::new(mantissa, scale).expect("38 digits").to_string();
    let text = match column {
        Column::Boolean(array) => array.is_valid(row).then(|| array.value(row).to_string()),
        Column::Number(Numbers::Small { mantissas, scale }) => mantissas
            .is_valid(row)
            .then(|| number(i128::from(mantissas.value(row)), *scale)),
        Column::Number(Numbers::Wide(array)) => array
            .is_valid(row)
            .then(|| number(array.value(row), array.scale() as u8)),
        Column::Text(texts) => texts.at(row).map(|text| format!("'{text}'")),
        Column::Timestamp(array) => array.is_valid(row).then(|| {
            let at = jiff::Timestamp::from_microsecond(array.value(row)).expect("in range");
            at.to_string()
        }),
        Column::Date(array) => array.is_valid(row).then(|| {
            let days = jiff::Span::new().days(array.value(row));
            jiff::civil::date(1970, 1, 1).saturating_add(days).to_string()
        }),
    };
    text.unwrap_or_else(|| "null".to_owned())
}

/// Evaluates one expression over given columns, which stand first in the schema.
fn over(text: &str, columns: &[(&str, Type, Column)]) -> Vec<String> {
    let mut schema = Schema {
        zone: berlin(),
        ..Schema::default()
    };
    for (name, kind, _) in columns {
        schema.columns.insert((*name).to_owned(), SchemaColumn::declared(*kind));
    }
    let typed = checked_in(text, &mut schema);
    let rows = output_rows(&columns[0].2);
    let batch = Batch {
        rows,
        columns: columns.iter().map(|(.., column)| column.clone()).collect(),
    };
    let scan: Vec<usize> = (0..columns.len()).collect();
    let outputs = Program::of(&[typed], schema.zone, &scan).evaluate(&batch, &[]);
    (0..rows).map(|row| shown(&outputs[0], row)).collect()
}

fn numbers(values: &[Option<i64>], scale: u8) -> Column {
    Column::Number(Numbers::Small {
        mantissas: values.iter().copied().collect(),
        scale,
    })
}

fn words(values: &[Option<&str>]) -> Column {
    let array: arrow_array::DictionaryArray<arrow_array::types::Int32Type> = values.iter().copied().collect();
    Column::Text(scoreline::expression::Texts::Dictionary(array))
}

fn instants(values: &[Option<&str>]) -> Column {
    let micros = |text: &str| text.parse::<jiff::Timestamp>().expect("an instant").as_microsecond();
    Column::Timestamp(values.iter().map(|text| text.map(micros)).collect())
}

/// The texts of one file and where each byte of the expression stands in it.
fn folded(parts: &[(&str, u32)]) -> Snippet {
    let text: String = parts.iter().map(|(text, _)| *text).collect();
    let offsets: Vec<u32> = parts
        .iter()
        .flat_map(|(text, start)| (0..text.len() as u32).map(move |index| start + index))
        .collect();
    Snippet {
        text: text.into(),
        span: Span::new(FileId(0), 0, 1000),
        start: offsets[0],
        offsets: Some(Arc::from(offsets)),
    }
}
