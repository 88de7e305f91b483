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

/// Tests every value; the loop is free of branches and bounds checks so that it becomes vector code.
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
