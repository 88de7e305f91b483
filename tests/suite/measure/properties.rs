//! What holds of every measurement, whatever the rows.

use proptest::prelude::*;
use scoreline::quantity::Rational;

use crate::contract::{Contract, kpi};

/// An outage of October 2026: its first minute, its minutes, whether the customer caused it.
type Outage = (u32, u32, bool);

/// Minutes of October 2026 in UTC.
const OCTOBER: u32 = 31 * 24 * 60;

fn outages() -> impl Strategy<Value = Vec<Outage>> {
    prop::collection::vec((0..OCTOBER, 1u32..3000, any::<bool>()), 1..12)
}

/// A service that is excused on Sundays from 2 to 6, with or without a cap, and where the customer is the cause.
fn service(mode: &str, cap: &str, outages: &[Outage]) -> Contract {
    let yaml = format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
contract: {{ customer: A, provider: B, starts: 2026-01-01, charge: 100.00, currency: EUR, at_risk: 10%, late_changes: restate }}
time_zone: UTC
period: month
people: {{ sdm: {{ name: Manager }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources:
  outages: {{ path: outages.csv, time_zone: UTC, span: [from, to], covers: {{ through: 2026-12-31 }} }}
kpis:
  up:
    title: Up
    category: all
    weight: 100
    owner: sdm
    measure: {{ availability: {{ source: outages, calendar: always }} }}
    target: {{ at_least: 99% }}
    carve_outs: [maintenance, customer]
    credit: {{ of: at_risk, share: 100% }}
carve_outs:
  maintenance:
    title: Maintenance
    cause: provider
    by: {{ schedule: {{ rrule: \"FREQ=WEEKLY;BYDAY=SU;BYHOUR=2\", lasts: 4h }} }}
    mode: {mode}
{cap}
  customer: {{ title: Customer, cause: customer, by: {{ where: cause = 'customer' }}, mode: {mode} }}
"
    );
    let rows = outages.iter().map(|(start, length, customer)| {
        let minute = |n: u32| {
            format!(
                "2026-{:02}-{:02}T{:02}:{:02}",
                10 + n / OCTOBER,
                n % OCTOBER / 1440 + 1,
                n / 60 % 24,
                n % 60
            )
        };
        let cause = if *customer { "customer" } else { "disk" };
        format!("{},{},{cause}\n", minute(*start), minute(start + length))
    });
    Contract::new(&yaml).file("outages.csv", &format!("from,to,cause\n{}", rows.collect::<String>()))
}

/// The value with and without carve-outs; `None` where nothing is left to measure.
fn values(contract: &Contract) -> (Option<Rational>, Option<Rational>) {
    let outcome = contract.outcome("2026-10");
    let up = kpi(&outcome, "up");
    (up.value.clone(), up.gross.clone())
}

const CAPS: [&str; 3] = [
    "",
    "    cap: { hours: 3, per: month, counts: windows }",
    "    cap: { hours: 3, per: month, counts: downtime }",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    // Deemed available, an excluded minute counts as up: it cannot make the service look worse.
    #[test]
    fn deemed_available_time_never_lowers_the_value(outages in outages(), cap in 0usize..3) {
        let (net, gross) = values(&service("deem_available", CAPS[cap], &outages));
        prop_assert!(net >= gross, "{net:?} < {gross:?}");
    }

    #[test]
    fn neither_row_order_nor_threads_change_a_value(
        (outages, shuffled) in outages().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        mode in prop::sample::select(vec!["remove", "deem_available"]),
        cap in 0usize..3,
    ) {
        let expected = values(&service(mode, CAPS[cap], &outages));
        prop_assert_eq!(&values(&service(mode, CAPS[cap], &shuffled)), &expected);
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        prop_assert_eq!(&alone.install(|| values(&service(mode, CAPS[cap], &outages))), &expected);
    }
}
