use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, BooleanArray};

use crate::expression::{Column, Numbers, Texts, Type};
use crate::resolve::terms::Reduce;

use super::decode::{Build, NumberBuilder, number_text};

/// Collects the rows of another source for a lookup: key → one value.
///
/// Lives in the state of that source's scan, so that one pass serves its measures and every lookup.
#[derive(Clone, Debug)]
pub struct Joiner {
    reduce: Reduce,
    found: HashMap<String, Value>,
    /// The type of the values, once one was seen.
    kind: Option<Type>,
}

/// What the rows of a key come to so far.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Count(u64),
    /// `mantissa · 10^-scale`, the scale without zeros at the end.
    Number(i128, u32),
    Text(Arc<str>),
    Boolean(bool),
    Timestamp(i64),
    Date(i32),
}

/// One value per key.
#[derive(Clone, Debug)]
pub struct Joined {
    reduce: Reduce,
    found: HashMap<String, Value>,
    kind: Type,
}

/// A sum has more than 38 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl Joiner {
    /// Starts an empty one.
    pub fn new(reduce: Reduce) -> Self {
        Self {
            reduce,
            found: HashMap::new(),
            kind: None,
        }
    }

    /// Takes rows: their keys and, unless rows are only counted, their values. Rows without a key
    /// and null values are passed over; a key of another type (number, text) with the same text is
    /// the same key.
    ///
    /// # Errors
    /// With the row whose value makes a sum overflow.
    ///
    /// # Panics
    /// When values are missing for anything but a count.
    pub fn add(&mut self, keys: &Column, values: Option<&Column>) -> Result<(), usize> {
        if let Some(values) = values {
            self.kind.get_or_insert(kind(values));
        }
        for row in 0..length(keys) {
            let Some(key) = text(keys, row) else { continue };
            let value = match (self.reduce, values) {
                (Reduce::Count, None) => Some(Value::Count(1)),
                (Reduce::Count, Some(values)) => value(values, row).map(|_| Value::Count(1)),
                (_, values) => value(values.expect("values to reduce"), row),
            };
            if let Some(value) = value {
                self.take(key, value).map_err(|Overflow| row)?;
            }
        }
        Ok(())
    }

    /// Takes what `later` collected from rows further on in file order.
    ///
    /// # Errors
    /// When a sum overflows.
    pub fn merge(&mut self, later: Self) -> Result<(), Overflow> {
        self.kind = self.kind.or(later.kind);
        // The order of keys does not matter: each has one value on either side.
        #[expect(clippy::iter_over_hash_type)]
        for (key, value) in later.found {
            self.take(key, value)?;
        }
        Ok(())
    }

    fn take(&mut self, key: String, value: Value) -> Result<(), Overflow> {
        match self.found.entry(key) {
            Entry::Vacant(free) => {
                free.insert(value);
            }
            Entry::Occupied(mut taken) => {
                let so_far = taken.get();
                let both = match self.reduce {
                    Reduce::Count | Reduce::Sum => so_far.plus(&value).ok_or(Overflow)?,
                    Reduce::Min if value.is_below(so_far) => value,
                    Reduce::Max if so_far.is_below(&value) => value,
                    Reduce::Last => value,
                    Reduce::Min | Reduce::Max | Reduce::First => return Ok(()),
                };
                taken.insert(both);
            }
        }
        Ok(())
    }

    /// Ends the collection; `kind` is the type of the values, for a source without rows.
    pub fn finish(self, kind: Type) -> Joined {
        Joined {
            kind: match self.reduce {
                Reduce::Count | Reduce::Sum => Type::Number,
                _ => self.kind.unwrap_or(kind),
            },
            reduce: self.reduce,
            found: self.found,
        }
    }
}

impl Value {
    fn plus(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Count(a), Self::Count(b)) => Some(Self::Count(a + b)),
            (Self::Number(a, scale_a), Self::Number(b, scale_b)) => {
                let scale = *scale_a.max(scale_b);
                let up = |mantissa: i128, from: u32| mantissa.checked_mul(10i128.checked_pow(scale - from)?);
                let sum = up(*a, *scale_a)?.checked_add(up(*b, *scale_b)?)?;
                (sum.unsigned_abs() < 10u128.pow(38)).then(|| number(sum, scale))
            }
            _ => unreachable!("values of one type"),
        }
    }

    fn is_below(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a, scale_a), Self::Number(b, scale_b)) => number_below((*a, *scale_a), (*b, *scale_b)),
            (Self::Text(a), Self::Text(b)) => a < b,
            (Self::Boolean(a), Self::Boolean(b)) => a < b,
            (Self::Timestamp(a), Self::Timestamp(b)) => a < b,
            (Self::Date(a), Self::Date(b)) => a < b,
            _ => unreachable!("values of one type"),
        }
    }
}

/// Compares whole parts first, so that no scale makes a product overflow.
fn number_below((a, scale_a): (i128, u32), (b, scale_b): (i128, u32)) -> bool {
    let parts = |mantissa: i128, scale: u32| {
        let unit = 10i128.pow(scale);
        // The fraction, written with 38 decimals.
        (
            mantissa.div_euclid(unit),
            mantissa.rem_euclid(unit) * 10i128.pow(38 - scale),
        )
    };
    parts(a, scale_a) < parts(b, scale_b)
}

