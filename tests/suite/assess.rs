//! Tests of assess: terms and facts built by hand, expected values by hand arithmetic.

pub(crate) mod build;
mod credits;
mod memory;
mod money;
mod properties;
mod returns;
mod scores;
mod table;
mod triggers;
mod verdicts;
mod written;
