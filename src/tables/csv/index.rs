use super::Dialect;
use super::quote::{QuotedParts, Quotes};

/// Where the fields of a piece of text end.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Position of the delimiter or line end after each field, record after record.
    pub(crate) ends: Vec<u32>,
}

/// The records of an [`Index`] that have the right number of fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Every record: so many, and field `c` of record `r` is `r · width + c`.
    Even(usize),
    /// The first field of each good record, with the record's number, and the bad ones: number,
    /// first field, fields.
    Uneven {
        good: Vec<(u32, u32)>,
        bad: Vec<(u32, u32, u32)>,
    },
}

const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;

impl Index {
    /// Indexes a text of whole records, each ended by the line end; the buffers are used again.
    pub(crate) fn build(&mut self, bytes: &[u8], dialect: Dialect, quotes: Quotes) {
        self.ends.clear();
        match quotes {
            Quotes::None => self.scan::<false>(bytes, dialect),
            Quotes::Paired => self.scan::<true>(bytes, dialect),
            Quotes::Stray => self.walk(bytes, dialect),
        }
    }

    /// 64 bytes at a time: a bit per delimiter and line end, those between quotes masked out by the
    /// parity of the quotes before them.
    fn scan<const QUOTED: bool>(&mut self, bytes: &[u8], dialect: Dialect) {
        let mut inside = 0u64;
        let mut blocks = bytes.chunks_exact(64);
        let mut base = 0u32;
        for block in &mut blocks {
            let block: &[u8; 64] = block.try_into().expect("64 bytes");
            self.block::<QUOTED>(block, base, dialect, &mut inside);
            base += 64;
        }
        let rest = blocks.remainder();
        if !rest.is_empty() {
            // No dialect has a zero byte for a delimiter.
            let mut last = [0; 64];
            last[..rest.len()].copy_from_slice(rest);
            self.block::<QUOTED>(&last, base, dialect, &mut inside);
        }
    }

    #[inline]
    fn block<const QUOTED: bool>(&mut self, block: &[u8; 64], base: u32, dialect: Dialect, inside: &mut u64) {
        let mut fields = either(block, dialect.delimiter, dialect.line_end);
        if QUOTED {
            let quotes = equal(block, b'"');
            if quotes | *inside != 0 {
                let quoted = parity(quotes) ^ *inside;
                *inside = ((quoted as i64) >> 63) as u64;
                fields &= !quoted;
            }
        }
        while fields != 0 {
            let at = fields.trailing_zeros();
            self.ends.push(base + at);
            fields &= fields - 1;
        }
    }

    /// Field by field, for texts with quotes where they do not belong.
    fn walk(&mut self, bytes: &[u8], dialect: Dialect) {
        let parts = QuotedParts::find(bytes, dialect).parts;
        let mut from = 0;
        for (start, close) in parts.into_iter().chain([(bytes.len(), bytes.len())]) {
            for at in memchr::memchr2_iter(dialect.delimiter, dialect.line_end, &bytes[from..start]) {
                self.ends.push((from + at) as u32);
            }
            from = close;
        }
    }

    /// Returns the first byte of a field.
    #[inline]
    pub(crate) fn start(&self, field: usize) -> usize {
        if field == 0 {
            0
        } else {
            self.ends[field - 1] as usize + 1
        }
    }

    /// Sorts the records by whether they have `width` fields; blank lines are no records.
    pub(crate) fn rows(&self, bytes: &[u8], dialect: Dialect, width: usize) -> Rows {
        let ends_record = |end: &u32| bytes[*end as usize] == dialect.line_end;
        let even = |record: &[u32]| match record.split_last() {
            Some((last, others)) => ends_record(last) && !others.iter().any(ends_record),
            None => true,
        };
        // In a table of one column a blank line has as many fields as any other.
        if width > 1 && self.ends.len().is_multiple_of(width) && self.ends.chunks_exact(width).all(even) {
            return Rows::Even(self.ends.len() / width);
        }
        let records = self.ends.iter().enumerate().filter(|(_, end)| ends_record(end));
        let records = records.map(|(field, _)| field as u32 + 1);
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        let (mut first, mut number) = (0, 0);
        for end in records {
            let fields = end - first;
            let blank = || {
                let text = &bytes[self.start(first as usize)..self.ends[first as usize] as usize];
                text.is_empty() || text == b"\r"
            };
            if fields == 1 && blank() {
                first = end;
                continue;
            }
            if fields as usize == width {
                good.push((first, number));
            } else {
                bad.push((number, first, fields));
            }
            first = end;
            number += 1;
        }
        Rows::Uneven { good, bad }
    }
}

