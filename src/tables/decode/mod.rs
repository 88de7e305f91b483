//! Fields of text → columns: each type's grammar, written straight into the column's buffers.

mod guess;
mod iso;
mod number;
mod pattern;
mod text;
mod time;
mod zone;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::BooleanArray;
use arrow_buffer::{BooleanBufferBuilder, NullBufferBuilder};

use crate::expression::{Column, Type};

pub(super) use guess::Written;
pub(super) use iso::Moment;
pub(super) use number::{NumberBuilder, number_text};
pub(super) use pattern::Pattern;
pub(super) use text::TextBuilder;
pub(super) use time::{DateBuilder, TimeBuilder, TimePlan};
pub(super) use zone::Offsets;

/// Why a field does not fit its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) rule: &'static str,
    /// What the value is or is not, after its text: `is no number`.
    pub(super) message: Cow<'static, str>,
    pub(super) help: Option<Cow<'static, str>>,
}

impl Bad {
    pub(super) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            rule: "unreadable-value",
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn rule(mut self, rule: &'static str) -> Self {
        self.rule = rule;
        self
    }

    pub(super) fn help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the declaration is at fault and not the row, so that skipping rows would hide it.
    pub(super) fn is_declaration(&self) -> bool {
        self.rule == "missing-time-zone"
    }
}

/// How one column is read.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The name in expressions.
    pub(super) name: String,
    pub(super) decode: Decode,
    pub(super) nulls: Arc<Nulls>,
    /// Each text is checked when it comes, so that a row that is no UTF-8 can be skipped.
    pub(super) check_each: bool,
}

/// What a field's text becomes.
#[derive(Clone, Debug)]
pub(super) enum Decode {
    Boolean,
    Number {
        /// The decimal separator.
        decimal: u8,
        /// Decimals to round to, half-even.
        round: Option<u32>,
    },
    Text,
    Timestamp(TimePlan),
    Date(TimePlan),
}

/// Texts that mean null.
#[derive(Clone, Debug, Default)]
pub(super) struct Nulls {
    empty: bool,
    others: Vec<Vec<u8>>,
}

impl Nulls {
    pub(super) fn new(texts: &[String]) -> Self {
        Self {
            empty: texts.iter().any(String::is_empty),
            others: texts
                .iter()
                .filter(|t| !t.is_empty())
                .map(|t| t.clone().into_bytes())
                .collect(),
        }
    }

    pub(super) fn contains(&self, field: &[u8]) -> bool {
        if field.is_empty() {
            self.empty
        } else {
            self.others.iter().any(|other| other == field)
        }
    }
}

/// Something that takes fields one after the other.
pub(super) trait Build {
    /// Takes a field that is not null. For every type but text, spaces around it are cut off.
    fn push(&mut self, field: &[u8]) -> Result<(), Bad>;
    fn push_null(&mut self);
}

/// The column that is being built.
#[derive(Debug)]
pub(super) enum Builder {
    Boolean(BooleanBuilder),
    Number(NumberBuilder),
    Text(TextBuilder),
    Timestamp(TimeBuilder),
    Date(DateBuilder),
}

/// What became of a column.
pub(super) struct Built {
    pub(super) column: Column,
    pub(super) repairs: u64,
}

impl Plan {
    /// Starts a column with room for `rows` rows.
    pub(super) fn builder(&self, rows: usize) -> Builder {
        match &self.decode {
            Decode::Boolean => Builder::Boolean(BooleanBuilder::new(rows)),
            Decode::Number { decimal, round } => Builder::Number(NumberBuilder::new(rows, *decimal, *round)),
            Decode::Text => Builder::Text(TextBuilder::new(rows, self.check_each)),
            Decode::Timestamp(plan) => Builder::Timestamp(TimeBuilder::new(rows, plan.clone())),
            Decode::Date(plan) => Builder::Date(DateBuilder::new(rows, plan.clone())),
        }
    }

    /// A column of `rows` nulls.
    pub(super) fn absent(&self, rows: usize) -> Column {
        let mut builder = self.builder(rows);
        for _ in 0..rows {
            builder.push_null();
        }
        builder
            .finish()
            .map(|built| built.column)
            .unwrap_or_else(|_| unreachable!("nulls are valid text"))
    }
}

