//! Effects, decided by proof: expected by reasoning over the rules of the language, never from a run.

use scoreline::diff::Favours;

use super::{changes, told};

fn kpi(id: &str, body: &str) -> String {
    format!("kpis: {{ {id}: {{ {body} }} }}")
}

/// The one change between two bodies of a KPI.
fn one(id: &str, before: &str, after: &str) -> (&'static str, &'static str) {
    let found = changes(&kpi(id, before), &kpi(id, after));
    assert_eq!(found.len(), 1, "{before} → {after}: {:?}", told(&found));
    (found[0].rule, found[0].effect.word())
}

#[test]
fn a_target_is_compared_as_the_values_it_accepts() {
    let target = |before: &str, after: &str| {
        let body = |target: &str| format!("minimum: null, target: {{ {target} }}");
        one("uptime", &body(before), &body(after))
    };
    // The word decides at the edge: what is exactly 99.9 % is no longer met.
    assert_eq!(
        target("at_least: 99.9%", "above: 99.9%"),
        ("kpi-target-tightened", "tightened")
    );
    assert_eq!(
        target("above: 99.9%", "at_least: 99.9%"),
        ("kpi-target-loosened", "loosened")
    );
    assert_eq!(
        target("at_least: 99.9%", "at_most: 99.9%"),
        ("kpi-target-changed", "mixed")
    );
    assert_eq!(
        target("between: [99%, 99.9%]", "between: [98%, 100%]"),
        ("kpi-target-loosened", "loosened")
    );
    assert_eq!(
        target("between: [99%, 99.9%]", "at_least: 99%"),
        ("kpi-target-loosened", "loosened")
    );
    assert_eq!(
        target("between: [99%, 99.9%]", "between: [99.1%, 100%]"),
        ("kpi-target-changed", "mixed")
    );
    // Lower is better: 4 % asks for more than 5 %.
    assert_eq!(
        one("reopened", "target: { at_most: 5% }", "target: { at_most: 4% }"),
        ("kpi-target-tightened", "tightened")
    );
}

#[test]
fn a_scoring_that_refers_to_the_target_moves_with_it() {
    let body = |target: &str| {
        format!(
            "minimum: null, target: {{ at_least: {target} }}, scoring: {{ linear: {{ zero_at: 99%, full_at: target }} }}"
        )
    };
    // One change: the line falls everywhere between its ends, as the target rises.
    assert_eq!(
        one("uptime", &body("99.9%"), &body("99.95%")),
        ("kpi-target-tightened", "tightened")
    );
}

#[test]
fn a_minimum_that_nobody_wrote_is_the_target() {
    // 99.9 % was target and minimum; a minimum of 99.5 % turns defaults into misses.
    let before = "target: { at_least: 99.9% }, minimum: null";
    let found = changes(&kpi("uptime", before), &kpi("uptime", "minimum: { at_least: 99.5% }"));
    assert_eq!(told(&found), [("minimum-loosened", Some("uptime"), "loosened")]);
    // Raising the target alone is one change.
    assert_eq!(
        one("uptime", before, "target: { at_least: 99.95% }, minimum: null"),
        ("kpi-target-tightened", "tightened")
    );
}

#[test]
fn scores_are_compared_for_every_value() {
    let linear = |zero: &str, full: &str| format!("scoring: {{ linear: {{ zero_at: {zero}, full_at: {full} }} }}");
    let scoring = |before: &str, after: &str| one("uptime", before, after);
    assert_eq!(
        scoring(&linear("99%", "100%"), &linear("99%", "99.9%")),
        ("scoring-loosened", "loosened")
    );
    // Steeper through the same middle: more above it, less below.
    assert_eq!(
        scoring(&linear("99%", "100%"), &linear("99.2%", "99.8%")),
        ("scoring-changed", "mixed")
    );
    let bands = "scoring: { bands: [{ at_least: 99.9%, score: 100 }, { at_least: 99%, score: 50 }] }";
    let higher = "scoring: { bands: [{ at_least: 99.9%, score: 100 }, { at_least: 99%, score: 60 }] }";
    assert_eq!(scoring(bands, higher), ("scoring-loosened", "loosened"));
}

