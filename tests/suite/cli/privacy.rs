//! Who gets to read what: every field of the language that takes free text is classified here, planted in
//! `tests/privacy`, and searched for in every file that a build writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

use super::{contents, scoreline, write};

/// Who may read what stands in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readers {
    /// Whoever gets a report of the scorecard.
    Everyone,
    /// All but leadership, who get no formulas, clauses or evidence.
    Detail,
    /// Those who get the files and digests: operations and finance.
    Provenance,
    /// Those who run the service.
    Operations,
    /// Nobody: it is for those who write the scorecards.
    Authors,
    /// As `Detail`; names of columns, conditions and other arithmetic.
    Condition,
    /// It holds no text for people: a word, a format, a folder.
    Setting,
}

use Readers::{Authors, Condition, Detail, Everyone, Operations, Provenance, Setting};

/// Every field that takes free text, as `Definition.field` of the schemas.
const FIELDS: &[(&str, Readers)] = &[
    ("Aggregate.where", Condition),
    ("Allow.reason", Authors),
    ("Amendment.reason", Everyone),
    ("Amendment.reference", Everyone),
    ("At", Condition),
    ("Attestation.evidence", Detail),
    ("Attested.statement", Detail),
    ("Availability.weight", Condition),
    ("Availability.where", Condition),
    ("Baseline.source", Everyone),
    ("Benchmark.source", Everyone),
    ("CarveOut.clause", Detail),
    ("CarveOut.description", Detail),
    ("CarveOut.title", Detail),
    ("CarveOutBy.where", Condition),
    ("Category.title", Everyone),
    ("Claim.evidence", Detail),
    ("Claim.reason", Detail),
    ("Claim.tickets", Detail),
    ("ColumnFields.date", Setting),
    ("ColumnFields.first", Condition),
    ("ColumnFields.from", Condition),
    ("ColumnFields.timestamp", Setting),
    ("Contract.customer", Everyone),
    ("Contract.provider", Everyone),
    ("Contract.reference", Everyone),
    ("Counted", Condition),
    ("Criterion.evidence", Everyone),
    ("Criterion.practice", Everyone),
    ("Decision.reason", Detail),
    ("Dimension.description", Everyone),
    ("Dimension.title", Everyone),
    ("Each.column", Condition),
    ("Event.first", Condition),
    ("Event.last", Condition),
    ("Events.case", Condition),
    ("Events.order", Condition),
    ("ExpectedTrigger.clause", Setting),
    ("ExpectedTrigger.right", Setting),
    ("Failures.weight", Condition),
    ("Failures.where", Condition),
    ("ForEach.key", Condition),
    ("ForEach.title", Condition),
    ("Impact.as", Everyone),
    ("Impact.per", Everyone),
    ("Kpi.description", Everyone),
    ("Kpi.notes", Operations),
    ("Kpi.title", Everyone),
    ("Lookup.first", Condition),
    ("Lookup.last", Condition),
    ("Lookup.matching", Condition),
    ("Lookup.max", Condition),
    ("Lookup.min", Condition),
    ("Lookup.on", Condition),
    ("Lookup.sum", Condition),
    ("Objective.description", Everyone),
    ("Objective.title", Everyone),
    ("Obligation.due", Everyone),
    ("Obligation.title", Everyone),
    ("Of.of", Condition),
    ("Of.where", Condition),
    ("OnMiss.action", Everyone),
    ("OnTime.where", Condition),
    ("Operand", Condition),
    ("Pause.minutes", Condition),
    ("Pause.on", Condition),
    ("Pause.span", Condition),
    ("Pause.while", Condition),
    ("Percentile.where", Condition),
    ("Person.email", Authors),
    ("Person.name", Everyone),
    ("Person.party", Everyone),
    ("Probes.series", Condition),
    ("Probes.up", Condition),
    ("Probes.where", Condition),
    ("Ratio.hit", Condition),
    ("Ratio.where", Condition),
    ("Reports.out", Setting),
    ("Reports.templates", Setting),
    ("Row.description", Everyone),
    ("Row.notes", Operations),
    ("Row.title", Everyone),
    ("Rows.where", Condition),
    ("Schedule.rrule", Setting),
    // What an amendment changes of the card itself.
    ("Sections.description", Setting),
    ("Sections.scope", Setting),
    ("Sections.title", Setting),
    ("Share.part", Condition),
    ("Share.where", Condition),
    ("Share.whole", Condition),
    ("Source.decimal", Setting),
    ("Source.delimiter", Setting),
    ("Source.description", Authors),
    ("Source.encoding", Setting),
    ("Source.entity", Condition),
    ("Source.incident", Condition),
    ("Source.key", Condition),
    ("Source.nulls", Setting),
    ("Source.path", Provenance),
    ("Source.rows", Setting),
    ("Source.scope", Condition),
    ("Source.span", Condition),
    ("Summed.sum", Condition),
    ("Summed.where", Condition),
    ("Tick", Condition),
    ("Trigger.clause", Everyone),
    ("Trigger.right", Setting),
    ("Waiver.approver", Authors),
    ("Waiver.entity", Setting),
    ("Waiver.reason", Authors),
    ("Waiver.rule", Setting),
    ("maturity.description", Everyone),
    ("maturity.levels", Everyone),
    ("maturity.title", Everyone),
    ("pack.description", Everyone),
    ("pack.locked", Setting),
    ("pack.scope", Setting),
    ("pack.title", Everyone),
    ("scenario.description", Authors),
    ("scenario.given", Authors),
    ("scenario.title", Authors),
    ("scorecard.description", Everyone),
    ("scorecard.scope", Authors),
    ("scorecard.title", Everyone),
    ("workspace.connections", Authors),
    ("workspace.description", Authors),
    ("workspace.title", Everyone),
];

