//! Every case of the conformance list, under its id, from YAML and rows to the number.
//!
//! Expected numbers are those of the list or hand arithmetic on it; none comes from the program.

mod availability;
mod clocks;
mod credits;
mod maturity;
mod memory;
mod operations;
mod samples;
mod scores;

use std::collections::BTreeSet;

/// Ids of the conformance list, by group.
const IDS: &str = include_str!("../../conformance/ids.txt");

#[test]
fn every_id_of_the_list_is_a_test() {
    let sources = [
        include_str!("availability.rs"),
        include_str!("clocks.rs"),
        include_str!("credits.rs"),
        include_str!("maturity.rs"),
        include_str!("memory.rs"),
        include_str!("operations.rs"),
        include_str!("samples.rs"),
        include_str!("scores.rs"),
    ];
    let tests: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.split("#[test]\nfn ").skip(1))
        .filter_map(|rest| rest.split_once('(').map(|(name, _)| name))
        .collect();
    let missing: Vec<&str> = IDS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter(|id| !tests.contains(id.replace('-', "_").as_str()))
        .collect();
    assert!(missing.is_empty(), "ids without a test: {missing:?}");
}