#[test]
fn tiers_are_compared_by_what_they_pay() {
    let tiers = |tiers: &str| format!("credit: {{ of: charge, tiers: [{tiers}] }}");
    let credit = |before: &str, after: &str| one("uptime", &tiers(before), &tiers(after));
    assert_eq!(
        credit(
            "{ below: 99.9%, pays: 10% }",
            "{ below: 99.9%, pays: 10% }, { below: 99%, pays: 20% }"
        ),
        ("credit-tier-tightened", "tightened")
    );
    assert_eq!(
        credit("{ below: 99.9%, pays: 10% }", "{ below: 99.8%, pays: 15% }"),
        ("credit-tier-changed", "mixed")
    );
    // `below: target` also pays where a guardrail or a repeated miss took the met away.
    assert_eq!(
        credit("{ below: 99.9%, pays: 10% }", "{ below: target, pays: 10% }"),
        ("credit-tier-tightened", "tightened")
    );
}

#[test]
fn carve_outs_are_proven_by_form_and_mode() {
    let listed = |id: &str, before: &str, after: &str| {
        one(
            id,
            &format!("carve_outs: [{before}]"),
            &format!("carve_outs: [{after}]"),
        )
    };
    // Downtime that counts as up, and downtime that leaves with nothing but itself, can only help.
    assert_eq!(listed("uptime", "", "force-majeure"), ("carve-out-added", "loosened"));
    assert_eq!(listed("uptime", "", "customer"), ("carve-out-added", "loosened"));
    // A window leaves with its good minutes: the case `carve-out-remove` of the conformance list falls from
    // 99.9074 % to 99.8795 %.
    assert_eq!(listed("uptime", "", "maintenance"), ("carve-out-added", "mixed"));
    assert_eq!(
        listed("uptime", "force-majeure", ""),
        ("carve-out-removed", "tightened")
    );
    // A window stops the clock of a ticket.
    assert_eq!(listed("resolution", "", "maintenance"), ("carve-out-added", "loosened"));
    // Rows that leave take hits with them.
    let mixed = changes(
        "title: Service desk",
        "{ carve_outs: { late: { title: Late, by: { where: late }, mode: remove } }, kpis: { reopened: { carve_outs: [late] } } }",
    );
    assert_eq!(
        told(&mixed),
        [
            ("carve-out-added", Some("reopened"), "mixed"),
            ("definition-changed", Some("late"), "neutral")
        ]
    );
    // Time that counts as up is never worth less than time that is left out.
    let mode = changes(
        "carve_outs: { maintenance: { mode: remove } }",
        "carve_outs: { maintenance: { mode: deem_available } }",
    );
    assert_eq!(told(&mode), [("carve-out-changed", Some("maintenance"), "loosened")]);
}

#[test]
fn a_limit_is_judged_by_what_it_does_to_the_value() {
    let within = |time: &str| {
        format!(
            "measure: {{ on_time: {{ source: tickets, clock: resolution, within: {time}, calendar: office, overdue: count_until_resolved }} }}"
        )
    };
    assert_eq!(
        one("resolution", &within("8h"), &within("4h")),
        ("measure-changed", "tightened")
    );
    assert_eq!(
        one("resolution", &within("1 business day"), &within("2 business days")),
        ("measure-changed", "loosened")
    );
    // Nine hours can be less or more than a business day.
    assert_eq!(
        one("resolution", &within("9h"), &within("1 business day")),
        ("measure-changed", "indeterminate")
    );
    let overdue = |word: &str| {
        format!(
            "measure: {{ on_time: {{ source: tickets, clock: resolution, within: 8h, calendar: office, overdue: {word} }} }}"
        )
    };
    assert_eq!(
        one(
            "resolution",
            &overdue("count_until_resolved"),
            &overdue("resolved_only")
        ),
        ("measure-changed", "loosened")
    );
}

