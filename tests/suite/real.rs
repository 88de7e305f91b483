//! Facts of real measurements, reproduced by the ordinary scorecards in `tests/real`.
//!
//! The data are not part of the project: they stand in `../shared/data` where they are had at all, and
//! the tests say so where they are not. The expected numbers were computed by others.

use std::path::Path;

use scoreline::compile::compile;
use scoreline::diagnostics::render;
use scoreline::evaluate::{Asked, evaluate};
use scoreline::measure::Inputs;
use scoreline::measure::facts::{Detail, Measured};
use scoreline::quantity::Rational;
use scoreline::source::DiskTree;
use scoreline::tables::{Data, Failure};

/// What was measured for one KPI.
struct Number {
    value: Rational,
    rows: u64,
    detail: Detail,
}

/// Measures every KPI of a card, or of one of its entities; `None` where the data are not there.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn numbers(card: &str, period: &str, entity: Option<&str>) -> Option<Vec<(String, Number)>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !package.join("../shared/data").is_dir() {
        eprintln!("left out: ../shared/data is not there");
        return None;
    }
    let root = package.join("tests/real");
    let compiled = compile(&DiskTree::new(&root)).expect("the scorecards are readable");
    let shown = |found| {
        render::text(
            found,
            &compiled.sources,
            render::Look {
                color: false,
                width: 100,
            },
        )
    };
    assert!(!compiled.diagnostics.has_errors(), "{}", shown(&compiled.diagnostics));
    let card = compiled
        .workspace
        .cards
        .iter()
        .find(|known| known.id == card)
        .expect("a card of tests/real");
    let period = card.latest().period.parse(period).expect("a period of the card");
    let data = Data::folder(&root);
    let inputs = Inputs {
        data: &data,
        documents: Some(&compiled.sources),
    };
    let evaluation = match evaluate(&[Asked { card, period }], 1, inputs, None) {
        Ok(evaluation) => evaluation,
        Err(Failure::Found(found)) => panic!("{}", shown(&found)),
        Err(Failure::World(error)) => panic!("{error}"),
    };
    let facts = evaluation.facts.facts.into_iter();
    let wanted = facts.filter(|(key, _)| key.period == period && key.entity.as_deref() == entity);
    let measured = wanted.filter_map(|(key, fact)| match &fact.net {
        Measured::Value { rows, .. } => {
            let number = Number {
                value: fact.net.value().expect("a value"),
                rows: *rows,
                detail: fact.detail.clone(),
            };
            Some((key.kpi, number))
        }
        Measured::Absent(_) => None,
    });
    Some(measured.collect())
}

/// Measures one KPI.
fn number(card: &str, period: &str, entity: Option<&str>, kpi: &str) -> Option<Number> {
    let all = numbers(card, period, entity)?;
    Some(
        all.into_iter()
            .find(|(id, _)| id == kpi)
            .unwrap_or_else(|| panic!("`{kpi}` was not measured"))
            .1,
    )
}

fn ratio(hits: u64, rows: u64) -> Rational {
    Rational::new(hits, rows).expect("some rows")
}

fn scaled(value: &Rational, factor: i64, decimals: u32) -> String {
    (value * &Rational::integer(factor)).to_fixed(decimals)
}

#[test]
fn incidents_within_their_service_level_by_month() {
    for (month, hits, rows) in [("2016-03", 151, 360), ("2016-04", 291, 389)] {
        let Some(number) = number("incidents", month, None, "made-sla") else {
            return;
        };
        assert_eq!((number.value, number.rows), (ratio(hits, rows), rows), "{month}");
    }
}

#[test]
fn incidents_of_the_year_in_their_final_state() {
    let Some(numbers) = numbers("incidents-year", "2016", None) else {
        return;
    };
    let of = |id: &str| &numbers.iter().find(|(kpi, _)| kpi == id).expect("measured").1;
    assert_eq!(of("made-sla").value, ratio(649, 1052));
    assert_eq!(of("straight-through").value, ratio(569, 1052));
    for (id, hours, resolved) in [
        ("time-to-resolve-1-critical", "223.1292", 4),
        ("time-to-resolve-2-high", "136.2823", 16),
        ("time-to-resolve-3-moderate", "165.2891", 931),
        ("time-to-resolve-4-low", "373.1780", 25),
    ] {
        let number = of(id);
        let hour = Rational::integer(3_600_000_000_i64);
        assert_eq!(
            number.value.checked_div(&hour).expect("not zero").to_fixed(4),
            hours,
            "{id}"
        );
        assert_eq!(number.rows, resolved, "{id}");
    }
}

