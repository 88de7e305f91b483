//! The contract of the language's second chapter, resolved.

use super::{Resolved, resolve};

const ACME: &str = include_str!("example/acme.yaml");
const PACK: &str = include_str!("example/pack.yaml");

fn example() -> Resolved {
    resolve(&[("acme.yaml", ACME), ("pack.yaml", PACK)])
}

#[test]
fn the_example_has_no_findings() {
    let resolved = example();
    assert_eq!(resolved.findings, Vec::<String>::new());
}