#[test]
fn open_hours_run_clocks() {
    let found = changes(
        "calendars: { office: { open: { mon-fri: [\"08:00-18:00\"] } } }",
        "calendars: { office: { open: { mon-fri: [\"07:00-18:00\"] } } }",
    );
    // Tickets take longer; "10 business days" end at the close of the same day as before.
    assert_eq!(told(&found), [("calendar-widened", Some("office"), "tightened")]);
    // Two hours more at the end of the day are two hours more for a claim.
    let found = changes(
        "calendars: { office: { open: { mon-fri: [\"08:00-18:00\"] } } }",
        "calendars: { office: { open: { mon-fri: [\"08:00-20:00\"] } } }",
    );
    assert_eq!(told(&found), [("calendar-widened", Some("office"), "indeterminate")]);
    // A holiday more: less of a ticket's time is open, reports are due and claims may come a day later.
    let found = changes(
        "calendars: { office: { holidays: [2026-12-25] } }",
        "calendars: { office: { holidays: [2026-12-25, 2026-12-31] } }",
    );
    assert_eq!(told(&found), [("calendar-narrowed", Some("office"), "loosened")]);
    let lines = |from: &str| {
        format!(
            "contract: {{ report_due: 14d }}
business_days: null
carve_outs: {{ force-majeure: {{ notice: 120h }} }}
calendars: {{ office: {{ open: {{ mon-fri: [\"{from}-18:00\"] }} }} }}"
        )
    };
    let found = changes(&lines("08:00"), &lines("07:00"));
    assert_eq!(told(&found), [("calendar-widened", Some("office"), "tightened")]);
}

#[test]
fn who_is_favoured_follows_from_who_is_measured() {
    let favours = |before: &str, after: &str| {
        let found = changes(before, after);
        assert_eq!(found.len(), 1, "{:?}", told(&found));
        found[0].favours
    };
    assert_eq!(
        favours("contract: { at_risk: 10% }", "contract: { at_risk: 12% }"),
        Favours::Customer
    );
    assert_eq!(
        favours("contract: { at_risk: 10% }", "contract: { at_risk: 8% }"),
        Favours::Provider
    );
    assert_eq!(
        favours("contract: { charge: 10000 }", "contract: { charge: 12000 }"),
        Favours::Provider
    );
    assert_eq!(favours("title: A", "title: B"), Favours::Unknown);
    // An internal card has no parties.
    let internal = |target: &str| {
        format!(
            "{{ contract: null, carve_outs: null, kpis: {{ uptime: {{ target: {{ at_least: {target} }}, credit: null, carve_outs: null }} }} }}"
        )
    };
    let found = changes(&internal("99.9%"), &internal("99.8%"));
    assert!(!found.is_empty() && found.iter().all(|change| change.favours == Favours::Unknown));
    // A right of the provider that comes sooner is the provider's.
    let exit = |n: u32| {
        format!(
            "consequences: {{ triggers: {{ leave: {{ when: {{ consecutive: {n}, kpis: all, verdict: default }}, right: provider }} }} }}"
        )
    };
    assert_eq!(favours(&exit(3), &exit(2)), Favours::Provider);
}

#[test]
fn weights_are_one_change_with_both_vectors() {
    let found = changes(
        "kpis: { resolution: { weight: 60 }, reopened: { weight: 40 } }",
        "{ categories: { running: { weight: 50 }, helping: { weight: 50 } }, kpis: { resolution: { weight: 80 }, reopened: { weight: 20 } } }",
    );
    assert_eq!(told(&found), [("weights-rebalanced", None, "mixed")]);
    let vectors: Vec<_> = found[0]
        .parts
        .iter()
        .map(|part| (part.field.as_str(), part.before.as_deref(), part.after.as_deref()))
        .collect();
    // 40 % × 60 % = 24 %, 50 % × 80 % = 40 %; 40 % × 40 % = 16 %, 50 % × 20 % = 10 %.
    assert_eq!(
        vectors,
        [
            ("uptime", Some("60%"), Some("50%")),
            ("resolution", Some("24%"), Some("40%")),
            ("reopened", Some("16%"), Some("10%")),
        ]
    );
}

#[test]
fn a_renamed_kpi_is_compared_with_itself() {
    let old = "kpis: { reopened: null, again: { title: Reopened, category: helping, weight: 40, owner: sdm, measure: { ratio: { source: tickets, hit: reopened } }, target: { at_most: 5% } }, resolution: { guardrail: { kpi: again, effect: not_met } } }";
    let new = "kpis: { reopened: { title: Reopened, renamed_from: again, target: { at_most: 4% } }, resolution: { guardrail: { kpi: reopened, effect: not_met } } }";
    let found = changes(old, new);
    assert_eq!(
        told(&found),
        [
            ("kpi-renamed", Some("reopened"), "neutral"),
            ("kpi-target-tightened", Some("reopened"), "tightened"),
        ]
    );
    // Without `renamed_from` it is another KPI, however alike they look.
    let found = changes(old, &new.replace("renamed_from: again, ", "").replace("4%", "5%"));
    let rules: Vec<&str> = found.iter().map(|change| change.rule).collect();
    assert!(
        rules.contains(&"kpi-added") && rules.contains(&"kpi-removed"),
        "{rules:?}"
    );
}

#[test]
fn a_calendar_that_opens_as_before_changes_nothing() {
    let holidays = |days: &str| format!("calendars: {{ office: {{ holidays: [{days}] }} }}");
    // 27 December 2026 is a Sunday, on which the office never opens; 28 December is a Monday.
    let found = changes(&holidays("2026-12-25"), &holidays("2026-12-25, 2026-12-27"));
    assert_eq!(told(&found), [("calendar-changed", Some("office"), "neutral")]);
    let found = changes(&holidays("2026-12-25"), &holidays("2026-12-25, 2026-12-28"));
    assert_eq!(told(&found)[0].0, "calendar-narrowed");
}

#[test]
fn a_deadline_in_business_days_moves_both_ways_with_the_hours() {
    let lines = |close: &str, limit: &str| {
        format!(
            "contract: {{ report_due: 14d }}
business_days: always
carve_outs: {{ force-majeure: {{ notice: 120h }} }}
calendars: {{ office: {{ open: {{ mon-fri: [\"08:00-{close}\"] }} }} }}
kpis: {{ resolution: {{ measure: {{ on_time: {{ source: tickets, clock: resolution, within: {limit}, calendar: office, overdue: count_until_resolved }} }} }} }}"
        )
    };
    let effect = |limit: &str| changes(&lines("18:00", limit), &lines("20:00", limit))[0].effect.word();
    // Eight open hours pass sooner. The close of the third open day comes two hours later, but a new open day
    // would bring it forward, and open pauses put it off.
    assert_eq!(effect("8h"), "tightened");
    assert_eq!(effect("3 business days"), "indeterminate");
}

#[test]
fn the_calendar_of_a_clock_counts_where_a_measure_does_not_say_its_own() {
    let clock = |calendar: &str| {
        format!(
            "sources: {{ tickets: {{ clocks: {{ resolution: {{ start: opened_at, stop: resolved_at{calendar} }} }} }} }}"
        )
    };
    // `resolution` says `calendar: office` itself.
    let found = changes(&clock(""), &clock(", calendar: always"));
    assert!(found.is_empty(), "{:?}", told(&found));
    let silent = "kpis: { resolution: { measure: { on_time: { source: tickets, clock: resolution, within: 8h, overdue: count_until_resolved } } } }";
    let with = |calendar: &str| format!("{}\n{silent}", clock(calendar));
    let found = changes(&with(", calendar: office"), &with(", calendar: always"));
    assert_eq!(told(&found), [("source-changed", Some("tickets"), "indeterminate")]);
}

#[test]
fn credits_rise_with_the_charge() {
    let charge = |charge: u32, more: &str| format!("contract: {{ charge: {charge} }}\n{more}");
    let found = changes(&charge(10_000, ""), &charge(12_000, ""));
    assert_eq!(told(&found), [("charge-changed", None, "mixed")]);
    assert_eq!(found[0].favours, Favours::Provider);
    // Nothing is a share of it.
    let none = "kpis: { uptime: { credit: null } }";
    let found = changes(&charge(10_000, none), &charge(12_000, none));
    assert_eq!(told(&found), [("charge-changed", None, "neutral")]);
}

#[test]
fn a_carve_out_may_take_minutes_from_a_better_one_behind_it() {
    let listed = |before: &str, after: &str| {
        one(
            "uptime",
            &format!("carve_outs: [{before}]"),
            &format!("carve_outs: [{after}]"),
        )
    };
    // 100 minutes down of 1,000, all of them both the customer's and force majeure: 100 % while they count as up,
    // and as well when they leave; but of another 100 down, 900/1,000 = 90 % becomes 800/900 = 88.9 %.
    assert_eq!(
        listed("force-majeure", "customer, force-majeure"),
        ("carve-out-added", "mixed")
    );
    assert_eq!(
        listed("force-majeure", "force-majeure, customer"),
        ("carve-out-added", "loosened")
    );
    // Minutes that no longer spend the cap of maintenance let it remove other, good ones.
    assert_eq!(
        listed("maintenance", "force-majeure, maintenance"),
        ("carve-out-added", "mixed")
    );
}

#[test]
fn a_cap_of_a_carve_out_is_hours_and_the_time_they_are_for() {
    let cap = |cap: &str| format!("carve_outs: {{ force-majeure: {{ {cap} }} }}");
    let of = |before: &str, after: &str| {
        let found = changes(&cap(before), &cap(after));
        assert_eq!(found.len(), 1, "{:?}", told(&found));
        (found[0].rule, found[0].effect.word())
    };
    let hours = |hours: u32, per: &str| format!("cap: {{ hours: {hours}, per: {per}, counts: windows }}");
    assert_eq!(
        of(&hours(12, "month"), &hours(12, "quarter")),
        ("carve-out-narrowed", "tightened")
    );
    assert_eq!(
        of(&hours(12, "month"), &hours(36, "quarter")),
        ("carve-out-changed", "indeterminate")
    );
    // What is accepted more easily spends the cap on other minutes.
    let notice = |days: u32| format!("{}, notice: {days} business days", hours(12, "month"));
    assert_eq!(of(&notice(5), &notice(9)), ("carve-out-changed", "indeterminate"));
}

#[test]
fn another_model_of_credit_is_one_change() {
    let credit = |credit: &str| format!("credit: {{ of: charge, {credit} }}");
    let of = |before: &str, after: &str| one("uptime", &credit(before), &credit(after));
    let points = |points: u32, repeat: &str| {
        format!("points: {{ bands: [{{ below: 99.9%, points: {points} }}], each_pays: 1%, repeat: {repeat} }}")
    };
    let tier = "tiers: [{ below: 99.9%, pays: 5% }]";
    // 3 points pay 3 % at first and 6 % when they follow a failure; 2 points pay 2 % and 4 %.
    assert_eq!(of(tier, &points(3, "double")), ("credit-changed", "mixed"));
    assert_eq!(of(tier, &points(2, "double")), ("credit-loosened", "loosened"));
    assert_eq!(
        of(tier, "per_unit: { each: 30m, pays: 5%, rounding: ceil }"),
        ("credit-changed", "indeterminate")
    );
    // Twice the points at half the price.
    let half = points(6, "double").replace("each_pays: 1%", "each_pays: 0.5%");
    let found = changes(
        &kpi("uptime", &credit(&points(3, "double"))),
        &kpi("uptime", &credit(&half)),
    );
    assert!(found.is_empty(), "{:?}", told(&found));
}

#[test]
fn a_trigger_that_counts_more_comes_sooner() {
    let trigger = |kpis: &str, verdict: &str, same: &str| {
        format!(
            "consequences: {{ single_incident: sum, triggers: {{ escalate: {{ when: {{ count: 3, within: 6 periods, kpis: {kpis}, verdict: {verdict}, same_kpi: {same} }}, notify: [cio] }} }} }}"
        )
    };
    let base = trigger("[uptime]", "default", "true");
    for (after, effect) in [
        (trigger("[uptime]", "below_target", "true"), "tightened"),
        (trigger("[uptime, resolution]", "default", "true"), "tightened"),
        (trigger("all", "default", "false"), "tightened"),
        (trigger("[resolution]", "default", "true"), "mixed"),
    ] {
        let found = changes(&base, &after);
        assert_eq!(told(&found), [("trigger-changed", Some("escalate"), effect)], "{after}");
        let back = changes(&after, &base);
        let opposite = if effect == "tightened" { "loosened" } else { effect };
        assert_eq!(
            told(&back),
            [("trigger-changed", Some("escalate"), opposite)],
            "{after}"
        );
    }
    // Which KPIs have a credit follows from their credits: told once, there.
    let with_credit = trigger("with_credit", "default", "true");
    let credit = "\nkpis: { resolution: { credit: { of: at_risk, share: 10% } } }";
    let found = changes(&with_credit, &format!("{with_credit}{credit}"));
    assert_eq!(told(&found), [("credit-tightened", Some("resolution"), "tightened")]);
}

#[test]
fn a_policy_of_the_card_reaches_the_kpis_that_have_none() {
    let all = |own: &str, card: &str| {
        format!("missing: {card}\nkpis: {{ uptime: {{ {own} }}, resolution: {{ {own} }}, reopened: {{ {own} }} }}")
    };
    let effect = |own: &str| changes(&all(own, "renormalise"), &all(own, "default"))[0].effect.word();
    assert_eq!(effect("decimals: 2"), "tightened");
    assert_eq!(effect("missing: zero"), "neutral");
}

#[test]
fn a_renamed_kpi_takes_its_rows_along() {
    let kpi = |id: &str, more: &str, p2: &str| {
        format!(
            "kpis: {{ resolution: null, reopened: null, {id}: {{ title: In time, {more} category: helping, owner: sdm, target: {{ at_least: 95% }}, measure: {{ on_time: {{ source: tickets, clock: resolution, overdue: count_until_resolved }} }}, each: {{ column: priority, rows: {{ P1: {{ within: 4h, weight: 60 }}, P2: {{ within: 8h, weight: 40{p2} }} }} }} }} }}"
        )
    };
    let found = changes(&kpi("old", "", ""), &kpi("new", "renamed_from: old,", ""));
    assert_eq!(
        told(&found),
        [
            ("kpi-renamed", Some("new-p1"), "neutral"),
            ("kpi-renamed", Some("new-p2"), "neutral")
        ]
    );
    // A row may say for itself what it was.
    let found = changes(
        &kpi("old", "", ""),
        &kpi("new", "renamed_from: old,", ", renamed_from: old-p2"),
    );
    assert_eq!(told(&found).len(), 2, "{:?}", told(&found));
}
