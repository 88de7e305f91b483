use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::source::{FileId, Span};

/// A replacement of a range of the file's text, so that the parser can go on behind a mistake.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    /// Byte offset in the file of the first byte replaced.
    pub(super) start: u32,
    /// Byte offset in the file after the last byte replaced.
    pub(super) end: u32,
    /// What the parser sees instead.
    pub(super) with: String,
    /// What the value that starts here means, if it is not what the parser sees.
    pub(super) reading: Option<Reading>,
}

/// What a value that the parser only sees a stand-in of means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// The file's own text in this range, verbatim.
    Verbatim(u32, u32),
    /// Nothing usable: the entry is left out.
    Dropped,
}

/// The text the parser sees: the file's with the edits applied, and the way back to the file.
pub(super) struct Draft<'a> {
    file: FileId,
    /// What the parser sees.
    pub(super) text: Cow<'a, str>,
    /// The file's text.
    pub(super) original: &'a str,
    segments: Vec<Segment>,
    readings: BTreeMap<u32, Reading>,
}

/// A stretch of the draft and the stretch of the file it stands for.
struct Segment {
    draft: u32,
    original: u32,
    length: u32,
}

impl Edit {
    /// Replaces `start..end` by a stand-in of the same length that YAML reads as one plain value.
    pub(super) fn stand_in(start: u32, end: u32, reading: Reading) -> Self {
        Self {
            start,
            end,
            with: "x".repeat((end - start) as usize),
            reading: Some(reading),
        }
    }

    /// Replaces `start..end` by `with`.
    pub(super) fn replace(start: u32, end: u32, with: impl Into<String>) -> Self {
        Self {
            start,
            end,
            with: with.into(),
            reading: None,
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Adds an edit; earlier ones that it overlaps give way.
pub(super) fn add(edits: &mut Vec<Edit>, edit: Edit) {
    edits.retain(|old| !old.overlaps(&edit));
    let at = edits.partition_point(|old| (old.start, old.end) <= (edit.start, edit.end));
    edits.insert(at, edit);
}

impl<'a> Draft<'a> {
    /// Applies `edits`, which are sorted and do not overlap.
    pub(super) fn new(file: FileId, original: &'a str, edits: &[Edit]) -> Self {
        let mut draft = Self {
            file,
            text: Cow::Borrowed(original),
            original,
            segments: Vec::new(),
            readings: BTreeMap::new(),
        };
        if edits.is_empty() {
            return draft;
        }
        let mut text = String::with_capacity(original.len());
        let mut done = 0;
        for edit in edits {
            draft.segments.push(Segment {
                draft: text.len() as u32,
                original: done,
                length: edit.start - done,
            });
            text.push_str(&original[done as usize..edit.start as usize]);
            if let Some(reading) = edit.reading {
                draft.readings.insert(text.len() as u32, reading);
            }
            draft.segments.push(Segment {
                draft: text.len() as u32,
                original: edit.start,
                length: edit.end - edit.start,
            });
            text.push_str(&edit.with);
            done = edit.end;
        }
        draft.segments.push(Segment {
            draft: text.len() as u32,
            original: done,
            length: original.len() as u32 - done,
        });
        text.push_str(&original[done as usize..]);
        draft.text = Cow::Owned(text);
        draft
    }

    /// Returns the byte offset in the file of a byte offset in the draft.
    pub(super) fn original(&self, offset: u32) -> u32 {
        let after = self.segments.partition_point(|segment| segment.draft <= offset);
        match after.checked_sub(1).and_then(|index| self.segments.get(index)) {
            None => offset,
            Some(segment) => segment.original + (offset - segment.draft).min(segment.length),
        }
    }

    /// Whether a range of the draft stands in the file as it is.
    pub(super) fn is_verbatim(&self, range: Range<usize>) -> bool {
        self.segments.is_empty() || {
            let (start, end) = (self.original(range.start as u32), self.original(range.end as u32));
            self.original.get(start as usize..end as usize) == self.text.get(range)
        }
    }

    /// Returns the place in the file of a range of the draft.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let (mut start, mut end) = (self.original(range.start as u32), self.original(range.end as u32));
        // Within a stand-in a byte of the draft may be part of a character of the file.
        while !self.original.is_char_boundary(start as usize) {
            start -= 1;
        }
        while !self.original.is_char_boundary(end as usize) {
            end += 1;
        }
        Span::new(self.file, start, end.max(start))
    }

    /// Returns the place of a range of the file's own text.
    pub(super) fn file_span(&self, start: u32, end: u32) -> Span {
        Span::new(self.file, start, end)
    }

    /// Returns what the value that starts at `offset` of the draft means, where it is a stand-in.
    pub(super) fn reading(&self, offset: u32) -> Option<Reading> {
        if self.readings.is_empty() {
            return None;
        }
        self.readings.get(&offset).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_back_to_the_file_across_edits() {
        let mut edits = Vec::new();
        add(&mut edits, Edit::replace(6, 6, " "));
        add(&mut edits, Edit::replace(0, 1, "    "));
        let draft = Draft::new(FileId(0), "\tkey:1\nb", &edits);
        assert_eq!(draft.text, "    key:1 \nb");
        assert_eq!(draft.original(0), 0);
        assert_eq!(draft.original(4), 1);
        assert_eq!(draft.original(8), 5);
        assert_eq!(draft.original(9), 6);
        assert_eq!(draft.original(10), 6);
        assert_eq!(draft.original(11), 7);
        assert_eq!(draft.original(12), 8);
    }

    #[test]
    fn a_later_edit_takes_the_place_of_those_it_overlaps() {
        let mut edits = Vec::new();
        add(&mut edits, Edit::replace(2, 4, "x"));
        add(&mut edits, Edit::replace(5, 6, "y"));
        add(&mut edits, Edit::replace(0, 5, ""));
        let draft = Draft::new(FileId(0), "0123456789", &edits);
        assert_eq!(draft.text, "y6789");
    }
}
