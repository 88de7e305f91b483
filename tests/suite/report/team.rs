//! An internal team's card and a large one, by hand; one name would do harm.

use scoreline::measure::facts::{Entity, Facts};
use scoreline::resolve::terms::{ForEach, Kpi};

use super::fixture::{Case, goals, hits, key, kpi, linear, months, ratio, terms, timeline};

/// An internal card per technician over twelve months; one name is hostile.
pub(super) fn technicians() -> Case {
    let utilisation = goals(
        kpi("utilisation", "Utilisation", 40, ratio("time", "billable")),
        "80",
        None,
    );
    let utilisation = linear(utilisation, "60", "80");
    let triage = linear(
        goals(
            kpi("triage", "Triage in time", 60, ratio("tickets", "triaged")),
            "97",
            None,
        ),
        "80",
        "97",
    );
    let mut terms = terms("service-desk", "Service desk", vec![utilisation, triage]);
    terms.for_each = Some(ForEach {
        name: "technician".to_owned(),
        list: "roster".to_owned(),
        key: "id".to_owned(),
        title: Some("name".to_owned()),
    });
    let timeline = timeline(terms);
    let periods = months("2026-10", 12);
    let names = [
        "Anneliese Featherstonehaugh",
        "Bo Lindqvist",
        "<b>Chidi</b> @everyone",
        "Dana Okafor",
        "Eve Moreau",
        "Finn Álvarez",
    ];
    let mut facts = Facts::default();
    let people: Vec<Entity> = names
        .iter()
        .enumerate()
        .map(|(index, name)| Entity {
            key: format!("t{index}"),
            title: (*name).to_owned(),
        })
        .collect();
    for (month, &period) in periods.iter().enumerate() {
        let mut totals = [(0, 0), (0, 0)];
        for (person, entity) in people.iter().enumerate() {
            let wave = (month * (person + 2) + person * 3) as u64;
            for (index, (kpi, part, whole)) in [("utilisation", 118 + wave % 21, 160), ("triage", 88 + wave % 12, 100)]
                .into_iter()
                .enumerate()
            {
                totals[index] = (totals[index].0 + part, totals[index].1 + whole);
                let key = key("service-desk", Some(&entity.key), kpi, period);
                facts.facts.insert(key, hits(part, whole));
            }
        }
        for (kpi, (part, whole)) in ["utilisation", "triage"].into_iter().zip(totals) {
            facts
                .facts
                .insert(key("service-desk", None, kpi, period), hits(part, whole));
        }
    }
    facts.entities.insert("service-desk".to_owned(), people);
    Case::new(timeline, facts, &periods)
}

/// A card of `kpis` KPIs over `count` months, for size.
pub(super) fn large(kpis: usize, count: i32) -> Case {
    let share = 100 / kpis as i64;
    let list: Vec<Kpi> = (0..kpis)
        .map(|index| {
            let measure = ratio("tickets", "in_time");
            goals(
                kpi(
                    &format!("kpi-{index:02}"),
                    &format!("Tickets of group {index:02} in time"),
                    share,
                    measure,
                ),
                "95",
                Some("90"),
            )
        })
        .collect();
    let ids: Vec<String> = list.iter().map(|kpi| kpi.id.clone()).collect();
    let timeline = timeline(terms("large", "A large card", list));
    let periods = months("2026-10", count);
    let mut facts = Facts::default();
    for (month, &period) in periods.iter().enumerate() {
        for (index, id) in ids.iter().enumerate() {
            let part = 930 + (month * 7 + index * 11) as u64 % 69;
            facts.facts.insert(key("large", None, id, period), hits(part, 1000));
        }
    }
    Case::new(timeline, facts, &periods)
}
