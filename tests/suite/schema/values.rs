//! Each kind of value: what it reads, and what it says of the rest.

use jiff::civil::{date, datetime};
use scoreline::diagnostics::Diagnostics;
use scoreline::model::{self, Deadline, Goal, Measure, Mode, Scorecard, Written};
use scoreline::quantity::{Quantity, Rational, Unit};
use scoreline::source::{FileId, Span};

use super::{examine, scorecard};

fn rational(text: &str) -> Rational {
    Rational::parse_decimal(text).expect("a decimal")
}

/// Reads a scorecard's fields, which must be faultless.
#[track_caller]
fn read(text: &str) -> Scorecard {
    let examined = scorecard(text);
    examined.clean();
    let mut found = Diagnostics::default();
    let read = model::lower::<Scorecard>(&examined.documents[0].node, Mode::Partial, &mut found);
    assert!(found.is_empty());
    read.expect("a scorecard")
}

#[test]
fn text_is_what_it_looks_like() {
    for title in ["NO", "1.10", "08:00", "2026", "true", "0x10"] {
        let card = read(&format!("title: {title}\nscope: {title}"));
        assert_eq!(card.sections.title.as_deref(), Some(title));
        assert_eq!(card.sections.scope.as_deref(), Some(title));
    }
}

#[test]
fn percentages_need_their_sign() {
    let contract = read("contract: { at_risk: 12.5% }").sections.contract.expect("written");
    assert_eq!(contract.at_risk.expect("written").0, rational("0.125"));
    for (text, rule, proposal) in [
        ("0.999", "bare-fraction", "write `99.9%`"),
        ("0.12", "bare-fraction", "write `12%`"),
        ("99.9", "wrong-unit", "write `99.9%`"),
        ("12", "wrong-unit", "write `12%`"),
        ("1", "wrong-unit", "write `1%`, or `100%`"),
        ("4h", "wrong-unit", "a percentage such as `99.95%`"),
        ("\"99,5%\"", "decimal-comma", "write `99.5%`"),
        ("\"99,5\"", "decimal-comma", "write `99.5%`"),
        ("\">= 99.9%\"", "misplaced-operator", "{ at_least: 99.9% }"),
        ("most", "invalid-value", "a percentage such as `99.95%`"),
    ] {
        scorecard(&format!("contract:\n  at_risk: {text}")).only("2:12", rule, proposal);
    }
    // Inside `{ … }` the comma splits the value too: still one problem, reported once.
    scorecard("contract: { at_risk: 99,5% }").only("1:22", "decimal-comma", "write `at_risk: 99.5%`");
}

#[test]
fn money_is_plain() {
    for (text, rule, proposal) in [
        ("42,000.00", "decimal-comma", "write `42000.00`"),
        ("42.000,00", "decimal-comma", "write `42000.00`"),
        ("1.042.000,00", "decimal-comma", "write `1042000.00`"),
        ("42.000.000", "invalid-value", "write `42000000`"),
        ("42'000.00", "invalid-value", "write `42000.00`"),
        ("42 000.00", "invalid-value", "write `42000.00`"),
        ("12,500", "decimal-comma", "write `12500`, or `12.500`"),
        ("12,50", "decimal-comma", "write `12.50`"),
        ("-12,50", "decimal-comma", "write `-12.50`"),
        ("12%", "wrong-unit", "`12%` is a percentage"),
        ("4h", "wrong-unit", "`4h` is a duration"),
        ("EUR 42000", "invalid-value", "an amount without a currency sign"),
    ] {
        scorecard(&format!("contract:\n  charge: {text}")).only("2:11", rule, proposal);
    }
}

