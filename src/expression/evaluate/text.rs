//! Functions of text; a dictionary's strings are computed once each.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{Array, StringArray};
use arrow_buffer::BooleanBuffer;
use arrow_buffer::NullBuffer;

use super::bits::Logic;
use super::compare::test_texts;
use super::decimal;
use super::value::{Data, Figures, Value, dictionary, plain, small};
use crate::expression::{Column, Literal, Texts};

/// Maps every text.
pub(super) fn map(a: &Value, rows: usize, f: impl for<'t> Fn(&'t str) -> Cow<'t, str>) -> Value {
    let texts = match a.texts(rows) {
        Texts::Plain(array) => {
            let mapped: StringArray = array.iter().map(|text| text.map(&f)).collect();
            Texts::Plain(mapped)
        }
        Texts::Dictionary(array) => {
            let strings: StringArray = Texts::strings(&array).iter().map(|text| text.map(&f)).collect();
            Texts::Dictionary(array.with_values(Arc::new(strings)))
        }
    };
    Value::strict(Column::Text(texts), &[a])
}

/// The number of characters.
pub(super) fn length(a: &Value, rows: usize) -> Value {
    let count = |text: &str| text.chars().count() as i64;
    let texts = a.texts(rows);
    let column = match &texts {
        Texts::Plain(array) => {
            let lengths = array.iter().map(|text| text.map_or(0, count)).collect();
            small(lengths, 0, array.nulls().cloned())
        }
        Texts::Dictionary(array) => {
            let lengths: Vec<i64> = Texts::strings(array).iter().map(|text| text.map_or(0, count)).collect();
            let of = |key: &i32| lengths.get(*key as usize).copied().unwrap_or(0);
            small(
                array.keys().values().iter().map(of).collect(),
                0,
                array.nulls().cloned(),
            )
        }
    };
    Value::strict(column, &[a])
}

/// Tests a text with another one.
pub(super) fn test_with(a: &Value, b: &Value, rows: usize, holds: impl Fn(&str, &str) -> bool) -> Logic {
    let texts = a.texts(rows);
    if let Data::Scalar(Literal::Text(with)) = &b.data {
        return test_texts(&texts, |text| holds(text, with));
    }
    let others = b.texts(rows);
    let pair = |row: usize| texts.at(row).zip(others.at(row));
    let truth = BooleanBuffer::collect_bool(rows, |row| pair(row).is_some_and(|(a, b)| holds(a, b)));
    let known = BooleanBuffer::collect_bool(rows, |row| pair(row).is_some());
    Logic::new(truth, Some(&NullBuffer::new(known)))
}

/// The characters from position `start` (the first is 1), at most `length` of them.
///
/// Positions before the first take up length, as in SQL: `substr('abc', 0, 2)` is `a`. A fraction of
/// a position is cut off.
pub(super) fn substr(a: &Value, start: &Value, length: Option<&Value>, rows: usize) -> Value {
    let operands: Vec<&Value> = [Some(a), Some(start), length].into_iter().flatten().collect();
    let (from, count) = (start.numbers(), length.map(Value::numbers));
    if let (Figures::One(from), None | Some(Figures::One(_))) = (from, &count) {
        let count = count.map(|count| position(count.at(0)));
        let cut = map(a, rows, |text| Cow::Borrowed(characters(text, position(from), count)));
        return Value::strict(cut.data, &operands);
    }
    let texts = a.texts(rows);
    let valid = |figures: &Figures<'_>| figures.nulls(rows);
    let (from_nulls, count_nulls) = (valid(&from), count.as_ref().and_then(valid));
    let filled = |nulls: &Option<NullBuffer>, row: usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
    let cut = |row: usize| {
        let text = texts.at(row)?;
        (filled(&from_nulls, row) && filled(&count_nulls, row)).then(|| {
            let count = count.as_ref().map(|count| position(count.at(row)));
            characters(text, position(from.at(row)), count)
        })
    };
    Value::strict(Column::Text(plain((0..rows).map(cut), rows)), &operands)
}