/// The word that is planted in a field.
fn planted(field: &str) -> String {
    let letters: String = field.chars().filter(char::is_ascii_alphabetic).collect();
    format!("canary{}x", letters.to_lowercase())
}

/// Collects the fields of a schema that take any text: a word of a closed list or with a pattern is none.
fn free_text(name: &str, schema: &Value, found: &mut BTreeSet<String>) {
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    // Text may be written without quotes, whatever YAML would take it for.
    if types.contains(&"string") && types.contains(&"boolean") && schema.get("pattern").is_none() {
        found.insert(name.to_owned());
    }
    for choice in ["anyOf", "oneOf", "allOf"] {
        let choices = schema[choice].as_array().into_iter().flatten();
        choices.for_each(|choice| free_text(name, choice, found));
    }
    let inner = ["items", "additionalProperties"].map(|inner| &schema[inner]);
    inner
        .into_iter()
        .filter(|inner| inner.is_object())
        .for_each(|inner| free_text(name, inner, found));
    for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
        free_text(&format!("{name}.{field}"), schema, found);
    }
}

#[test]
fn every_field_of_free_text_is_classified_and_planted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    for kind in [
        "claims",
        "maturity",
        "pack",
        "scenario",
        "scorecard",
        "waivers",
        "workspace",
    ] {
        let path = root.join(format!("schemas/{kind}.schema.json"));
        let schema: Value = serde_json::from_slice(&fs::read(path).expect("a schema")).expect("JSON");
        free_text(kind, &schema, &mut found);
        for (name, schema) in schema["$defs"].as_object().expect("definitions") {
            free_text(name, schema, &mut found);
        }
    }
    let classified: BTreeSet<String> = FIELDS.iter().map(|(field, _)| (*field).to_owned()).collect();
    assert_eq!(classified.len(), FIELDS.len(), "each once");
    assert_eq!(found, classified, "a new field says here who may read it");

    let texts: String = contents(&root.join("tests/privacy"))
        .into_values()
        .map(|bytes| String::from_utf8(bytes).expect("UTF-8"))
        .collect();
    for (field, readers) in FIELDS {
        let is_told = !matches!(readers, Condition | Setting);
        let word = planted(field);
        assert!(!is_told || texts.contains(&word), "plant `{word}` in tests/privacy");
    }
}

/// The workspace with two customers who share a table, a team, and all that is written about them.
fn two_customers() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/privacy");
    fs::create_dir(folder.path().join("data")).expect("a new folder");
    for (path, bytes) in contents(&from) {
        let text = String::from_utf8(bytes).expect("UTF-8");
        let name = path.strip_prefix(&from).expect("below it").display().to_string();
        let about_one = [
            "acme.yaml",
            "claims.yaml",
            "maturity.yaml",
            "canarysourcepathx.csv",
            "acme-outages.csv",
        ];
        if about_one.iter().any(|ending| name.ends_with(ending)) {
            let other = |text: &str| text.replace("canary", "globex").replace("acme", "globex");
            let stem = name.rsplit('/').next().unwrap_or(&name);
            let of_other = match other(stem) {
                same if same == stem => name.replace(stem, &format!("globex-{stem}")),
                differs => name.replace(stem, &differs),
            };
            write(folder.path(), &of_other, &other(&text));
        }
        write(folder.path(), &name, &text);
    }
    folder
}

const FORMS: &str = if cfg!(feature = "xlsx") {
    "html,md,json,mail,comment,xlsx"
} else {
    "html,md,json,mail,comment"
};

