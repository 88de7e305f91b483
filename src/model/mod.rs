//! The documents of the language as plain types: one declaration each for the Rust type, its JSON
//! Schema and its reading from a tree.
//!
//! Comes in: a [`Node`](crate::syntax::Node) tree. Goes out: the kind of document, its problems, and
//! its types *as written*: nearly every field optional, references unbound, no default filled in.
//! It never fails, does no I/O, and stops at no problem: one run reports them all.

mod allow;
mod calendar;
mod card;
mod carve_out;
mod claims;
mod clock;
mod consequence;
mod contract;
mod credit;
mod document;
mod instance;
mod kpi;
mod lower;
mod maturity;
mod measure;
mod place;
mod publish;
mod record;
mod scenario;
mod scoring;
mod shape;
mod source;
mod value;
mod waivers;
mod workspace;

pub use allow::*;
pub use calendar::*;
pub use card::*;
pub use carve_out::*;
pub use claims::*;
pub use clock::*;
pub use consequence::*;
pub use contract::*;
pub use credit::*;
pub use document::{Document, Kind, document, examine, schema};
pub use kpi::*;
pub use lower::{Lower, Lowering, Mode, Overlay, lower};
pub use maturity::*;
pub use measure::*;
pub use scenario::*;
pub use scoring::*;
pub use shape::validate;
pub use source::*;
pub use value::*;
pub use waivers::*;
pub use workspace::*;
