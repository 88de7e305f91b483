//! Documents → the [`Terms`] in force for a period.
//!
//! Packs, `each` rows and amendments are merged as node trees, so every node keeps its origin; the
//! merged tree is lowered once per version, names are bound, units known, every default explicit.
//! It never fails and never does I/O: what is wrong becomes a diagnostic.

pub mod terms;
