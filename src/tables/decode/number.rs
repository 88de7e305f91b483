use arrow_array::{Decimal128Array, Int64Array};
use arrow_buffer::NullBufferBuilder;

use crate::expression::Numbers;

use super::{Bad, Build};

/// Most digits that a number has.
const DIGITS: u32 = 38;

/// Exact decimals that share a scale, which grows with the values.
#[derive(Debug)]
pub(crate) struct NumberBuilder {
    decimal: u8,
    round: Option<u32>,
    small: Vec<i64>,
    /// Takes over from `small` once a mantissa does not fit 64 bits or has more than 18 decimals.
    wide: Option<Vec<i128>>,
    scale: u32,
    nulls: NullBufferBuilder,
}

impl NumberBuilder {
    pub(crate) fn new(rows: usize, decimal: u8, round: Option<u32>) -> Self {
        Self {
            decimal,
            round,
            small: Vec::with_capacity(rows),
            wide: None,
            scale: 0,
            nulls: NullBufferBuilder::new(rows),
        }
    }

    /// Takes `mantissa · 10^-scale`.
    pub(crate) fn push_decimal(&mut self, mantissa: i128, scale: u32) -> Result<(), Bad> {
        let (mantissa, scale) = match self.round {
            Some(decimals) if scale > decimals => (round_half_even(mantissa, scale - decimals), decimals),
            _ => shortened(mantissa, scale),
        };
        if scale > DIGITS {
            return Err(too_long());
        }
        if scale > self.scale {
            self.rescale(scale)?;
        }
        let up = 10i128.checked_pow(self.scale - scale);
        let mantissa = up
            .and_then(|up| mantissa.checked_mul(up))
            .filter(|m| fits(*m))
            .ok_or_else(too_long)?;
        self.push_mantissa(mantissa);
        Ok(())
    }

    fn push_mantissa(&mut self, mantissa: i128) {
        self.nulls.append_non_null();
        match (&mut self.wide, i64::try_from(mantissa)) {
            (None, Ok(small)) => self.small.push(small),
            _ => self.widen().push(mantissa),
        }
    }

    fn widen(&mut self) -> &mut Vec<i128> {
        let small = &mut self.small;
        self.wide
            .get_or_insert_with(|| small.drain(..).map(i128::from).collect())
    }

    /// Gives every value so far more decimals.
    fn rescale(&mut self, scale: u32) -> Result<(), Bad> {
        let up = 10i128.pow(scale - self.scale);
        if let (None, Ok(up)) = (&self.wide, i64::try_from(up))
            && scale <= 18
            && let Some(scaled) = self
                .small
                .iter()
                .map(|m| m.checked_mul(up))
                .collect::<Option<Vec<i64>>>()
        {
            self.small = scaled;
        } else {
            let wide = self.widen();
            let scaled = wide.iter().map(|m| m.checked_mul(up).filter(|m| fits(*m)));
            *wide = scaled.collect::<Option<Vec<i128>>>().ok_or_else(too_long)?;
        }
        self.scale = scale;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Numbers {
        let nulls = self.nulls.finish();
        match self.wide {
            None => Numbers::Small {
                mantissas: Int64Array::new(self.small.into(), nulls),
                scale: self.scale as u8,
            },
            Some(wide) => Numbers::Wide(
                Decimal128Array::new(wide.into(), nulls)
                    .with_precision_and_scale(38, self.scale as i8)
                    .expect("a scale of at most 38"),
            ),
        }
    }
}

impl Build for NumberBuilder {
    #[inline]
    fn push(&mut self, field: &[u8]) -> Result<(), Bad> {
        if let Some((mantissa, scale)) = short(field, self.decimal)
            && self.round.is_none_or(|decimals| scale <= decimals)
        {
            if scale == self.scale && self.wide.is_none() {
                self.small.push(mantissa);
                self.nulls.append_non_null();
                return Ok(());
            }
            return self.push_decimal(i128::from(mantissa), scale);
        }
        let (mantissa, scale) = long(field, self.decimal)?;
        self.push_decimal(mantissa, scale)
    }

