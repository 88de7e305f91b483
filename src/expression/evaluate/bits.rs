//! Bitmaps: packing comparisons into them, and three-valued logic on them.

use arrow_array::BooleanArray;
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};

/// Three-valued truth of each row.
#[derive(Clone, Debug)]
pub(super) struct Logic {
    /// Rows where it is true; none of them unknown.
    pub(super) truth: BooleanBuffer,
    /// Rows where it is true or false; `None`: all.
    pub(super) known: Option<BooleanBuffer>,
}

impl Logic {
    pub(super) fn new(values: BooleanBuffer, nulls: Option<&NullBuffer>) -> Self {
        match nulls.filter(|nulls| nulls.null_count() > 0) {
            None => Self {
                truth: values,
                known: None,
            },
            Some(nulls) => Self {
                truth: &values & nulls.inner(),
                known: Some(nulls.inner().clone()),
            },
        }
    }

    pub(super) fn of(array: &BooleanArray) -> Self {
        use arrow_array::Array;
        Self::new(array.values().clone(), array.nulls())
    }

    pub(super) fn array(self) -> BooleanArray {
        BooleanArray::new(self.truth, self.known.map(NullBuffer::new))
    }

    /// Rows where it is false.
    pub(super) fn falsity(&self) -> BooleanBuffer {
        match &self.known {
            None => !&self.truth,
            Some(known) => known & &!&self.truth,
        }
    }

    pub(super) fn not(&self) -> Self {
        Self {
            truth: self.falsity(),
            known: self.known.clone(),
        }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        let truth = &self.truth & &other.truth;
        let known =
            (self.known.is_some() || other.known.is_some()).then(|| &(&self.falsity() | &other.falsity()) | &truth);
        Self { truth, known }
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        let truth = &self.truth | &other.truth;
        let known =
            (self.known.is_some() || other.known.is_some()).then(|| &(&self.falsity() & &other.falsity()) | &truth);
        Self { truth, known }
    }
}

/// Tests every value; the loop is free of branches and bounds checks.
pub(super) fn test<T: Copy>(values: &[T], holds: impl Fn(T) -> bool) -> BooleanBuffer {
    let pack = |chunk: &[T]| {
        chunk
            .iter()
            .enumerate()
            .fold(0u64, |word, (bit, value)| word | (u64::from(holds(*value)) << bit))
    };
    let chunks = values.chunks_exact(64);
    let rest = chunks.remainder();
    let mut words: Vec<u64> = Vec::with_capacity(values.len().div_ceil(64));
    words.extend(chunks.map(pack));
    if !rest.is_empty() {
        words.push(pack(rest));
    }
    BooleanBuffer::new(Buffer::from_vec(words), 0, values.len())
}

/// Tests every value of 32 bits, as the keys of a dictionary are.
///
/// Answers go to bytes first, which the vector instructions of every machine can do for 32 bits, and
/// eight bytes of 0 or 1 are then gathered into bits by one product: a quarter of the time of [`test`].
pub(super) fn test_narrow(values: &[i32], holds: impl Fn(i32) -> bool) -> BooleanBuffer {
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (chunks, rest) = values.as_chunks::<64>();
    let pack = |chunk: &[i32; 64]| {
        let answers: [u8; 64] = std::array::from_fn(|index| u8::from(holds(chunk[index])));
        let (bytes, _) = answers.as_chunks::<8>();
        bytes.iter().enumerate().fold(0u64, |word, (index, eight)| {
            word | ((u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (8 * index))
        })
    };
    let mut words: Vec<u64> = Vec::with_capacity(values.len().div_ceil(64));
    words.extend(chunks.iter().map(pack));
    let last = |word: u64, (bit, value): (usize, &i32)| word | (u64::from(holds(*value)) << bit);
    if !rest.is_empty() {
        words.push(rest.iter().enumerate().fold(0, last));
    }
    BooleanBuffer::new(Buffer::from_vec(words), 0, values.len())
}

/// Tests every pair of values.
pub(super) fn test_pairs<A: Copy, B: Copy>(a: &[A], b: &[B], holds: impl Fn(A, B) -> bool) -> BooleanBuffer {
    let pack = |(a, b): (&[A], &[B])| {
        a.iter()
            .zip(b)
            .enumerate()
            .fold(0u64, |word, (bit, (a, b))| word | (u64::from(holds(*a, *b)) << bit))
    };
    let words: Vec<u64> = a.chunks(64).zip(b.chunks(64)).map(pack).collect();
    BooleanBuffer::new(Buffer::from_vec(words), 0, a.len())
}

/// Rows that are valid in both.
pub(super) fn valid_in_both(a: Option<&NullBuffer>, b: Option<&NullBuffer>) -> Option<NullBuffer> {
    NullBuffer::union(a, b).filter(|nulls| nulls.null_count() > 0)
}

/// Either of two optional bitmaps, where `None` is empty.
pub(super) fn either(a: Option<&BooleanBuffer>, b: Option<&BooleanBuffer>) -> Option<BooleanBuffer> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a | b),
        (one, None) | (None, one) => one.cloned(),
    }
}

/// Takes rows out of the valid ones.
pub(super) fn without(nulls: Option<NullBuffer>, rows: &BooleanBuffer) -> Option<NullBuffer> {
    let rest = !rows;
    Some(NullBuffer::new(match nulls {
        None => rest,
        Some(nulls) => nulls.inner() & &rest,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_packing_agrees_at_every_length() {
        let values: Vec<i32> = (0..300).map(|value| value * 37 % 11).collect();
        for length in [0, 1, 7, 63, 64, 65, 128, 191, 300] {
            let values = &values[..length];
            let expected: BooleanBuffer = values.iter().map(|value| *value < 5).collect();
            assert_eq!(test(values, |value| value < 5), expected, "{length}");
            assert_eq!(test_narrow(values, |value| value < 5), expected, "{length}");
            let fives = vec![5; length];
            assert_eq!(test_pairs(values, &fives, |a, b| a < b), expected, "{length}");
        }
    }

    #[test]
    fn an_unknown_side_is_unknown_unless_the_other_decides() {
        let of = |truth: &[bool], known: &[bool]| Logic {
            truth: truth.iter().copied().collect(),
            known: Some(known.iter().copied().collect()),
        };
        // true, false, unknown against each other
        let a = of(
            &[true, true, true, false, false, false, false, false, false],
            &[true, true, true, true, true, true, false, false, false],
        );
        let b = of(
            &[true, false, false, true, false, false, true, false, false],
            &[true, true, false, true, true, false, true, true, false],
        );
        let and = a.and(&b);
        assert_eq!(
            and.truth,
            [true, false, false, false, false, false, false, false, false]
                .into_iter()
                .collect()
        );
        let known = [true, true, false, true, true, true, false, true, false];
        assert_eq!(and.known, Some(known.into_iter().collect()));
        let or = a.or(&b);
        assert_eq!(
            or.truth,
            [true, true, true, true, false, false, true, false, false]
                .into_iter()
                .collect()
        );
        let known = [true, true, true, true, true, false, true, false, false];
        assert_eq!(or.known, Some(known.into_iter().collect()));
    }
}
