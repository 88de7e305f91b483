//! Plain words: titles instead of ids, nothing said twice.

use jiff::civil::date;
use scoreline::assess::outcome::Fired;
use scoreline::report::{Audience, View};
use scoreline::resolve::terms::Decision;

use super::{contract, everything, rendered};

#[test]
fn a_trigger_speaks_of_titles_parties_and_clauses() {
    let mut case = contract::october(1);
    let fired = |id: &str, because: &str, right: Option<&str>, clause: Option<&str>| Fired {
        id: id.to_owned(),
        because: because.to_owned(),
        notify: Vec::new(),
        due: None,
        right: right.map(str::to_owned),
        clause: clause.map(str::to_owned),
        kpis: vec!["erp-uptime".to_owned(), "csat".to_owned()],
        provisional: false,
    };
    case.outcomes[0].triggers = vec![
        fired(
            "terminate",
            "erp-uptime: default in 2026-09 and 2026-10; csat: missed in 2026-10",
            Some("customer"),
            Some("B.9.1"),
        ),
        fired(
            "review",
            "default in 2026-09 (csat) and 2026-10 (erp-uptime, csat)",
            None,
            None,
        ),
        fired("reopen", "the credits of 2026-10 reach the cap", Some("provider"), None),
    ];
    let view = View::build(&case.input(), Audience::DEFAULT);
    let texts: Vec<&str> = view.triggers.iter().map(|action| action.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "ERP availability: Missed in 2026-09 and 2026-10; Satisfied users (4 or 5 of 5): Missed or at risk in \
             2026-10; Acme Manufacturing may exercise the right of clause B.9.1",
            "Missed in 2026-09 (Satisfied users (4 or 5 of 5)) and 2026-10 (ERP availability, Satisfied users (4 or 5 \
             of 5))",
            "the credits of 2026-10 reach the cap; Northwind IT may exercise this right",
        ]
    );
}

#[test]
fn a_rejection_is_told_once() {
    let mut case = contract::october(1);
    let decision = Decision {
        approved: false,
        by: "cio".to_owned(),
        on: date(2026, 11, 3),
        window: None,
        waives_notice: false,
    };
    case.timeline.claims.claims["carrier-2026-10"].decision = Some(decision);
    for kpi in &mut case.outcomes[0].kpis {
        for effect in kpi.fact.iter_mut().flat_map(|fact| &mut fact.claims) {
            effect.pending = false;
            effect.reason = Some("rejected by cio on 2026-11-03".to_owned());
        }
    }
    let view = View::build(&case.input(), Audience::DEFAULT);
    let claim = &view.carve_outs.as_ref().expect("a claim").claims[0];
    assert_eq!(claim.reason, None);
    assert_eq!(
        claim.decision.as_deref(),
        Some("rejected by Chief information officer on 2026-11-03")
    );
}

#[test]
fn only_operations_learn_of_rows_of_others() {
    let mut case = contract::october(1);
    for profile in case.facts.profiles.values_mut() {
        profile.other_scopes = 323;
    }
    assert!(everything(&rendered(&case, Audience::Operations)).contains("323 rows"));
    for audience in [Audience::Provider, Audience::Leadership, Audience::Finance] {
        assert!(!everything(&rendered(&case, audience)).contains("323"), "{audience:?}");
        let view = View::build(&case.input(), audience);
        assert!(!view.to_json().contains("323"), "{audience:?}");
    }
}

#[test]
fn reports_are_free_of_jargon_and_of_hyphens_for_a_minus() {
    let text = everything(&rendered(&contract::october(13), Audience::DEFAULT));
    assert!(text.contains("rows that meet the condition / rows = 74 / 107"));
    assert!(text.contains("misses the minimum of at least 99.90%"));
    for wrong in [
        "that hit",
        "does not bite",
        "every period asked for",
        "has a right",
        "12 %",
    ] {
        assert!(!text.contains(wrong), "{wrong}");
    }
}
