use arrow_array::{Array, DictionaryArray, Int32Array, StringArray};
use arrow_buffer::{Buffer, NullBufferBuilder, OffsetBuffer};
use std::sync::Arc;

use crate::expression::Texts;

use super::{Bad, Build};

/// Text: as numbers into a list of different strings while there are few of them, else one by one.
#[derive(Debug)]
pub(crate) struct TextBuilder {
    check_each: bool,
    nulls: NullBufferBuilder,
    /// Different strings, or all of them once `keys` is given up.
    bytes: Vec<u8>,
    ends: Vec<i32>,
    keys: Option<Keys>,
}

/// An open-addressing table from strings to their numbers.
#[derive(Debug)]
struct Keys {
    numbers: Vec<i32>,
    /// Number of a string plus one; 0 is a free slot.
    slots: Vec<u32>,
    hashes: Vec<u32>,
}

/// Most different strings of a dictionary.
const LIMIT: usize = 4096;
/// From this many rows on, a dictionary must be four times smaller than the column.
const TRIAL: usize = 1024;

impl TextBuilder {
    pub(crate) fn new(rows: usize, check_each: bool) -> Self {
        Self {
            check_each,
            nulls: NullBufferBuilder::new(rows),
            bytes: Vec::new(),
            ends: Vec::new(),
            keys: Some(Keys {
                numbers: Vec::with_capacity(rows),
                slots: vec![0; 256],
                hashes: Vec::new(),
            }),
        }
    }

    fn string(bytes: &[u8], ends: &[i32], number: usize) -> (usize, usize) {
        let start = if number == 0 { 0 } else { ends[number - 1] as usize };
        let end = ends[number] as usize;
        debug_assert!(end <= bytes.len());
        (start, end)
    }

    fn append(&mut self, field: &[u8]) {
        self.bytes.extend_from_slice(field);
        self.ends.push(self.bytes.len() as i32);
    }

    /// Writes every row's string out.
    fn give_up(&mut self, keys: &Keys) {
        let (words, ends) = (std::mem::take(&mut self.bytes), std::mem::take(&mut self.ends));
        self.ends.reserve(keys.numbers.capacity());
        for &number in &keys.numbers {
            if number >= 0 {
                let (start, end) = Self::string(&words, &ends, number as usize);
                self.bytes.extend_from_slice(&words[start..end]);
            }
            self.ends.push(self.bytes.len() as i32);
        }
    }

    /// Ends the column.
    ///
    /// # Errors
    /// With the first row whose text is not UTF-8.
    pub(crate) fn finish(mut self) -> Result<Texts, (usize, Bad)> {
        let nulls = self.nulls.finish();
        let mut offsets = Vec::with_capacity(self.ends.len() + 1);
        offsets.push(0);
        offsets.extend_from_slice(&self.ends);
        if std::str::from_utf8(&self.bytes).is_err() {
            return Err((self.first_invalid(&offsets), not_utf8()));
        }
        let strings = StringArray::try_new(OffsetBuffer::new(offsets.into()), Buffer::from_vec(self.bytes), None);
        // Fields are cut at single bytes below 128, so a boundary inside a character means that
        // neighbours make up valid text together and are none alone.
        let Ok(strings) = strings else {
            return Err((0, not_utf8()));
        };
        Ok(match self.keys {
            None => {
                let (offsets, values, _) = strings.into_parts();
                Texts::Plain(StringArray::new(offsets, values, nulls))
            }
            Some(keys) => {
                let numbers = keys.numbers.into_iter().map(|number| number.max(0));
                let numbers = Int32Array::new(numbers.collect::<Vec<i32>>().into(), nulls);
                // A column of nulls alone has no string, but a number must have one to point at.
                let strings = if strings.is_empty() {
                    StringArray::from(vec![""])
                } else {
                    strings
                };
                Texts::Dictionary(DictionaryArray::new(numbers, Arc::new(strings)))
            }
        })
    }

    fn first_invalid(&self, offsets: &[i32]) -> usize {
        let valid = |number: usize| {
            let (start, end) = (offsets[number] as usize, offsets[number + 1] as usize);
            std::str::from_utf8(&self.bytes[start..end]).is_ok()
        };
        let found = match &self.keys {
            None => (0..self.ends.len()).find(|&row| !valid(row)),
            Some(keys) => {
                let bad: Vec<bool> = (0..self.ends.len()).map(|number| !valid(number)).collect();
                keys.numbers
                    .iter()
                    .position(|&number| number >= 0 && bad[number as usize])
            }
        };
        found.unwrap_or(0)
    }
}

