//! The workbook: its cells, its formulas, and that nothing in it is taken for one.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use scoreline::quantity::Rational;

use super::{scoreline, workspace, write};

/// Reads the parts of a zip archive by their names.
pub(super) fn parts(path: &Path) -> BTreeMap<String, String> {
    let bytes = std::fs::read(path).expect("a workbook");
    let number = |at: usize, length: usize| -> usize {
        bytes[at..at + length]
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    // The directory at the end has the sizes, which a part's own head may leave open.
    let end = bytes
        .windows(4)
        .rposition(|four| four == b"PK\x05\x06")
        .expect("the end");
    let (count, mut at) = (number(end + 10, 2), number(end + 16, 4));
    let mut parts = BTreeMap::new();
    for _ in 0..count {
        let (method, packed) = (number(at + 10, 2), number(at + 20, 4));
        let (name, extra, comment) = (number(at + 28, 2), number(at + 30, 2), number(at + 32, 2));
        let head = number(at + 42, 4);
        let title = String::from_utf8(bytes[at + 46..at + 46 + name].to_vec()).expect("UTF-8");
        let start = head + 30 + number(head + 26, 2) + number(head + 28, 2);
        let data = &bytes[start..start + packed];
        let mut text = String::new();
        match method {
            8 => flate2::read::DeflateDecoder::new(data).read_to_string(&mut text),
            _ => {
                let mut data = data;
                data.read_to_string(&mut text)
            }
        }
        .expect("UTF-8");
        parts.insert(title, text);
        at += 46 + name + extra + comment;
    }
    parts
}

/// The formulas of a sheet with what they come to, by cell.
fn formulas(sheet: &str) -> BTreeMap<String, (String, String)> {
    let cells = sheet.split("<c r=\"").skip(1);
    let formula = |cell: &str| {
        let (name, rest) = cell.split_once('"')?;
        let (_, rest) = rest.split_once("<f>")?;
        let (formula, rest) = rest.split_once("</f><v>")?;
        let (value, _) = rest.split_once("</v>")?;
        Some((
            name.to_owned(),
            (
                formula.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"),
                value.to_owned(),
            ),
        ))
    };
    cells.filter_map(formula).collect()
}

/// Three KPIs that each put all of the at-risk amount at stake and are missed, and one that pays a shortfall.
const CARD: &str = "apiVersion: scoreline/v1
kind: Scorecard
id: desk
title: '=cmd|calc'
contract:
  customer: Customer
  provider: Provider
  starts: 2026-01-01
  charge: 1000.01
  currency: EUR
  at_risk: 10%
  over_allocated: 300%
  late_changes: restate
time_zone: UTC
period: month
people: { lead: { name: '@lead', party: provider } }
categories: { all: { title: All, weight: 100 } }
sources:
  answers: { path: answers.csv, time_zone: UTC, at: day, covers: { through: 2026-10-31 } }
consequences:
  single_incident: sum
  caps: { rolling: { over: 12 periods, at_most: 0.7%, before_full: projected } }
kpis:
  a: &MEASURE
    credit: { of: at_risk, share: 100% }
  b: &MEASURE
    credit: { of: at_risk, share: 100% }
  c: &MEASURE
    credit: { of: at_risk, share: 100% }
  d: &MEASURE
    credit: { of: charge, shortfall: {}, cap: 5% }
";

const MEASURE: &str = "
    title: +1
    category: all
    weight: 25
    owner: lead
    measure: { ratio: { source: answers, hit: score >= 4 } }
    target: { at_least: 90% }";

fn built() -> tempfile::TempDir {
    let folder = workspace();
    write(folder.path(), "desk.yaml", &CARD.replace(" &MEASURE", MEASURE));
    // Three of five.
    let rows = "day,score\n2026-10-01,5\n2026-10-02,4\n2026-10-03,4\n2026-10-04,1\n2026-10-31,1\n";
    write(folder.path(), "answers.csv", rows);
    let run = scoreline(folder.path(), &["build", "--period", "2026-10", "--format", "xlsx"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    folder
}

#[test]
fn credits_are_computed_again_step_by_step() {
    let folder = built();
    let parts = parts(&folder.path().join("reports/desk/2026-10.xlsx"));
    let names: Vec<&str> = parts["xl/workbook.xml"]
        .split("<sheet name=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(
        names,
        ["Summary", "KPIs", "Monthly", "Carve-outs", "Credits", "Provenance"]
    );
    let formulas = formulas(&parts["xl/worksheets/sheet5.xml"]);
    let cell = |name: &str| -> (&str, &str) {
        let (formula, value) = formulas.get(name).unwrap_or_else(|| panic!("{name} in {formulas:?}"));
        (formula, value)
    };
    // By hand: 100.001 at risk, rounded to 100.00 for each of three; 30 points short, capped at 5 %: 50.0005,
    // rounded to 50.00; 350.00 in all. The period's cap of 100.00 leaves 28.57142… of each 100.00 and 14.28571… of
    // 50.00: floors of 28.57 three times and 14.28, and one cent for the largest remainder, the last. The rolling
    // cap is 0.7 % × 1,000.01 × 12 = 84.00084, so 84.00: 23.9988, 23.9988, 23.9988 and 12.0036, floors of 23.99
    // three times and 12.00, and a cent each for the first three.
    assert_eq!(cell("B3"), ("$B$2*10%", "100.001"));
    for row in [6, 7, 8] {
        assert_eq!(cell(&format!("C{row}")), ("$B$2*10%*100%*100%", "100.001"));
        assert_eq!(cell(&format!("E{row}")).1, "100");
        assert_eq!(cell(&format!("H{row}")).1, "28.57");
        assert_eq!(cell(&format!("K{row}")).1, "24");
    }
    assert_eq!(cell("C9"), ("$B$2*MIN((90%-60%),5%)", "50.0005"));
    assert_eq!(cell("E9"), ("ROUND(C9,2)*D9", "50"));
    assert_eq!((cell("H9").1, cell("K9").1), ("14.29", "12"));
    assert_eq!(cell("E10"), ("SUM(E6:E9)", "350"));
    assert_eq!(cell("H10"), ("SUM(H6:H9)", "100"));
    assert_eq!(cell("K10"), ("SUM(K6:K9)", "84"));
    assert_eq!(cell("B13"), ("ROUNDDOWN($B$3,2)", "100"));
    assert_eq!((cell("C13").0, cell("D13").0), ("E10", "H10"));
    assert!(
        formulas
            .values()
            .any(|(formula, value)| formula == "K10" && value == "84"),
        "{formulas:?}"
    );
}

#[test]
fn text_is_never_a_formula_and_nothing_knows_the_time() {
    let folder = built();
    let path = folder.path().join("reports/desk/2026-10.xlsx");
    let parts = parts(&path);
    for (name, part) in &parts {
        for text in ["<f>=cmd", "<f>cmd", "<f>@lead", "<f>+1", "<f>1<"] {
            assert!(!part.contains(text), "{text} in {name}");
        }
    }
    let texts = &parts["xl/sharedStrings.xml"];
    for text in ["=cmd|calc, October 2026", ">+1<", ">@lead<"] {
        assert!(texts.contains(text), "{text}");
    }
    assert!(parts["docProps/core.xml"].contains("2026-10-31T00:00:00Z"));
    let first = std::fs::read(&path).expect("a workbook");
    std::fs::remove_file(&path).expect("removable");
    scoreline(folder.path(), &["build", "--period", "2026-10", "--format", "xlsx"]);
    assert_eq!(first, std::fs::read(&path).expect("a workbook"));
}

#[test]
fn numbers_are_numbers_in_the_precision_of_the_report() {
    let folder = built();
    let parts = parts(&folder.path().join("reports/desk/2026-10.xlsx"));
    let kpis = &parts["xl/worksheets/sheet2.xml"];
    // The value of the first KPI: column G, three of five, shown with one decimal.
    let cell = kpis
        .split("<c r=\"G2\"")
        .nth(1)
        .and_then(|rest| rest.split("</c>").next())
        .expect("the value");
    assert!(cell.contains("<v>0.6</v>") && !cell.contains("t=\"s\""), "{cell}");
    assert!(parts["xl/styles.xml"].contains("formatCode=\"0.0%\""));
    assert!(parts["xl/styles.xml"].contains("formatCode=\"&quot;EUR&quot; #,##0.00\""));
}

/// The text of the cell `name`, or its number and the format that it is shown in.
fn cell(parts: &BTreeMap<String, String>, sheet: usize, name: &str) -> String {
    let part = &parts[&format!("xl/worksheets/sheet{sheet}.xml")];
    let cell = part
        .split(&format!("<c r=\"{name}\""))
        .nth(1)
        .and_then(|rest| rest.split("</c>").next())
        .unwrap_or_else(|| panic!("{name} in {part}"));
    let value = cell.split("<v>").nth(1).and_then(|rest| rest.split("</v>").next());
    let value = value.unwrap_or_default();
    if cell.contains("t=\"s\"") {
        let texts = parts["xl/sharedStrings.xml"].split("<si>").skip(1);
        let text = texts.map(|text| text.split("</t>").next().unwrap_or_default());
        let text = text.map(|text| text.rsplit('>').next().unwrap_or_default().to_owned());
        return text.collect::<Vec<_>>()[value.parse::<usize>().expect("an index")].clone();
    }
    value.to_owned()
}

/// The facts of a sheet: what stands in column A, and right beside it.
fn facts(parts: &BTreeMap<String, String>, sheet: usize) -> BTreeMap<String, String> {
    let part = &parts[&format!("xl/worksheets/sheet{sheet}.xml")];
    let rows = part.split("<c r=\"B").skip(1).filter_map(|rest| rest.split('"').next());
    let named = rows.filter(|row| part.contains(&format!("<c r=\"A{row}\"")));
    named
        .map(|row| {
            (
                cell(parts, sheet, &format!("A{row}")),
                cell(parts, sheet, &format!("B{row}")),
            )
        })
        .collect()
}

#[test]
fn a_workbook_says_whether_it_is_published() {
    let folder = built();
    let path = folder.path().join("reports/desk/2026-10.xlsx");
    let draft = parts(&path);
    for sheet in [1, 6] {
        assert_eq!(facts(&draft, sheet)["Published"], "draft");
    }
    let seal = |more: &[&str]| {
        let all = ["build", "--period", "2026-10", "--format", "xlsx", "--seal"];
        let run = scoreline(folder.path(), &[&all[..], more].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        parts(&path)
    };
    let first = seal(&[]);
    for sheet in [1, 6] {
        assert_eq!(facts(&first, sheet)["Published"], "final, edition 1");
    }
    super::replace(folder.path(), "answers.csv", "2026-10-31,1", "2026-10-31,5");
    let second = seal(&["--restate", "A wrong answer"]);
    for sheet in [1, 6] {
        let facts = facts(&second, sheet);
        assert_eq!(facts["Published"], "restated, edition 2");
        assert_eq!(facts["Restated because"], "A wrong answer");
    }
    assert!(second["xl/sharedStrings.xml"].contains("What this edition restates"));
    assert!(second["xl/worksheets/sheet1.xml"].contains(", restated&amp;RPage"));
}

#[test]
fn days_are_dates_and_no_number_is_text() {
    let folder = built();
    let parts = parts(&folder.path().join("reports/desk/2026-10.xlsx"));
    // Day 1 is the first of January 1900, and spreadsheets think that 1900 had a 29th of February: the first of
    // October 2026 is day 46,296.
    let facts = facts(&parts, 1);
    assert_eq!(
        (facts["First day"].as_str(), facts["Last day"].as_str()),
        ("46296", "46326")
    );
    assert!(
        parts["xl/styles.xml"].contains("formatCode=\"yyyy\\-mm\\-dd\"")
            || parts["xl/styles.xml"].contains("yyyy-mm-dd")
    );
    for text in parts["xl/sharedStrings.xml"].split("<si>").skip(1) {
        let text = text
            .split("</t>")
            .next()
            .and_then(|text| text.rsplit('>').next())
            .unwrap_or_default();
        let digits = text.trim_start_matches("EUR ").trim_end_matches('%').replace(',', "");
        // `+1` is the title of every KPI here.
        assert!(text == "+1" || digits.parse::<f64>().is_err(), "{text} is text");
    }
}

#[test]
fn a_verdict_is_a_shape_and_a_word_in_a_color() {
    let folder = built();
    let parts = parts(&folder.path().join("reports/desk/2026-10.xlsx"));
    assert_eq!(cell(&parts, 2, "E2"), "■ Missed");
    assert!(
        parts["xl/styles.xml"].contains("rgb=\"FF7F0D24\""),
        "{}",
        parts["xl/styles.xml"]
    );
    // The header and the first two columns stay in sight, on paper too.
    assert!(parts["xl/worksheets/sheet2.xml"].contains("xSplit=\"2\" ySplit=\"1\""));
    assert!(
        parts["xl/workbook.xml"].contains("KPIs!$A:$B,KPIs!$1:$1"),
        "{}",
        parts["xl/workbook.xml"]
    );
}

/// By hand as above; here a spreadsheet program computes everything again when it opens the file.
///
/// It is `.ci/run` that installs one; elsewhere the test says that it is left out, as those of real data do.
#[test]
fn a_spreadsheet_program_comes_to_the_same() {
    if std::process::Command::new("soffice").arg("--version").output().is_err() {
        eprintln!("left out: there is no `soffice` on the path");
        return;
    }
    let folder = built();
    let profile = folder.path().join("profile");
    std::fs::create_dir_all(profile.join("user")).expect("a new folder");
    let always = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\"><item oor:path=\"/org.openoffice.Office.Calc/Formula/Load\">\
<prop oor:name=\"OOXMLRecalcMode\" oor:op=\"fuse\"><value>0</value></prop></item></oor:items>";
    write(&profile.join("user"), "registrymodifications.xcu", always);
    let status = std::process::Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        // Comma, double quote, UTF-8, from the first line, as shown, every sheet.
        .args([
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
        ])
        .args(["--outdir", "sheets", "reports/desk/2026-10.xlsx"])
        .current_dir(folder.path())
        .output()
        .expect("soffice starts");
    assert!(status.status.success());
    let credits = std::fs::read_to_string(folder.path().join("sheets/2026-10-Credits.csv")).expect("a sheet");
    let row = |name: &str| -> Vec<String> {
        let line = credits
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("{name} in {credits}"));
        line.split(',').map(str::to_owned).collect()
    };
    let amount = |text: &str| Rational::parse_decimal(text.trim_start_matches("EUR ")).expect("an amount");
    let sums = [4, 7, 10].map(|column| amount(&row("Sum,")[column]));
    assert_eq!(sums, [350, 100, 84].map(Rational::integer));
    assert_eq!(amount(&row("Service credit due")[1]), Rational::integer(84));
    for sheet in ["Summary", "KPIs", "Monthly", "Carve-outs", "Credits", "Provenance"] {
        let text = std::fs::read_to_string(folder.path().join(format!("sheets/2026-10-{sheet}.csv"))).expect("a sheet");
        for fault in ["#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "Err:"] {
            assert!(!text.contains(fault), "{fault} in {sheet}");
        }
    }
}
