//! What a replay says beyond its totals: of entities, of cards on one side, of other periods, of what was published
//! and of other facts. Every number by hand.

use std::collections::BTreeMap;

use scoreline::assess::{Figures, outcome::Verdict};
use scoreline::compile::{Compiled, compile_beside};
use scoreline::diff::{
    CardReplay, Known, Presence, Replay, ReplayOptions, Sides, diff, facts, markdown, replay as replay_terms, text,
};
use scoreline::measure::Inputs;
use scoreline::quantity::Rational;
use scoreline::tables::Data;

use super::replay::{NEXT_YEAR, answers, contract, replayed, view};
use super::{compiled, day, tree};

fn options<'a>(as_of: &str, published: &'a BTreeMap<String, BTreeMap<String, Figures>>) -> ReplayOptions<'a> {
    ReplayOptions {
        periods: 12,
        as_of: day(as_of),
        published,
    }
}

/// Replays any two cards on some files.
fn run(
    before: &str,
    after: &str,
    files: &[(&str, String)],
    as_of: &str,
) -> (Compiled, scoreline::diff::Difference, Replay) {
    // A workspace without any card is an error: another one is on both sides.
    let other = contract("75%", "65%", "").replace("id: desk", "id: other");
    let side = |text: &str| match text {
        "" => tree(&[("other.yaml", &other)]),
        text => tree(&[("desk.yaml", text), ("other.yaml", &other)]),
    };
    let (before, after) = compiled(&side(before), &side(after));
    let data = Data::files(files.iter().map(|(path, text)| (*path, text.clone())));
    let known = Known {
        as_of: Some(day(as_of)),
        ..Known::default()
    };
    let difference = diff(&before, &after, &known);
    let inputs = Inputs {
        data: &data,
        documents: Some(&after.sources),
    };
    let published = BTreeMap::new();
    let replayed =
        replay_terms(&before, &after, &difference, options(as_of, &published), (inputs, None)).expect("data of HEAD");
    (after, difference, replayed)
}

