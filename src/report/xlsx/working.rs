//! The arithmetic of a money line as a formula that a spreadsheet computes.

use crate::quantity::Rational;

/// A formula and what it comes to.
struct Computed {
    text: String,
    value: Rational,
}

/// Turns `42,000.00 × 12% × 60%` into `$B$5*12%*60%`, where the charge stands in `$B$5`.
///
/// `None` where the words are no arithmetic or do not come to `expected`: a formula that computed something
/// else than what is due would be a lie.
pub(super) fn formula(working: &str, expected: &Rational, charge: Option<(&Rational, &str)>) -> Option<String> {
    let mut reader = Reader {
        rest: working.trim(),
        charge,
    };
    let computed = reader.sum()?;
    (reader.rest.is_empty() && computed.value == *expected).then_some(computed.text)
}

/// What of a working is still to be read.
struct Reader<'a> {
    rest: &'a str,
    charge: Option<(&'a Rational, &'a str)>,
}

impl Reader<'_> {
    fn take(&mut self, sign: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(sign);
        self.rest = found.map_or(rest, str::trim_start);
        found.is_some()
    }

    fn sum(&mut self) -> Option<Computed> {
        let mut left = self.product()?;
        loop {
            if self.take("+") {
                let right = self.product()?;
                left = Computed {
                    text: format!("{}+{}", left.text, right.text),
                    value: left.value + right.value,
                };
            } else if self.take("−") {
                let right = self.product()?;
                left = Computed {
                    text: format!("{}-{}", left.text, right.text),
                    value: left.value - right.value,
                };
            } else {
                return Some(left);
            }
        }
    }

    fn product(&mut self) -> Option<Computed> {
        let mut left = self.part()?;
        loop {
            if self.take("×") {
                let right = self.part()?;
                left = Computed {
                    text: format!("{}*{}", left.text, right.text),
                    value: left.value * right.value,
                };
            } else if self.take("÷") {
                let right = self.part()?;
                left = Computed {
                    text: format!("{}/{}", left.text, right.text),
                    value: left.value.checked_div(&right.value)?,
                };
            } else {
                return Some(left);
            }
        }
    }

    fn part(&mut self) -> Option<Computed> {
        use crate::quantity::Rounding::{Ceiling, Floor};
        for (open, close, name, rounding) in [("⌈", "⌉", "ROUNDUP", Ceiling), ("⌊", "⌋", "ROUNDDOWN", Floor)] {
            if self.take(open) {
                let inside = self.sum()?;
                // Towards or away from zero is down or up for what is not negative only.
                let fits = self.take(close) && !inside.value.is_negative();
                return fits.then(|| Computed {
                    text: format!("{name}({},0)", inside.text),
                    value: inside.value.round(0, rounding),
                });
            }
        }
        if self.take("min(") {
            let first = self.sum()?;
            let second = if self.take(",") { self.sum()? } else { return None };
            return self.take(")").then(|| Computed {
                text: format!("MIN({},{})", first.text, second.text),
                value: first.value.min(second.value),
            });
        }
        if self.take("(") {
            let inside = self.sum()?;
            return self.take(")").then(|| Computed {
                text: format!("({})", inside.text),
                value: inside.value,
            });
        }
        if self.take("−") {
            let inside = self.part()?;
            return Some(Computed {
                text: format!("(-{})", inside.text),
                value: -inside.value,
            });
        }
        self.number()
    }

    /// A number with what it counts: `12%`, `42,000.00`, `1h 30m`, `3 points`.
    fn number(&mut self) -> Option<Computed> {
        let number = self.digits()?;
        if self.take("%") {
            return Some(Computed {
                text: format!("{}%", number.to_exact()),
                value: number.checked_div(&Rational::integer(100))?,
            });
        }
        if let Some(seconds) = self.unit() {
            let mut value = number * Rational::integer(seconds);
            while self.rest.starts_with(|c: char| c.is_ascii_digit()) {
                let more = self.digits()?;
                value = value + more * Rational::integer(self.unit()?);
            }
            return Some(Computed {
                text: value.to_exact(),
                value,
            });
        }
        for word in ["points", "point", "days"] {
            if self.take(word) {
                break;
            }
        }
        let text = match self.charge {
            Some((charge, cell)) if *charge == number => cell.to_owned(),
            _ => number.to_exact(),
        };
        Some(Computed { text, value: number })
    }

    fn digits(&mut self) -> Option<Rational> {
        let rest = self.rest;
        let bytes = rest.as_bytes();
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let end = (0..bytes.len())
            .find(|&at| !(is_digit(at) || (matches!(bytes[at], b',' | b'.') && is_digit(at + 1))))
            .unwrap_or(bytes.len());
        let (digits, after) = rest.split_at(end);
        // A number that was cut is not the number.
        if after.starts_with('…') {
            return None;
        }
        self.rest = after;
        Rational::parse_decimal(&digits.replace(',', ""))
    }

    /// The seconds of a unit of time right behind a number.
    fn unit(&mut self) -> Option<i64> {
        let (sign, seconds) = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
            .into_iter()
            .find(|(sign, _)| {
                let after = self.rest.strip_prefix(sign);
                after.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric()))
            })?;
        self.take(sign).then_some(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Rational {
        Rational::parse_decimal(text).expect("a decimal")
    }

    #[test]
    fn workings_become_formulas_that_come_to_the_same() {
        let charge = number("42000");
        for (working, expected, text) in [
            ("42,000.00 × 12% × 60% × 50%", "1512", "$B$5*12%*60%*50%"),
            ("42,000.00 × 12 ÷ 30 days × 10%", "1680", "$B$5*12/30*10%"),
            (
                "42,000.00 × ⌈1h 45m ÷ 30m⌉ × 5%",
                "8400",
                "$B$5*ROUNDUP(6300/1800,0)*5%",
            ),
            ("42,000.00 × ⌊23 ÷ 10⌋ × 5%", "4200", "$B$5*ROUNDDOWN(23/10,0)*5%"),
            ("42,000.00 × min(3 points × 2 × 1%, 5%)", "2100", "$B$5*MIN(3*2*1%,5%)"),
            ("1,000.00 × (98% − 75%)", "230", "1000*(98%-75%)"),
            ("100.00 × (99.5% − −0.5%)", "100", "100*(99.5%-(-0.5%))"),
        ] {
            let found = formula(working, &number(expected), Some((&charge, "$B$5")));
            assert_eq!(found.as_deref(), Some(text), "{working}");
        }
    }

    #[test]
    fn what_is_no_arithmetic_or_comes_to_something_else_is_no_formula() {
        let none = |working: &str, expected: &str| formula(working, &number(expected), None).is_none();
        assert!(none("credit of 2026-01, 1,512.00, after 12 later periods", "-1512"));
        assert!(none("100.00 × 33.333333…%", "33.333333"));
        assert!(none("100.00 × 50%", "51"));
        assert!(none("100.00 ÷ 0", "0"));
        assert!(none("100.00 × (50%", "50"));
        assert!(none("100.00 × 50% =HYPERLINK()", "50"));
        assert!(none("", "0"));
    }
}