#[test]
fn durations_add_up_exactly() {
    let micros = |text: &str| {
        let card = read(&format!("contract: {{ report_due: {text} }}"));
        match card.sections.contract.and_then(|contract| contract.report_due) {
            Some(Deadline::Elapsed(micros)) => micros,
            other => panic!("{other:?}"),
        }
    };
    for (text, seconds) in [
        ("4h", 14_400),
        ("1h 30m", 5_400),
        ("1h30m", 5_400),
        ("2.5h", 9_000),
        ("5m", 300),
        ("14d", 1_209_600),
        ("30 days", 2_592_000),
        ("2 weeks", 1_209_600),
        ("1 hour 15 minutes", 4_500),
        ("90s", 90),
    ] {
        assert_eq!(micros(text), seconds * 1_000_000, "{text}");
    }
    let card = read("contract: { report_due: 3 business days }");
    let due = card.sections.contract.and_then(|contract| contract.report_due);
    assert_eq!(due, Some(Deadline::BusinessDays(3)));
    for (text, rule, part) in [
        ("4", "wrong-unit", "write `4h`, `4m` or another unit"),
        ("4%", "wrong-unit", "`4%` is a percentage"),
        ("30m 1h", "invalid-duration", "`4h`"),
        ("1h 1h", "invalid-duration", "`4h`"),
        ("-4h", "invalid-duration", "`4h`"),
        ("PT4H", "invalid-duration", "`4h`"),
        ("3 months", "wrong-unit", "months differ in length"),
        ("3 bussiness days", "invalid-duration", "`3 business days`"),
        ("0 business days", "invalid-duration", "`1 business day`"),
        ("4,5h", "decimal-comma", "write `4.5h`"),
        ("99999999999999999999d", "invalid-duration", "`4h`"),
        ("< 4h", "misplaced-operator", "{ below: 4h }"),
    ] {
        scorecard(&format!("contract:\n  report_due: {text}")).only("2:15", rule, part);
    }
    let business_outage = "kpis:\n  a:\n    measure: { failures: { ignore_shorter: 3 business days } }";
    scorecard(business_outage).only("3:44", "wrong-unit", "`3 business days` is a number of business days");
}

#[test]
fn counts_carry_their_word() {
    let card = read("review: { every: 3 months }\nkpis: { a: { burn_in: 1 period } }");
    let every = card.sections.review.and_then(|review| review.every).expect("written");
    assert_eq!((every.count, every.of), (3, model::StretchUnit::Months));
    for (text, part) in [
        ("12", "write `12 periods`"),
        ("12 months", "`12 periods`"),
        ("4h", "`12 periods`"),
    ] {
        scorecard(&format!("kpis:\n  a:\n    burn_in: {text}")).only("3:14", "wrong-unit", part);
    }
    scorecard("review:\n  every: 0 months").only("2:10", "invalid-value", "`3 months`");
}

#[test]
fn numbers_are_decimal() {
    let card = read("categories: { a: { weight: 40 }, b: { weight: 33.5 } }");
    let weight = |id: &str| card.sections.categories[id].weight.clone().expect("written").0;
    assert_eq!((weight("a"), weight("b")), (rational("40"), rational("33.5")));
    for (text, rule, part) in [
        ("40%", "wrong-unit", "a plain number such as `40`"),
        ("1e3", "invalid-value", "a plain number"),
        ("0x10", "invalid-value", "a plain number"),
        (".5", "invalid-value", "write `0.5`"),
        ("5.", "invalid-value", "write `5`"),
        ("forty", "invalid-value", "a plain number"),
        ("33,5", "decimal-comma", "write `33.5`"),
    ] {
        scorecard(&format!("categories:\n  a:\n    weight: {text}")).only("3:13", rule, part);
    }
    for text in ["1.5", "-1", "99999999999999999999", "ten"] {
        scorecard(&format!("kpis:\n  a:\n    min_sample: {text}")).only("3:17", "invalid-value", "a whole number");
    }
}

#[test]
fn booleans_are_two_words() {
    for text in ["yes", "TRUE", "on", "1", "\"\""] {
        let outage = format!("kpis:\n  a:\n    measure: {{ availability: {{ whole_minutes: {text} }} }}");
        scorecard(&outage).only("3:47", "invalid-value", "`true` or `false`");
    }
}

#[test]
fn dates_exist() {
    let contract = read("contract: { starts: 2028-02-29, ends: 2027-06-30 }");
    let contract = contract.sections.contract.expect("written");
    assert_eq!(
        (contract.starts, contract.ends),
        (Some(date(2028, 2, 29)), Some(date(2027, 6, 30)))
    );
    for text in [
        "2026-02-30",
        "2026-13-01",
        "2027-02-29",
        "30.06.2027",
        "2027-6-30",
        "06/30/2027",
        "tomorrow",
    ] {
        scorecard(&format!("contract:\n  ends: {text}")).only("2:9", "invalid-date", text);
    }
}

