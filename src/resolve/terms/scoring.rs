//! How a value becomes a score, and the ranges of values that scores and credits are written over.

use crate::quantity::{Quantity, Rational};
use crate::source::Span;

/// How a value becomes a score, before the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scoring {
    /// 100 when met, else 0.
    Binary,
    /// A straight line from 0 to 100.
    Linear {
        /// The value that scores 0.
        zero_at: Quantity,
        /// The value that scores 100.
        full_at: Quantity,
    },
    /// Steps, each with the values it covers.
    Bands(Vec<Band>),
    /// Straight lines between points by rising value.
    Piecewise(Vec<(Quantity, Rational)>),
}

/// A step of a scoring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// The values it covers.
    pub range: Range,
    /// The score.
    pub score: Rational,
    /// Where it stands.
    pub span: Span,
}

/// A stretch of values; `None` is open to that side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// Lower bound.
    pub from: Option<Bound>,
    /// Upper bound.
    pub to: Option<Bound>,
}

/// An end of a [`Range`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The value.
    pub value: Quantity,
    /// Whether the value itself is inside.
    pub inclusive: bool,
}
