use crate::expression::Column;
use crate::resolve::terms::Reduce;

/// Collects the rows of another source for a lookup: key → one value.
///
/// Lives in the state of that source's scan, so that one pass serves its measures and every lookup.
#[derive(Clone, Debug)]
pub struct Joiner {
    reduce: Reduce,
}

/// One value per key.
#[derive(Clone, Debug)]
pub struct Joined {
    reduce: Reduce,
}

impl Joiner {
    /// Starts an empty one.
    pub fn new(reduce: Reduce) -> Self {
        Self { reduce }
    }

    /// Takes rows: their keys and, unless rows are only counted, their values. Rows without a key
    /// and null values are passed over; a key of another type (number, text) with the same text is
    /// the same key.
    ///
    /// # Errors
    /// With the row whose value makes a sum overflow.
    pub fn add(&mut self, keys: &Column, values: Option<&Column>) -> Result<(), usize> {
        let _ = (keys, values, self.reduce);
        todo!("add")
    }

    /// Takes what `later` collected from rows further on in file order.
    ///
    /// # Errors
    /// When a sum overflows.
    pub fn merge(&mut self, later: Self) -> Result<(), Overflow> {
        let _ = later;
        todo!("merge")
    }

    /// Ends the collection.
    pub fn finish(self) -> Joined {
        Joined { reduce: self.reduce }
    }
}

/// A sum has more than 38 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl Joined {
    /// Returns the looked-up column for rows with these keys.
    ///
    /// A key without rows counts 0 and has no other value: a ticket without time entries has no
    /// hours on record, which is null, not zero (`coalesce(hours, 0)` says zero).
    pub fn column(&self, keys: &Column) -> Column {
        let _ = (keys, self.reduce);
        todo!("column")
    }
}
