//! The terms as a flat list: every field by its path, with a value in one canonical form.
//!
//! `240m` and `4h` are one value, so are an expression and the same one spaced otherwise; where a value
//! stands and in which order keys are written plays no part. Every struct of the terms is taken apart
//! without `..`: a field that the language gains cannot be forgotten here.

mod card;
mod credit;
mod kpi;
mod measure;
mod source;

pub(super) use credit::whole_on_default;

use std::cmp::Ordering;
use std::fmt::Debug;

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::diagnostics::Diagnostics;
use crate::expression::{self, Expression};
use crate::quantity::{Quantity, Rational, Unit, format_duration};
use crate::resolve::terms::{Deadline, Terms};
use crate::syntax::Snippet;

/// The keys that lead to a field, as a document writes them, such as `["kpis", "csat", "target"]`.
pub(crate) type Path = Vec<String>;

/// The value of a field.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    /// For people; two values that differ never have one text.
    pub(crate) text: String,
    /// The number it is, in the unit's base.
    number: Option<Rational>,
    /// Whether the number counts business days, which cannot be compared with elapsed time.
    in_business_days: bool,
    expression: Option<Expression>,
}

/// Every field of some terms in the order in which they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    path: Path,
    values: IndexMap<Path, Value>,
}

/// Returns every field of `terms` that can change what they say.
pub(crate) fn fields(terms: &Terms) -> IndexMap<Path, Value> {
    let mut fields = Fields::default();
    fields.terms(terms);
    fields.values
}

impl Value {
    fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            number: None,
            in_business_days: false,
            expression: None,
        }
    }

    /// Compares two numbers of one kind.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.in_business_days != other.in_business_days {
            return None;
        }
        Some(self.number.as_ref()?.cmp(other.number.as_ref()?))
    }

    /// Whether both say the same.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (&self.expression, &other.expression) {
            (Some(one), Some(two)) => one == two,
            _ => self.text == other.text,
        }
    }
}

impl Fields {
    /// Lets `write` add what stands below `key`.
    fn below(&mut self, key: &str, write: impl FnOnce(&mut Self)) {
        self.path.push(key.to_owned());
        write(self);
        self.path.pop();
    }

    fn put(&mut self, key: &str, value: Value) {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        self.values.insert(path, value);
    }

    fn text(&mut self, key: &str, text: impl Into<String>) {
        self.put(key, Value::text(text));
    }

    fn text_of(&mut self, key: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// Adds a word of the language by its name in the terms.
    fn word(&mut self, key: &str, word: &impl Debug) {
        self.text(key, snake_case(&format!("{word:?}")));
    }

    /// Adds a statement that is only worth a word when it holds.
    fn flag(&mut self, key: &str, holds: bool) {
        if holds {
            self.text(key, "true");
        }
    }

    /// Adds ids whose order says nothing.
    fn set(&mut self, key: &str, ids: &[String]) {
        if !ids.is_empty() {
            let mut ids = ids.to_vec();
            ids.sort();
            ids.dedup();
            self.text(key, ids.join(", "));
        }
    }

    /// Adds ids whose order counts.
    fn list(&mut self, key: &str, ids: &[String]) {
        if !ids.is_empty() {
            self.text(key, ids.join(", "));
        }
    }

    fn number(&mut self, key: &str, number: &Rational) {
        let value = Value::text(number.to_exact());
        self.put(
            key,
            Value {
                number: Some(number.clone()),
                ..value
            },
        );
    }

    fn count(&mut self, key: &str, count: impl Into<i64>) {
        self.number(key, &Rational::integer(count.into()));
    }

    /// Adds a ratio that people write as a percentage.
    fn share(&mut self, key: &str, ratio: &Rational) {
        let value = Value::text(percent(ratio));
        self.put(
            key,
            Value {
                number: Some(ratio.clone()),
                ..value
            },
        );
    }

    fn quantity(&mut self, key: &str, quantity: &Quantity) {
        let value = Value::text(exact(quantity));
        self.put(
            key,
            Value {
                number: Some(quantity.number.clone()),
                ..value
            },
        );
    }

    /// Adds a length of time in microseconds.
    fn time(&mut self, key: &str, micros: i64) {
        self.quantity(key, &Quantity::new(Rational::integer(micros), Unit::Duration));
    }

    fn time_of(&mut self, key: &str, micros: Option<i64>) {
        if let Some(micros) = micros {
            self.time(key, micros);
        }
    }

    fn deadline(&mut self, key: &str, deadline: &Deadline) {
        match deadline {
            Deadline::Elapsed(micros) => self.time(key, *micros),
            Deadline::BusinessDays(days) => {
                let unit = if *days == 1 { "day" } else { "days" };
                let value = Value {
                    number: Some(Rational::integer(*days)),
                    in_business_days: true,
                    ..Value::text(format!("{days} business {unit}"))
                };
                self.put(key, value);
            }
        }
    }

    fn deadline_of(&mut self, key: &str, deadline: Option<&Deadline>) {
        if let Some(deadline) = deadline {
            self.deadline(key, deadline);
        }
    }

    fn day(&mut self, key: &str, day: Option<Date>) {
        if let Some(day) = day {
            self.text(key, day.to_string());
        }
    }

    /// Adds an expression: what it says, not how it is spaced.
    fn expression(&mut self, key: &str, snippet: &Snippet) {
        let value = Value::text(snippet.text.split_whitespace().collect::<Vec<_>>().join(" "));
        let expression = expression::parse(snippet, &mut Diagnostics::default());
        self.put(key, Value { expression, ..value });
    }

    fn expression_of(&mut self, key: &str, snippet: Option<&Snippet>) {
        if let Some(snippet) = snippet {
            self.expression(key, snippet);
        }
    }
}

/// Writes a ratio as a percentage with all its digits.
pub(super) fn percent(ratio: &Rational) -> String {
    format!("{}%", (ratio * &Rational::integer(100)).to_exact())
}

/// Writes a quantity with all its digits.
pub(super) fn exact(quantity: &Quantity) -> String {
    let number = &quantity.number;
    match quantity.unit {
        Unit::Percent => percent(number),
        Unit::Days => format!("{} d", number.to_exact()),
        Unit::Money | Unit::Number | Unit::Count => number.to_exact(),
        Unit::Duration if number.is_integer() => {
            // Microseconds: six decimals of a second are all there are.
            let decimals = (0..=6u32).find(|&decimals| {
                let step = Rational::integer(10i64.pow(6 - decimals));
                number.checked_div(&step).is_some_and(|steps| steps.is_integer())
            });
            format_duration(number, decimals.unwrap_or(6))
        }
        Unit::Duration => format!("{} µs", number.to_exact()),
    }
}

/// `CountUntilResolved` → `count_until_resolved`.
fn snake_case(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for (index, letter) in name.char_indices() {
        if letter.is_uppercase() && index > 0 {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_with_all_their_digits() {
        let number = |text: &str| Rational::parse_decimal(text).expect("a decimal");
        assert_eq!(percent(&number("0.9995")), "99.95%");
        let time = |micros: i64| exact(&Quantity::new(Rational::integer(micros), Unit::Duration));
        assert_eq!(time(4 * 3_600_000_000), "4h");
        assert_eq!(time(1), "0.000001s");
        assert_eq!(time(1_500_000), "1.5s");
        assert_eq!(snake_case("CountUntilResolved"), "count_until_resolved");
    }
}