/// The text of a file in lower case, without what Markdown puts before a character; of a workbook, all its parts.
fn readable(path: &Path, bytes: &[u8]) -> String {
    #[cfg(feature = "xlsx")]
    if path.extension().is_some_and(|ending| ending == "xlsx") {
        let parts = super::workbook::parts(path);
        return parts
            .into_iter()
            .map(|(name, part)| format!("{name}\n{part}\n"))
            .collect::<String>()
            .to_lowercase();
    }
    let text = std::str::from_utf8(bytes).unwrap_or_else(|_| panic!("{} is text", path.display()));
    text.to_lowercase().replace('\\', "")
}

/// Whom a file below the folder of reports is for; `None`: for several, such as an index or a statement.
fn addressee(name: &str) -> Option<&'static str> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let further = ["provider", "leadership", "finance"];
    let in_name = |word: &&&str| name.contains(&format!("2026-10.{word}"));
    let is_report = file.starts_with("2026-10.") && !file.ends_with(".intoto.json") || file.ends_with(".svg");
    let is_maturity = name.contains("-maturity/");
    match further.iter().find(in_name) {
        Some(word) => Some(word),
        None => (is_report && !is_maturity).then_some("operations"),
    }
}

#[test]
fn nobody_reads_what_is_not_meant_for_them() {
    let folder = two_customers();
    let everything = ["build", "--period", "2026-10", "--print", "--seal", "--format", FORMS];
    let audiences = ["--audience", "operations,provider,leadership,finance"];
    let run = scoreline(folder.path(), &[&everything[..], &audiences].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);

    let readers: BTreeMap<String, Readers> = FIELDS
        .iter()
        .map(|(field, readers)| (planted(field), *readers))
        .collect();
    let words = Regex::new("(?:canary|globex|person(?:name|key)|stranger)[a-z]*").expect("a pattern");
    let reports = folder.path().join("reports");
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for (path, bytes) in contents(&reports) {
        let name = path.strip_prefix(&reports).expect("a report").display().to_string();
        let text = readable(&path, &bytes);
        let audience = addressee(&name);
        for word in words.find_iter(&text).map(|word| word.as_str()) {
            seen.insert((audience.unwrap_or("several").to_owned(), word.to_owned()));
            let is_meant = match readers.get(&word.replace("globex", "canary")) {
                Some(Everyone) => true,
                Some(Detail | Condition) => audience != Some("leadership"),
                Some(Provenance) => matches!(audience, None | Some("operations" | "finance")),
                Some(Operations) => audience == Some("operations"),
                Some(Authors | Setting) => false,
                // Measured people have names in what operations get; what else stands in rows nobody gets.
                None => audience == Some("operations") && word.starts_with("personname") || word == "globex",
            };
            assert!(is_meant, "{name}, for {audience:?}, holds {word}");
        }
        let others: &[&str] = match name.split('/').next() {
            Some("acme") => &["globex", "stranger"],
            Some("globex") => &["canary", "acme", "stranger"],
            Some("desk") => &["globex", "acme", "stranger"],
            _ => &["stranger"],
        };
        // A page below the index names the workspace that it links to.
        let text = text.replace("canaryworkspacetitlex", "");
        for other in others {
            assert!(!text.contains(other), "{name} holds words of {other}");
        }
    }
    // The search finds what is there: notes and names where they belong, titles everywhere.
    for audience in ["operations", "provider", "leadership", "finance"] {
        assert!(
            seen.contains(&(audience.to_owned(), "canarykpititlex".to_owned())),
            "{audience}"
        );
    }
    for word in [
        "canarykpinotesx",
        "canaryrownotesx",
        "personnamea",
        "personnamef",
        "canaryclaimevidencex",
    ] {
        assert!(seen.contains(&("operations".to_owned(), word.to_owned())), "{word}");
    }
    assert!(seen.contains(&("finance".to_owned(), "canarysourcepathx".to_owned())));
}

#[test]
fn a_folder_for_one_audience_holds_nothing_for_others() {
    let folder = two_customers();
    let build = |more: &[&str]| {
        let all = [
            "build",
            "acme",
            "--period",
            "2026-10",
            "--out",
            "outbox",
            "--audience",
            "provider",
        ];
        scoreline(folder.path(), &[&all[..], more].concat())
    };
    let run = build(&["--format", "html,md,json,mail"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let outbox = folder.path().join("outbox");
    for path in contents(&outbox).into_keys() {
        let name = path.strip_prefix(&outbox).expect("a report").display().to_string();
        let file = name.trim_start_matches("acme/").trim_start_matches("acme-maturity/");
        assert!(file.starts_with("2026-10.provider"), "{name}");
    }
    for form in ["html", "md", "json", "mail.html"] {
        assert!(outbox.join(format!("acme/2026-10.provider.{form}")).is_file(), "{form}");
    }
    let run = build(&["--format", "comment"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("a comment says what operations see"),
        "{}",
        run.stderr
    );
}
