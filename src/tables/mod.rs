//! Data files → named, typed columns: headers and footers for checking, batches for measuring.
//!
//! Comes in: a [`Source`](crate::resolve::terms::Source) of the terms and the [`Data`] its files are in. Goes out:
//! [`header`] – the columns a source has, from the first bytes or the footer – and [`scan`] – one
//! pass over all its files that hands typed [`Batch`](crate::expression::Batch)es to a fold, in parallel, with a
//! result that depends on neither threads nor chunk size. [`cases`] makes one row per case of an
//! event log, [`Joiner`] one value per key for a lookup.
//!
//! A file is read as a stream of chunks that each hold whole records; only the columns asked for
//! are decoded, straight into column builders. Numbers never pass through a float, a text is never
//! guessed to be something else, and a value that does not fit its column is a finding with file,
//! line and column. Nothing here knows KPIs, periods' meaning or money.

mod bind;
mod chunk;
mod collect;
mod csv;
mod data;
mod decode;
mod events;
mod failure;
mod files;
mod fold;
mod header;
mod held;
mod input;
mod join;
mod json;
mod key;
mod parquet;
mod read;
mod request;
mod rows;
mod scan;

pub use data::{Data, Given};
pub use events::{Cases, Snapshot, Stretch, Track, cases};
pub use failure::{Failure, Rejected};
pub(crate) use files::{fits, join};
pub use fold::{Chunk, Counts, FileRead, Position, Scanned};
pub use header::{Header, HeaderColumn, header};
pub use join::{Joined, Joiner, Overflow};
pub use request::{Options, Request, Wanted};
pub use scan::{locate, locate_all, scan};
