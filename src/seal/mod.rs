//! What is published for good: provenance statements, the ledger that chains them, and their verification.
//!
//! Comes in: finished reports, the figures they commit to, the digests of what they were made from. Goes out:
//! the files of an edition, a ledger with a further line, and what of all that can be proven later. Only
//! hashing is done here; signatures are the business of tools made for it. Nothing here knows the time, and
//! nothing here writes.
//!
//! A report folder holds, beside the reports of every period as everybody reads them,
//!
//! ```text
//! LEDGER.jsonl                                  one line per edition, each with the digest of the line before
//! acme/2026-10.html, .md, .json, …              the current edition
//! acme/2026-10.intoto.json                      its statement
//! acme/2026-10/edition-1/2026-10.html, …        every edition, written once
//! ```
//!
//! An edition's own files are written first, then the ledger, then the current files: whatever is interrupted,
//! the ledger never names what is not there, and the rest can be completed from what is.

mod edition;
mod late;
mod ledger;
mod statement;
pub mod verify;

pub use edition::{Sealed, Standing, edition_folder, folder, seal, standing, statement_name};
pub use late::Late;
pub use ledger::{Editions, Entry, LEDGER, Ledger, Line, Reading};
pub use statement::{Arguments, Contract, Digest, Material, Period, Predicate, Resource, Statement, Versions};
