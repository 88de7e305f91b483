use jiff::civil::{Date, DateTime};

use crate::assess::outcome::Verdict;
use crate::quantity::{MICROS_PER_SECOND, Rational, Unit};
use crate::report::display::Shown;
use crate::report::escape::plain;
use crate::report::view::Status;

/// What a cell holds at most; Excel refuses a workbook with more.
const LONGEST: usize = 32_767;

/// One cell.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// Text, never a formula.
    Text(String),
    /// A verdict's shape and word in a colour of the palette.
    Status(&'static str, String),
    /// A number and its format.
    Number(Rational, String),
    /// A day or an instant in the card's zone, and its format.
    Instant(DateTime, &'static str),
    /// A formula without its `=`, what it comes to, and its format.
    Formula(String, Rational, String),
}

impl Cell {
    /// Text of others: inert, and no longer than a cell holds.
    pub(super) fn text(text: &str) -> Self {
        match text {
            "" => Self::Empty,
            text => Self::Text(plain(text).chars().take(LONGEST).collect()),
        }
    }

    /// Text, where there is any.
    pub(super) fn maybe(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    /// A verdict: the colour stands beside shape and word, never in their place.
    pub(super) fn status(verdict: Verdict) -> Self {
        let Status { shape, word, .. } = Status::of(verdict);
        let token = match verdict {
            Verdict::Met => "met",
            Verdict::BelowTarget => "risk",
            Verdict::Default => "missed",
            Verdict::NotApplicable => "excluded",
            Verdict::NoData => "none",
        };
        Self::Status(token, format!("{shape} {word}"))
    }

    /// The same with further words behind it.
    pub(super) fn with(self, words: &[&str]) -> Self {
        match self {
            Self::Status(token, text) if !words.is_empty() => {
                Self::Status(token, format!("{text}, {}", words.join(", ")))
            }
            other => other,
        }
    }

    /// A day such as `2026-10-31` or an instant such as `2026-10-31 09:00`, as a date; as text where it is none or
    /// a spreadsheet has no such date.
    pub(super) fn instant(text: &str) -> Self {
        let day = || text.parse::<Date>().ok().map(|day| (day.at(0, 0, 0, 0), "yyyy-mm-dd"));
        let at = |format: &str, shown| Some((DateTime::strptime(format, text).ok()?, shown));
        let read = match text.len() {
            10 => day(),
            16 => at("%Y-%m-%d %H:%M", "yyyy-mm-dd hh:mm"),
            _ => at("%Y-%m-%d %H:%M:%S", "yyyy-mm-dd hh:mm:ss"),
        };
        match read.filter(|(at, _)| at.year() >= 1900) {
            Some((at, format)) => Self::Instant(at, format),
            None => Self::text(text),
        }
    }

    /// A whole number.
    pub(super) fn count(n: u64) -> Self {
        Self::Number(Rational::integer(n), "#,##0".to_owned())
    }

    /// A plain number as precise as it is shown, such as a score.
    pub(super) fn number(shown: &Shown) -> Self {
        Self::of(shown, Unit::Number, "")
    }

    /// An amount of money as precise as it is shown.
    pub(super) fn money(shown: &Shown, currency: &str) -> Self {
        Self::of(shown, Unit::Money, currency)
    }

    /// A value of a unit as precise as it is shown.
    pub(super) fn of(shown: &Shown, unit: Unit, currency: &str) -> Self {
        let number = exact(shown);
        let decimals = decimals(&shown.display);
        match unit {
            Unit::Percent => Self::Number(number, format!("0{decimals}%")),
            Unit::Duration => time(&number, &decimals),
            Unit::Days => Self::Number(number, format!("#,##0{decimals} \"d\"")),
            Unit::Money => Self::Number(number, money_format(currency, &decimals)),
            Unit::Number | Unit::Count => Self::Number(number, format!("#,##0{decimals}")),
        }
    }
}

/// The format of an amount of money with `decimals` such as `.00`.
pub(super) fn money_format(currency: &str, decimals: &str) -> String {
    match currency {
        "" => format!("#,##0{decimals}"),
        code => format!("\"{code}\" #,##0{decimals}"),
    }
}

/// A duration in days, as spreadsheets count time; a negative one, which they cannot show, in hours.
fn time(micros: &Rational, decimals: &str) -> Cell {
    let of = |seconds: i64| {
        micros
            .checked_div(&Rational::integer(seconds * MICROS_PER_SECOND))
            .unwrap_or_default()
    };
    match micros.is_negative() {
        true => Cell::Number(of(3600), "#,##0.00## \"h\"".to_owned()),
        false => Cell::Number(of(24 * 3600), format!("[h]:mm:ss{decimals}")),
    }
}

/// The exact number behind what is shown.
pub(super) fn exact(shown: &Shown) -> Rational {
    let exact = shown.exact.as_deref().and_then(Rational::parse_exact);
    exact
        .or_else(|| Rational::parse_decimal(&shown.raw))
        .expect("what is shown carries its number")
}

/// The decimals of a shown number as a format has them: `.00` for `99.95%`, nothing for `100%`.
pub(super) fn decimals(display: &str) -> String {
    let digits = display.rsplit_once('.').map_or(0, |(_, fraction)| {
        fraction.chars().take_while(char::is_ascii_digit).count()
    });
    match digits {
        0 => String::new(),
        n => format!(".{}", "0".repeat(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Rational {
        Rational::parse_decimal(text).expect("a decimal")
    }

    #[test]
    fn a_number_is_as_precise_as_it_is_shown() {
        assert_eq!(decimals("99.949%"), ".000");
        assert_eq!(decimals("EUR 2,520.00"), ".00");
        assert_eq!(decimals("100%"), "");
        assert_eq!(decimals("1h 30m 5.2s"), ".0");
    }

    #[test]
    fn the_exact_number_is_kept() {
        let third = Rational::new(1, 3).expect("not zero");
        assert_eq!(exact(&Shown::new(&third, "0.33")), third);
        assert_eq!(exact(&Shown::new(&number("-1.5"), "−1.5")), number("-1.5"));
    }

    #[test]
    fn days_are_dates_where_a_spreadsheet_has_them() {
        let format = |text: &str| match Cell::instant(text) {
            Cell::Instant(_, format) => format,
            _ => "text",
        };
        assert_eq!(format("2026-10-31"), "yyyy-mm-dd");
        assert_eq!(format("2026-10-31 09:05"), "yyyy-mm-dd hh:mm");
        assert_eq!(format("2026-10-31 09:05:07"), "yyyy-mm-dd hh:mm:ss");
        for other in ["1899-12-31", "2026-Q4", "end of Oct", "outside the calendar", ""] {
            assert_eq!(format(other), "text", "{other}");
        }
    }

    #[test]
    fn time_is_days_and_text_is_inert() {
        let hours = |n: i64| Rational::integer(n * 3600 * MICROS_PER_SECOND);
        let Cell::Number(days, format) = Cell::of(&Shown::new(&hours(36), "36h"), Unit::Duration, "") else {
            panic!("a number");
        };
        assert_eq!((days, format.as_str()), (number("1.5"), "[h]:mm:ss"));
        let Cell::Text(text) = Cell::text("=1+1\u{202e}\n") else {
            panic!("text");
        };
        assert_eq!(text, "=1+1\u{fffd} ");
    }
}
