//! Nothing that can change a number goes unsaid.

use super::changes;

/// One line per field of the language, before and after; each must be told.
#[test]
fn every_field_is_told() {
    let mut silent = Vec::new();
    let mut see = |before: &str, after: &str| {
        if changes(before, after).is_empty() {
            silent.push(format!("{before} → {after}"));
        }
    };
    for (field, before, after) in [
        ("title", "A", "B"),
        ("description", "A", "B"),
        ("time_zone", "Europe/Berlin", "Europe/Paris"),
        ("period", "month", "quarter"),
        ("business_days", "office", "always"),
        ("review", "{ every: 3 months }", "{ every: 6 months }"),
        (
            "review",
            "{ every: 3 months, last: 2026-01-01 }",
            "{ every: 3 months, last: 2026-02-01 }",
        ),
        ("missing", "renormalise", "zero"),
        ("views", "[operations]", "[operations, finance]"),
        ("grades", "{ green: 90, amber: 75 }", "{ green: 90, amber: 70 }"),
        ("obligations", "{ x: { title: A } }", "{ x: { title: A, owner: cio } }"),
        ("objectives", "{ x: { title: A } }", "{ x: { title: B } }"),
    ] {
        see(&format!("{field}: {before}"), &format!("{field}: {after}"));
    }
    let entities = |key: &str| {
        format!(
            "{{ for_each: {{ agent: {{ list: tickets, key: {key} }} }}, sources: {{ outages: {{ entity: agent }}, tickets: {{ entity: agent }} }} }}"
        )
    };
    see(&entities("agent"), &entities("team"));
    let scope = |scope: &str| format!("{{ scope: {scope}, sources: {{ outages: {{ scope: customer_id }} }} }}");
    see(&scope("acme"), &scope("acme-eu"));
    see(&scope("acme"), &scope("acme").replace("customer_id", "client_id"));
    for (field, before, after) in [
        ("reference", "A", "B"),
        ("customer", "A", "B"),
        ("provider", "A", "B"),
        ("starts", "2025-01-01", "2025-02-01"),
        ("ends", "2027-12-31", "null"),
        ("charge", "10000", "10001"),
        ("currency", "EUR", "CHF"),
        ("at_risk", "10%", "11%"),
        ("over_allocated", "110%", "120%"),
        ("report_due", "10 business days", "11 business days"),
        ("late_changes", "restate", "adjust_next"),
        ("partial", "skip", "prorate"),
    ] {
        see(
            &format!("contract: {{ {field}: {before} }}"),
            &format!("contract: {{ {field}: {after} }}"),
        );
    }
    for (field, before, after) in [
        ("title", "A", "B"),
        ("description", "A", "B"),
        ("owner", "sdm", "cio"),
        ("raci", "{ responsible: sdm }", "{ responsible: cio }"),
        ("decimals", "2", "3"),
        ("compare_rounding", "1", "2"),
        ("target", "{ at_least: 99.9% }", "{ at_least: 99.91% }"),
        ("minimum", "{ at_least: 99.5% }", "{ at_least: 99.4% }"),
        ("baseline", "{ value: 99% }", "{ value: 98% }"),
        ("benchmark", "{ value: 99% }", "{ value: 98% }"),
        ("carve_outs", "[maintenance, customer]", "[customer, maintenance]"),
        ("scoring", "binary", "{ linear: { zero_at: 99%, full_at: target } }"),
        ("credit", "null", "{ of: at_risk, share: 10% }"),
        (
            "credit",
            "{ of: at_risk, share: 10% }",
            "{ of: at_risk, share: 10%, cap: 5% }",
        ),
        (
            "credit",
            "{ of: at_risk, share: 10% }",
            "{ of: at_risk, share: 10%, requests: { within: 30 days } }",
        ),
        (
            "credit",
            "{ of: charge, shortfall: {} }",
            "{ of: charge, proportional: {} }",
        ),
        (
            "credit",
            "{ of: charge, per_unit: { each: 30m, pays: 5%, rounding: ceil } }",
            "{ of: charge, per_unit: { each: 30m, pays: 5%, rounding: floor } }",
        ),
        (
            "credit",
            "{ of: charge, per_count: { each: 10, pays: 5%, over: 12 periods } }",
            "{ of: charge, per_count: { each: 10, pays: 5%, over: 6 periods } }",
        ),
        ("bonus", "{ of: charge, tiers: [{ above: 99.95%, pays: 1% }] }", "null"),
        ("ratchet", "{ over: 12 periods }", "{ over: 6 periods }"),
        ("on_miss", "{ action: A, owner: sdm }", "{ action: B, owner: sdm }"),
        ("impact", "{ per: 1h, costs: 1, as: x }", "{ per: 1h, costs: 2, as: x }"),
        ("min_sample", "5", "6"),
        (
            "low_volume",
            "[{ up_to: 10, allowed_misses: 1 }]",
            "[{ up_to: 10, allowed_misses: 2 }]",
        ),
        (
            "guardrail",
            "{ kpi: reopened, effect: report }",
            "{ kpi: resolution, effect: report }",
        ),
        ("gate", "{ cap: 60 }", "{ cap: 61 }"),
        ("burn_in", "2 periods", "3 periods"),
        ("missing", "renormalise", "default"),
        ("window", "{ rolling: 3 months }", "{ rolling: 6 months }"),
        ("notes", "A", "B"),
        ("allow", "{ rule: no-raci, reason: A }", "{ rule: no-raci, reason: B }"),
    ] {
        see(
            &format!("kpis: {{ uptime: {{ {field}: {before} }} }}"),
            &format!("kpis: {{ uptime: {{ {field}: {after} }} }}"),
        );
    }
    for (field, before, after) in [
        ("path", "outages.csv", "o.csv"),
        ("time_zone", "UTC", "Europe/Berlin"),
        ("span", "[started_at, ended_at]", "[from_at, ended_at]"),
        ("covers", "{ through: 2026-10-31 }", "{ through: last_row }"),
        ("key", "a", "b"),
        ("incident", "a", "b"),
        ("nulls", "[\"\"]", "[\"\", \"?\"]"),
        ("decimal", "\".\"", "\",\""),
        ("delimiter", "\";\"", "\"|\""),
        ("format", "csv", "ndjson"),
        ("columns", "{ a: number }", "{ a: text }"),
        ("columns", "{ a: { from: A } }", "{ a: { from: B } }"),
        ("on_bad_row", "error", "skip"),
        ("local_time", "earlier", "later"),
        (
            "lookup",
            "{ h: { from: tickets, on: id, sum: a } }",
            "{ h: { from: tickets, on: id, max: a } }",
        ),
    ] {
        see(
            &format!("sources: {{ outages: {{ {field}: {before} }} }}"),
            &format!("sources: {{ outages: {{ {field}: {after} }} }}"),
        );
    }
    for (before, after) in [
        (
            "{ cap: { hours: 12, per: month, counts: windows } }",
            "{ cap: { hours: 12, per: quarter, counts: windows } }",
        ),
        (
            "{ cap: { hours: 12, per: month, counts: windows } }",
            "{ cap: { hours: 12, per: month, counts: downtime } }",
        ),
        ("{ mode: remove }", "{ mode: deem_available }"),
        ("{ clause: A }", "{ clause: B }"),
        ("{ cause: provider }", "{ cause: customer }"),
        (
            "{ by: { schedule: { rrule: FREQ=WEEKLY;BYDAY=SU, lasts: 4h } } }",
            "{ by: { schedule: { rrule: FREQ=WEEKLY;BYDAY=SA, lasts: 4h } } }",
        ),
    ] {
        see(
            &format!("carve_outs: {{ maintenance: {before} }}"),
            &format!("carve_outs: {{ maintenance: {after} }}"),
        );
    }
    assert!(silent.is_empty(), "unsaid:\n{}", silent.join("\n"));
}