#[test]
fn ranges_of_days_are_inclusive_and_in_order() {
    let card = read("kpis: { a: { baseline: { value: 1, over: 2024-04-01..2024-06-30 } } }");
    let over = card.sections.kpis["a"]
        .baseline
        .clone()
        .and_then(|b| b.over)
        .expect("written");
    assert_eq!((over.first, over.last), (date(2024, 4, 1), date(2024, 6, 30)));
    for (text, part) in [
        ("2024-04-01", "`2024-04-01..2024-06-30`"),
        ("2024-04-01..2024-06-31", "the day `2024-06-31` does not exist"),
        ("2024-06-30..2024-04-01", "write `2024-04-01..2024-06-30`"),
    ] {
        scorecard(&format!("kpis:\n  a:\n    baseline:\n      over: {text}")).only("4:13", "invalid-date", part);
    }
}

#[test]
fn windows_are_local_times() {
    let claims = |window: &str| {
        examine(&format!(
            "apiVersion: scoreline/v1\nkind: Claims\nfor: a\nclaims:\n  b:\n    by: c\n    carve_out: d\n    kpis: [e]\n    \
             window: {window}\n"
        ))
    };
    let examined = claims("2026-10-12T09:00/2026-10-12T11:00:30");
    examined.clean();
    let mut found = Diagnostics::default();
    let read = model::lower::<model::Claims>(&examined.documents[0].node, Mode::Complete, &mut found);
    let covers = read.expect("claims").claims["b"].covers.clone();
    let window = model::InstantRange {
        start: datetime(2026, 10, 12, 9, 0, 0, 0),
        end: datetime(2026, 10, 12, 11, 0, 30, 0),
    };
    assert_eq!(covers, Some(model::ClaimCovers::Window(window)));
    for (text, part) in [
        ("2026-10-12T09:00", "start and end"),
        ("2026-10-12T09:00/2026-10-12T09:00", "ends before it starts"),
        (
            "2026-10-12T09:00/2026-10-12T25:00",
            "the time `2026-10-12T25:00` does not exist",
        ),
        ("2026-10-12T09:00Z/2026-10-12T11:00Z", "without an offset"),
        ("2026-10-12/2026-10-13", "`2026-10-12T09:00`"),
    ] {
        claims(text).only("9:13", "invalid-date", part);
    }
}

#[test]
fn periods_have_four_forms() {
    for label in ["2026-10", "2026-Q4", "2026", "2026-W41"] {
        read(&format!("sources: {{ a: {{ at: {{ period: {label} }} }} }}"));
    }
    for label in [
        "2026-13",
        "2026-00",
        "2026-Q5",
        "2026-W54",
        "26-10",
        "2026-",
        "October 2026",
    ] {
        let at = format!("sources:\n  a:\n    at:\n      period: {label}");
        scorecard(&at).only("4:15", "invalid-period", "`2026-Q4`");
    }
}

#[test]
fn zones_are_those_of_the_database() {
    read("time_zone: America/Argentina/Buenos_Aires");
    read("time_zone: UTC");
    for (text, part) in [
        ("Europe/Berln", "did you mean `Europe/Berlin`?"),
        ("europe/berlin", "did you mean `Europe/Berlin`?"),
        ("Berlin", "did you mean `Europe/Berlin`?"),
        ("Atlantis/Poseidonis", "such as `Europe/Berlin`"),
    ] {
        scorecard(&format!("time_zone: {text}")).only("1:12", "unknown-time-zone", part);
    }
}

#[test]
fn currencies_know_their_minor_unit() {
    for (code, decimals) in [("EUR", 2), ("JPY", 0), ("KWD", 3), ("OMR", 3), ("ISK", 0), ("CLF", 4)] {
        let contract = read(&format!("contract: {{ currency: {code} }}")).sections.contract;
        let currency = contract.and_then(|contract| contract.currency).expect("written");
        assert_eq!((currency.code.as_str(), currency.minor_units), (code, decimals));
    }
    for (text, part) in [
        ("Euro", "did you mean `EUR`?"),
        ("eur", "did you mean `EUR`?"),
        ("€", "an ISO 4217 code such as `EUR`"),
    ] {
        scorecard(&format!("contract:\n  currency: {text}")).only("2:13", "invalid-value", part);
    }
}

