//! A managed-IT contract over some months that end with October 2026, by hand.
//!
//! October as the tests compute it: ERP availability (745 − 12 − 6) h of 733 h, 188 of 200 tickets in time, 74 of
//! 107 users satisfied, no patch data, one undecided claim.

use jiff::civil::date;
use jiff::tz::TimeZone;
use scoreline::measure::facts::{
    Absence, ClaimEffect, Coverage, Day, Detail, Exclusion, Fact, Facts, Measured, Profile,
};
use scoreline::quantity::{Period, Quantity, Rational, Unit};
use scoreline::resolve::terms::{
    Amendment, Amount, Baseline, Benchmark, CapCounts, CapPer, CarveOut, CarveOutBy, CarveOutCap, CarveOutMode, Claim,
    ClaimCovers, Contract, Counting, Credit, CreditBase, CreditModel, Deadline, Function, Goal, Impact, Kpi,
    LateChanges, Measure, Needs, OnMiss, Operand, Outage, Overdue, Tier, TierTest, Timeline, Trigger, TriggerWhen,
    Version, Within,
};

use super::fixture::{
    Case, HOUR, SPAN, decimal, fact, goals, hits, key, kpi, linear, measured, months, percent, ratio, rows, snippet,
    terms, timeline, tree, utc,
};

fn tier(when: TierTest, pays: &str) -> Tier {
    Tier {
        when,
        pays: decimal(pays),
        span: SPAN,
    }
}

fn credit(share: &str, tiers: Vec<Tier>) -> Option<Credit> {
    Some(Credit {
        of: CreditBase::AtRisk(decimal(share)),
        model: match tiers.is_empty() {
            true => CreditModel::WholeOnDefault,
            false => CreditModel::Tiers(tiers),
        },
        cap: None,
        request_within: None,
        span: SPAN,
    })
}

