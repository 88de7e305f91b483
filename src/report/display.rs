//! Exact numbers as people read them. Rounding happens here and nowhere before.
//!
//! - Thousands are separated by commas, decimals by a point; money leads with its ISO 4217 code
//!   (`EUR 2,520.00`), never a symbol: `$` names a dozen currencies.
//! - A minus is U+2212, so that a table's digits align; raw numbers in JSON keep the ASCII hyphen.
//! - A value never prints like a threshold that it misses (or the 0 % or 100 % that it is not): it gets more
//!   decimals until the difference shows.

use schemars::JsonSchema;
use serde::Serialize;

use crate::quantity::{Every, MICROS_PER_SECOND, MONTHS, Period, Quantity, Rational, Rounding, Unit, format_duration};
use crate::resolve::terms::{Deadline, Goal, Kpi};

/// More decimals than this are never shown: a value that still looks equal is marked `≈`.
pub(crate) const MOST_DECIMALS: u32 = 18;

/// A number as data and as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shown {
    /// In the unit's base (a percentage is a ratio, a duration microseconds), as a decimal of at most 18 decimals.
    #[schemars(regex(pattern = r"^-?[0-9]+(\.[0-9]{1,18})?$"))]
    pub raw: String,
    /// The exact fraction, where `raw` had to be rounded.
    #[schemars(regex(pattern = r"^-?[0-9]+/[0-9]+$"))]
    pub exact: Option<String>,
    /// For people.
    pub display: String,
}

impl Shown {
    /// Pairs `number` with the text that shows it.
    pub(crate) fn new(number: &Rational, display: impl Into<String>) -> Self {
        let rounded = number.round(MOST_DECIMALS, Rounding::HalfEven);
        Self {
            raw: rounded.to_exact(),
            // A decimal of more places is a fraction too, and one form is enough to read.
            exact: (rounded != *number).then(|| format!("{}/{}", number.numerator(), number.denominator())),
            display: display.into(),
        }
    }

    /// A plain number with `decimals` decimals, such as a score.
    pub(crate) fn number(number: &Rational, decimals: u32) -> Self {
        Self::new(number, plain(number, decimals))
    }

    /// An amount of money.
    pub(crate) fn money(number: &Rational, currency: &str, minor_units: u32) -> Self {
        Self::new(number, money(number, currency, minor_units))
    }

    /// A ratio as a percentage.
    pub(crate) fn percent(ratio: &Rational, decimals: u32) -> Self {
        Self::new(ratio, percent(ratio, decimals))
    }
}

/// How one KPI's values are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style<'a> {
    /// The unit.
    pub(crate) unit: Unit,
    /// Decimals unless more are needed.
    pub(crate) decimals: u32,
    /// ISO 4217 code of money; empty where there is none.
    pub(crate) currency: &'a str,
}

impl<'a> Style<'a> {
    /// The style of `kpi`; `compare_rounding` fixes the decimals, as the contract compares what is shown.
    pub(crate) fn of(kpi: &Kpi, currency: &'a str) -> Self {
        Self {
            unit: kpi.unit,
            decimals: kpi.compare_rounding.unwrap_or(kpi.decimals),
            currency,
        }
    }

    /// Writes `number` with exactly `decimals` decimals.
    pub(crate) fn fixed(&self, number: &Rational, decimals: u32) -> String {
        match self.unit {
            Unit::Percent => percent(number, decimals),
            Unit::Duration => sign(&format_duration(number, decimals)),
            Unit::Days => format!("{} d", plain(number, decimals)),
            Unit::Money => money(number, self.currency, decimals),
            Unit::Count if number.is_integer() => plain(number, 0),
            Unit::Number | Unit::Count => plain(number, decimals),
        }
    }

    /// Writes a value that is judged against `thresholds`.
    pub(crate) fn value(&self, number: &Rational, thresholds: &[Rational]) -> String {
        let bounds = match self.unit {
            Unit::Percent => vec![Rational::zero(), Rational::one()],
            _ => vec![Rational::zero()],
        };
        let looks_like = |decimals: u32| {
            let text = self.fixed(number, decimals);
            thresholds
                .iter()
                .chain(&bounds)
                .any(|other| other != number && self.fixed(other, decimals) == text)
        };
        let decimals = (self.decimals..=MOST_DECIMALS).find(|&decimals| !looks_like(decimals));
        match decimals {
            Some(decimals) => self.fixed(number, decimals),
            None => format!("≈ {}", self.fixed(number, self.decimals)),
        }
    }