fn of_answers() -> [(&'static str, String); 1] {
    [("answers.csv", answers())]
}

fn figures(score: i64, credit: Option<i64>) -> Figures {
    let money = credit.map(|credit| {
        serde_json::from_value(serde_json::json!({
            "currency": "EUR", "charge": "1000", "credit": credit.to_string(), "lines": []
        }))
        .expect("figures of money")
    });
    Figures {
        score: Some(Rational::integer(score)),
        grade: None,
        kpis: Default::default(),
        maturity: Default::default(),
        money,
        triggers: Vec::new(),
        entities: None,
    }
}

/// A card per person over answers that say whose they are.
fn team(target: &str) -> String {
    format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: desk
title: Desk
time_zone: UTC
period: month
for_each: {{ agent: {{ list: roster, key: id, title: name }} }}
people: {{ lead: {{ name: Lead }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources:
  roster: {{ path: roster.csv, covers: {{ through: 2026-09-30 }} }}
  answers: {{ path: answers.csv, time_zone: UTC, at: day, entity: who, columns: {{ good: boolean }}, covers: {{ through: 2026-09-30 }} }}
kpis:
  good:
    title: Good answers
    category: all
    weight: 100
    owner: lead
    measure: {{ ratio: {{ source: answers, hit: good }} }}
    target: {{ at_least: {target} }}
"
    )
}

#[test]
fn entities_that_come_out_otherwise_are_named_worst_first() {
    // Good answers of ten in August and September: a 8 and 7, b 7 and 6, c 7 and 7; d has none.
    let mut rows = "day,who,good\n".to_owned();
    for (who, good) in [("a", [8, 7]), ("b", [7, 6]), ("c", [7, 7])] {
        for (month, good) in ["08", "09"].iter().zip(good) {
            for answer in 0..10 {
                rows.push_str(&format!("2026-{month}-{:02},{who},{}\n", answer + 1, answer < good));
            }
        }
    }
    let roster = "id,name\na,Ada\nb,Ben\nc,Cem\nd,Dee\n".to_owned();
    let files = [("answers.csv", rows), ("roster.csv", roster)];
    let (after, difference, replay) = run(&team("65%"), &team("75%"), &files, "2026-10-02");
    let card = &replay.cards[0];
    // All: 22 of 30 and 20 of 30 are above 65 % and below 75 %.
    assert_eq!(
        (card.total().verdicts, card.total().score.clone()),
        (2, Some(Rational::integer(-100)))
    );
    assert_eq!(card.total().credit, None);
    let team = card.team.as_ref().expect("a team");
    assert_eq!((team.name.as_str(), team.size), ("agent", 4));
    let told: Vec<(&str, usize, Option<Rational>)> = team
        .entities
        .iter()
        .map(|one| (one.entity.key.as_str(), one.total().verdicts, one.total().score))
        .collect();
    let lost = |points: i64| Some(Rational::integer(points));
    // c loses both months; a keeps 80 %, b never had 60 %: one each.
    assert_eq!(told, [("c", 2, lost(-100)), ("a", 1, lost(-50)), ("b", 1, lost(-50))]);
    let view = view(&after, &difference, Some(&replay));
    let shown = view.cards[0].replays[0].team.as_ref().expect("a team");
    assert_eq!(shown.headline, "3 of 4 agents change verdict; the score of 3 falls");
    assert_eq!(shown.entities[0].kpis[0].text, "2 worse");
    let page = text(&view);
    let line = page.lines().find(|line| line.contains("Cem")).expect("a line");
    let cells: Vec<&str> = line
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    assert_eq!(cells, ["Cem", "100.0 → 0.0", "2 of 2", "good 2 worse"]);
    // What is posted where others read it names people by their key in the list.
    let comment = markdown(&view, &BTreeMap::new()).expect("a comment");
    assert!(
        comment.contains("| c | 100.0 → 0.0 | 2 of 2 | good: 2 worse |"),
        "{comment}"
    );
    assert!(!comment.contains("Cem"), "{comment}");
    // An internal card has no party to favour.
    assert_eq!(view.cards[0].gist.lead, "Tightened");
    assert_eq!(
        view.headline,
        "Tightened; 2 of 12 periods change verdict; score −100.0; 10 without data"
    );
}

#[test]
fn a_card_on_one_side_is_told_with_what_it_comes_to() {
    let desk = contract("75%", "65%", "");
    let sums = |card: &CardReplay| {
        let total = card.total();
        (card.presence, total.credit, total.scores, total.verdicts)
    };
    // 80 %, 70 %, 60 %: 100, 0 and 0 points; nothing, half and all of 100.00.
    let third = Rational::new(100, 3);
    let (after, difference, replay) = run("", &desk, &of_answers(), "2026-11-02");
    let scores = |before: Option<Rational>, after: Option<Rational>| Sides { before, after };
    assert_eq!(
        sums(&replay.cards[0]),
        (
            Presence::Added,
            Some(Rational::integer(150)),
            scores(None, third.clone()),
            0
        )
    );
    let added = view(&after, &difference, Some(&replay));
    assert_eq!(
        added.headline,
        "New scorecard; 3 periods on one side only; mean score 33.3; credits EUR 150.00"
    );
    let (_, _, replay) = run(&desk, "", &of_answers(), "2026-11-02");
    assert_eq!(
        sums(&replay.cards[0]),
        (Presence::Removed, Some(Rational::integer(-150)), scores(third, None), 0)
    );
    // With the card its data went.
    let (_, _, replay) = run(&desk, "", &[], "2026-11-02");
    let (card, why) = &replay.skipped[0];
    assert_eq!(card, "desk");
    assert_eq!(why, "the data do not fit the terms of BASE: `answers.csv` is not there");
}

#[test]
fn a_quarter_stands_beside_its_months() {
    let months = contract("75%", "65%", "").replace("starts: 2026-08-01", "starts: 2026-07-01");
    let quarters = months
        .replace("period: month", "period: quarter")
        .replace("charge: 1000.00", "charge: 3000.00");
    let (after, difference, replay) = run(&months, &quarters, &of_answers(), "2026-11-02");
    let card = &replay.cards[0];
    assert_eq!(card.periods.len(), 1, "{:?}", replay.skipped);
    let row = &card.periods[0];
    assert_eq!((row.period.as_str(), row.made_of.before.len()), ("2026-Q3", 3));
    // July has no answers, August 80 %, September 70 %: half of 100.00. Together 15 of 20: met.
    assert_eq!(
        row.score,
        Sides {
            before: Some(Rational::integer(50)),
            after: Some(Rational::integer(100))
        }
    );
    assert_eq!(
        row.credit,
        Sides {
            before: Some(Rational::integer(50)),
            after: Some(Rational::zero())
        }
    );
    assert_eq!(
        (row.verdicts[0].before, row.verdicts[0].after),
        (Verdict::BelowTarget, Verdict::Met)
    );
    assert_eq!(card.total().credit, Some(Rational::integer(-50)));
    let comment = markdown(&view(&after, &difference, Some(&replay)), &BTreeMap::new()).expect("a comment");
    assert!(comment.contains("| 2026-Q3 (2026-07, 2026-08, 2026-09) |"), "{comment}");
    // Months from day 15 never end with a quarter.
    let odd = months
        .replace("period: month", "period: { every: month, from_day: 15 }")
        .replace("2026-07-01", "2026-07-15");
    let (_, _, replay) = run(&odd, &quarters, &of_answers(), "2026-11-02");
    assert_eq!(replay.cards.len(), 0);
    assert!(
        replay.skipped[0].1.contains("never begin and end on the same days"),
        "{:?}",
        replay.skipped
    );
}

#[test]
fn a_kpi_on_one_side_has_no_verdict_to_change() {
    let base = contract("75%", "65%", "");
    let head = base.replace("    weight: 100\n    owner", "    weight: 50\n    owner")
        + "  swift:
    title: Swift
    category: all
    weight: 50
    owner: lead
    measure: { ratio: { source: answers, hit: good } }
    target: { at_least: 70% }
";
    let (after, difference, replay) = run(&base, &head, &of_answers(), "2026-11-02");
    let card = &replay.cards[0];
    assert_eq!(card.total().verdicts, 0);
    assert_eq!(card.lone.len(), 1);
    assert_eq!((card.lone[0].kpi.as_str(), card.lone[0].is_new), ("swift", true));
    // 80 % and 70 % reach 70 %, 60 % does not.
    assert_eq!(card.lone[0].verdicts, [(Verdict::Met, 2), (Verdict::Default, 1)]);
    let page = text(&view(&after, &difference, Some(&replay)));
    assert!(
        page.contains("swift: new; it would have been 2 × Met, 1 × Missed"),
        "{page}"
    );
    // A KPI under another id is the same one.
    let renamed = base
        .replace("  good:\n", "  fine:\n    renamed_from: good\n")
        .replace("75%", "65%");
    let (_, _, replay) = run(&base, &renamed, &of_answers(), "2026-11-02");
    assert!(replay.cards[0].lone.is_empty());
    assert_eq!(replay.cards[0].total().verdicts, 1);
    assert_eq!(replay.cards[0].periods[1].verdicts[0].kpi, "fine");
}

#[test]
fn what_is_no_longer_in_force_owes_nothing() {
    // The contract begins a month later: August is gone, and with it nothing; a year earlier, nothing is measured.
    let base = contract("85%", "82%", "");
    let later = base.replace("starts: 2026-08-01", "starts: 2026-09-01");
    let (_, _, replay) = run(&base, &later, &of_answers(), "2026-11-02");
    let card = &replay.cards[0];
    let august = &card.periods[0];
    assert_eq!(august.period, "2026-08");
    assert_eq!(
        august.credit,
        Sides {
            before: Some(Rational::integer(100)),
            after: None
        }
    );
    assert_eq!(august.credit_change, Some(Rational::integer(-100)));
    // 80 %, 70 % and 60 % miss 82 %: 300.00, then 200.00.
    assert_eq!(
        card.total().credits,
        Sides {
            before: Rational::integer(300),
            after: Rational::integer(200)
        }
    );
}

#[test]
fn the_rows_add_up_to_the_totals() {
    let (base, head) = (contract("75%", "65%", ""), contract("85%", "75%", ""));
    let (_, _, replay) = run(&base, &head, &of_answers(), "2026-11-02");
    let card = &replay.cards[0];
    let rows: Rational = card.periods.iter().filter_map(|row| row.credit_change.clone()).sum();
    let total = card.total();
    assert_eq!(total.credit, Some(rows));
    // 0 + 50 + 100 before; 80 % at risk, 70 % and 60 % missed: 50 + 100 + 100.
    assert_eq!(
        total.credits,
        Sides {
            before: Rational::integer(150),
            after: Rational::integer(250)
        }
    );
}

#[test]
fn figures_that_are_not_the_published_ones_are_told() {
    let published = [("2026-08", figures(100, Some(0))), ("2026-09", figures(50, Some(20)))];
    let (after, difference, replay) = replayed(
        &contract("75%", "65%", ""),
        &contract("65%", "55%", ""),
        "2026-11-02",
        &published,
    );
    let view = view(&after, &difference, Some(&replay));
    let card = &view.cards[0];
    assert_eq!(
        card.replays[0].notes,
        [
            "2026-09 was published with score 50.0, credit EUR 20.00; under BASE the facts of today give score 0.0, \
          credit EUR 50.00: they have changed since"
        ]
    );
    assert_eq!(
        card.gist.published,
        "2026-08 and 2026-09 are published and have other terms now; figures change in 2026-09 (score 0.0 → 100.0, \
         credit EUR 50.00 → EUR 0.00)"
    );
    assert_eq!(card.gist.favours, "the provider, by the terms");
    // A change to come touches nothing.
    let (after, difference, replay) = replayed(
        &contract("75%", "65%", ""),
        &contract("75%", "65%", NEXT_YEAR),
        "2026-11-02",
        &published,
    );
    let view = super::replay::view(&after, &difference, Some(&replay));
    assert_eq!(
        view.cards[0].gist.published,
        "none is touched; it takes hold on 2027-01-01"
    );
    assert_eq!(view.cards[0].replays[0].notes, Vec::<String>::new());
}

#[test]
fn a_period_that_is_measured_in_part_is_provisional() {
    let short = |text: String| text.replace("through: 2026-10-31", "through: 2026-10-15");
    let (base, head) = (short(contract("75%", "65%", "")), short(contract("65%", "55%", "")));
    let (after, difference, replay) = run(&base, &head, &of_answers(), "2026-11-02");
    let view = view(&after, &difference, Some(&replay));
    let data: Vec<&str> = view.cards[0].replays[0]
        .periods
        .iter()
        .map(|it| it.data.as_str())
        .collect();
    assert_eq!(data, ["100%", "100%", "100%, provisional"]);
}

#[test]
fn terms_of_base_that_cannot_read_the_data_of_head_are_no_failure() {
    let base = contract("75%", "65%", "");
    let head = base
        .replace("good: boolean", "well: boolean")
        .replace("hit: good", "hit: well");
    let data = answers().replace("day,good", "day,well");
    let (_, _, replay) = run(&base, &head, &[("answers.csv", data)], "2026-11-02");
    assert!(replay.cards.is_empty());
    assert!(
        replay.skipped[0]
            .1
            .starts_with("the data do not fit the terms of BASE: "),
        "{:?}",
        replay.skipped
    );
}

#[test]
fn other_facts_are_told_apart_from_other_terms() {
    let text = contract("75%", "65%", "");
    let (before, after) = compiled(&tree(&[("desk.yaml", &text)]), &tree(&[("desk.yaml", &text)]));
    let published = [("desk".to_owned(), [("2026-09".to_owned(), figures(0, Some(50)))].into())].into();
    let compare = |old: String, new: String| {
        let (old, new) = (Data::files([("answers.csv", old)]), Data::files([("answers.csv", new)]));
        let inputs = |data| Inputs {
            data,
            documents: Some(&after.sources),
        };
        facts(
            &before,
            &after,
            options("2026-11-02", &published),
            (inputs(&old), inputs(&new)),
        )
        .expect("data")
    };
    assert!(compare(answers(), answers()).cards.is_empty());
    // The last two answers of September were good after all: 9 of 10.
    let corrected = answers()
        .replace("2026-09-08,false", "2026-09-08,true")
        .replace("2026-09-09,false", "2026-09-09,true");
    let replay = compare(answers(), corrected);
    let card = &replay.cards[0];
    assert_eq!(
        (card.total().changed, card.total().credit.clone()),
        (1, Some(Rational::integer(-50)))
    );
    assert!(!card.is_about_terms());
    // Rows that are not there any more: the month is covered, so nothing happened.
    let without = answers()
        .lines()
        .filter(|line| !line.starts_with("2026-09"))
        .collect::<Vec<_>>()
        .join("\n");
    let replay = compare(answers(), without);
    assert_eq!(replay.cards[0].periods[1].verdicts[0].after, Verdict::NotApplicable);
}

#[test]
fn claims_follow_a_kpi_to_its_other_id() {
    let asked = |kpi: &str| {
        format!(
            "apiVersion: scoreline/v1\nkind: Claims\nfor: desk\ncredit_requests: {{ october: {{ period: 2026-10, kpis: [{kpi}], by: cust, on: 2026-11-01 }} }}\n"
        )
    };
    let base = contract("75%", "65%", "")
        .replace(
            "party: provider } }",
            "party: provider }, cust: { name: Customer, party: customer } }",
        )
        .replace("share: 100%,", "share: 100%, requests: { within: 30 days },");
    let head = base.replace("  good:\n", "  fine:\n    renamed_from: good\n");
    let (before, after) = compiled(
        &tree(&[("desk.yaml", &base), ("claims.yaml", &asked("good"))]),
        &tree(&[("desk.yaml", &head), ("claims.yaml", &asked("fine"))]),
    );
    let known = Known {
        as_of: Some(day("2026-11-02")),
        ..Known::default()
    };
    let difference = diff(&before, &after, &known);
    assert_eq!(
        super::told(&difference.cards[0].changes),
        [("kpi-renamed", Some("fine"), "neutral")]
    );
    let data = Data::files([("answers.csv", answers())]);
    let inputs = Inputs {
        data: &data,
        documents: Some(&after.sources),
    };
    let published = BTreeMap::new();
    let replay = facts(&before, &after, options("2026-11-02", &published), (inputs, inputs)).expect("data");
    assert!(replay.cards.is_empty(), "{:?}", replay.cards[0].periods);
    // The credit of October was asked for: a lower share costs 50.00 of its 100.00 under either id.
    let cheaper = head.replace("share: 100%,", "share: 50%,");
    let after = compile_beside(
        &tree(&[("desk.yaml", &cheaper), ("claims.yaml", &asked("fine"))]),
        before.sources.clone(),
    )
    .expect("files in memory");
    let difference = diff(&before, &after, &known);
    let inputs = Inputs {
        data: &data,
        documents: Some(&after.sources),
    };
    let replay = replay_terms(
        &before,
        &after,
        &difference,
        options("2026-11-02", &published),
        (inputs, None),
    );
    let october = &replay.expect("data").cards[0].periods[2];
    let amount = |amount: i64| Some(Rational::integer(amount));
    assert_eq!(
        october.credit,
        Sides {
            before: amount(100),
            after: amount(50)
        }
    );
}

#[test]
fn cards_over_one_file_read_it_as_often_as_one_card_does() {
    let opened = |cards: usize| {
        let texts: Vec<(String, String)> = (0..cards)
            .map(|n| {
                let text = contract("75%", "65%", "").replace("id: desk\n", &format!("id: desk-{n}\n"));
                (format!("desk-{n}.yaml"), text)
            })
            .collect();
        let files: Vec<(&str, &str)> = texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let (before, after) = compiled(&tree(&files), &tree(&files));
        assert_eq!(after.workspace.cards.len(), cards);
        let (old, new) = (
            Data::files([("answers.csv", answers())]),
            Data::files([("answers.csv", answers())]),
        );
        let inputs = |data| Inputs {
            data,
            documents: Some(&after.sources),
        };
        let published = BTreeMap::new();
        facts(
            &before,
            &after,
            options("2026-11-02", &published),
            (inputs(&old), inputs(&new)),
        )
        .expect("data");
        [old.opened(), new.opened()]
    };
    let one = opened(1);
    assert!(one.iter().all(|opened| *opened > 0), "{one:?}");
    assert_eq!(opened(5), one);
}