fn kpis() -> Vec<Kpi> {
    let outage = Outage {
        calendar: "always".to_owned(),
        whole_minutes: false,
        ignore_shorter: None,
        weight: None,
    };
    let availability = Measure::Availability {
        rows: rows("outages", Some("service = 'erp'")),
        outage,
    };
    let erp = kpi("erp-uptime", "ERP availability", 30, availability);
    let mut erp = linear(goals(erp, "99.95", Some("99.9")), "99.5", "99.95");
    erp.carve_outs = vec!["planned-maintenance".to_owned(), "third-party".to_owned()];
    erp.credit = credit(
        "0.6",
        vec![tier(TierTest::BelowTarget, "0.5"), tier(TierTest::BelowMinimum, "1")],
    );
    erp.baseline = Some(Baseline {
        value: percent("99.7"),
        over: Some((date(2024, 4, 1), date(2024, 6, 30))),
        source: Some("90-day baseline".to_owned()),
    });
    erp.benchmark = Some(Benchmark {
        value: percent("99.9"),
        source: Some("tier-1 hosting SLAs".to_owned()),
    });
    erp.on_miss = Some(OnMiss {
        action: "Root-cause review within 5 business days".to_owned(),
        owner: Some("sdm".to_owned()),
        notify: vec!["cio".to_owned()],
    });
    erp.impact = Some(Impact {
        per: "1h of net downtime".to_owned(),
        costs: decimal("12500"),
        what: Some("lost production".to_owned()),
    });
    erp.notes = Some("INTERNAL-NOTE: renegotiate the maintenance cap".to_owned());

    let on_time = |within: i64| Measure::OnTime {
        rows: rows("tickets", Some("priority = 'P1'")),
        clock: "resolution".to_owned(),
        within: Within::Same(Deadline::Elapsed(within * HOUR)),
        calendar: "always".to_owned(),
        overdue: Overdue::CountUntilResolved,
        leave_out_not_due: false,
    };
    let p1 = kpi("resolution-p1", "Resolved in time, priority 1", 20, on_time(4));
    let mut p1 = linear(goals(p1, "95", Some("90")), "85", "95");
    p1.credit = credit("0.1", Vec::new());
    p1.min_sample = Some(20);
    let p2 = kpi("resolution-p2", "Resolved in time, priority 2", 10, on_time(8));
    let p2 = goals(p2, "95", None);

    let mean = Measure::Aggregate {
        rows: rows("tickets", None),
        function: Function::Mean,
        of: Operand::Clock {
            clock: "resolution".to_owned(),
            calendar: "always".to_owned(),
        },
    };
    let mut mttr = kpi("mttr", "Mean time to resolve", 10, mean);
    mttr.unit = Unit::Duration;
    mttr.decimals = 0;
    mttr.target = Some(Goal::AtMost(Quantity::new(Rational::integer(4 * HOUR), Unit::Duration)));
    mttr.minimum = mttr.target.clone();

    let csat = kpi(
        "csat",
        "Satisfied users (4 or 5 of 5)",
        20,
        ratio("surveys", "score >= 4"),
    );
    let mut csat = linear(goals(csat, "75", Some("70")), "50", "75");
    csat.credit = credit("0.1", Vec::new());
    csat.on_miss = Some(OnMiss {
        action: "Call every user who answered 1 or 2".to_owned(),
        owner: Some("sdm".to_owned()),
        notify: Vec::new(),
    });
    let mut reopen = kpi("reopen-rate", "Reopened tickets", 5, ratio("tickets", "reopened"));
    reopen.target = Some(Goal::AtMost(percent("5")));
    reopen.minimum = reopen.target.clone();
    reopen.decimals = 1;
    let mut patch = goals(
        kpi("patching", "Critical patches in time", 5, ratio("patches", "in_time")),
        "98",
        None,
    );
    patch.decimals = 1;
    let mut answers = goals(
        kpi(
            "customer-answers",
            "Customer answers in two days",
            0,
            ratio("tickets", "answered"),
        ),
        "90",
        None,
    );
    answers.owner = Some("cio".to_owned());
    vec![erp, p1, p2, mttr, csat, reopen, patch, answers]
}

fn carve_out(id: &str, title: &str, clause: &str, by: CarveOutBy, mode: CarveOutMode) -> CarveOut {
    CarveOut {
        id: id.to_owned(),
        title: title.to_owned(),
        clause: Some(clause.to_owned()),
        cause: Some("provider".to_owned()),
        by,
        mode,
        cap: None,
        needs: Needs::default(),
        notice: None,
        declared_at: SPAN,
    }
}