fn number(mut mantissa: i128, mut scale: u32) -> Value {
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    Value::Number(mantissa, scale)
}

impl Joined {
    /// Returns the type of the column.
    pub fn kind(&self) -> Type {
        self.kind
    }

    /// Returns the looked-up column for rows with these keys.
    ///
    /// A key without rows counts 0 and has no other value: a ticket without time entries has no
    /// hours on record, which is null, not zero (`coalesce(hours, 0)` says zero).
    pub fn column(&self, keys: &Column) -> Column {
        let none = (self.reduce == Reduce::Count).then_some(Value::Count(0));
        let values: Vec<Option<Value>> = (0..length(keys))
            .map(|row| {
                let found = text(keys, row).and_then(|key| self.found.get(&key).cloned());
                found.or_else(|| none.clone())
            })
            .collect();
        build(self.kind, &values)
    }
}

fn build(kind: Type, values: &[Option<Value>]) -> Column {
    macro_rules! collect {
        ($variant:path, $get:expr) => {
            values
                .iter()
                .map(|value| match value {
                    Some($variant(value)) => Some($get(value)),
                    _ => None,
                })
                .collect()
        };
    }
    match kind {
        Type::Boolean => {
            let values: Vec<Option<bool>> = collect!(Value::Boolean, |value: &bool| *value);
            Column::Boolean(BooleanArray::from(values))
        }
        Type::Text => {
            let values: Vec<Option<&str>> = collect!(Value::Text, |value| -> &str { value });
            Column::Text(Texts::Plain(values.into_iter().collect()))
        }
        Type::Timestamp => Column::Timestamp(collect!(Value::Timestamp, |value: &i64| *value)),
        Type::Date => Column::Date(collect!(Value::Date, |value: &i32| *value)),
        Type::Number => {
            let mut builder = NumberBuilder::new(values.len(), b'.', None);
            for value in values {
                let pushed = match value {
                    Some(Value::Count(n)) => builder.push_decimal(i128::from(*n), 0),
                    Some(Value::Number(mantissa, scale)) => builder.push_decimal(*mantissa, *scale),
                    _ => {
                        builder.push_null();
                        Ok(())
                    }
                };
                // One column cannot hold 38 digits before and after the point at once.
                if pushed.is_err() {
                    builder.push_null();
                }
            }
            Column::Number(builder.finish())
        }
    }
}

fn length(column: &Column) -> usize {
    match column {
        Column::Boolean(values) => values.len(),
        Column::Number(Numbers::Small { mantissas, .. }) => mantissas.len(),
        Column::Number(Numbers::Wide(values)) => values.len(),
        Column::Text(Texts::Plain(values)) => values.len(),
        Column::Text(Texts::Dictionary(values)) => values.len(),
        Column::Timestamp(values) => values.len(),
        Column::Date(values) => values.len(),
    }
}

fn kind(column: &Column) -> Type {
    match column {
        Column::Boolean(_) => Type::Boolean,
        Column::Number(_) => Type::Number,
        Column::Text(_) => Type::Text,
        Column::Timestamp(_) => Type::Timestamp,
        Column::Date(_) => Type::Date,
    }
}

fn value(column: &Column, row: usize) -> Option<Value> {
    match column {
        Column::Boolean(values) => values.is_valid(row).then(|| Value::Boolean(values.value(row))),
        Column::Number(Numbers::Small { mantissas, scale }) => mantissas
            .is_valid(row)
            .then(|| number(i128::from(mantissas.value(row)), u32::from(*scale))),
        Column::Number(Numbers::Wide(values)) => values
            .is_valid(row)
            .then(|| number(values.value(row), u32::from(values.scale().unsigned_abs()))),
        Column::Text(_) => text(column, row).map(|text| Value::Text(text.into())),
        Column::Timestamp(values) => values.is_valid(row).then(|| Value::Timestamp(values.value(row))),
        Column::Date(values) => values.is_valid(row).then(|| Value::Date(values.value(row))),
    }
}

/// A key as text: the numbers 7 and 7.0 and the text `7` are one key.
pub(super) fn text(column: &Column, row: usize) -> Option<String> {
    match column {
        Column::Text(Texts::Plain(values)) => values.is_valid(row).then(|| values.value(row).to_owned()),
        Column::Text(Texts::Dictionary(values)) => values.is_valid(row).then(|| {
            let words = values.values().as_string::<i32>();
            words.value(values.keys().value(row) as usize).to_owned()
        }),
        _ => value(column, row).map(|value| match value {
            Value::Number(mantissa, scale) => number_text(mantissa, scale as i8),
            Value::Boolean(value) => value.to_string(),
            Value::Timestamp(value) => value.to_string(),
            Value::Date(value) => value.to_string(),
            Value::Count(_) | Value::Text(_) => unreachable!("no column has these"),
        }),
    }
}
