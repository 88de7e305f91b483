/// How a day or an instant that is not ISO 8601 seems to be written, as a pattern to declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// In one way only.
    Clear(String),
    /// `03/04/2026` is a day of April or of March: the pattern of either.
    DayOrMonthFirst(String, String),
}

impl Written {
    /// Guesses from one text; `None` where it is not made of numbers in a common order.
    pub(crate) fn guess(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once([' ', 'T']) {
            Some((date, time)) => (date, time),
            None => (text, ""),
        };
        let (date, comma) = date.strip_suffix(',').map_or((date, ""), |date| (date, ","));
        let separator = date.chars().find(|c| !c.is_ascii_digit())?;
        if !matches!(separator, '/' | '.' | '-') {
            return None;
        }
        let parts: Vec<&str> = date.split(separator).collect();
        let [first, second, third] = parts[..] else { return None };
        let number = |part: &str| part.parse::<u32>().ok().filter(|_| (1..=4).contains(&part.len()));
        let (a, b) = (number(first)?, number(second)?);
        number(third)?;
        let tail = match time {
            "" => comma.to_owned(),
            time => {
                let between = if text.as_bytes().get(date.len() + comma.len()) == Some(&b'T') {
                    "T"
                } else {
                    " "
                };
                format!("{comma}{between}{}", clock(time)?)
            }
        };
        let pattern = |x: &str, y: &str, z: &str| format!("{x}{separator}{y}{separator}{z}{tail}");
        if first.len() == 4 {
            return Some(Self::Clear(pattern("%Y", "%m", "%d")));
        }
        let year = if third.len() == 4 { "%Y" } else { "%y" };
        let (day_first, month_first) = (pattern("%d", "%m", year), pattern("%m", "%d", year));
        match (a, b) {
            (13..=31, 1..=12) => Some(Self::Clear(day_first)),
            (1..=12, 13..=31) => Some(Self::Clear(month_first)),
            // With points between them the day always comes first.
            (1..=12, 1..=12) if separator == '.' => Some(Self::Clear(day_first)),
            (1..=12, 1..=12) => Some(Self::DayOrMonthFirst(day_first, month_first)),
            _ => None,
        }
    }
}

/// The pattern of a time of day.
fn clock(text: &str) -> Option<String> {
    let (time, half) = match text.split_once(' ') {
        Some((time, half)) if half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm") => (time, " %p"),
        Some(_) => return None,
        None => (text, ""),
    };
    let hour = if half.is_empty() { "%H" } else { "%I" };
    let (time, fraction) = match time.split_once('.') {
        Some((time, digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => (time, "%.f"),
        Some(_) => return None,
        None => (time, ""),
    };
    let parts: Vec<&str> = time.split(':').collect();
    let digits = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(digits) {
        return None;
    }
    match parts.len() {
        2 if fraction.is_empty() => Some(format!("{hour}:%M{half}")),
        3 => Some(format!("{hour}:%M:%S{fraction}{half}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_guessed_where_it_is_clear() {
        let clear = |pattern: &str| Some(Written::Clear(pattern.to_owned()));
        assert_eq!(Written::guess("14/08/2024 09:10"), clear("%d/%m/%Y %H:%M"));
        assert_eq!(Written::guess("08/14/2024 9:10:11 PM"), clear("%m/%d/%Y %I:%M:%S %p"));
        assert_eq!(Written::guess("03.04.2026"), clear("%d.%m.%Y"));
        assert_eq!(Written::guess("2024/8/4 09:10:11.25"), clear("%Y/%m/%d %H:%M:%S%.f"));
        let both = Written::DayOrMonthFirst("%d/%m/%y %H:%M".to_owned(), "%m/%d/%y %H:%M".to_owned());
        assert_eq!(Written::guess("03/04/26 09:10"), Some(both));
        for text in ["soon", "32/08/2024", "1/2", "14/08/2024 nine", "20240814"] {
            assert_eq!(Written::guess(text), None, "{text}");
        }
    }
}