    /// Writes a written number, such as a target: with the style's decimals, or as many as it has.
    pub(crate) fn written(&self, number: &Rational) -> String {
        self.fixed(number, self.decimals.max(self.own_decimals(number)))
    }

    /// Decimals that `number` needs to be shown exactly in this unit, at most 6.
    fn own_decimals(&self, number: &Rational) -> u32 {
        let shown = match self.unit {
            Unit::Percent => number * &Rational::integer(100),
            Unit::Duration => number
                .checked_div(&Rational::integer(MICROS_PER_SECOND))
                .unwrap_or_default(),
            _ => number.clone(),
        };
        (0..6)
            .find(|&decimals| shown.round(decimals, Rounding::HalfEven) == shown)
            .unwrap_or(6)
    }

    /// Writes the difference of two values with its sign; percentages differ by points (`pp`).
    ///
    /// A difference that is not zero never prints as zero.
    pub(crate) fn change(&self, difference: &Rational) -> String {
        let text = |decimals: u32| match self.unit {
            Unit::Percent => {
                let points = difference.abs() * Rational::integer(100);
                format!("{} pp", plain(&points, decimals))
            }
            _ => self.fixed(&difference.abs(), decimals),
        };
        let nothing = |decimals: u32| match self.unit {
            Unit::Percent => format!("{} pp", plain(&Rational::zero(), decimals)),
            _ => self.fixed(&Rational::zero(), decimals),
        };
        if difference.is_zero() {
            return text(self.decimals);
        }
        let decimals = (self.decimals..=MOST_DECIMALS)
            .find(|&decimals| text(decimals) != nothing(decimals))
            .unwrap_or(MOST_DECIMALS);
        format!("{}{}", signum(difference), text(decimals))
    }
}

fn signum(number: &Rational) -> &'static str {
    match (number.is_negative(), number.is_zero()) {
        (true, _) => "−",
        (false, true) => "",
        (false, false) => "+",
    }
}

/// Replaces a leading hyphen by a minus.
fn sign(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) => format!("−{rest}"),
        None => text.to_owned(),
    }
}

