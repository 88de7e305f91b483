use std::collections::{BTreeMap, HashMap, HashSet};

use arrow_array::Array;
use arrow_array::StringArray;
use rayon::slice::ParallelSliceMut;
use twox_hash::XxHash3_128;

use crate::expression::{Column, Texts};

/// The keys of a chunk's rows as 128-bit hashes: two different keys of a table of ten million rows
/// share one with a chance of 1 in 10^24.
#[derive(Debug)]
pub(super) struct Keys {
    /// The chunk's number.
    pub(super) chunk: u32,
    /// For each row its record, where that is not its index.
    pub(super) records: Option<Vec<u32>>,
    /// The upper half is 0 for a row without a key.
    hashes: Vec<[u64; 2]>,
}

/// Records that a later row of their key replaces, ascending, by chunk.
pub(super) type Replaced = BTreeMap<u32, Vec<u32>>;

impl Keys {
    /// Hashes a key column.
    pub(super) fn new(chunk: u32, records: Option<Vec<u32>>, column: &Column) -> Self {
        let hashes = match column {
            Column::Text(Texts::Plain(texts)) => texts.iter().map(|text| text.map_or([0, 0], hash)).collect(),
            Column::Text(Texts::Dictionary(numbers)) => {
                let words = numbers.downcast_dict::<StringArray>().expect("a dictionary of strings");
                let hashes: Vec<[u64; 2]> = words.values().iter().map(|text| text.map_or([0, 0], hash)).collect();
                let keys = numbers.keys();
                let one = |row: usize| {
                    if keys.is_null(row) {
                        [0, 0]
                    } else {
                        hashes[keys.value(row) as usize]
                    }
                };
                (0..numbers.len()).map(one).collect()
            }
            _ => unreachable!("a key is read as text"),
        };
        Self { chunk, records, hashes }
    }

    pub(super) fn nulls(&self) -> u64 {
        self.hashes.iter().filter(|hash| hash[0] == 0).count() as u64
    }
}

fn hash(text: &str) -> [u64; 2] {
    let hash = XxHash3_128::oneshot(text.as_bytes());
    [((hash >> 64) as u64).max(1), hash as u64]
}

/// Finds the rows that are replaced; `keys` in file order.
pub(super) fn replaced(keys: &[Keys]) -> Replaced {
    let mut halves: Vec<u64> = Vec::with_capacity(keys.iter().map(|chunk| chunk.hashes.len()).sum());
    for chunk in keys {
        halves.extend(chunk.hashes.iter().map(|hash| hash[0]).filter(|half| *half != 0));
    }
    halves.par_sort_unstable();
    let twice: HashSet<u64> = halves
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
        .collect();
    drop(halves);
    let mut replaced = Replaced::new();
    if twice.is_empty() {
        return replaced;
    }
    let mut later: HashMap<[u64; 2], ()> = HashMap::new();
    for chunk in keys.iter().rev() {
        for (row, hash) in chunk.hashes.iter().enumerate().rev() {
            if twice.contains(&hash[0]) && later.insert(*hash, ()).is_some() {
                let record = chunk.records.as_ref().map_or(row as u32, |records| records[row]);
                replaced.entry(chunk.chunk).or_default().push(record);
            }
        }
    }
    for records in replaced.values_mut() {
        records.sort_unstable();
    }
    replaced
}
