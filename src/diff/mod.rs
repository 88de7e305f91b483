//! Two versions of a workspace → what changed in the terms, what that means, and what it would have cost.
//!
//! Comes in: two [`Compiled`](crate::compile::Compiled) trees whose places lie in one source map, a day that
//! says which periods have ended, the periods that are published. Goes out: a [`Difference`]: changes by card,
//! each with its rule, [`Effect`], [`Favours`], [`Timing`] and the place of both values. [`replay`] adds what
//! both versions make of the same facts. Compared are resolved timelines, never text: other spacing, order or
//! a value that moved into a pack is no change. Nothing here reads a clock, prints or decides an exit code.

mod amendment;
mod change;
mod compare;
mod curve;
mod fields;
mod files;
mod finding;
mod gate;
mod judge;
mod pack;
mod page;
mod register;
mod replay;
mod rulebook;
mod text;
mod timeline;
pub mod view;

pub use change::{Change, Effect, Favours, Part, Timing};
pub(crate) use fields::{Value, fields};
pub use files::{data_paths, files};
pub use finding::findings;
pub use gate::{FailOn, waive};
pub use page::{html, markdown};
pub use replay::{
    Basis, CardReplay, EntityReplay, LoneKpi, Options as ReplayOptions, PeriodReplay, Presence, Published, Replay,
    Sides, Team, Total, VerdictChange, facts, raise, replay,
};
pub use text::text;
pub use timeline::{CardDifference, Difference, Known, diff};
pub use view::{Input as ViewInput, Side, View};