/// Writes `decimals` decimals with a comma between thousands.
pub(crate) fn plain(number: &Rational, decimals: u32) -> String {
    let fixed = number.to_fixed(decimals);
    let (minus, digits) = match fixed.strip_prefix('-') {
        Some(digits) => ("−", digits),
        None => ("", &*fixed),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut text = String::from(minus);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// Writes a number as it was counted or summed: all its decimals up to `most`, `≈` where that rounds.
pub(crate) fn counted(number: &Rational, most: u32) -> String {
    match (0..=most).find(|&decimals| number.round(decimals, Rounding::HalfEven) == *number) {
        Some(decimals) => plain(number, decimals),
        None => format!("≈ {}", plain(number, most)),
    }
}

/// Writes a ratio as a percentage.
pub(crate) fn percent(ratio: &Rational, decimals: u32) -> String {
    format!("{}%", plain(&(ratio * &Rational::integer(100)), decimals))
}

/// Writes a ratio as a percentage with the decimals it has, at most four.
pub(crate) fn share(ratio: &Rational) -> String {
    format!("{}%", counted(&(ratio * &Rational::integer(100)), 4))
}

/// Writes an amount such as `EUR 2,520.00`; without a currency only the number.
pub(crate) fn money(amount: &Rational, currency: &str, minor_units: u32) -> String {
    match currency {
        "" => plain(amount, minor_units),
        code => format!("{code} {}", plain(amount, minor_units)),
    }
}

/// Writes a signed difference of scores or points, such as `+1.4`; zero has no sign.
pub(crate) fn signed(number: &Rational, decimals: u32) -> String {
    let style = Style {
        unit: Unit::Number,
        decimals,
        currency: "",
    };
    style.change(number)
}

/// Writes a signed difference of money.
pub(crate) fn signed_money(amount: &Rational, currency: &str, minor_units: u32) -> String {
    match signum(amount) {
        "" => money(amount, currency, minor_units),
        sign => format!("{sign}{}", money(&amount.abs(), currency, minor_units)),
    }
}

/// Writes microseconds in hours and minutes as contracts count them: `727h`, `11h 40m`, `40m`, `30s`; never days.
pub(crate) fn hours(micros: &Rational) -> String {
    let second = Rational::integer(MICROS_PER_SECOND);
    let seconds = micros.abs().checked_div(&second).unwrap_or_default();
    let whole = seconds.scaled(0, Rounding::HalfAwayFromZero);
    let approximate = if seconds.is_integer() { "" } else { "≈ " };
    let minus = if micros.is_negative() { "−" } else { "" };
    let whole = i128::try_from(whole).unwrap_or(i128::MAX);
    let parts: Vec<String> = [(whole / 3600, "h"), (whole / 60 % 60, "m"), (whole % 60, "s")]
        .into_iter()
        .filter(|(n, _)| *n != 0)
        .map(|(n, unit)| match unit {
            "h" => format!("{}h", plain(&Rational::integer(n), 0)),
            _ => format!("{n}{unit}"),
        })
        .collect();
    match parts.is_empty() {
        true => "0h".to_owned(),
        false => format!("{approximate}{minus}{}", parts.join(" ")),
    }
}

/// Writes a deadline such as `5 business days` or `30d`.
pub(crate) fn deadline(deadline: &Deadline) -> String {
    match deadline {
        Deadline::Elapsed(micros) => format_duration(&Rational::integer(*micros), 0),
        Deadline::BusinessDays(1) => "1 business day".to_owned(),
        Deadline::BusinessDays(n) => format!("{n} business days"),
    }
}

/// Writes `n` with the singular or the plural.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    let name = if n == 1 { one } else { many };
    format!("{} {name}", plain(&Rational::integer(n), 0))
}

/// Writes a list as a sentence has it: `a`, `a and b`, `a, b and c`.
pub(crate) fn sentence_list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The long name of a period: `October 2026`, `Q4 2026`, `2026`, `week 41 of 2026`.
pub(crate) fn period(period: Period) -> String {
    let label = period.to_string();
    let first = period.first_day();
    match period.scheme().every {
        Every::Month => format!("{} {}", MONTHS[first.month().unsigned_abs() as usize - 1], first.year()),
        Every::Week => {
            let week = first.iso_week_date();
            format!("week {} of {}", week.week(), week.year())
        }
        Every::Quarter => match label.split_once('-') {
            Some((year, quarter)) => format!("{quarter} {year}"),
            None => label,
        },
        Every::Year => label,
    }
}

/// Writes an instant in `zone` as `2026-10-12 09:00`, with seconds where it has any.
pub(crate) fn instant(micros: i64, zone: &jiff::tz::TimeZone) -> String {
    let Ok(timestamp) = jiff::Timestamp::from_microsecond(micros) else {
        return "outside the calendar".to_owned();
    };
    let local = timestamp.to_zoned(zone.clone());
    let format = match local.second() {
        0 => "%Y-%m-%d %H:%M",
        _ => "%Y-%m-%d %H:%M:%S",
    };
    local.strftime(format).to_string()
}

/// A goal's word, and its bounds as written: the lower and the upper one.
pub(crate) fn goal_bounds(goal: &Goal) -> (&'static str, Option<Rational>, Option<Rational>) {
    let n = |quantity: &Quantity| Some(quantity.number.clone());
    match goal {
        Goal::AtLeast(x) => ("at_least", n(x), None),
        Goal::Above(x) => ("above", n(x), None),
        Goal::AtMost(x) => ("at_most", None, n(x)),
        Goal::Below(x) => ("below", None, n(x)),
        Goal::Between(a, b) => ("between", n(a), n(b)),
        Goal::WithinBand { of, by } => (
            "within_band",
            Some(&of.number - &by.number),
            Some(&of.number + &by.number),
        ),
    }
}

impl Style<'_> {
    /// Writes a goal as a table has it (`≥ 99.95%`) and as a sentence has it (`at least 99.95%`).
    pub(crate) fn goal(&self, goal: &Goal) -> (String, String) {
        let pair = |sign: &str, word: &str, x: &Quantity| {
            let text = self.written(&x.number);
            (format!("{sign} {text}"), format!("{word} {text}"))
        };
        match goal {
            Goal::AtLeast(x) => pair("≥", "at least", x),
            Goal::Above(x) => pair(">", "above", x),
            Goal::AtMost(x) => pair("≤", "at most", x),
            Goal::Below(x) => pair("<", "below", x),
            Goal::Between(a, b) => {
                let (a, b) = (self.written(&a.number), self.written(&b.number));
                (format!("{a} to {b}"), format!("between {a} and {b}"))
            }
            Goal::WithinBand { of, by } => {
                let (of, by) = (self.written(&of.number), self.written(&by.number));
                (format!("{of} ± {by}"), format!("within {by} of {of}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Rational {
        Rational::parse_decimal(text).expect("a decimal")
    }

    const PERCENT: Style<'static> = Style {
        unit: Unit::Percent,
        decimals: 2,
        currency: "",
    };

    #[test]
    fn a_value_never_prints_like_a_threshold_it_misses() {
        let target = [decimal("0.9995")];
        assert_eq!(PERCENT.value(&decimal("0.99949"), &target), "99.949%");
        assert_eq!(PERCENT.value(&decimal("0.9994999"), &target), "99.94999%");
        assert_eq!(PERCENT.value(&decimal("0.9995"), &target), "99.95%");
        assert_eq!(PERCENT.value(&decimal("0.99997"), &target), "99.997%");
        assert_eq!(PERCENT.value(&decimal("1"), &target), "100.00%");
        assert_eq!(PERCENT.value(&decimal("0.00001"), &target), "0.001%");
    }

    #[test]
    fn a_written_target_keeps_the_decimals_it_was_written_with() {
        let coarse = Style { decimals: 0, ..PERCENT };
        assert_eq!(coarse.written(&decimal("0.9995")), "99.95%");
        assert_eq!(PERCENT.written(&decimal("0.95")), "95.00%");
    }

    #[test]
    fn changes_carry_a_sign_and_never_vanish() {
        assert_eq!(PERCENT.change(&decimal("-0.0077")), "−0.77 pp");
        assert_eq!(PERCENT.change(&decimal("0.00002")), "+0.002 pp");
        assert_eq!(PERCENT.change(&Rational::zero()), "0.00 pp");
        assert_eq!(signed(&decimal("-2.14"), 1), "−2.1");
    }

    #[test]
    fn money_is_clear_everywhere() {
        assert_eq!(money(&decimal("2520"), "EUR", 2), "EUR 2,520.00");
        assert_eq!(money(&decimal("-1234567.5"), "JPY", 0), "JPY −1,234,568");
        assert_eq!(signed_money(&decimal("-12.5"), "USD", 2), "−USD 12.50");
        assert_eq!(plain(&decimal("999"), 0), "999");
    }

    #[test]
    fn hours_never_become_days() {
        let micros = |minutes: i64| Rational::integer(minutes * 60 * MICROS_PER_SECOND);
        assert_eq!(hours(&micros(745 * 60)), "745h");
        assert_eq!(hours(&micros(700)), "11h 40m");
        assert_eq!(hours(&Rational::zero()), "0h");
        assert_eq!(hours(&micros(1000 * 60)), "1,000h");
    }

    #[test]
    fn goals_read_in_tables_and_sentences() {
        let quantity = |text: &str| Quantity::new(decimal(text), Unit::Percent);
        let goal = Goal::WithinBand {
            of: quantity("0"),
            by: quantity("0.05"),
        };
        assert_eq!(
            PERCENT.goal(&goal),
            ("0.00% ± 5.00%".to_owned(), "within 5.00% of 0.00%".to_owned())
        );
        let goal = Goal::AtLeast(quantity("0.9995"));
        assert_eq!(
            PERCENT.goal(&goal),
            ("≥ 99.95%".to_owned(), "at least 99.95%".to_owned())
        );
    }
}
