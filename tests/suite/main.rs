//! The integration tests: one binary, one module per subject.

mod architecture;
mod assess;
mod breaks;
mod check;
mod cli;
mod conformance;
mod contract;
mod diagnostics;
mod diff;
mod expression;
mod git;
mod headers;
mod history;
mod maturity;
mod measure;
mod oracle;
mod pages;
mod pipeline;
mod real;
mod report;
mod resolve;
mod scenario;
mod schema;
mod seal;
mod syntax;
mod tables;
