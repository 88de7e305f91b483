use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int32Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::bits::{Logic, either, without};
use super::decimal::{self, Parts, rescaled};
use crate::expression::fault::{Cause, Faults};
use crate::expression::{Column, Literal, Numbers, Texts, Type};

/// What one part of an expression is over a batch.
#[derive(Clone, Debug)]
pub(in crate::expression) struct Value {
    pub(in crate::expression) data: Data,
    /// Rows that could not be computed; they are null in `data`.
    pub(in crate::expression) faults: Faults,
    /// Rows whose value depends on a division by zero.
    pub(in crate::expression) zero: Option<BooleanBuffer>,
}

/// The values themselves.
#[derive(Clone, Debug)]
pub(in crate::expression) enum Data {
    /// The same for every row.
    Scalar(Literal),
    /// One value per row.
    Column(Column),
    /// Numbers that share no scale within 38 digits: only where they are very large beside very small.
    Mixed(Arc<[Parts]>, Option<NullBuffer>),
}

impl From<Column> for Data {
    fn from(column: Column) -> Self {
        Self::Column(column)
    }
}

impl Value {
    /// A value that depends on nothing that can fail.
    pub(super) fn sound(data: impl Into<Data>) -> Self {
        Self {
            data: data.into(),
            faults: Faults::default(),
            zero: None,
        }
    }

    /// A value that depends on all of `operands` in every row.
    pub(super) fn strict(data: impl Into<Data>, operands: &[&Self]) -> Self {
        let mut value = Self::sound(data);
        for operand in operands {
            value.faults.merge(&operand.faults);
            value.zero = either(value.zero.as_ref(), operand.zero.as_ref());
        }
        value
    }

    pub(super) fn logic(&self, rows: usize) -> Logic {
        match &self.data {
            Data::Scalar(Literal::Boolean(true)) => Logic::new(BooleanBuffer::new_set(rows), None),
            Data::Scalar(Literal::Boolean(false)) => Logic::new(BooleanBuffer::new_unset(rows), None),
            Data::Scalar(_) => Logic {
                truth: BooleanBuffer::new_unset(rows),
                known: Some(BooleanBuffer::new_unset(rows)),
            },
            Data::Column(Column::Boolean(array)) => Logic::of(array),
            other => unreachable!("a checked condition is boolean, not {other:?}"),
        }
    }

    /// Rows that have a value; `None`: all.
    pub(super) fn valid(&self, rows: usize) -> Option<BooleanBuffer> {
        match &self.data {
            Data::Scalar(Literal::Null(_)) => Some(BooleanBuffer::new_unset(rows)),
            Data::Scalar(_) => None,
            Data::Column(column) => nulls(column).map(|nulls| nulls.inner().clone()),
            Data::Mixed(_, nulls) => nulls.as_ref().map(|nulls| nulls.inner().clone()),
        }
    }