fn position(parts: decimal::Parts) -> i128 {
    parts.0 / decimal::power(parts.1)
}

/// The characters at positions `start..start + length`, as far as there are any.
fn characters(text: &str, start: i128, length: Option<i128>) -> &str {
    let end = length.map(|length| start.saturating_add(length.max(0)));
    let offset = |position: i128| -> usize {
        let skipped = usize::try_from(position.saturating_sub(1).max(0)).unwrap_or(usize::MAX);
        text.char_indices().nth(skipped).map_or(text.len(), |(index, _)| index)
    };
    let from = offset(start);
    let to = end.map_or(text.len(), offset);
    text.get(from..to.max(from)).unwrap_or("")
}

/// Makes the texts of rows of which many are equal, by the number of each row's string.
pub(super) fn few(keys: Vec<i32>, nulls: Option<NullBuffer>, strings: &[&str]) -> Texts {
    dictionary(keys, nulls, StringArray::from_iter_values(strings))
}

/// A `LIKE` pattern: `%` stands for any characters, `_` for one; case matters.
#[derive(Clone, Debug)]
pub(in crate::expression) enum Like {
    Equals(String),
    Starts(String),
    Ends(String),
    Contains(String),
    Regex(regex::Regex),
}

impl Like {
    pub(in crate::expression) fn new(pattern: &str) -> Self {
        let inner = pattern.trim_matches('%');
        if !inner.contains(['%', '_']) && !pattern.is_empty() {
            match (pattern.starts_with('%'), pattern.ends_with('%')) {
                (false, false) => return Self::Equals(inner.to_owned()),
                (false, true) => return Self::Starts(inner.to_owned()),
                (true, false) => return Self::Ends(inner.to_owned()),
                (true, true) => return Self::Contains(inner.to_owned()),
            }
        }
        let mut expression = String::from("(?s)^");
        for c in pattern.chars() {
            match c {
                '%' => expression.push_str(".*"),
                '_' => expression.push('.'),
                c => expression.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
        }
        expression.push('$');
        Self::Regex(regex::Regex::new(&expression).expect("an escaped pattern of at most 4 KiB"))
    }

    pub(in crate::expression) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Equals(whole) => text == whole,
            Self::Starts(start) => text.starts_with(start.as_str()),
            Self::Ends(end) => text.ends_with(end.as_str()),
            Self::Contains(part) => text.contains(part.as_str()),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_start_at_one_and_count_characters() {
        for (start, length, expected) in [
            (1, Some(2), "äb"),
            (2, None, "bcd"),
            (2, Some(2), "bc"),
            (0, Some(2), "ä"),
            (-1, Some(3), "ä"),
            (-1, None, "äbcd"),
            (4, Some(9), "d"),
            (5, Some(1), ""),
            (2, Some(0), ""),
            (2, Some(-5), ""),
            (i128::MIN, Some(i128::MAX), ""),
            (i128::MAX, Some(i128::MAX), ""),
            (-(1 << 70), Some((1 << 70) + 3), "äb"),
        ] {
            assert_eq!(characters("äbcd", start, length), expected, "{start}, {length:?}");
        }
    }

    #[test]
    fn like_knows_its_two_wildcards_and_nothing_else() {
        for (pattern, text, expected) in [
            ("abc", "abc", true),
            ("abc", "ABC", false),
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("a%", "a\nb", true),
            ("%b", "ab", true),
            ("%b", "ba", false),
            ("%b%", "abc", true),
            ("_", "ä", true),
            ("_", "", false),
            ("a_c%", "abcd", true),
            ("a%c", "abbbc", true),
            ("a%c", "abbbd", false),
            ("a.c", "abc", false),
            (r"a\%", r"a\x", true),
        ] {
            assert_eq!(Like::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }
}
