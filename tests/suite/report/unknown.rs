//! Periods of which nothing is known, and periods outside the contract.

use jiff::civil::date;
use scoreline::measure::facts::{Absence, Detail, Measured};
use scoreline::report::{Audience, Entry, RenderedFile, View, explain, index, show, summary};
use scoreline::resolve::terms::{Amendment, Retired, Version};
use scoreline::source::SourceMap;

use super::fixture::{Case, SPAN, fact, key, months, tree};
use super::{contract, rendered, text};

/// October as known, then a November without any data.
fn november() -> Case {
    let october = contract::october(13);
    let periods = months("2026-11", 2);
    let mut facts = october.facts;
    for kpi in october.timeline.versions[0].terms.kpis.keys() {
        let nothing = Measured::Absent(Absence::NoData("no file of `outages` is there".to_owned()));
        facts.facts.insert(
            key("acme-managed-it", None, kpi, periods[1]),
            fact(nothing, Detail::None),
        );
    }
    Case::new(october.timeline, facts, &periods)
}

/// The contract runs to 2027-06-30.
fn after_the_end() -> Case {
    let case = contract::october(1);
    Case::new(case.timeline, case.facts, &months("2028-01", 2))
}

#[test]
fn a_period_without_data_says_nothing_about_credits() {
    let case = november();
    let view = View::build(&case.input(), Audience::DEFAULT);
    assert_eq!(view.state.code, "no_data");
    assert_eq!(
        view.headline,
        ["No KPI could be judged, so there is no score; 8 have no data."]
    );
    assert!(view.money.is_none());
    assert!(view.tiles.iter().all(|tile| tile.id != "credit"));
    assert!(view.changes.iter().all(|change| change.code != "credit"));
    let markdown = text(&rendered(&case, Audience::DEFAULT), ".md");
    assert!(markdown.contains("· draft, no data\n"), "{markdown}");
    for wrong in ["final", "EUR 0.00", "credit"] {
        assert!(!markdown.contains(wrong), "{wrong}\n{markdown}");
    }
    let summary = summary(&[view], &[], false);
    assert!(summary.starts_with("acme-managed-it  2026-11  no score  0/0 met  no data"));
}

#[test]
fn reasons_quote_nothing_as_code() {
    let case = november();
    let markdown = text(&rendered(&case, Audience::DEFAULT), ".md");
    assert!(markdown.contains("no file of outages is there"), "{markdown}");
    assert!(!markdown.contains('`'), "{markdown}");
}

#[test]
fn a_period_outside_the_contract_has_its_term_and_nothing_else() {
    let case = after_the_end();
    let view = View::build(&case.input(), Audience::DEFAULT);
    let sentence = "The contract is not in force in January 2028: it runs from 2024-07-01 to 2027-06-30.";
    assert_eq!(view.state.code, "not_in_force");
    assert_eq!(view.headline, [sentence]);
    let files = rendered(&case, Audience::DEFAULT);
    let (markdown, html) = (text(&files, ".md"), text(&files, ".html"));
    for page in [&markdown, &html] {
        assert!(page.contains(sentence) && page.contains("not in force"));
        for wrong in ["amendment-1", "in force since", "final", "Credit"] {
            assert!(!page.contains(wrong), "{wrong}");
        }
    }
    assert!(!markdown.contains("## Data") && !html.contains("id=\"data\""));
}

#[test]
fn show_says_when_a_day_is_outside_the_term() {
    let timeline = contract::october(1).timeline;
    let shown = |day| show(&timeline, day, &SourceMap::default());
    assert_eq!(
        shown(date(2027, 7, 1)),
        "# acme-managed-it on 2027-07-01: not in force, the contract runs from 2024-07-01 to 2027-06-30\n\
         # what follows would be: amendment-1, effective 2026-04-01 (CR-112)\n"
    );
    assert_eq!(
        shown(date(2027, 6, 30)),
        "# acme-managed-it on 2027-06-30: amendment-1, in force since 2026-04-01 (CR-112)\n"
    );
    assert!(shown(date(2024, 6, 30)).contains("not in force"));
    assert!(!shown(date(2024, 7, 1)).contains("not in force"));
}

#[test]
fn explain_says_why_there_is_no_outcome() {
    let outside = after_the_end();
    assert_eq!(
        explain(&outside.input(), "erp-uptime", None).as_deref(),
        Some(
            "ERP availability (acme-managed-it/erp-uptime), January 2028\n\
             The contract is not in force in January 2028: it runs from 2024-07-01 to 2027-06-30.\n"
        )
    );
    assert_eq!(explain(&outside.input(), "nothing", None), None);

    let case = contract::october(1);
    let mut timeline = case.timeline;
    let mut later = timeline.versions[1].terms.clone();
    let mut added = later.kpis["csat"].clone();
    added.id = "nps".to_owned();
    added.title = "Net promoter score".to_owned();
    later.kpis.insert("nps".to_owned(), added);
    timeline.versions[1].terms.kpis["reopen-rate"].retired = Some(Retired {
        replaced_by: Some("csat".to_owned()),
    });
    timeline.versions.push(Version {
        effective: Some(date(2026, 12, 1)),
        amendment: Some(Amendment {
            id: "amendment-2".to_owned(),
            effective: date(2026, 12, 1),
            signed: None,
            reference: None,
            approved_by: Vec::new(),
            reason: None,
            resets: Vec::new(),
            span: SPAN,
        }),
        terms: later,
        tree: tree(),
        layers: [].into(),
    });
    let case = Case::new(timeline, case.facts, &months("2026-10", 1));
    assert_eq!(
        explain(&case.input(), "nps", None).as_deref(),
        Some(
            "Net promoter score (acme-managed-it/nps), October 2026\n\
             It is not part of the scorecard in October 2026: amendment-2 adds it from 2026-12-01.\n"
        )
    );
    assert_eq!(
        explain(&case.input(), "reopen-rate", None).as_deref(),
        Some(
            "Reopened tickets (acme-managed-it/reopen-rate), October 2026\n\
             It is retired in October 2026, replaced by Satisfied users (4 or 5 of 5).\n"
        )
    );
}

#[test]
fn the_index_links_what_exists() {
    let view = View::build(&contract::october(1).input(), Audience::DEFAULT);
    let page = |written: &[&str]| {
        let entry = Entry::of(&view).linking(|path| written.contains(&path));
        index("All", &[entry], &Default::default()).expect("the built-in templates render")
    };
    let alone = page(&["acme-managed-it/2026-10.finance.html"]);
    let of = |files: &[RenderedFile], path: &str| {
        text(
            files
                .iter()
                .filter(|it| it.path == path)
                .cloned()
                .collect::<Vec<_>>()
                .as_slice(),
            path,
        )
    };
    let (html, markdown) = (of(&alone, "index.html"), of(&alone, "index.md"));
    assert!(html.contains("href=\"acme-managed-it/2026-10.finance.html\""));
    assert!(!html.contains("2026-10.html") && !markdown.contains("2026-10.md"));
    let all = page(&["acme-managed-it/2026-10.html", "acme-managed-it/2026-10.md"]);
    assert!(of(&all, "index.html").contains("href=\"acme-managed-it/2026-10.html\""));
    assert!(of(&all, "index.md").contains("(acme-managed-it/2026-10.md)"));
    assert!(
        all.iter()
            .all(|file| !String::from_utf8_lossy(&file.bytes).contains("finance"))
    );
}