    pub(super) fn numbers(&self) -> Figures<'_> {
        match &self.data {
            Data::Scalar(Literal::Number(value)) => Figures::One((value.mantissa(), value.scale())),
            Data::Scalar(_) => Figures::Nothing,
            Data::Column(Column::Number(Numbers::Small { mantissas, scale })) => {
                Figures::Small(mantissas.values(), *scale, mantissas.nulls())
            }
            Data::Column(Column::Number(Numbers::Wide(array))) => Figures::Wide(
                array.values(),
                u8::try_from(array.scale()).expect("a scale of 0..=38"),
                array.nulls(),
            ),
            Data::Mixed(parts, nulls) => Figures::Mixed(parts, nulls.as_ref()),
            other => unreachable!("a checked number is a number, not {other:?}"),
        }
    }

    pub(super) fn texts(&self, rows: usize) -> Texts {
        match &self.data {
            Data::Column(Column::Text(texts)) => texts.clone(),
            Data::Scalar(literal) => match broadcast(literal, rows) {
                Column::Text(texts) => texts,
                other => unreachable!("a checked text is text, not {other:?}"),
            },
            other => unreachable!("a checked text is text, not {other:?}"),
        }
    }

    pub(super) fn timestamps(&self, rows: usize) -> TimestampMicrosecondArray {
        match &self.data {
            Data::Column(Column::Timestamp(array)) => array.clone(),
            Data::Scalar(literal) => match broadcast(literal, rows) {
                Column::Timestamp(array) => array,
                other => unreachable!("a checked timestamp is one, not {other:?}"),
            },
            other => unreachable!("a checked timestamp is one, not {other:?}"),
        }
    }

    pub(super) fn dates(&self, rows: usize) -> Date32Array {
        match &self.data {
            Data::Column(Column::Date(array)) => array.clone(),
            Data::Scalar(literal) => match broadcast(literal, rows) {
                Column::Date(array) => array,
                other => unreachable!("a checked date is one, not {other:?}"),
            },
            other => unreachable!("a checked date is one, not {other:?}"),
        }
    }

    /// Returns one column, with a fault where numbers share no scale.
    pub(in crate::expression) fn finish(mut self, rows: usize) -> Self {
        match &self.data {
            Data::Scalar(literal) => self.data = broadcast(literal, rows).into(),
            Data::Mixed(parts, nulls) => {
                let (data, failed) = settle(parts, nulls.clone());
                self.data = data;
                if let Some(failed) = failed {
                    self.faults.add(failed, Cause::Span);
                }
            }
            Data::Column(_) => {}
        }
        self
    }
}

/// Read access to numbers of any representation.
#[derive(Clone, Copy)]
pub(super) enum Figures<'a> {
    /// Null in every row.
    Nothing,
    One(Parts),
    Small(&'a [i64], u8, Option<&'a NullBuffer>),
    Wide(&'a [i128], u8, Option<&'a NullBuffer>),
    Mixed(&'a [Parts], Option<&'a NullBuffer>),
}

impl<'a> Figures<'a> {
    /// The mantissa and scale in a row, which must not be null.
    #[inline]
    pub(super) fn at(&self, row: usize) -> Parts {
        match self {
            Self::Nothing => (0, 0),
            Self::One(parts) => *parts,
            Self::Small(mantissas, scale, _) => (i128::from(mantissas[row]), *scale),
            Self::Wide(mantissas, scale, _) => (mantissas[row], *scale),
            Self::Mixed(parts, _) => parts[row],
        }
    }

    pub(super) fn nulls(&self, rows: usize) -> Option<NullBuffer> {
        match self {
            Self::Nothing => Some(NullBuffer::new_null(rows)),
            Self::One(_) => None,
            Self::Small(.., nulls) | Self::Wide(.., nulls) | Self::Mixed(_, nulls) => nulls.cloned(),
        }
    }

    /// The scale that every row has; 38 where rows differ.
    pub(super) fn scale(&self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::One(parts) => parts.1,
            Self::Small(_, scale, _) | Self::Wide(_, scale, _) => *scale,
            Self::Mixed(..) => 38,
        }
    }
}

pub(super) fn nulls(column: &Column) -> Option<&NullBuffer> {
    match column {
        Column::Boolean(array) => array.nulls(),
        Column::Number(Numbers::Small { mantissas, .. }) => mantissas.nulls(),
        Column::Number(Numbers::Wide(array)) => array.nulls(),
        Column::Text(Texts::Plain(array)) => array.nulls(),
        Column::Text(Texts::Dictionary(array)) => array.nulls(),
        Column::Timestamp(array) => array.nulls(),
        Column::Date(array) => array.nulls(),
    }
}

/// Makes the column of decimals of one scale.
pub(super) fn wide(mantissas: Vec<i128>, scale: u8, nulls: Option<NullBuffer>) -> Column {
    let scale = i8::try_from(scale).expect("a scale of 0..=38");
    let array = Decimal128Array::new(mantissas.into(), nulls)
        .with_precision_and_scale(38, scale)
        .expect("38 digits hold every scale of 0..=38");
    Column::Number(Numbers::Wide(array))
}