/// Returns a bit for each byte that equals `wanted`.
#[inline]
fn equal(block: &[u8; 64], wanted: u8) -> u64 {
    let pattern = u64::from_le_bytes([wanted; 8]);
    gather(block, |word| others(word ^ pattern))
}

/// Returns a bit for each byte that equals `a` or `b`.
#[inline]
fn either(block: &[u8; 64], a: u8, b: u8) -> u64 {
    let (a, b) = (u64::from_le_bytes([a; 8]), u64::from_le_bytes([b; 8]));
    gather(block, |word| others(word ^ a) & others(word ^ b))
}

/// Sets the high bit of each byte that is not zero, exactly: no carry leaves its byte.
#[inline]
fn others(differences: u64) -> u64 {
    ((differences & LOW) + LOW) | differences
}

/// Returns a bit for each byte whose high bit `others` leaves unset.
#[inline]
fn gather(block: &[u8; 64], others: impl Fn(u64) -> u64) -> u64 {
    let mut mask = 0;
    for (i, word) in block.chunks_exact(8).enumerate() {
        let high = !(others(u64::from_le_bytes(word.try_into().expect("eight bytes"))) | LOW);
        // Gathers the eight high bits into the top byte.
        let bits = (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (i * 8);
    }
    mask
}

/// Returns for each bit whether an odd number of bits up to and with it is set.
#[inline]
fn parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect {
        delimiter: b',',
        line_end: b'\n',
    };

    #[test]
    fn every_byte_of_a_block_is_compared() {
        for at in 0..64 {
            for (other, value) in [(0u8, 0x2Cu8), (0xAC, 0x2C), (0x2D, 0x2C), (0xFF, 0x00), (0x80, 0x00)] {
                let mut block = [other; 64];
                block[at] = value;
                assert_eq!(equal(&block, value), 1 << at);
                assert_eq!(either(&block, value, 0x0A), 1 << at);
                assert_eq!(either(&block, 0x0A, value), 1 << at);
            }
        }
    }

    #[test]
    fn the_ways_to_index_agree() {
        let record = "id,\"a, \"\"b\"\"\nc\",,\"\",plain text of some length\n";
        let text = record.repeat(40);
        let (mut fast, mut slow) = (Index::default(), Index::default());
        fast.build(text.as_bytes(), COMMA, Quotes::Paired);
        slow.build(text.as_bytes(), COMMA, Quotes::Stray);
        assert_eq!(fast.ends, slow.ends);
        assert_eq!(fast.rows(text.as_bytes(), COMMA, 5), Rows::Even(40));
        let plain = "a,bc,\nd,e,f\n".repeat(30);
        fast.build(plain.as_bytes(), COMMA, Quotes::None);
        slow.build(plain.as_bytes(), COMMA, Quotes::Stray);
        assert_eq!(fast.ends, slow.ends);
        assert_eq!(fast.rows(plain.as_bytes(), COMMA, 3), Rows::Even(60));
    }

    #[test]
    fn blank_and_ragged_lines_are_told_apart() {
        let text = b"1,2\n\n3\n\r\n4,5,6\n7,8\r\n";
        let mut index = Index::default();
        index.build(text, COMMA, Quotes::None);
        let expected = Rows::Uneven {
            good: vec![(0, 0), (8, 3)],
            bad: vec![(1, 3, 1), (2, 5, 3)],
        };
        assert_eq!(index.rows(text, COMMA, 2), expected);
    }
}