#[test]
fn open_hours_stay_within_a_day() {
    let card = read(
        "calendars: { a: { open: { mon-wed: [\"08:00-12:00\", \"13:00-24:00\"], \"sat,sun\": [\"00:00-06:00\"] } } }",
    );
    let open = card.sections.calendars["a"].open.clone().expect("written");
    let days: Vec<[bool; 7]> = open.keys().map(|days| days.0).collect();
    assert_eq!(
        days,
        [
            [true, true, true, false, false, false, false],
            [false, false, false, false, false, true, true]
        ]
    );
    let hours: Vec<(u16, u16)> = open[0].iter().map(|hours| (hours.from, hours.to)).collect();
    assert_eq!(hours, [(480, 720), (780, 1440)]);
    for (text, part) in [
        (
            "22:00-02:00",
            "write `22:00-24:00` on this day and `00:00-02:00` on the next",
        ),
        ("08:00-08:00", "ends before it starts"),
        ("08:00-24:30", "`08:00-18:00`"),
        ("8-18", "`08:00-18:00`"),
        ("08:60-18:00", "`08:00-18:00`"),
    ] {
        let calendar = format!("calendars:\n  a:\n    open:\n      mon-fri: [\"{text}\"]");
        scorecard(&calendar).only("4:17", "invalid-value", part);
    }
    scorecard("calendars:\n  a:\n    open:\n      mo-fr: []").only("4:7", "invalid-value", "`mon-fri`");
}

#[test]
fn ids_are_kebab_case() {
    for (text, part) in [
        ("Acme", "write `acme`"),
        ("acme_it", "write `acme-it`"),
        ("acme it", "write `acme-it`"),
        ("-acme", "write `acme`"),
        ("acme--it", "write `acme-it`"),
        ("Ümlaut", "ids are lower-case letters"),
    ] {
        scorecard(&format!("id: {text}")).only("1:5", "invalid-value", part);
        scorecard(&format!("kpis:\n  {text}: {{}}")).only("2:3", "invalid-value", part);
    }
}

#[test]
fn packs_are_referred_to_by_major_version() {
    let card = read("extends: [msp-core@1]");
    assert_eq!((card.extends[0].pack.as_ref(), card.extends[0].major), ("msp-core", 1));
    for (text, part) in [
        ("msp-core", "write `msp-core@1`"),
        ("msp-core@1.2.0", "write `msp-core@1`"),
        ("msp-core@v2", "write `msp-core@2`"),
    ] {
        scorecard(&format!("extends: [{text}]")).only("1:11", "invalid-value", part);
    }
    let pack = |version: &str| {
        examine(&format!(
            "apiVersion: scoreline/v1\nkind: Pack\nid: a\nversion: {version}\n"
        ))
    };
    pack("1.10.0").clean();
    pack("1.2").only("4:10", "invalid-value", "`1.2.0`");
}

#[test]
fn words_are_listed() {
    scorecard("missing: renormalize").only(
        "1:10",
        "invalid-value",
        "did you mean `renormalise`? it takes `renormalise`, `zero`, `default` or `fail`",
    );
    scorecard("sources:\n  a:\n    covers: all").only(
        "3:13",
        "invalid-value",
        "it takes `file`, or a map with `through`",
    );
}

