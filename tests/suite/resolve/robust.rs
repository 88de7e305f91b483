//! Whatever is written, resolving ends with a workspace and findings.

use super::resolve;

const ACME: &str = include_str!("example/acme.yaml");
const PACK: &str = include_str!("example/pack.yaml");

/// Resolves the example with `change` made to line `index`; whether there were findings.
fn changed(index: usize, change: impl Fn(&str) -> String) -> bool {
    let lines = ACME.lines().enumerate();
    let lines = lines.map(|(at, line)| if at == index { change(line) } else { line.to_owned() });
    let text = lines.collect::<Vec<_>>().join("\n");
    !resolve(&[("acme.yaml", &text), ("pack.yaml", PACK)])
        .findings
        .is_empty()
}

/// Replaces what follows the first colon.
fn with_value(line: &str, value: &str) -> String {
    match line.split_once(": ") {
        Some((key, _)) => format!("{key}: {value}"),
        None => line.to_owned(),
    }
}

#[test]
fn any_line_may_be_missing() {
    let found = (0..ACME.lines().count())
        .filter(|index| changed(*index, |_| String::new()))
        .count();
    // Most lines carry something that others need.
    assert!(found > 40, "{found} lines were missed");
}

#[test]
fn any_value_may_be_nothing_or_something_else() {
    for value in ["null", "-1", "always"] {
        let found = (0..ACME.lines().count())
            .filter(|index| changed(*index, |line| with_value(line, value)))
            .count();
        assert!(found > 30, "{value}: {found} lines were noticed");
    }
}
