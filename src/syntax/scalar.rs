//! The content of a scalar as the file's text has it, and where each byte of it stands.

use std::sync::Arc;

/// A scalar's content; `offsets` says where each byte stands unless it stands there verbatim.
pub(super) struct Content {
    pub(super) text: Arc<str>,
    pub(super) offsets: Option<Vec<u32>>,
}

/// Content under construction with the offset of every byte.
#[derive(Default)]
struct Folded {
    text: String,
    offsets: Vec<u32>,
}

impl Content {
    fn verbatim(text: &str) -> Self {
        Self {
            text: text.into(),
            offsets: None,
        }
    }
}

impl Folded {
    /// Appends a piece whose bytes all stem from offset `at`.
    fn produced(&mut self, piece: &str, at: usize) {
        self.text.push_str(piece);
        self.offsets.extend(std::iter::repeat_n(at as u32, piece.len()));
    }

    /// Appends `source[start..end]` as it stands.
    fn copied(&mut self, source: &str, start: usize, end: usize) {
        self.text.push_str(&source[start..end]);
        self.offsets.extend(start as u32..end as u32);
    }

    /// Folds the line breaks that start at `at` (one is a space, n are n − 1 breaks) with the
    /// indentation after each; returns the offset of what follows.
    fn breaks(&mut self, source: &str, mut at: usize, end: usize) -> usize {
        let first = at;
        let mut found = 0;
        while let Some(after) = line_break(source, at, end) {
            found += 1;
            if found > 1 {
                self.produced("\n", at);
            }
            at = blanks(source, after, end);
        }
        if found == 1 {
            self.produced(" ", first);
        }
        at
    }

    fn finish(self) -> Content {
        Content {
            text: self.text.into(),
            offsets: Some(self.offsets),
        }
    }
}

/// Returns the offset after the line break at `at`, if there is one.
fn line_break(source: &str, at: usize, end: usize) -> Option<usize> {
    match source.as_bytes()[..end].get(at..)? {
        [b'\r', b'\n', ..] => Some(at + 2),
        [b'\r' | b'\n', ..] => Some(at + 1),
        _ => None,
    }
}

/// Returns the offset after the spaces and tabs at `at`.
fn blanks(source: &str, at: usize, end: usize) -> usize {
    let rest = &source.as_bytes()[at..end];
    at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Reads a plain scalar that stands at `start..end`.
pub(super) fn plain(source: &str, start: usize, end: usize) -> Content {
    if memchr::memchr2(b'\n', b'\r', &source.as_bytes()[start..end]).is_none() {
        return Content::verbatim(&source[start..end]);
    }
    fold(source, start, end, |_, _, at| at)
}

/// Returns the offset after the closing quote of the quoted scalar that opens at `start`.
pub(super) fn quoted_end(source: &str, start: usize) -> Option<usize> {
    let bytes = source.as_bytes();
    let quote = bytes[start];
    let mut at = start + 1;
    if quote == b'\'' {
        loop {
            at += memchr::memchr(b'\'', bytes.get(at..)?)? + 1;
            if bytes.get(at) != Some(&b'\'') {
                return Some(at);
            }
            at += 1;
        }
    }
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)? + 1;
        if bytes[at - 1] == b'"' {
            return Some(at);
        }
        at += 1;
    }
}

/// Reads the quoted scalar that stands at `start..end`, quotes included.
pub(super) fn quoted(source: &str, start: usize, end: usize) -> Content {
    let (from, to) = (start + 1, end - 1);
    let inner = &source.as_bytes()[from..to];
    let single = source.as_bytes()[start] == b'\'';
    let special = if single { b'\'' } else { b'\\' };
    if memchr::memchr3(b'\n', b'\r', special, inner).is_none() {
        return Content::verbatim(&source[from..to]);
    }
    if single {
        fold(source, from, to, |folded, byte, at| {
            if byte == b'\'' {
                folded.copied(source, at, at + 1);
                at + 2
            } else {
                at
            }
        })
    } else {
        fold(source, from, to, |folded, byte, at| {
            if byte == b'\\' {
                escape(folded, source, at, to)
            } else {
                at
            }
        })
    }
}

/// Folds lines; `special` may consume what stands at an offset and returns where to go on.
fn fold(source: &str, start: usize, end: usize, special: impl Fn(&mut Folded, u8, usize) -> usize) -> Content {
    let mut folded = Folded::default();
    let bytes = source.as_bytes();
    let mut at = start;
    while at < end {
        match bytes[at] {
            b' ' | b'\t' => {
                let after = blanks(source, at, end);
                if line_break(source, after, end).is_none() {
                    folded.copied(source, at, after);
                }
                at = after;
            }
            b'\n' | b'\r' => at = folded.breaks(source, at, end),
            byte => {
                let after = special(&mut folded, byte, at);
                if after > at {
                    at = after.min(end);
                } else {
                    let next = char_end(source, at);
                    folded.copied(source, at, next);
                    at = next;
                }
            }
        }
    }
    folded.finish()
}

