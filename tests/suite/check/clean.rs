//! A contract without a flaw.

/// What the tests break in one place each.
pub(super) const CLEAN: &str = r#"apiVersion: scoreline/v1
kind: Scorecard
id: acme
title: Acme
contract:
  customer: Acme
  provider: Northwind
  starts: 2024-07-01
  charge: 42000.00
  currency: EUR
  at_risk: 12%
  late_changes: restate
time_zone: Europe/Berlin
period: month
business_days: office-hours
views: [operations, leadership]
review: { every: 3 months, last: 2026-09-14 }
calendars:
  office-hours: { zone: Europe/Berlin, open: { mon-fri: ["08:00-18:00"] }, holidays: [2026-12-25] }
people:
  sdm: { name: Service delivery manager, party: provider }
  cio: { name: Chief information officer, party: customer }
objectives:
  plants-running: { title: Keep the plants running, owner: cio }
categories:
  availability: { title: Availability, weight: 50 }
  support: { title: Support, weight: 50 }
sources:
  outages:
    path: data/outages.csv
    time_zone: Europe/Berlin
    span: [started_at, ended_at]
    incident: incident_id
    covers: { through: 2026-10-31 }
  tickets:
    path: data/tickets.csv
    time_zone: UTC
    at: resolved_at
    covers: { through: 2026-10-31 }
    clocks:
      resolution: { start: opened_at, stop: resolved_at }
  checks:
    path: data/checks.csv
    time_zone: UTC
    at: checked_at
    covers: { through: 2026-10-31 }
kpis:
  uptime:
    title: Uptime
    category: availability
    weight: 50
    owner: sdm
    objective: plants-running
    measure: { availability: { source: outages, calendar: always } }
    target: { at_least: 99.95% }
    minimum: { at_least: 99.9% }
    baseline: { value: 99.7% }
    carve_outs: [maintenance, third-party]
    credit: { of: at_risk, share: 60% }
    raci: { responsible: sdm, informed: [cio] }
    impact: { per: 1h of net downtime, costs: 12500.00 }
    on_miss: { action: Root-cause review, owner: sdm, notify: [cio] }
  portal:
    title: Portal
    objective: plants-running
    category: availability
    weight: 50
    owner: sdm
    measure: { probes: { source: checks, up: ok, method: state, calendar: always, every: 1m } }
    target: { at_least: 99.99% }
    baseline: { value: 99.9% }
  resolution:
    title: Resolved in time
    objective: plants-running
    category: support
    weight: 50
    owner: sdm
    measure: { on_time: { source: tickets, clock: resolution, within: 4h, calendar: office-hours, overdue: resolved_only } }
    target: { at_least: 95% }
    baseline: { value: 90% }
    min_sample: 20
    guardrail: { kpi: reopened, effect: not_met }
    credit: { of: at_risk, share: 40% }
    raci: { responsible: sdm }
    on_miss: { action: Review of late tickets, owner: sdm, notify: [cio] }
  reopened:
    title: Reopened
    objective: plants-running
    category: support
    weight: 50
    owner: sdm
    measure: { ratio: { source: tickets, hit: reopened } }
    target: { at_most: 5% }
    baseline: { value: 7% }
carve_outs:
  maintenance:
    title: Maintenance
    cause: provider
    by: { schedule: { rrule: "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", lasts: 4h } }
    mode: remove
    cap: { hours: 12, per: month, counts: windows }
  third-party:
    title: Third party
    cause: external
    by: claims
    mode: deem_available
    needs: [evidence, approval]
consequences:
  single_incident: highest
  triggers:
    escalate: { when: { consecutive: 2, kpis: with_credit, verdict: default }, notify: [sdm, cio] }
    terminate: { when: { count: 3, within: 6 periods, verdict: default }, right: customer }
"#;
