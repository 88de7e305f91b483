//! Cards per person: place, coaching focus, and who gets to see whom.

use scoreline::measure::facts::{Entity, Facts};
use scoreline::report::{Audience, View};
use scoreline::resolve::terms::ForEach;

use super::fixture::{Case, goals, hits, key, kpi, linear, months, ratio, terms, timeline};
use super::{everything, rendered, text};

/// Utilisation and triage, as hits of rows; `None` has no rows.
type Person = (&'static str, Option<(u64, u64)>, Option<(u64, u64)>);

/// Weights 40 and 60; utilisation scores from 60 % to 80 %, triage from 80 % to 97 %.
fn desk(people: &[Person]) -> Case {
    let utilisation = goals(
        kpi("utilisation", "Utilisation", 40, ratio("time", "billable")),
        "80",
        None,
    );
    let triage = goals(
        kpi("triage", "Triage in time", 60, ratio("tickets", "triaged")),
        "97",
        None,
    );
    let mut terms = terms(
        "desk",
        "Service desk",
        vec![linear(utilisation, "60", "80"), linear(triage, "80", "97")],
    );
    terms.for_each = Some(ForEach {
        name: "technician".to_owned(),
        list: "roster".to_owned(),
        key: "id".to_owned(),
        title: Some("name".to_owned()),
    });
    let periods = months("2026-10", 1);
    let mut facts = Facts::default();
    let mut totals = [(0, 0), (0, 0)];
    for (name, utilisation, triage) in people {
        for (index, (kpi, found)) in [("utilisation", utilisation), ("triage", triage)]
            .into_iter()
            .enumerate()
        {
            let (part, whole) = found.unwrap_or((0, 0));
            totals[index] = (totals[index].0 + part, totals[index].1 + whole);
            facts
                .facts
                .insert(key("desk", Some(name), kpi, periods[0]), hits(part, whole));
        }
    }
    for (kpi, (part, whole)) in ["utilisation", "triage"].into_iter().zip(totals) {
        facts
            .facts
            .insert(key("desk", None, kpi, periods[0]), hits(part, whole));
    }
    let entities = people.iter().map(|(name, ..)| Entity {
        key: (*name).to_owned(),
        title: (*name).to_owned(),
    });
    facts.entities.insert("desk".to_owned(), entities.collect());
    Case::new(timeline(terms), facts, &periods)
}

const FULL: Option<(u64, u64)> = Some((128, 160));
const IN_TIME: Option<(u64, u64)> = Some((97, 100));

// Ana 40 + 60; Bo and Di 70 % of 160 h: (70 − 60) / 20 = half of 40, and 60; Cy 40, and 88.5 %: (88.5 − 80) / 17 =
// half of 60; Eve has no tickets: 40 % of the weight, no place.
fn five() -> [Person; 5] {
    [
        ("Cyrilla", FULL, Some((177, 200))),
        ("Bogdana", Some((112, 160)), IN_TIME),
        ("Evelyna", FULL, None),
        ("Anastas", FULL, IN_TIME),
        ("Dimitra", Some((112, 160)), IN_TIME),
    ]
}

#[test]
fn places_follow_scores_and_ties_share_one() {
    let view = View::build(&desk(&five()).input(), Audience::Operations);
    let team = view.team.expect("a team");
    let found: Vec<(&str, Option<usize>, usize, &str)> = team
        .members
        .iter()
        .map(|it| {
            (
                it.title.as_str(),
                it.rank,
                it.order,
                it.score.as_ref().map_or("", |score| &score.display),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("Cyrilla", Some(4), 4, "70.0"),
            ("Bogdana", Some(2), 2, "80.0"),
            ("Evelyna", None, 5, "100.0"),
            ("Anastas", Some(1), 1, "100.0"),
            ("Dimitra", Some(2), 3, "80.0"),
        ]
    );
    assert_eq!((team.size, team.ranked), (5, 4));
    assert_eq!(
        team.members[2].unranked.as_deref(),
        Some("no place: 40% of the weight is measured")
    );
}

#[test]
fn the_focus_is_the_largest_weighted_shortfall() {
    let view = View::build(&desk(&five()).input(), Audience::Operations);
    let team = view.team.expect("a team");
    let focus = |index: usize| {
        let focus = team.members[index].focus.as_ref()?;
        Some([
            focus.title.as_str(),
            &focus.value,
            focus.target.as_deref()?,
            &focus.points,
        ])
    };
    assert_eq!(focus(0), Some(["Triage in time", "88.50%", "≥ 97.00%", "−30.0"]));
    assert_eq!(focus(1), Some(["Utilisation", "70.00%", "≥ 80.00%", "−20.0"]));
    assert_eq!(focus(3), None, "nothing is lost");
    let markdown = text(&rendered(&desk(&five()), Audience::Operations), ".md");
    let row = "| Cyrilla | 4 | 70.0 | – | Triage in time | 88.50% | ≥ 97.00% | −30.0 |";
    assert!(markdown.lines().any(|line| line == row), "{markdown}");
}

// Utilisation: 128 + 112 + 128 + 128 + 112 = 608 of 800; triage: 177 + 97 × 3 = 468 of 500.
#[test]
fn the_team_is_the_sum_of_its_rows() {
    let markdown = text(&rendered(&desk(&five()), Audience::Operations), ".md");
    assert!(markdown.contains("| **Team** | ■ 76.00% | ■ 93.60% |\n"), "{markdown}");
}

#[test]
fn others_get_counts_and_neither_names_nor_order() {
    let mut backwards = five();
    backwards.reverse();
    let (listed, reversed) = (desk(&five()), desk(&backwards));
    for audience in [Audience::Provider, Audience::Leadership, Audience::Finance] {
        let files = rendered(&listed, audience);
        let all = everything(&files);
        for (name, ..) in five() {
            assert!(!all.contains(name), "{audience:?}: {name}");
        }
        assert_eq!(
            files,
            rendered(&reversed, audience),
            "{audience:?}: the order of the list tells nothing"
        );
        let json = View::build(&listed.input(), audience).to_json();
        assert!(five().iter().all(|(name, ..)| !json.contains(name)), "{audience:?}");
        assert!(text(&files, ".html").contains("5 technicians, without names."));
    }
    // Utilisation: three of five met. Only four have tickets: too few to count.
    let team = View::build(&listed.input(), Audience::Leadership).team.expect("a team");
    let counts: Vec<_> = team
        .spread
        .iter()
        .map(|it| (it.title.as_str(), it.met, it.below_target, it.missed, it.unjudged))
        .collect();
    assert_eq!(counts, [("Utilisation", 3, 0, 2, 0)]);
}

#[test]
fn of_a_small_team_others_get_not_even_counts() {
    let team = View::build(&desk(&five()[..4]).input(), Audience::Leadership)
        .team
        .expect("a team");
    assert!(team.spread.is_empty() && team.members.is_empty());
    assert_eq!(
        team.withheld.as_deref(),
        Some("Fewer than 5 technicians: counts would tell who is who")
    );
}
