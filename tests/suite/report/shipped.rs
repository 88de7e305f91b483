//! The shipped scorecards as every audience gets them: nobody reads what is not meant for them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;
use scoreline::compile::{Compiled, compile};
use scoreline::evaluate::{Asked, Evaluation, evaluate};
use scoreline::measure::Inputs;
use scoreline::report::{Audience, Forms, Input, Provenance, Templates, View, render_view};
use scoreline::source::DiskTree;
use scoreline::tables::Data;

/// Every form that is text; a workbook holds the same view.
fn text_forms() -> Forms {
    let mut forms = Forms::DEFAULT;
    forms.html = true;
    forms.markdown = true;
    forms.json = true;
    forms.print = true;
    forms.mail = true;
    forms
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scorecards")
}

fn evaluated(compiled: &Compiled) -> Evaluation<'_> {
    let asked: Vec<Asked<'_>> = compiled
        .workspace
        .cards
        .iter()
        .filter_map(|card| {
            let labels = ["2026-10", "2026-Q3", "2026-W41", "2025"];
            let period = labels.iter().find_map(|label| card.latest().period.parse(label))?;
            Some(Asked { card, period })
        })
        .collect();
    let data = Data::folder(shipped());
    let inputs = Inputs {
        data: &data,
        documents: Some(&compiled.sources),
    };
    evaluate(&asked, 12, inputs, None).expect("the shipped data are whole")
}

/// The values of a CSV file's column; the shipped files quote no scope.
fn column(path: &Path, name: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).expect("a readable file");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let Some(place) = header.iter().position(|column| *column == name) else {
        return BTreeSet::new();
    };
    lines
        .filter_map(|line| Some(line.split(',').nth(place)?.to_owned()))
        .collect()
}

/// The views of every shipped card for every audience.
fn views<'a>(evaluation: &'a Evaluation<'a>) -> impl Iterator<Item = (View, Audience)> + 'a {
    evaluation.cards.iter().flat_map(move |card| {
        let provenance = Provenance::default();
        let input = Input {
            timeline: card.card,
            outcomes: &card.outcomes,
            entities: &card.entities,
            maturity: &card.maturity,
            facts: &evaluation.facts,
            provenance: &provenance,
        };
        Audience::ALL.map(|audience| (View::build(&input, audience), audience))
    })
}

#[test]
fn every_report_of_every_card_is_what_the_schema_says() {
    let compiled = compile(&DiskTree::new(shipped())).expect("readable");
    let evaluation = evaluated(&compiled);
    let validator = jsonschema::validator_for(&super::data::closed()).expect("a schema");
    let mut checked = 0;
    for (view, audience) in views(&evaluation) {
        let report = serde_json::from_str(&view.to_json()).expect("JSON");
        let wrong: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(wrong, Vec::<String>::new(), "{} for {audience:?}", view.card.id);
        checked += 1;
    }
    assert!(checked >= 4 * 8, "{checked}");
}

/// What people read of a page or a Markdown file: no drawings, tags, links and escapes.
fn read(path: &str, text: &str) -> String {
    let gone = match path.ends_with(".md") {
        true => r"!\[[^\n]*\n|\\",
        false => r"(?s)<svg.*?</svg>|<style.*?</style>|<[^>]*>",
    };
    let shown = Regex::new(gone).expect("a pattern").replace_all(text, " ").into_owned();
    [
        ("&#39;", "'"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(shown, |text, (entity, character)| text.replace(entity, character))
}

#[test]
fn every_decimal_of_a_report_stands_in_its_data() {
    let compiled = compile(&DiskTree::new(shipped())).expect("readable");
    let evaluation = evaluated(&compiled);
    let decimals = Regex::new(r"[0-9][0-9,]*\.[0-9]+").expect("a pattern");
    let mut found = 0;
    for (view, audience) in views(&evaluation) {
        let data = view.to_json();
        let known: BTreeSet<&str> = decimals.find_iter(&data).map(|number| number.as_str()).collect();
        for file in render_view(&view, audience, &Templates::new(), text_forms()).expect("it renders") {
            if file.path.ends_with(".svg") || file.path.ends_with(".json") {
                continue;
            }
            let text = read(&file.path, std::str::from_utf8(&file.bytes).expect("UTF-8"));
            for number in decimals.find_iter(&text).map(|number| number.as_str()) {
                assert!(known.contains(number), "{number} in {} is not in its data", file.path);
                found += 1;
            }
        }
    }
    assert!(found > 10_000, "{found}");
}

#[test]
fn nobody_reads_what_is_not_meant_for_them() {
    let compiled = compile(&DiskTree::new(shipped())).expect("readable");
    assert!(!compiled.diagnostics.has_errors());
    let evaluation = evaluated(&compiled);
    let (mut people, mut notes, mut others) = (0, 0, 0);
    for card in &evaluation.cards {
        let provenance = Provenance::default();
        let input = Input {
            timeline: card.card,
            outcomes: &card.outcomes,
            entities: &card.entities,
            maturity: &card.maturity,
            facts: &evaluation.facts,
            provenance: &provenance,
        };
        let terms = card.card.latest();
        let mut secrets: Vec<String> = Vec::new();
        for entity in evaluation.facts.entities.get(&card.card.id).into_iter().flatten() {
            secrets.push(entity.title.clone());
            people += 1;
        }
        for kpi in terms.kpis.values() {
            secrets.extend(kpi.notes.clone());
            notes += usize::from(kpi.notes.is_some());
        }
        // Of a table that customers share, nobody but its owner learns who else is in it.
        let mut strangers: BTreeSet<String> = BTreeSet::new();
        for ((id, source), profile) in &evaluation.facts.profiles {
            let shared = terms.sources.get(source).and_then(|source| source.scope.as_deref());
            let Some(scope) = shared.filter(|_| *id == card.card.id) else {
                continue;
            };
            for (path, _) in profile.files.iter().filter(|(path, _)| path.ends_with(".csv")) {
                strangers.extend(column(&shipped().join(path), scope));
            }
        }
        strangers.retain(|scope| scope.len() > 3 && terms.scope.as_ref() != Some(scope));
        others += strangers.len();
        for audience in Audience::ALL {
            let view = View::build(&input, audience);
            let mut texts: Vec<(String, String)> = render_view(&view, audience, &Templates::new(), text_forms())
                .expect("it renders")
                .into_iter()
                .map(|file| (file.path, String::from_utf8(file.bytes).expect("UTF-8")))
                .collect();
            texts.push(("the view".to_owned(), view.to_json()));
            for (path, text) in &texts {
                for stranger in &strangers {
                    assert!(!text.contains(stranger.as_str()), "{path} names {stranger}");
                }
                for secret in secrets.iter().filter(|_| audience != Audience::Operations) {
                    assert!(
                        !text.contains(secret.as_str()),
                        "{path} for {audience:?} holds {secret}"
                    );
                }
            }
        }
    }
    assert!(
        people > 0 && notes > 0 && others > 0,
        "there is something to hide: {people}, {notes}, {others}"
    );
}