/// Returns the offset after the character at `at`.
fn char_end(source: &str, at: usize) -> usize {
    (at + 1..source.len())
        .find(|&end| source.is_char_boundary(end))
        .unwrap_or(source.len())
}

/// Resolves the escape at `at` (YAML 1.2, 5.7) and returns the offset after it.
fn escape(folded: &mut Folded, source: &str, at: usize, end: usize) -> usize {
    let Some(kind) = source[at + 1..end].chars().next() else {
        folded.copied(source, at, end);
        return end;
    };
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    if digits > 0 {
        let after = (at + 2 + digits).min(end);
        let code = source
            .get(at + 2..after)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let character = code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
        folded.produced(character.encode_utf8(&mut [0; 4]), at);
        return if source.is_char_boundary(after) { after } else { end };
    }
    let meaning = match kind {
        '0' => "\0",
        'a' => "\u{7}",
        'b' => "\u{8}",
        't' | '\t' => "\t",
        'n' => "\n",
        'v' => "\u{b}",
        'f' => "\u{c}",
        'r' => "\r",
        'e' => "\u{1b}",
        'N' => "\u{85}",
        '_' => "\u{a0}",
        'L' => "\u{2028}",
        'P' => "\u{2029}",
        '\n' | '\r' => {
            // An escaped line break joins the lines; blank lines after it are kept as breaks.
            let mut next = line_break(source, at + 1, end).unwrap_or(end);
            next = blanks(source, next, end);
            while let Some(after) = line_break(source, next, end) {
                folded.produced("\n", next);
                next = blanks(source, after, end);
            }
            return next;
        }
        _ => {
            let after = at + 1 + kind.len_utf8();
            folded.produced(&source[at + 1..after], at);
            return after;
        }
    };
    folded.produced(meaning, at);
    at + 1 + kind.len_utf8()
}

/// Reads a block scalar whose content stands at `start..end` and which the parser, fed byte by
/// byte, took for `garbled`.
pub(super) fn block(source: &str, start: usize, end: usize, garbled: &str) -> Content {
    let bytes: Vec<u8> = garbled.chars().map(|character| character as u8).collect();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let raw = &source.as_bytes()[..end];
    let indent = start - memchr::memrchr(b'\n', &raw[..start]).map_or(0, |at| at + 1);
    let mut offsets = Vec::with_capacity(text.len());
    let mut at = start;
    for byte in text.bytes() {
        if line_break(source, at, end).is_none() {
            // Breaks before the first line and a space left of a fold stand nowhere of their own.
            offsets.push(at.min(end) as u32);
            if raw.get(at) == Some(&byte) {
                at += 1;
            }
        } else if byte == b'\n' || byte == b' ' {
            offsets.push(at as u32);
            at = after_breaks(source, at, end, indent);
        } else {
            while line_break(source, at, end).is_some() {
                at = after_breaks(source, at, end, indent);
            }
            offsets.push(at.min(end) as u32);
            at += 1;
        }
    }
    Content {
        text: text.into(),
        offsets: Some(offsets),
    }
}

/// Skips one line break and the indentation after it.
fn after_breaks(source: &str, at: usize, end: usize, indent: usize) -> usize {
    let mut next = line_break(source, at, end).unwrap_or(end);
    let limit = (next + indent).min(end);
    while next < limit && source.as_bytes()[next] == b' ' {
        next += 1;
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets_of(content: &Content) -> Vec<u32> {
        content.offsets.clone().expect("a folded scalar")
    }

    #[test]
    fn a_doubled_quote_is_one_byte_of_content() {
        let content = quoted("'a''b'", 0, 6);
        assert_eq!(&*content.text, "a'b");
        assert_eq!(offsets_of(&content), [1, 2, 4]);
    }

    #[test]
    fn an_escape_is_as_many_bytes_as_its_character_all_at_the_backslash() {
        let content = quoted(r#""a\u2013b\n""#, 0, 12);
        assert_eq!(&*content.text, "a–b\n");
        assert_eq!(offsets_of(&content), [1, 2, 2, 2, 8, 9]);
    }

    #[test]
    fn lines_fold_to_a_space_and_blank_lines_to_breaks() {
        let content = plain("a b \n  c\n\n  d", 0, 13);
        assert_eq!(&*content.text, "a b c\nd");
        assert_eq!(offsets_of(&content), [0, 1, 2, 4, 7, 9, 12]);
    }

    #[test]
    fn a_folded_block_leads_back_to_its_lines() {
        let source = "k: >\n  ab\n  c\n";
        let content = block(source, 7, source.len(), "ab c\n");
        assert_eq!(&*content.text, "ab c\n");
        assert_eq!(offsets_of(&content), [7, 8, 9, 12, 13]);
    }
}
