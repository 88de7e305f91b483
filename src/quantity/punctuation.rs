//! Numbers as people write them elsewhere: with a decimal comma, with separated thousands, as `.5`.

/// A number that is not written with a decimal point alone, and what it means in plain digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Punctuated {
    /// `99,5`: the comma is the decimal point.
    DecimalComma(String),
    /// `.5`: no digit on one side of the point.
    BarePoint(String),
    /// `44,500.00`: thousands are set apart.
    Thousands(String),
    /// `12,500`: only its author knows.
    Either {
        /// With the comma between thousands.
        thousands: String,
        /// With the comma as the decimal point.
        decimal: String,
    },
}

impl Punctuated {
    /// Says how the number `text` is written.
    pub fn description(&self, text: &str) -> String {
        match self {
            Self::DecimalComma(_) => format!("`{text}` is written with a decimal comma"),
            Self::BarePoint(_) => format!("`{text}` has no digit on one side of its point"),
            Self::Thousands(_) => format!("`{text}` is written with thousands separators"),
            Self::Either { .. } => format!("a comma in the number `{text}`"),
        }
    }

    /// Says what to type; `written` puts a plain number as it stands in its place.
    pub fn proposal(&self, written: impl Fn(&str) -> String) -> String {
        match self {
            Self::DecimalComma(number) | Self::BarePoint(number) | Self::Thousands(number) => {
                format!("write `{}`", written(number))
            }
            Self::Either { thousands, decimal } => format!(
                "write `{}`, or `{}` if the comma is the decimal point",
                written(thousands),
                written(decimal)
            ),
        }
    }
}

/// Recognises a number with a decimal comma or separated thousands.
pub fn punctuated(text: &str) -> Option<Punctuated> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (&text[..1], digits),
        None => ("", text),
    };
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if let Some(fraction) = digits.strip_prefix('.').filter(|rest| is_number(rest)) {
        return Some(Punctuated::BarePoint(format!("{sign}0.{fraction}")));
    }
    if let Some(whole) = digits.strip_suffix('.').filter(|rest| is_number(rest)) {
        return Some(Punctuated::BarePoint(format!("{sign}{whole}")));
    }
    let separates = |c: char| matches!(c, ',' | '.' | '\'' | '_' | ' ' | '\u{a0}' | '\u{202f}' | '’');
    if !digits.starts_with(|c: char| c.is_ascii_digit())
        || !digits.ends_with(|c: char| c.is_ascii_digit())
        || !digits.chars().all(|c| c.is_ascii_digit() || separates(c))
    {
        return None;
    }
    let plain = |s: &str| s.chars().filter(char::is_ascii_digit).collect::<String>();
    let last = digits.rfind(separates)?;
    let grouped = digits.split(separates).skip(1).all(|group| group.len() == 3);
    if !grouped && !digits.contains([',', '.']) {
        return None;
    }
    let commas = digits.matches(',').count();
    let points = digits.matches('.').count();
    if digits.as_bytes()[last] == b',' && commas == 1 {
        let decimal = format!("{sign}{}.{}", plain(&digits[..last]), plain(&digits[last..]));
        let could_be_thousands = last <= 3 && digits.len() == last + 4 && last == digits.find(separates)?;
        return Some(match could_be_thousands {
            true => Punctuated::Either {
                thousands: format!("{sign}{}", plain(digits)),
                decimal,
            },
            false => Punctuated::DecimalComma(decimal),
        });
    }
    let (whole, fraction) = match points == 1 && digits.as_bytes()[last] == b'.' {
        true => digits.split_at(last),
        false => (digits, ""),
    };
    Some(Punctuated::Thousands(format!("{sign}{}{fraction}", plain(whole))))
}