    fn push_null(&mut self) {
        self.nulls.append_null();
        match &mut self.wide {
            None => self.small.push(0),
            Some(wide) => wide.push(0),
        }
    }
}

/// Reads a plain decimal of at most 18 digits.
#[inline]
fn short(field: &[u8], decimal: u8) -> Option<(i64, u32)> {
    let (negative, digits) = match field.first()? {
        b'-' => (true, &field[1..]),
        _ => (false, field),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut mantissa = 0i64;
    for (i, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return (*byte == decimal)
                .then(|| short_fraction(negative, mantissa, &digits[i + 1..]))
                .flatten();
        }
        mantissa = mantissa * 10 + i64::from(digit);
    }
    Some((if negative { -mantissa } else { mantissa }, 0))
}

#[inline]
fn short_fraction(negative: bool, mut mantissa: i64, digits: &[u8]) -> Option<(i64, u32)> {
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        mantissa = mantissa * 10 + i64::from(digit);
    }
    let scale = digits.len() as u32;
    (scale > 0).then_some((if negative { -mantissa } else { mantissa }, scale))
}

/// Reads any decimal: a sign, `.5`, an exponent (`1e+05` is exact), up to 38 digits.
pub(crate) fn long(field: &[u8], decimal: u8) -> Result<(i128, u32), Bad> {
    let (negative, unsigned) = match field {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, field),
    };
    let (digits, exponent) = match unsigned.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (
            &unsigned[..at],
            exponent(&unsigned[at + 1..]).ok_or_else(|| refused(field, decimal))?,
        ),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match digits.iter().position(|byte| *byte == decimal) {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, &digits[..0]),
    };
    let point = digits.len() > whole.len();
    let all_digits = whole.iter().chain(fraction).all(u8::is_ascii_digit);
    if !all_digits || (point && fraction.is_empty()) || (whole.is_empty() && fraction.is_empty()) {
        return Err(refused(field, decimal));
    }
    let mut mantissa = 0i128;
    // Zeros at the end of a fraction say nothing and must not use up the digits.
    let kept = fraction.len() - fraction.iter().rev().take_while(|byte| **byte == b'0').count();
    for byte in whole.iter().chain(&fraction[..kept]) {
        let next = mantissa
            .checked_mul(10)
            .and_then(|m| m.checked_add(i128::from(byte - b'0')));
        mantissa = next.filter(|m| fits(*m)).ok_or_else(too_long)?;
    }
    let mut scale = kept as i64 - exponent;
    while scale < 0 && mantissa != 0 {
        mantissa = mantissa.checked_mul(10).filter(|m| fits(*m)).ok_or_else(too_long)?;
        scale += 1;
    }
    let (mantissa, scale) = if mantissa == 0 { (0, 0) } else { (mantissa, scale) };
    let scale = u32::try_from(scale).map_err(|_| too_long())?;
    if scale > 2 * DIGITS {
        return Err(too_long());
    }
    Ok((if negative { -mantissa } else { mantissa }, scale))
}

fn exponent(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    let exponent: i64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (!digits.starts_with(b"+") && exponent.abs() <= 1000).then_some(exponent)
}

fn fits(mantissa: i128) -> bool {
    mantissa.unsigned_abs() < 10u128.pow(DIGITS)
}

/// Drops zeros at the end of a fraction that no scale of 38 can hold.
fn shortened(mut mantissa: i128, mut scale: u32) -> (i128, u32) {
    while scale > DIGITS && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    (mantissa, scale)
}

/// Divides by `10^places`, a half going to the even neighbour.
pub(crate) fn round_half_even(mantissa: i128, places: u32) -> i128 {
    let Some(divisor) = 10i128.checked_pow(places) else {
        return 0;
    };
    let (quotient, remainder) = (mantissa.div_euclid(divisor), mantissa.rem_euclid(divisor));
    match remainder.cmp(&(divisor - remainder)) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + quotient.rem_euclid(2),
    }
}