impl Builder {
    /// Takes fields; `bad` says whether to go on (the row then is null) when one does not fit.
    pub(super) fn fill<'a>(
        &mut self,
        nulls: &Nulls,
        fields: impl Iterator<Item = Option<Cow<'a, [u8]>>>,
        bad: impl FnMut(usize, Bad) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        match self {
            Self::Boolean(builder) => fill(builder, true, nulls, fields, bad),
            Self::Number(builder) => fill(builder, true, nulls, fields, bad),
            Self::Text(builder) => fill(builder, false, nulls, fields, bad),
            Self::Timestamp(builder) => fill(builder, true, nulls, fields, bad),
            Self::Date(builder) => fill(builder, true, nulls, fields, bad),
        }
    }

    pub(super) fn push_null(&mut self) {
        match self {
            Self::Boolean(builder) => builder.push_null(),
            Self::Number(builder) => builder.push_null(),
            Self::Text(builder) => builder.push_null(),
            Self::Timestamp(builder) => builder.push_null(),
            Self::Date(builder) => builder.push_null(),
        }
    }

    /// Ends the column.
    ///
    /// # Errors
    /// With the first row whose text is not UTF-8.
    pub(super) fn finish(self) -> Result<Built, (usize, Bad)> {
        let mut repairs = 0;
        let column = match self {
            Self::Boolean(mut builder) => {
                Column::Boolean(BooleanArray::new(builder.values.finish(), builder.nulls.finish()))
            }
            Self::Number(builder) => Column::Number(builder.finish()),
            Self::Text(builder) => Column::Text(builder.finish()?),
            Self::Timestamp(builder) => {
                let (column, repaired) = builder.finish();
                repairs = repaired;
                Column::Timestamp(column)
            }
            Self::Date(builder) => Column::Date(builder.finish()),
        };
        Ok(Built { column, repairs })
    }
}

#[inline]
fn fill<'a, B: Build>(
    builder: &mut B,
    trim: bool,
    nulls: &Nulls,
    fields: impl Iterator<Item = Option<Cow<'a, [u8]>>>,
    mut bad: impl FnMut(usize, Bad) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for (row, field) in fields.enumerate() {
        let Some(field) = field else {
            builder.push_null();
            continue;
        };
        let field = if trim { field.trim_ascii() } else { &field };
        if nulls.contains(field) {
            builder.push_null();
        } else if let Err(why) = builder.push(field) {
            bad(row, why)?;
            builder.push_null();
        }
    }
    ControlFlow::Continue(())
}

/// True and false.
#[derive(Debug)]
pub(super) struct BooleanBuilder {
    values: BooleanBufferBuilder,
    nulls: NullBufferBuilder,
}

impl BooleanBuilder {
    fn new(rows: usize) -> Self {
        Self {
            values: BooleanBufferBuilder::new(rows),
            nulls: NullBufferBuilder::new(rows),
        }
    }
}

impl Build for BooleanBuilder {
    fn push(&mut self, field: &[u8]) -> Result<(), Bad> {
        self.values.append(boolean(field)?);
        self.nulls.append_non_null();
        Ok(())
    }

    fn push_null(&mut self) {
        self.values.append(false);
        self.nulls.append_null();
    }
}

/// Reads `true`, `t`, `yes`, `y`, `1` and their opposites, in any case.
pub(super) fn boolean(field: &[u8]) -> Result<bool, Bad> {
    const TRUE: [&[u8]; 5] = [b"true", b"t", b"yes", b"y", b"1"];
    const FALSE: [&[u8]; 5] = [b"false", b"f", b"no", b"n", b"0"];
    match field {
        b"true" | b"1" => return Ok(true),
        b"false" | b"0" => return Ok(false),
        _ => {}
    }
    if TRUE.iter().any(|word| field.eq_ignore_ascii_case(word)) {
        Ok(true)
    } else if FALSE.iter().any(|word| field.eq_ignore_ascii_case(word)) {
        Ok(false)
    } else {
        Err(Bad::new("is neither true nor false").help("`true`, `yes`, `1` and `false`, `no`, `0` are read"))
    }
}

/// What a text looks like, for columns whose use does not tell a day from an instant.
pub(super) fn looks(field: &[u8]) -> Option<Type> {
    let field = field.trim_ascii();
    if iso::date(field).is_ok() {
        Some(Type::Date)
    } else if iso::moment(field).is_ok() {
        Some(Type::Timestamp)
    } else {
        None
    }
}
