//! Data files → named, typed columns: headers and footers for checking, batches for measuring.
