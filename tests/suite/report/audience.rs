//! Each audience gets its own file, filtered before it is rendered.

use scoreline::report::{Audience, View};

use super::{contract, everything, rendered, team, text};

#[test]
fn names_of_people_are_in_operations_only() {
    let case = team::technicians();
    let name = "Featherstonehaugh";
    assert!(everything(&rendered(&case, Audience::Operations)).contains(name));
    for audience in [Audience::Provider, Audience::Leadership, Audience::Finance] {
        assert!(!everything(&rendered(&case, audience)).contains(name), "{audience:?}");
        let view = View::build(&case.input(), audience);
        assert!(!view.to_json().contains(name), "{audience:?}: not even in the data");
    }
}

#[test]
fn internal_notes_are_in_operations_only() {
    let case = contract::october(13);
    assert!(everything(&rendered(&case, Audience::Operations)).contains("INTERNAL-NOTE"));
    for audience in [Audience::Provider, Audience::Leadership, Audience::Finance] {
        let view = View::build(&case.input(), audience);
        assert!(!view.to_json().contains("INTERNAL-NOTE"), "{audience:?}");
        assert!(
            !everything(&rendered(&case, audience)).contains("INTERNAL-NOTE"),
            "{audience:?}"
        );
    }
}

#[test]
fn the_provider_gets_its_own_kpis_and_no_working() {
    let html = text(&rendered(&contract::october(13), Audience::Provider), ".html");
    assert!(html.contains("ERP availability"));
    assert!(
        !html.contains("Customer answers in two days"),
        "that one is the customer's"
    );
    assert!(html.contains("Not listed here: 1 KPI, of them 1 met."));
    assert!(html.contains("EUR 3,024.00"));
    assert!(
        !html.contains("42,000.00 × 12%"),
        "credits per KPI, without their working"
    );
    assert!(!html.contains("Files and digests"));
    let notice = "A claim under Third party or force majeure (B.4.6) has to be notified within 5 business days of its window&#39;s start.";
    assert!(html.contains(notice), "until when it may still dispute");
}

#[test]
fn leadership_gets_what_went_wrong_and_totals() {
    let view = View::build(&contract::october(13).input(), Audience::Leadership);
    let ids: Vec<&str> = view.kpis.iter().map(|kpi| kpi.id.as_str()).collect();
    assert_eq!(ids, ["erp-uptime", "resolution-p1", "csat", "patching"]);
    let omitted = view.omitted.as_ref().expect("the rest is counted");
    assert_eq!(omitted.text, "Not listed here: 4 KPIs, of them 4 met.");
    assert!(
        view.kpis
            .iter()
            .all(|kpi| kpi.formula.is_none() && kpi.exclusions.is_empty())
    );
    let money = view.money.as_ref().expect("a contract has money");
    assert!(money.credits.is_empty());
    assert_eq!(money.credit.display, "EUR 3,528.00");
    assert!(money.year_to_date.is_some());
    let html = text(&rendered(&contract::october(13), Audience::Leadership), ".html");
    assert!(!html.contains("42,000.00 × 12%") && !html.contains("would have given"));
}

#[test]
fn finance_gets_the_whole_working() {
    let html = text(&rendered(&contract::october(13), Audience::Finance), ".html");
    for shown in [
        "42,000.00 × 12% × 60% × 100%",
        "at-risk amount",
        "727h / 733h",
        "77c177c1",
        "carrier-2026-10",
    ] {
        assert!(html.contains(shown), "{shown}");
    }
}

// October 2026 ends on a Saturday: the fifth business day after it is Friday the 6th, the tenth Friday the 13th.
#[test]
fn the_provider_reads_its_deadlines_by_date() {
    let case = contract::october(13);
    let view = View::build(&case.input(), Audience::Provider);
    let dated: Vec<(&str, Option<&str>)> = view
        .actions
        .iter()
        .filter(|action| action.due.is_some())
        .map(|action| (action.code, action.due.as_deref()))
        .collect();
    assert_eq!(dated, [("notice", Some("2026-11-06")), ("report", Some("2026-11-13"))]);
    let html = text(&rendered(&case, Audience::Provider), ".html");
    let list = &html[html.find("Your actions by date").expect("the list")..];
    let at = |text: &str| list.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("2026-11-06") < at("2026-11-13"));
    assert!(
        at("2026-11-13") < at("Root-cause review"),
        "what has no date stands last"
    );
    for audience in [Audience::Operations, Audience::Leadership, Audience::Finance] {
        let view = View::build(&case.input(), audience);
        assert!(
            view.actions.iter().all(|action| action.code != "notice"),
            "{audience:?}"
        );
    }
}
