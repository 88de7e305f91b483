//! What is published for good: provenance statements, the ledger that chains them, and their verification.
//!
//! Comes in: finished reports, the figures they commit to, the digests of what they were made from. Goes out:
//! the files of an edition, a ledger with a further line, and what of all that can be proven later. Only
//! hashing is done here; signatures are the business of tools made for it. Nothing here knows the time.

mod ledger;

pub use ledger::{Entry, LEDGER, Ledger, Line, Reading};
