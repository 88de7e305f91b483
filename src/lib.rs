//! scoreline: scorecards as code.
//!
//! A compiler. Text goes in on the left, reports come out on the right, and every room sees only what
//! is left of it:
//!
//! ```text
//! source → syntax → model → resolve → tables → check → measure → assess → report
//!                                                                └ scenario · diff · history · seal
//! ```
//!
//! A folder, or a git commit, becomes a [`source::Tree`]; [`syntax`] reads its YAML into nodes that know
//! their place; [`model`] says what a document may hold; [`resolve`] merges packs, `each` rows and amendments into the
//! terms in force for a period. That is the front half, and [`compile`] is it in one call. [`tables`]
//! reads data files into columns, [`expression`] computes over them, [`check`] binds the two before a row
//! is read, [`measure`] adds everything up in one pass, [`assess`] judges it. That is the back half, and
//! [`evaluate`] is it in one call. [`report`] shows the outcome. Around the pipeline, [`scenario`] runs the
//! tests that stand beside a contract, [`diff`] compares two versions of the terms, [`history`] follows a
//! term through commits, [`seal`] keeps and verifies what was published; [`cli`] is the program.
//!
//! # Invariants
//!
//! Each is held by a test.
//!
//! 1. **Syntax, model and resolve never fail and never do I/O**: they return a value and push
//!    diagnostics; one run shows every problem.
//! 2. **Columnar data stays in `expression`, `tables` and `measure`**; what comes after is plain Rust over
//!    facts and never reads a file.
//! 3. **Numbers are exact until they are drawn**: integers, decimals, fractions; checked arithmetic.
//!    Results do not depend on threads, batch sizes or on which other KPIs are measured.
//! 4. **Same inputs, same bytes**: no clock, locale, machine zone or hash order in any output.
//! 5. **A commit compiles through the same functions as the working tree**: only the tree differs.
//! 6. **Every field knows its origin** – file, span, pack or amendment – by its path in the merged tree.
//! 7. **Each source is read once per build**, whatever the number of KPIs, periods, entities and
//!    scorecards. Explaining a number and locating a bad value may read again, and so does a source with a key
//!    whose rows are too many to be held until all keys are known (1 GiB), where one of them is replaced.
//! 8. **Only `cli` prints, exits or reads the environment.**

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

pub mod diff;

pub mod history;
pub mod seal;

pub mod scenario;

pub mod cli;
