//! What `docs/diff.md` says of the rules, and of a change that other tools were shown as well.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use scoreline::syntax::Node;

use super::fixtures::{Told, documents, only_asked, reported, rules, told};

#[test]
fn the_row_of_scoreline_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pair = root.join("tests/comparison");
    let text = fs::read_to_string(pair.join("facts.yaml")).expect("the facts");
    let list = &documents(&text)[0];
    let facts = list.at(["facts"]).and_then(Node::as_list).expect("facts");
    let no_change = list.at(["no_change"]).and_then(Node::as_list).expect("a list");
    let by_fact: Vec<Vec<Told>> = facts.iter().map(|fact| told(fact, "told")).collect();

    let expected: Vec<Told> = by_fact.concat();
    let (code, mut reported) = reported(&pair);
    only_asked(&expected, &mut reported);
    // Periods that have begun are judged by another target: an error.
    assert_eq!(code, "1");
    let set = |told: &[Told]| told.iter().cloned().collect::<BTreeSet<Told>>();
    assert_eq!(set(&reported), set(&expected));
    assert_eq!(reported.len(), expected.len());

    // Everything reported belongs to a fact: no change is reported as one.
    let right = by_fact.iter().filter(|told| !told.is_empty()).count();
    let undecided = |told: &Told| told["effect"] == "indeterminate";
    let judged = by_fact
        .iter()
        .filter(|all| !all.is_empty() && !all.iter().any(undecided));
    let row = format!(
        "| scoreline | {right} of {} | {} | {} of {} | 0 of {} |",
        facts.len(),
        facts.len() - right,
        judged.count(),
        facts.len(),
        no_change.len()
    );
    let page = fs::read_to_string(root.join("docs/diff.md")).expect("the page");
    assert!(page.contains(&row), "{row}");
}

#[test]
fn the_page_lists_every_rule_about_changes() {
    let page = include_str!("../../../docs/diff.md");
    let (_, section) = page.split_once("\n## The rules\n").expect("a list of rules");
    let (table, _) = section.split_once("\nEach has a pair").expect("an end of the list");
    // `cap-raised` `-lowered`: the second shares what stands before the last word of the first.
    let mut listed = BTreeSet::new();
    let mut stem = "";
    for name in table.split('`').skip(1).step_by(2) {
        if name.starts_with('-') {
            listed.insert(format!("{stem}{name}"));
        } else {
            stem = name.rsplit_once('-').expect("a name of several words").0;
            listed.insert(name.to_owned());
        }
    }
    let rules: BTreeSet<String> = rules().map(|(rule, _)| rule.name.to_owned()).collect();
    assert_eq!(listed, rules);
}
