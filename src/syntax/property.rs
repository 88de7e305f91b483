use std::ops::Range;

/// An anchor and a tag before a value, and where the value starts.
pub(super) struct Properties {
    pub(super) anchor: Option<Range<usize>>,
    pub(super) tag: Option<Range<usize>>,
    pub(super) rest: usize,
}

/// Finds the anchor and tag at the start of `range`.
pub(super) fn properties(text: &str, range: &Range<usize>) -> Properties {
    let mut found = Properties {
        anchor: None,
        tag: None,
        rest: range.start,
    };
    loop {
        let rest = &text[found.rest..];
        let start = found.rest + rest.len() - rest.trim_start().len();
        let word = text[start..]
            .find(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}'))
            .map_or(text.len(), |length| start + length);
        let slot = match text.as_bytes().get(start) {
            Some(b'&') => &mut found.anchor,
            Some(b'!') => &mut found.tag,
            Some(b'#') => {
                found.rest = text[start..].find('\n').map_or(text.len(), |length| start + length);
                continue;
            }
            _ => {
                found.rest = start;
                return found;
            }
        };
        if slot.is_some() {
            found.rest = start;
            return found;
        }
        *slot = Some(start..word);
        found.rest = word;
    }
}
