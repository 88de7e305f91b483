//! Pages of maturity models are part of what is published: per audience, with provenance, sealed and verified.

use std::fs;

use scoreline::seal::Statement;

use super::*;
use crate::cli::replace;

/// The provider's dimension is at level 2 of 2, the customer's at level 1 for want of evidence.
const MODEL: &str = "apiVersion: scoreline/v1
kind: Maturity
id: ways
of: desk
title: Ways of working
levels: { 1: Beginning, 2: Emerging }
dimensions:
  reviews: { title: Reviews, owner: lead, to_reach: { 2: { held: { practice: Reviews are held, evidence: DOC-1 } } } }
  contacts: { title: Contacts, owner: cio, to_reach: { 2: { named: { practice: Contacts are named } } } }
";

fn modelled() -> TempDir {
    let folder = workspace();
    write(folder.path(), "model.yaml", MODEL);
    folder
}

fn pages(folder: &Path) -> Vec<String> {
    let place = folder.join("reports/desk/ways");
    if !place.exists() {
        return Vec::new();
    }
    let files = contents(&place);
    let name = |path: std::path::PathBuf| path.file_name().expect("a file").to_string_lossy().into_owned();
    files.into_keys().map(name).collect()
}

#[test]
fn each_audience_gets_its_page_and_no_other() {
    let folder = modelled();
    let folder = folder.path();
    let build = |more: &[&str]| {
        let run = scoreline(folder, &[&["build", "--period", "2026-10"], more].concat());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    };
    build(&["--audience", "provider,leadership"]);
    let forms = ["html", "json", "md"];
    let expected = ["leadership", "provider"].map(|audience| forms.map(|form| format!("2026-10.{audience}.{form}")));
    assert_eq!(pages(folder), expected.concat());
    let provider = read(folder, "reports/desk/ways/2026-10.provider.html");
    assert!(
        provider.contains("Reviews are held") && !provider.contains("Contacts are named"),
        "{provider}"
    );
    assert!(provider.contains("Not listed here: 1 criterion of Acme."), "{provider}");
    assert!(provider.contains("href=\"../2026-10.provider.html\""), "{provider}");
    let card = read(folder, "reports/desk/2026-10.provider.html");
    assert!(card.contains("href=\"ways/2026-10.provider.html\""), "{card}");
    let leadership = read(folder, "reports/desk/ways/2026-10.leadership.html");
    assert!(
        !leadership.contains("Reviews are held") && leadership.contains("Contacts are named"),
        "{leadership}"
    );
    assert!(
        leadership.contains("Not listed here: 1 criterion that is met."),
        "{leadership}"
    );
    // Digests of files are for those who run the service and those who pay.
    let digest = scoreline::source::sha256(MODEL);
    assert!(!leadership.contains(&digest) && !provider.contains(&digest));
    build(&[]);
    let page = read(folder, "reports/desk/ways/2026-10.html");
    assert!(page.contains(&digest) && page.contains("draft"), "{page}");
    let json: serde_json::Value = serde_json::from_str(&read(folder, "reports/desk/ways/2026-10.json")).expect("JSON");
    assert_eq!(
        (&json["audience"], &json["publication"]["code"]),
        (&"operations".into(), &"draft".into())
    );
    let report = report(folder, "2026-10");
    assert_eq!(report["maturity"][0]["page"], "ways/2026-10.html");
    assert_eq!(report["maturity"][0]["headline"][0], "Level 1 of 2: Beginning.");
    assert!(read(folder, "reports/desk/2026-10.md").contains("[Ways of working](ways/2026-10.md)"));
    // A model that is gone takes its pages along.
    fs::remove_file(folder.join("model.yaml")).expect("removable");
    build(&[]);
    assert_eq!(pages(folder), Vec::<String>::new());
}

#[test]
fn its_pages_are_sealed_and_verified() {
    let folder = modelled();
    let folder = folder.path();
    assert_eq!(seal(folder, "2026-10").code, 0);
    let text = read(folder, "reports/desk/2026-10.intoto.json");
    let statement = Statement::parse(text.as_bytes()).expect("a statement");
    let names = statement.subject.iter().map(|subject| &*subject.name);
    let own: Vec<&str> = names.filter(|name| name.starts_with("ways/")).collect();
    assert_eq!(own, ["ways/2026-10.html", "ways/2026-10.md", "ways/2026-10.json"]);
    let inputs = statement.predicate.specification.iter().map(|file| &*file.name);
    assert!(inputs.into_iter().any(|name| name == "model.yaml"));
    let page = read(folder, "reports/desk/ways/2026-10.html");
    assert!(page.contains("final, edition 1"), "{page}");
    assert_eq!(page, read(folder, "reports/desk/2026-10/edition-1/ways/2026-10.html"));
    assert_eq!(scoreline(folder, &["verify"]).code, 0);

    replace(folder, "reports/desk/ways/2026-10.md", "Level 1 of 2", "Level 2 of 2");
    write(folder, "reports/desk/ways/2026-10.finance.html", "<p>Level 2</p>");
    let run = scoreline(folder, &["verify"]);
    assert_eq!(run.code, 1);
    for said in [
        "wrong: desk/ways/2026-10.md: it is not as it was sealed\n",
        "wrong: desk/ways/2026-10.finance.html: it is no part of what was published of desk 2026-10\n",
    ] {
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
}

#[test]
fn other_levels_are_another_result() {
    let folder = modelled();
    let folder = folder.path();
    seal(folder, "2026-10");
    replace(
        folder,
        "model.yaml",
        "Contacts are named",
        "Contacts are named, evidence: DOC-2",
    );
    let run = seal(folder, "2026-10");
    assert_eq!(run.code, 1);
    let said = "Ways of working: level 1 → 2; Contacts 1 → 2";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(restate(folder, "2026-10", "The list was found").code, 0);
    let page = read(folder, "reports/desk/ways/2026-10.html");
    assert!(
        page.contains("restated, edition 2") && page.contains("level 1 → 2; Contacts 1 → 2"),
        "{page}"
    );
    assert_eq!(scoreline(folder, &["verify"]).code, 0);
}