pub(super) fn small(mantissas: Vec<i64>, scale: u8, nulls: Option<NullBuffer>) -> Column {
    Column::Number(Numbers::Small {
        mantissas: Int64Array::new(mantissas.into(), nulls),
        scale,
    })
}

/// Makes a column of texts from its different strings and a key per row.
pub(super) fn dictionary(keys: Vec<i32>, nulls: Option<NullBuffer>, strings: StringArray) -> Texts {
    let keys = Int32Array::new(keys.into(), nulls);
    Texts::Dictionary(DictionaryArray::<Int32Type>::new(keys, Arc::new(strings)))
}

/// Makes the column that holds `literal` in every row.
pub(super) fn broadcast(literal: &Literal, rows: usize) -> Column {
    match literal {
        Literal::Null(kind) => empty(*kind, rows),
        Literal::Boolean(value) => {
            let values = if *value {
                BooleanBuffer::new_set(rows)
            } else {
                BooleanBuffer::new_unset(rows)
            };
            Column::Boolean(BooleanArray::new(values, None))
        }
        Literal::Number(value) => match i64::try_from(value.mantissa()) {
            Ok(mantissa) if value.scale() <= 18 => small(vec![mantissa; rows], value.scale(), None),
            _ => wide(vec![value.mantissa(); rows], value.scale(), None),
        },
        Literal::Text(text) => Column::Text(dictionary(
            vec![0; rows],
            None,
            StringArray::from_iter_values([&**text]),
        )),
        Literal::Timestamp(micros) => Column::Timestamp(vec![*micros; rows].into()),
        Literal::Date(days) => Column::Date(vec![*days; rows].into()),
    }
}

/// Makes a column of nulls.
fn empty(kind: Type, rows: usize) -> Column {
    let nulls = Some(NullBuffer::new_null(rows));
    match kind {
        Type::Boolean => Column::Boolean(BooleanArray::new(BooleanBuffer::new_unset(rows), nulls)),
        Type::Number => small(vec![0; rows], 0, nulls),
        Type::Text => Column::Text(dictionary(vec![0; rows], nulls, StringArray::from_iter_values([""]))),
        Type::Timestamp => Column::Timestamp(TimestampMicrosecondArray::new(vec![0; rows].into(), nulls)),
        Type::Date => Column::Date(Date32Array::new(vec![0; rows].into(), nulls)),
    }
}

/// Makes a column of one string per row.
pub(super) fn plain<'a>(texts: impl Iterator<Item = Option<&'a str>>, rows: usize) -> Texts {
    let mut builder = StringBuilder::with_capacity(rows, rows * 8);
    texts.for_each(|text| builder.append_option(text));
    Texts::Plain(builder.finish())
}

/// Finds one scale for numbers of several; where there is none, rows outside 20 digits before and
/// 18 behind the point fail.
fn settle(parts: &[Parts], nulls: Option<NullBuffer>) -> (Data, Option<BooleanBuffer>) {
    let valid = |row: usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
    let stripped = |row: usize| -> Parts {
        let (mut mantissa, mut scale) = if valid(row) { parts[row] } else { (0, 0) };
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        (mantissa, scale)
    };
    let all: Vec<Parts> = (0..parts.len()).map(stripped).collect();
    let scale = all.iter().map(|parts| parts.1).max().unwrap_or(0);
    if let Some(mantissas) = all
        .iter()
        .map(|parts| rescaled(*parts, scale))
        .collect::<Option<Vec<_>>>()
    {
        return (wide(mantissas, scale, nulls).into(), None);
    }
    let middle: Vec<Option<i128>> = all
        .iter()
        .map(|parts| rescaled(*parts, decimal::QUOTIENT_SCALE))
        .collect();
    let failed = BooleanBuffer::collect_bool(parts.len(), |row| middle[row].is_none());
    let mantissas = middle.into_iter().map(Option::unwrap_or_default).collect();
    let nulls = without(nulls, &failed);
    (wide(mantissas, decimal::QUOTIENT_SCALE, nulls).into(), Some(failed))
}