#[test]
fn a_value_gets_its_unit_from_the_measure() {
    let card = read(
        "kpis: { a: { target: { at_least: 99.95% } }, b: { target: { at_most: 14d } }, c: { target: { below: 0.25 } } }",
    );
    let value = |id: &str| match &card.sections.kpis[id].target {
        Some(Goal::AtLeast(value) | Goal::AtMost(value) | Goal::Below(value)) => value.clone(),
        other => panic!("{other:?}"),
    };
    let span = Span::new(FileId(0), 0, 0);
    let quantity = |id: &str, unit: Unit| {
        let mut found = Diagnostics::default();
        let quantity = value(id).quantity(unit, span, &mut found);
        let found: Vec<(&str, String)> = found
            .iter()
            .map(|finding| (finding.rule, finding.help.clone().unwrap_or_default()))
            .collect();
        (quantity, found)
    };
    let made = |number: &str, unit| (Some(Quantity::new(rational(number), unit)), Vec::new());
    assert_eq!(value("a").written, Written::Percent);
    assert_eq!(quantity("a", Unit::Percent), made("0.9995", Unit::Percent));
    assert_eq!(quantity("b", Unit::Duration), made("1209600000000", Unit::Duration));
    assert_eq!(quantity("b", Unit::Days), made("14", Unit::Days));
    assert_eq!(quantity("c", Unit::Number), made("0.25", Unit::Number));
    assert_eq!(quantity("c", Unit::Money), made("0.25", Unit::Money));
    for (id, unit, rule, part) in [
        ("c", Unit::Percent, "bare-fraction", "write `25%`"),
        ("b", Unit::Percent, "wrong-unit", "`99.95%`"),
        ("a", Unit::Duration, "wrong-unit", "`4h`"),
        ("c", Unit::Duration, "wrong-unit", "write `0.25h`"),
        ("a", Unit::Number, "wrong-unit", "`12.5`"),
        ("a", Unit::Money, "wrong-unit", "`12.50`"),
        ("b", Unit::Count, "wrong-unit", "`12.5`"),
        ("a", Unit::Days, "wrong-unit", "`14d`"),
    ] {
        let (quantity, found) = quantity(id, unit);
        assert_eq!(quantity, None, "{id} in {unit:?}");
        assert!(
            matches!(&found[..], [(found, help)] if *found == rule && help.contains(part)),
            "{found:?}"
        );
    }
}

#[test]
fn targets_compare_with_a_word() {
    for (text, place, proposal) in [
        ("target: \">= 99.9%\"", "3:13", "write `{ at_least: 99.9% }`"),
        (
            "target: { at_least: \">= 99.9%\" }",
            "3:25",
            "write `{ at_least: 99.9% }`",
        ),
        ("target: { at_least: \"≤ 4h\" }", "3:25", "write `{ at_most: 4h }`"),
        ("target: \"<4h\"", "3:13", "write `{ below: 4h }`"),
        ("target: { \">\": 4h }", "3:15", "`at_least`, `above`"),
    ] {
        scorecard(&format!("kpis:\n  a:\n    {text}")).only(place, "misplaced-operator", proposal);
    }
    let bare = scorecard("kpis:\n  a:\n    target: 99.9%");
    bare.only("3:13", "wrong-shape", "`{ at_least: 99.9% }` or `{ at_most: 99.9% }`");
}

#[test]
fn percentiles_are_of_a_hundred() {
    for (text, share) in [
        ("95", "0.95"),
        ("95%", "0.95"),
        ("99.9", "0.999"),
        ("0", "0"),
        ("100", "1"),
    ] {
        let card = read(&format!(
            "kpis: {{ a: {{ measure: {{ percentile: {{ source: s, of: x, p: {text} }} }} }} }}"
        ));
        match &card.sections.kpis["a"].measure {
            Some(Measure::Percentile(percentile)) => {
                assert_eq!(percentile.p.clone().expect("written").0, rational(share));
            }
            other => panic!("{other:?}"),
        }
    }
    for (text, rule, part) in [
        ("0.95", "bare-fraction", "write `95`"),
        ("101", "invalid-value", "between 0 and 100"),
        ("-1", "invalid-value", "between 0 and 100"),
    ] {
        let kpi = format!("kpis:\n  a:\n    measure:\n      percentile: {{ p: {text} }}");
        scorecard(&kpi).only("4:24", rule, part);
    }
}

#[test]
fn expressions_know_where_they_stand() {
    let text = "kpis:\n  a: { measure: { ratio: { hit: \"a = 'x'\" } } }";
    let card = read(text);
    let Some(Measure::Ratio(ratio)) = &card.sections.kpis["a"].measure else {
        panic!("a ratio");
    };
    let hit = ratio.hit.clone().expect("written");
    let start = text.find("a = ").expect("there") as u32;
    assert_eq!(hit.locate(4, 7), Span::new(FileId(0), start + 4, start + 7));
}
