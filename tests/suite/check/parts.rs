//! A large workspace is checked a few scorecards at a time, and told the same.

use std::fmt::Write as _;

use scoreline::check;
use scoreline::compile::{Compiled, compile, compile_in_parts};
use scoreline::diagnostics::{Diagnostics, render};
use scoreline::source::MemoryTree;
use scoreline::tables::Data;

/// More scorecards than are held at once.
const CARDS: usize = 300;

fn card(id: usize, source: &str) -> String {
    format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: card-{id}
title: Card {id}
extends: [core@1]
time_zone: UTC
period: month
people: {{ ann: {{ name: Ann }}, bob: {{ name: Bob }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
kpis:
  done:
    category: all
    weight: 100
    owner: ann
    measure: {{ ratio: {{ source: {source}, hit: dnoe }} }}
"
    )
}

/// Scorecards of one pack, with what is about some of them and flaws here and there.
fn workspace(flaws: bool) -> MemoryTree {
    let mut tree = MemoryTree::default();
    tree.insert("scoreline.yaml", "apiVersion: scoreline/v1\nkind: Workspace\n");
    tree.insert(
        "core.yaml",
        "apiVersion: scoreline/v1
kind: Pack
id: core
version: 1.0.0
sources: { tickets: { path: tickets.csv, at: day, time_zone: UTC, covers: { through: last_row } } }
kpis: { done: { title: Done, target: { at_least: 90% } } }
",
    );
    let mut several = String::new();
    for id in 0..CARDS {
        let source = if flaws && id % 100 == 7 { "tikets" } else { "tickets" };
        // Those at the end stand in one file, and the last repeats an id.
        match id {
            290.. => write!(several, "---\n{}", card(id.min(298), source)).expect("a string"),
            _ => tree.insert(format!("cards/{id:03}.yaml"), card(id, source)),
        }
    }
    if !flaws {
        several = several.replacen("id: card-298", "id: card-299", 1);
    }
    tree.insert("several.yaml", several);
    for id in [3, 150, 290, 400] {
        tree.insert(
            format!("claims/{id}.yaml"),
            format!(
                "apiVersion: scoreline/v1\nkind: Claims\nfor: card-{id}\nattestations:\n  \
                 one: {{ kpi: dnoe, period: 2026-10, value: 1%, by: ann, on: 2026-11-02 }}\n"
            ),
        );
        tree.insert(
            format!("scenarios/{id}.yaml"),
            format!(
                "apiVersion: scoreline/v1\nkind: Scenario\nid: s-{id}\ntests: card-{id}\nperiod: 2026-10\n\
                 expect: {{ kpis: {{ doen: met }} }}\n"
            ),
        );
        tree.insert(
            format!("maturity/{id}.yaml"),
            format!(
                "apiVersion: scoreline/v1\nkind: Maturity\nid: m-{id}\nof: card-{id}\nlevels: {{ 1: A, 2: B }}\n\
                 dimensions: {{ d: {{ title: D, owner: an, to_reach: {{ 2: {{ c: {{ kpi: done, verdict: met }} }} }} }} }}\n"
            ),
        );
    }
    tree
}

fn told(compiled: &Compiled, unfit: Diagnostics, flaws: Diagnostics) -> String {
    let mut found = compiled.diagnostics.clone();
    let mut unfit = unfit;
    unfit.gather(0, &[]);
    found.extend(unfit);
    found.extend(flaws);
    let look = render::Look {
        color: false,
        width: 100,
    };
    render::text(&found, &compiled.sources, look)
}

#[test]
fn parts_are_told_what_the_whole_is() {
    let data = Data::files(vec![(
        "tickets.csv".to_owned(),
        b"day,done\n2026-10-01,true\n".to_vec(),
    )]);
    for flaws in [false, true] {
        let tree = workspace(flaws);
        let whole = compile(&tree).expect("files in memory");
        let unfit = check::columns(&whole.workspace, &whole.sources, &data, &whole.diagnostics);
        let mut lints = Diagnostics::default();
        check::check(&whole.workspace, None, &mut lints);
        let expected = told(&whole, unfit, lints);

        let (mut unfit, mut lints) = (Diagnostics::default(), Diagnostics::default());
        let (mut most, mut seen) = (0, Vec::new());
        let parts = compile_in_parts(&tree, |part, sources, known| {
            unfit.extend(check::columns(part, sources, &data, known));
            check::check(part, None, &mut lints);
            most = most.max(part.cards.len());
            seen.extend(part.cards.iter().map(|card| card.id.clone()));
        })
        .expect("files in memory");
        let ids: Vec<String> = whole.workspace.cards.iter().map(|card| card.id.clone()).collect();
        assert_eq!(seen, ids);
        assert!(most < CARDS, "{most} scorecards were held at once");
        assert!(parts.workspace.cards.is_empty());
        assert_eq!(told(&parts, unfit, lints), expected);
        // One column is missed by every card, which is one finding.
        assert_eq!(expected.matches("no column `dnoe`").count(), 1, "{expected}");
        assert!(expected.contains("no scorecard is called `card-400`"), "{expected}");
    }
}