/// The contract: terms with one amendment and one undecided claim.
fn contract() -> Timeline {
    let mut terms = terms("acme-managed-it", "Acme – managed IT services", kpis());
    terms.contract = Some(Contract {
        reference: Some("MSA-2024-017, Exhibit B".to_owned()),
        customer: Some("Acme Manufacturing".to_owned()),
        provider: Some("Northwind IT".to_owned()),
        starts: date(2024, 7, 1),
        ends: Some(date(2027, 6, 30)),
        charge: Some(Amount::Fixed(decimal("42000"))),
        currency: Some("EUR".to_owned()),
        minor_units: 2,
        at_risk: Some(decimal("0.12")),
        over_allocated: Rational::one(),
        report_due: Some(Deadline::BusinessDays(10)),
        late_changes: Some(LateChanges::Restate),
        partial: None,
    });
    let mut maintenance = carve_out(
        "planned-maintenance",
        "Planned maintenance",
        "B.4.2",
        CarveOutBy::Schedule {
            rrule: snippet("FREQ=WEEKLY;BYDAY=SU;BYHOUR=2"),
            from: None,
            lasts: 4 * HOUR,
        },
        CarveOutMode::Remove,
    );
    maintenance.cap = Some(CarveOutCap {
        time: 12 * HOUR,
        per: CapPer::Month,
        counts: CapCounts::Windows,
    });
    let mut third = carve_out(
        "third-party",
        "Third party or force majeure",
        "B.4.6",
        CarveOutBy::Claims,
        CarveOutMode::DeemAvailable,
    );
    third.needs = Needs {
        evidence: true,
        approval: true,
    };
    third.notice = Some(Deadline::BusinessDays(5));
    terms.carve_outs = [maintenance, third].into_iter().map(|it| (it.id.clone(), it)).collect();
    terms.consequences.triggers.insert(
        "escalate".to_owned(),
        Trigger {
            when: TriggerWhen::Count {
                count: 2,
                within: 12,
                counting: Counting {
                    kpis: None,
                    below_target: false,
                    same_kpi: true,
                },
            },
            notify: vec!["sdm".to_owned(), "cio".to_owned()],
            within: None,
            right: None,
            clause: Some("B.8.3".to_owned()),
        },
    );
    let mut amended = terms.clone();
    amended.kpis["erp-uptime"].target = Some(Goal::AtLeast(percent("99.98")));
    let mut timeline = timeline(terms);
    timeline.versions.push(Version {
        effective: Some(date(2026, 4, 1)),
        amendment: Some(Amendment {
            id: "amendment-1".to_owned(),
            effective: date(2026, 4, 1),
            signed: Some(date(2026, 3, 19)),
            reference: Some("CR-112".to_owned()),
            approved_by: vec!["cio".to_owned()],
            reason: Some("New data centre".to_owned()),
            resets: Vec::new(),
            span: SPAN,
        }),
        terms: amended,
        tree: tree(),
        layers: [].into(),
    });
    timeline.claims.claims.insert(
        "carrier-2026-10".to_owned(),
        Claim {
            by: "sdm".to_owned(),
            carve_out: "third-party".to_owned(),
            kpis: vec!["erp-uptime".to_owned()],
            covers: ClaimCovers::Window(utc(2026, 10, 12, 7), utc(2026, 10, 12, 9)),
            notified: Some(date(2026, 10, 13)),
            evidence: Some("https://wiki.example/CHG-4411".to_owned()),
            decision: None,
            declared_at: SPAN,
        },
    );
    timeline
}

fn on_time(in_time: u64, late: u64, overdue_open: u64) -> Fact {
    let rows = in_time + late + overdue_open;
    let detail = Detail::OnTime {
        in_time,
        late,
        overdue_open,
        open_not_due: 3,
    };
    fact(measured(in_time as i64, rows as i64, rows), detail)
}

/// A month of `hours` scheduled with 12 h of maintenance removed, `down` minutes outside and `inside` minutes inside it.
fn uptime(period: Period, hours: i64, down: i64, inside: i64) -> Fact {
    let (a, b, d) = (hours * 60, 720, down);
    let minute = HOUR / 60;
    let net = measured((a - b - d) * minute, (a - b) * minute, 3);
    let mut fact = fact(
        net,
        Detail::Time {
            scheduled: a * minute,
            removed: b * minute,
            down: Rational::integer(d * minute),
            deemed: Rational::zero(),
            unmeasured: 0,
            events: 3,
        },
    );
    fact.gross = measured((a - d - inside) * minute, a * minute, 4);
    let first = period.starts_at(&TimeZone::get("Europe/Berlin").expect("bundled"));
    fact.exclusions.push(Exclusion {
        carve_out: "planned-maintenance".to_owned(),
        time: 12 * HOUR,
        down: Rational::integer(inside * minute),
        rows: 0,
        windows: (0..3)
            .map(|week| {
                let start = first + (week * 7 * 24 + 2) * HOUR;
                (start, start + 4 * HOUR)
            })
            .collect(),
        refused: 4 * HOUR,
    });
    let mut day = period.first_day();
    while day <= period.last_day() {
        let is_window = day.day() == 4 || day.day() == 11 || day.day() == 18;
        fact.days.push(Day {
            day,
            scheduled: 24 * HOUR,
            excluded: if is_window { 4 * HOUR } else { 0 },
            down: match day.day() {
                12 => down * minute * 5 / 6,
                20 => down * minute / 6,
                _ => 0,
            },
        });
        day = day.tomorrow().expect("in range");
    }
    fact
}

