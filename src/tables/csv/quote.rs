use std::borrow::Cow;

use super::Dialect;

/// How a piece of text uses quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// Not at all.
    None,
    /// Only around whole fields, doubled inside.
    Paired,
    /// Also elsewhere (`5" pipe`), where they are text like any other.
    Stray,
}

/// The quoted parts of a text that starts outside of quotes.
#[derive(Debug, Default)]
pub(crate) struct QuotedParts {
    /// From the opening quote to the closing one, which is included; ascending.
    pub(crate) parts: Vec<(usize, usize)>,
    /// Where the last quote opened that is not closed.
    pub(crate) open: Option<usize>,
    stray: bool,
}

impl QuotedParts {
    /// Finds them: a quote opens only at the start of a field, and closes when it is not doubled.
    pub(crate) fn find(bytes: &[u8], dialect: Dialect) -> Self {
        let mut found = Self::default();
        let mut at = 0;
        while let Some(quote) = memchr::memchr(b'"', &bytes[at..]).map(|i| at + i) {
            let opens = quote == 0 || bytes[quote - 1] == dialect.delimiter || bytes[quote - 1] == dialect.line_end;
            if !opens {
                found.stray = true;
                at = quote + 1;
                continue;
            }
            match closing(bytes, quote) {
                Some(close) => {
                    let next = bytes.get(close + 1).copied();
                    found.stray |= next.is_some_and(|b| b != dialect.delimiter && b != dialect.line_end && b != b'\r');
                    found.parts.push((quote, close + 1));
                    at = close + 1;
                }
                None => {
                    found.open = Some(quote);
                    break;
                }
            }
        }
        found
    }

    pub(crate) fn quotes(&self) -> Quotes {
        match (self.stray, self.parts.is_empty() && self.open.is_none()) {
            (true, _) => Quotes::Stray,
            (false, true) => Quotes::None,
            (false, false) => Quotes::Paired,
        }
    }

    /// Returns where the last record ends (after its line end), if one does.
    pub(crate) fn last_record_end(&self, bytes: &[u8], line_end: u8) -> Option<usize> {
        let mut end = self.open.unwrap_or(bytes.len());
        let mut parts = self.parts.iter().rev();
        let mut part = parts.next();
        loop {
            let newline = memchr::memrchr(line_end, &bytes[..end])?;
            while let Some((start, _)) = part
                && *start > newline
            {
                part = parts.next();
            }
            match part {
                Some((start, close)) if newline < *close => end = *start,
                _ => return Some(newline + 1),
            }
        }
    }

    /// Returns where the first record ends (after its line end), if it does.
    pub(crate) fn first_record_end(&self, bytes: &[u8], line_end: u8) -> Option<usize> {
        let limit = self.open.unwrap_or(bytes.len());
        let mut from = 0;
        let mut parts = self.parts.iter();
        loop {
            let newline = from + memchr::memchr(line_end, &bytes[from..limit])?;
            match parts.find(|(_, close)| *close > newline) {
                Some((start, close)) if *start < newline => from = *close,
                _ => return Some(newline + 1),
            }
        }
    }
}

fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let quote = at + memchr::memchr(b'"', &bytes[at..])?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        at = quote + 2;
    }
}

/// Takes a field out of its quotes; what follows the closing quote is kept as it is.
pub(crate) fn unquote(field: &[u8]) -> Cow<'_, [u8]> {
    let Some(inside) = field.strip_prefix(b"\"") else {
        return Cow::Borrowed(field);
    };
    if let Some(plain) = inside.strip_suffix(b"\"")
        && memchr::memchr(b'"', plain).is_none()
    {
        return Cow::Borrowed(plain);
    }
    let mut text = Vec::with_capacity(inside.len());
    let close = closing(field, 0).map_or(inside.len(), |close| close - 1);
    let mut rest = &inside[..close];
    while let Some(quote) = memchr::memchr(b'"', rest) {
        text.extend_from_slice(&rest[..=quote]);
        rest = rest.get(quote + 2..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    text.extend_from_slice(inside.get(close + 1..).unwrap_or_default());
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect {
        delimiter: b',',
        line_end: b'\n',
    };

    #[test]
    fn fields_leave_their_quotes() {
        for (field, text) in [
            ("plain", "plain"),
            ("\"a,b\"", "a,b"),
            ("\"say \"\"hi\"\"\"", "say \"hi\""),
            ("\"\"", ""),
            ("\"\"\"\"", "\""),
            ("\"a\"b", "ab"),
            ("\"a\"\"b\"c\"", "a\"bc\""),
            ("5\" pipe", "5\" pipe"),
            ("\"open", "open"),
        ] {
            assert_eq!(unquote(field.as_bytes()), text.as_bytes(), "{field}");
        }
    }

    #[test]
    fn records_end_outside_of_quotes() {
        let text = b"a,\"x\ny\"\nb,\"\"\"\n\"\"\"\nc,\"open\nstill";
        let parts = QuotedParts::find(text, COMMA);
        assert_eq!(parts.quotes(), Quotes::Paired);
        assert_eq!(parts.last_record_end(text, b'\n'), Some(18));
        assert_eq!(parts.first_record_end(text, b'\n'), Some(8));
        assert_eq!(parts.open, Some(20));
        let stray = b"5\" pipe,x\n\"a\" b,y\n";
        assert_eq!(QuotedParts::find(stray, COMMA).quotes(), Quotes::Stray);
        assert_eq!(
            QuotedParts::find(stray, COMMA).last_record_end(stray, b'\n'),
            Some(stray.len())
        );
    }
}
