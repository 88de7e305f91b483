//! Terms and tables → [`Facts`](facts::Facts): what was measured, exact, per card, entity, KPI and period.
//!
//! Each source is read once for everything that is asked of it. Facts are made from mergeable cells
//! and depend on neither thread count, batch size, row order nor on which other KPIs are measured.

pub mod axis;
pub mod bind;
pub mod calendar;
mod carve_out;
pub mod cell;
pub mod clock;
pub mod downtime;
mod fact;
pub mod facts;
mod input;
pub mod interval;
mod plan;
pub mod recurrence;
mod run;
mod scan;
mod trace;
mod value;

pub use input::{Inputs, Options};
pub use plan::Request;
pub use run::{Headers, Measured, PlannedScan, Prepared, measure, plan};
pub use scan::RowVerdict;
pub use trace::{Question, Trace, TracedRow, TracedRows};