/// Facts of `periods`, the last as the tests compute by hand: 727 h of 733 h, 188 of 200, 74 of 107, …
fn contract_facts(periods: &[Period]) -> Facts {
    let mut facts = Facts::default();
    let zone = TimeZone::get("Europe/Berlin").expect("bundled");
    for (index, &period) in periods.iter().enumerate() {
        let is_last = index + 1 == periods.len();
        let n = index as i64;
        let hours = (period.ends_at(&zone) - period.starts_at(&zone)) / HOUR;
        let mut erp = match is_last {
            true => uptime(period, hours, 360, 120),
            false => uptime(period, hours, [0, 12, 8, 30, 4][index % 5], [60, 0, 30][index % 3]),
        };
        if is_last {
            let minute = HOUR / 60;
            erp.claims.push(ClaimEffect {
                claim: "carrier-2026-10".to_owned(),
                applied: false,
                reason: Some("the other party has not decided".to_owned()),
                pending: true,
                otherwise: measured(729 * 60 * minute, 733 * 60 * minute, 3),
                time: 2 * HOUR,
                rows: 0,
            });
        }
        let late = [4, 6, 3, 9, 5][index % 5];
        let p1 = if is_last {
            on_time(188, 10, 2)
        } else {
            on_time(190, late, 1)
        };
        let mean = |hours_times_10: i64, rows: i64| {
            let total = Rational::integer(hours_times_10 * HOUR * rows)
                .checked_div(&Rational::integer(10))
                .expect("not zero");
            let net = Measured::Value {
                numerator: total.clone(),
                denominator: Rational::integer(rows),
                rows: rows as u64,
            };
            let detail = Detail::Values {
                count: rows as u64,
                sum: Some(total),
            };
            fact(net, detail)
        };
        let csat = if is_last {
            hits(74, 107)
        } else {
            hits(80 + (index as u64 * 7) % 9, 107)
        };
        let patches = match (is_last, index) {
            (true, _) | (_, 4) => fact(
                Measured::Absent(Absence::NoData("no file for the period".to_owned())),
                Detail::None,
            ),
            _ => hits(98, 100),
        };
        let mut answers = hits(95, 100);
        answers.left_out.null_value = 2;
        let of_kpi = [
            ("erp-uptime", erp),
            ("resolution-p1", p1),
            ("resolution-p2", on_time(390, 5 + index as u64 % 4, 0)),
            ("mttr", mean(31 + n % 6, 412)),
            ("csat", csat),
            ("reopen-rate", hits(17 + index as u64 % 5, 430)),
            ("patching", patches),
            ("customer-answers", answers),
        ];
        for (kpi, fact) in of_kpi {
            let mut fact = fact;
            if matches!(fact.net, Measured::Absent(Absence::NoData(_))) {
                fact.coverage = Coverage::None;
            }
            facts.facts.insert(key("acme-managed-it", None, kpi, period), fact);
        }
    }
    for (source, rows, skipped) in [("outages", 41, 0), ("tickets", 48_120, 3), ("surveys", 1_284, 0)] {
        let profile = Profile {
            files: vec![(format!("data/{source}.csv"), "77c1".repeat(16))],
            rows,
            skipped,
            dst_repairs: skipped,
            last_row: Some(utc(2026, 10, 31, 20)),
            ..Profile::default()
        };
        facts
            .profiles
            .insert(("acme-managed-it".to_owned(), source.to_owned()), profile);
    }
    facts
}

/// The contract in October 2026 with `count` months of history.
pub(super) fn october(count: i32) -> Case {
    let periods = months("2026-10", count);
    Case::new(contract(), contract_facts(&periods), &periods)
}
