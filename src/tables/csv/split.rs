use std::io;

use super::super::input::Input;
use super::quote::{QuotedParts, Quotes};

/// The bytes that separate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Between fields.
    pub(crate) delimiter: u8,
    /// After records: a line feed, or a carriage return in files that have no line feed.
    pub(crate) line_end: u8,
}

/// Whole records, each ended by the line end.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) bytes: Vec<u8>,
    /// Line of the first byte, from 1.
    pub(crate) line: u64,
    pub(crate) quotes: Quotes,
}

/// Cuts a text into pieces of whole records.
///
/// Quotes are followed from the first byte on, so that a line feed inside quotes never cuts.
pub(crate) struct Splitter {
    input: Input,
    /// Read but not handed out.
    carry: Vec<u8>,
    line: u64,
    size: usize,
    ended: bool,
    /// `None`: quotes mean nothing (one JSON object per line).
    dialect: Option<Dialect>,
}

/// A record longer than this comes from a quote that nobody closed.
const LONGEST: usize = 64 << 20;

/// Why a text could not be cut.
#[derive(Debug)]
pub(crate) enum Stuck {
    Io(io::Error),
    /// A quote opens on this line and is not closed for [`LONGEST`] bytes.
    Unclosed(u64),
}

impl From<io::Error> for Stuck {
    fn from(cause: io::Error) -> Self {
        Self::Io(cause)
    }
}

impl Splitter {
    /// Starts at the first byte of `input`; `size` is how much is read at a time.
    pub(crate) fn new(input: Input, size: usize) -> Self {
        Self {
            input,
            carry: Vec::new(),
            line: 1,
            size: size.max(1),
            ended: false,
            dialect: None,
        }
    }

    /// Returns the first bytes, at least `least` of them unless the text is shorter.
    pub(crate) fn peek(&mut self, least: usize) -> io::Result<&[u8]> {
        while self.carry.len() < least && !self.ended {
            let n = least - self.carry.len();
            self.ended = self.input.read(n, &mut self.carry)? < n;
        }
        Ok(&self.carry)
    }

    /// Drops the first line of what [`peek`](Self::peek) returned, `length` bytes.
    pub(crate) fn skip(&mut self, length: usize) {
        self.line += memchr::memchr_iter(b'\n', &self.carry[..length]).count() as u64;
        self.carry.drain(..length);
    }

    pub(crate) fn set_dialect(&mut self, dialect: Dialect) {
        self.dialect = Some(dialect);
    }

    pub(crate) fn digest(&self) -> String {
        self.input.digest()
    }

    fn line_end(&self) -> u8 {
        self.dialect.map_or(b'\n', |dialect| dialect.line_end)
    }

    fn quoted(&self, bytes: &[u8]) -> QuotedParts {
        match self.dialect {
            Some(dialect) => QuotedParts::find(bytes, dialect),
            None => QuotedParts::default(),
        }
    }

    /// Returns the first record alone.
    pub(crate) fn first(&mut self) -> Result<Option<Piece>, Stuck> {
        let mut wanted = self.size;
        loop {
            self.peek(wanted)?;
            let parts = self.quoted(&self.carry);
            match parts.first_record_end(&self.carry, self.line_end()) {
                Some(end) => return Ok(Some(self.cut(Vec::new(), end, Quotes::Stray))),
                None if self.ended && self.carry.is_empty() => return Ok(None),
                None if self.ended => return self.all(Vec::new()).map(Some),
                None => wanted = self.longer(wanted, &parts)?,
            }
        }
    }

    /// Returns the next records; `buffer` is used for them.
    pub(crate) fn next(&mut self, mut buffer: Vec<u8>) -> Result<Option<Piece>, Stuck> {
        buffer.clear();
        let mut wanted = self.carry.len() + self.size;
        loop {
            self.peek(wanted)?;
            if self.ended && self.carry.is_empty() {
                return Ok(None);
            }
            if self.ended {
                return self.all(buffer).map(Some);
            }
            let parts = self.quoted(&self.carry);
            match parts.last_record_end(&self.carry, self.line_end()) {
                Some(end) => return Ok(Some(self.cut(buffer, end, parts.quotes()))),
                None => wanted = self.longer(wanted, &parts)?,
            }
        }
    }

    /// How much to read when no record ends in what was read.
    fn longer(&self, wanted: usize, parts: &QuotedParts) -> Result<usize, Stuck> {
        if self.carry.len() > LONGEST {
            return Err(self.unclosed(parts.open.unwrap_or(0)));
        }
        Ok(wanted.max(self.carry.len()) * 2)
    }

    fn unclosed(&self, quote: usize) -> Stuck {
        Stuck::Unclosed(self.line + memchr::memchr_iter(b'\n', &self.carry[..quote]).count() as u64)
    }

    /// Hands out the first `end` bytes.
    fn cut(&mut self, mut buffer: Vec<u8>, end: usize, quotes: Quotes) -> Piece {
        buffer.extend_from_slice(&self.carry[end..]);
        self.carry.truncate(end);
        let bytes = std::mem::replace(&mut self.carry, buffer);
        self.piece(bytes, quotes)
    }

    /// Hands out what is left, with the last line ended.
    fn all(&mut self, buffer: Vec<u8>) -> Result<Piece, Stuck> {
        let parts = self.quoted(&self.carry);
        if let Some(quote) = parts.open {
            return Err(self.unclosed(quote));
        }
        let mut bytes = std::mem::replace(&mut self.carry, buffer);
        if bytes.last() != Some(&self.line_end()) {
            bytes.push(self.line_end());
        }
        Ok(self.piece(bytes, parts.quotes()))
    }

    fn piece(&mut self, bytes: Vec<u8>, quotes: Quotes) -> Piece {
        let line = self.line;
        self.line += memchr::memchr_iter(self.line_end(), &bytes).count() as u64;
        Piece { bytes, line, quotes }
    }
}