/// Writes `mantissa · 10^-scale` with all its decimals.
pub(crate) fn number_text(mantissa: i128, scale: i8) -> String {
    if scale <= 0 {
        let zeros = "0".repeat(usize::from(scale.unsigned_abs()));
        return if mantissa == 0 {
            "0".to_owned()
        } else {
            format!("{mantissa}{zeros}")
        };
    }
    let sign = if mantissa < 0 { "-" } else { "" };
    let scale = usize::from(scale.unsigned_abs());
    let digits = format!("{:0>width$}", mantissa.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

fn too_long() -> Bad {
    Bad::new("has more than 38 digits")
}

/// Says what stands in the way of a number that people write otherwise.
fn refused(field: &[u8], decimal: u8) -> Bad {
    let bad = Bad::new("is no number");
    let other = if decimal == b',' { b'.' } else { b',' };
    let digits_besides = |extra: &[u8]| {
        let mut rest = field.iter().filter(|byte| !extra.contains(byte)).peekable();
        rest.peek().is_some() && rest.all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+'))
    };
    let count = |byte: u8| field.iter().filter(|b| **b == byte).count();
    if digits_besides(b"%.,") && field.ends_with(b"%") {
        bad.help("a number column has no `%`; declare the column as text, or export plain numbers")
    } else if digits_besides(&[other]) && count(other) == 1 {
        let help = format!(
            "if `{0}` is the decimal separator, say so on the source: `decimal: \"{0}\"`; separators of thousands are not read",
            char::from(other)
        );
        bad.help(help)
    } else if digits_besides(b".,' _") {
        bad.help("separators of thousands are not read; export plain numbers")
    } else if matches!(
        field,
        b"NaN" | b"nan" | b"NA" | b"N/A" | b"n/a" | b"null" | b"NULL" | b"-" | b"?" | b""
    ) {
        let text = String::from_utf8_lossy(field);
        bad.help(format!("if it means null, add it: `nulls: [\"\", \"{text}\"]`"))
    } else {
        bad
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(fields: &[&str]) -> (Vec<i128>, u32) {
        let mut builder = NumberBuilder::new(0, b'.', None);
        for field in fields {
            builder.push(field.as_bytes()).expect("a number");
        }
        match builder.finish() {
            Numbers::Small { mantissas, scale } => (
                mantissas.values().iter().map(|m| i128::from(*m)).collect(),
                u32::from(scale),
            ),
            Numbers::Wide(wide) => (wide.values().to_vec(), wide.scale() as u32),
        }
    }

    #[test]
    fn a_column_has_one_scale() {
        assert_eq!(column(&["1", "-2.5", "0.125"]), (vec![1000, -2500, 125], 3));
        assert_eq!(column(&["21289.0", "7"]), (vec![212_890, 70], 1));
        assert_eq!(column(&["1e+05", "2.5E-3"]), (vec![1_000_000_000, 25], 4));
        assert_eq!(column(&["+7", ".5"]), (vec![70, 5], 1));
    }

    #[test]
    fn mantissas_beyond_64_bits_widen_the_column() {
        assert_eq!(
            column(&["1", "9223372036854775808"]),
            (vec![1, 9_223_372_036_854_775_808], 0)
        );
        let (values, scale) = column(&["9223372036854775807", "0.1"]);
        assert_eq!((values, scale), (vec![92_233_720_368_547_758_070, 1], 1));
        let (values, scale) = column(&["0.1234567890123456789"]);
        assert_eq!((values, scale), (vec![1_234_567_890_123_456_789], 19));
    }

    #[test]
    fn what_is_no_plain_number_is_refused() {
        let mut builder = NumberBuilder::new(0, b'.', None);
        for field in [
            "",
            "-",
            "1.",
            "1,5",
            "1.234.567",
            "0x1",
            "1e",
            "1e5.0",
            "12 000",
            "NaN",
            "--1",
            "€5",
            "1e++5",
        ] {
            assert!(builder.push(field.as_bytes()).is_err(), "{field}");
        }
        let digits = "1".repeat(39);
        assert_eq!(
            builder.push(digits.as_bytes()).expect_err("39 digits").message,
            "has more than 38 digits"
        );
        assert!(builder.push(b"1e999").is_err());
        assert!(builder.push(b"0e999").is_ok());
    }

    #[test]
    fn declared_decimals_round_half_to_even() {
        let mut builder = NumberBuilder::new(0, b'.', Some(2));
        for field in ["0.125", "0.135", "-0.125", "0.1251", "3"] {
            builder.push(field.as_bytes()).expect("a number");
        }
        let Numbers::Small { mantissas, scale } = builder.finish() else {
            panic!("small numbers")
        };
        assert_eq!((mantissas.values().to_vec(), scale), (vec![12, 14, -12, 13, 300], 2));
    }
}
