//! scoreline: scorecards as code.

pub mod error;
pub mod quantity;
pub mod source;

pub mod diagnostics;
pub mod syntax;

pub mod model;

pub mod resolve;

pub mod compile;

pub mod expression;
pub mod tables;

pub mod check;

pub mod measure;

pub mod assess;

pub mod evaluate;

pub mod report;

pub mod cli;
