//! Text of others stays text, the page asks nobody for anything, colours can be read.

use scoreline::assess::outcome::Verdict;
use scoreline::report::Audience;
use scoreline::report::chart::palette::{TOKENS, Token};

use super::{contract, rendered, team, text};

const HOSTILE: &str = "</title><script>alert(1)</script> \"onload=\"x\" @octocat [x](https://evil.example) www.evil.example |a| \u{202e}desreveR\n# heading `code` *b* $m$ ![i](u) \u{1b}[31m";

#[test]
fn hostile_names_stay_text_everywhere() {
    let mut case = contract::october(13);
    for version in &mut case.timeline.versions {
        version.terms.title = HOSTILE.to_owned();
        version.terms.description = Some(HOSTILE.to_owned());
        let kpi = &mut version.terms.kpis["erp-uptime"];
        kpi.title = HOSTILE.to_owned();
        kpi.description = Some(HOSTILE.to_owned());
        kpi.notes = Some(HOSTILE.to_owned());
        version.terms.people["sdm"].name = HOSTILE.to_owned();
        version.terms.carve_outs["planned-maintenance"].title = HOSTILE.to_owned();
    }
    let claim = &mut case.timeline.claims.claims["carrier-2026-10"];
    claim.evidence = Some("javascript:alert(1)".to_owned());
    for outcome in &mut case.outcomes {
        for kpi in &mut outcome.kpis {
            kpi.reasons.push(HOSTILE.to_owned());
        }
    }
    for file in rendered(&case, Audience::DEFAULT) {
        let text = String::from_utf8(file.bytes).expect("UTF-8");
        let path = &file.path;
        if path.ends_with(".json") {
            continue;
        }
        for harm in ["<script", "\u{202e}", "\u{1b}", "javascript:alert(1)\""] {
            assert!(!text.contains(harm), "{path} holds {harm:?}");
        }
        // The running head of a sheet is a string of the style sheet.
        let sheets = text.matches("</style>").count();
        assert!(
            sheets <= 1 && !text.contains("\"</title>"),
            "{path}: the style sheet ends once"
        );
        let quote = !path.ends_with(".md") && text.contains("\"onload");
        assert!(!quote, "{path}: a quote ends no attribute");
        if path.ends_with(".md") {
            for harm in [
                "@octocat",
                "://evil",
                "www.evil",
                "|a|",
                "\n# heading",
                "`code`",
                "*b*",
                "$m$",
                " ![i]",
            ] {
                assert!(!text.contains(harm), "{path} holds {harm:?}");
            }
            let links_to_charts = text
                .match_indices("](")
                .all(|(at, _)| text[..at].ends_with('\\') || text[at..].starts_with("](2026-10/"));
            assert!(links_to_charts, "{path}: only charts are linked");
            let row = text
                .lines()
                .find(|line| line.starts_with("| &lt;/title"))
                .expect("the row");
            let bars = row.replace("\\|", "").matches('|').count();
            assert_eq!(bars, 8, "{row}");
        }
    }
}

#[test]
fn a_hostile_technician_stays_text() {
    let files = rendered(&team::technicians(), Audience::DEFAULT);
    assert!(text(&files, ".html").contains("&lt;b&gt;Chidi&lt;/b&gt; @everyone"));
    assert!(text(&files, ".md").contains("&lt;b&gt;Chidi&lt;/b&gt; &#64;everyone"));
}

#[test]
fn only_web_addresses_become_links() {
    let html = text(&rendered(&contract::october(13), Audience::DEFAULT), ".html");
    assert!(html.contains("<a href=\"https://wiki.example/CHG-4411\" rel=\"noopener noreferrer\">"));
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    for audience in Audience::ALL {
        for case in [contract::october(13), team::technicians()] {
            let html = text(&rendered(&case, audience), ".html");
            for asks in [
                "<script", "<link", "<img", "<iframe", "<object", " src=", "url(", "@import", "style=", "onclick",
            ] {
                // A pattern of the page itself is no address.
                let html = html.replace("url(#", "");
                assert!(!html.contains(asks), "{audience:?}: {asks}");
            }
            assert!(html.contains(
                "content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\""
            ));
        }
    }
}

#[test]
fn standalone_charts_carry_their_colours() {
    for file in rendered(&contract::october(13), Audience::DEFAULT) {
        if file.path.ends_with(".svg") {
            let svg = String::from_utf8(file.bytes).expect("UTF-8");
            assert!(
                svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""),
                "{}",
                file.path
            );
            assert!(
                !svg.contains("var("),
                "{}: a variable has no value outside the page",
                file.path
            );
            assert!(
                svg.contains(" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"),
                "an opaque plate"
            );
            assert!(svg.contains("<title>") && svg.contains("<desc>"));
        }
    }
}

#[test]
fn ids_are_unique_and_every_anchor_exists() {
    for audience in Audience::ALL {
        let mut case = contract::october(13);
        // A KPI that is met again is told as a change and listed for some only.
        let september = case.outcomes.len() - 2;
        for kpi in case.outcomes[september].kpis.iter_mut().filter(|kpi| kpi.id == "mttr") {
            kpi.verdict = Verdict::Default;
        }
        let html = text(&rendered(&case, audience), ".html");
        assert!(html.contains("Mean time to resolve"), "{audience:?}");
        let values = |attribute: &str| -> Vec<String> {
            html.split(&format!(" {attribute}=\""))
                .skip(1)
                .map(|rest| rest.split('"').next().expect("a value").to_owned())
                .collect()
        };
        let mut ids = values("id");
        ids.sort();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{audience:?}: ids are unique");
        for anchor in values("href").iter().filter_map(|href| href.strip_prefix('#')) {
            assert!(ids.iter().any(|id| id == anchor), "{audience:?}: #{anchor} exists");
        }
    }
}

/// The relative luminance of WCAG 2.2 for `#rrggbb`.
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("hexadecimal")) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_can_be_read_on_the_page_and_on_surfaces() {
    let token = |name: &str| TOKENS.into_iter().find(|token| token.name == name).expect("a token");
    let grounds = [token("bg"), token("surface")];
    for text in TOKENS.iter().filter(|token| token.is_text) {
        for ground in &grounds {
            for (mode, of) in [
                ("light", (|token| token.light) as fn(&Token) -> &'static str),
                ("dark", |token| token.dark),
            ] {
                let found = contrast(of(text), of(ground));
                assert!(found >= 4.5, "{} on {} in {mode}: {found:.2}", text.name, ground.name);
            }
        }
    }
}

#[test]
fn the_stylesheet_has_the_palettes_colours() {
    let css = include_str!("../../../templates/report.css");
    let (light, dark) = css.split_once("prefers-color-scheme:dark").expect("both modes");
    for token in TOKENS {
        assert!(
            light.contains(&format!("--{}:{}", token.name, token.light)),
            "{}",
            token.name
        );
        assert!(
            dark.contains(&format!("--{}:{}", token.name, token.dark)),
            "{}",
            token.name
        );
    }
}