/// Hits and rows of two KPIs, the 90th percentile in office hours and the median around the clock in tenths of a
/// minute, and how many were reassigned. Worked out by
/// another program that walks the log ticket by ticket. The clocks went forward on 27 March.
type Desk = (&'static str, (u64, u64), (u64, u64), i64, i64, (u64, u64));

const DESK: [Desk; 3] = [
    ("2016-03", (273, 404), (299, 431), 32_376, 11_795, (215, 410)),
    ("2016-04", (327, 436), (322, 402), 26_028, 565, (147, 408)),
    ("2016-05", (144, 216), (138, 163), 56_972, 1_780, (94, 207)),
];

#[test]
fn incidents_in_office_hours_as_each_month_knew_them() {
    for (month, moderate, opened, nine_of_ten, median, reassigned) in DESK {
        let Some(numbers) = numbers("incidents-desk", month, None) else {
            return;
        };
        let of = |id: &str| &numbers.iter().find(|(kpi, _)| kpi == id).expect("measured").1;
        for (id, (hits, rows)) in [("moderate", moderate), ("opened", opened), ("reassigned", reassigned)] {
            assert_eq!(
                (of(id).value.clone(), of(id).rows),
                (ratio(hits, rows), rows),
                "{id} in {month}"
            );
        }
        let tenths = |n: i64| Rational::integer(n * 6_000_000);
        assert_eq!(of("nine-of-ten").value, tenths(nine_of_ten), "{month}");
        assert_eq!(of("median").value, tenths(median), "{month}");
    }
}

#[test]
fn uptime_where_a_state_holds_until_the_next_probe() {
    let Some(numbers) = numbers("uptime", "2026-06", None) else {
        return;
    };
    for (slug, minutes, percent) in [
        ("access-registry-technical-endpoint", "1144.1333", "97.35154"),
        ("access-website-public-webpage", "3916.6667", "90.93364"),
        ("globus-transfer-api-technical-endpoint", "50.6333", "99.88279"),
        ("alpine-login-node-ssh-tcp-reachability", "0.0000", "100.00000"),
    ] {
        let (_, number) = numbers
            .iter()
            .find(|(kpi, _)| *kpi == format!("up-{slug}"))
            .expect("measured");
        let Detail::Time { down, .. } = &number.detail else {
            panic!("no time: {:?}", number.detail)
        };
        let minute = Rational::integer(60_000_000);
        assert_eq!(
            down.checked_div(&minute).expect("not zero").to_fixed(4),
            minutes,
            "{slug}"
        );
        assert_eq!(scaled(&number.value, 100, 5), percent, "{slug}");
    }
}

#[test]
fn flights_on_time_per_carrier() {
    for (carrier, hits, rows) in [("UA", 10_961, 13_954), ("HA", 80, 90), ("EV", 7_440, 12_724)] {
        let Some(number) = number("flights", "2013-Q1", Some(carrier), "on-time") else {
            return;
        };
        assert_eq!((number.value, number.rows), (ratio(hits, rows), rows), "{carrier}");
    }
}

#[test]
fn emergency_departments_within_four_hours() {
    for (month, percent) in [("2016-04", "90.0351"), ("2017-01", "85.1413"), ("2017-03", "90.0095")] {
        let Some(number) = number("emergency", month, None, "within-four-hours") else {
            return;
        };
        assert_eq!(scaled(&number.value, 100, 4), percent, "{month}");
    }
}

#[test]
fn emergency_departments_of_one_organisation() {
    // Its three rows of that month: attended 21,289 + 813 + 2,850, of which 2,879 + 22 + 6 took longer.
    let Some(number) = number("emergency", "2017-03", Some("RF4"), "within-four-hours") else {
        return;
    };
    let Detail::Share { part, whole } = &number.detail else {
        panic!("no share: {:?}", number.detail)
    };
    assert_eq!(
        (part.to_exact(), whole.to_exact()),
        ("22045".to_owned(), "24952".to_owned())
    );
}

#[test]
fn windows_to_patch_known_vulnerabilities() {
    let Some(numbers) = numbers("kev", "2025", None) else {
        return;
    };
    let of = |id: &str| &numbers.iter().find(|(kpi, _)| kpi == id).expect("measured").1;
    assert_eq!(
        (of("window").value.to_fixed(6).as_str(), of("window").rows),
        ("47.349840", 1252)
    );
    assert_eq!(of("within-21-days").value, ratio(1003, 1252));
    assert_eq!(of("negative").value, Rational::integer(15));
}

#[test]
fn recommendation_by_passengers() {
    let Some(number) = number("survey", "2017", None, "nps") else {
        return;
    };
    // 100 × (1,436 − 342) / 2,746
    assert_eq!((number.value, number.rows), (ratio(109_400, 2746), 2746));
}
