//! Terms and facts → [`Outcome`]: verdicts, flags, scores, credits, triggers. Pure: no I/O, no clock.

pub mod outcome;

pub use outcome::Outcome;