impl Build for TextBuilder {
    #[inline]
    fn push(&mut self, field: &[u8]) -> Result<(), Bad> {
        if self.check_each && std::str::from_utf8(field).is_err() {
            return Err(not_utf8());
        }
        self.nulls.append_non_null();
        let Some(keys) = &mut self.keys else {
            self.append(field);
            return Ok(());
        };
        let hash = hash(field);
        let mask = keys.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match keys.slots[slot] {
                0 => break,
                taken => {
                    let number = taken as usize - 1;
                    if keys.hashes[number] == hash {
                        let (start, end) = Self::string(&self.bytes, &self.ends, number);
                        if &self.bytes[start..end] == field {
                            keys.numbers.push(number as i32);
                            return Ok(());
                        }
                    }
                    slot = (slot + 1) & mask;
                }
            }
        }
        let number = self.ends.len();
        keys.slots[slot] = number as u32 + 1;
        keys.hashes.push(hash);
        keys.numbers.push(number as i32);
        if keys.hashes.len() * 2 > keys.slots.len() {
            keys.grow();
        }
        self.append(field);
        if let Some(keys) = self.keys.take_if(|keys| {
            number + 1 > LIMIT || (keys.numbers.len() >= TRIAL && (number + 1) * 4 > keys.numbers.len())
        }) {
            self.give_up(&keys);
        }
        Ok(())
    }

    fn push_null(&mut self) {
        self.nulls.append_null();
        match &mut self.keys {
            Some(keys) => keys.numbers.push(-1),
            None => self.ends.push(self.bytes.len() as i32),
        }
    }
}

impl Keys {
    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        self.slots = vec![0; mask + 1];
        for (number, &hash) in self.hashes.iter().enumerate() {
            let mut slot = hash as usize & mask;
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = number as u32 + 1;
        }
    }
}

fn not_utf8() -> Bad {
    Bad::new("is not UTF-8 text").help("say how the file is encoded, such as `encoding: windows-1252`")
}

/// A quick hash of short strings; results never depend on it.
#[inline]
fn hash(bytes: &[u8]) -> u32 {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |state: u64, word: u64| (state.rotate_left(29) ^ word).wrapping_mul(MIX);
    let mut state = bytes.len() as u64;
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        state = mix(state, u64::from_le_bytes(*first));
        for word in bytes[8..].chunks_exact(8) {
            state = mix(state, u64::from_le_bytes(word.try_into().expect("eight bytes")));
        }
        // What is left overlaps what was read.
        state = mix(state, u64::from_le_bytes(*last));
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        state = mix(state, u64::from(first) << 32 | u64::from(last));
    } else if let [first, .., last] = bytes {
        state = mix(
            state,
            u64::from(*first) << 16 | u64::from(bytes[1]) << 8 | u64::from(*last),
        );
    } else if let [only] = bytes {
        state = mix(state, u64::from(*only));
    }
    ((state ^ (state >> 29)) >> 8) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &Texts) -> Vec<Option<String>> {
        match texts {
            Texts::Plain(plain) => plain.iter().map(|text| text.map(str::to_owned)).collect(),
            Texts::Dictionary(keys) => {
                let words = keys.downcast_dict::<StringArray>().expect("strings");
                words.into_iter().map(|text| text.map(str::to_owned)).collect()
            }
        }
    }

    #[test]
    fn few_strings_are_a_dictionary_and_many_are_written_out() {
        for (different, is_dictionary) in [(3, true), (200, true), (1999, false)] {
            let mut builder = TextBuilder::new(0, false);
            let mut expected = Vec::new();
            for row in 0..2000 {
                if row % 10 == 0 {
                    builder.push_null();
                    expected.push(None);
                } else {
                    let text = format!("wört {}", row % different);
                    builder.push(text.as_bytes()).expect("text");
                    expected.push(Some(text));
                }
            }
            let built = builder.finish().expect("UTF-8");
            assert_eq!(matches!(built, Texts::Dictionary(_)), is_dictionary, "{different}");
            assert_eq!(texts(&built), expected);
        }
    }

    #[test]
    fn the_first_row_that_is_no_utf_8_is_named() {
        let mut builder = TextBuilder::new(0, false);
        for field in [b"good".as_slice(), b"caf\xE9", b"good"] {
            builder.push(field).expect("checked at the end");
        }
        assert_eq!(builder.finish().expect_err("not UTF-8").0, 1);
    }

    #[test]
    fn a_column_of_nulls_has_its_rows() {
        let mut builder = TextBuilder::new(0, false);
        builder.push_null();
        builder.push_null();
        let built = builder.finish().expect("nothing to check");
        assert_eq!(texts(&built), [None, None]);
        let Texts::Dictionary(keys) = built else {
            panic!("a dictionary")
        };
        assert_eq!(keys.null_count(), 2);
    }
}
