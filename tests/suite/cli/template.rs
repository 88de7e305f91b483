//! Templates of a workspace: what replaces ours, and what an author is told of a broken one.

use super::{contents, replace, scoreline, workspace, write};
use tempfile::TempDir;

/// The workspace with a template of its own.
fn with_template(name: &str, text: &str) -> TempDir {
    let folder = workspace();
    replace(
        folder.path(),
        "scoreline.yaml",
        "title: Test\n",
        "title: Test\nreports: { templates: templates }\n",
    );
    std::fs::create_dir(folder.path().join("templates")).expect("a new folder");
    write(&folder.path().join("templates"), name, text);
    folder
}

#[test]
fn a_template_replaces_ours_and_is_part_of_the_provenance() {
    let folder = with_template("report.md", "{{ card.title }}: {{ kpis[0].value.display }}\n");
    let run = scoreline(folder.path(), &["build", "--period", "2026-10"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let report = |name: &str| std::fs::read_to_string(folder.path().join("reports/desk").join(name)).expect("a report");
    assert_eq!(report("2026-10.md"), "Service desk: 80.0%\n");
    assert!(report("2026-10.json").contains("\"templates/report.md\""));
}

#[test]
fn a_broken_template_is_shown_at_its_place_and_leaves_reports_alone() {
    let folder = with_template("report.md", "{{ card.title }}\n");
    scoreline(folder.path(), &["build", "--period", "2026-10"]);
    let before = contents(&folder.path().join("reports"));
    assert!(!before.is_empty());
    for (text, place, line) in [
        (
            "one\nname: {{ card.titel }}\n",
            "templates/report.md:2:10",
            "name: {{ card.titel }}",
        ),
        (
            "one\n{% for kpi in kpis %}\n",
            "templates/report.md:",
            "{% for kpi in kpis %}",
        ),
        (
            "{% for a in range(90000) %}{% for b in range(90000) %}.{% endfor %}{% endfor %}",
            "templates/report.md:1:",
            "range(90000)",
        ),
        ("{% include \"/etc/passwd\" %}", "templates/report.md:1:", "/etc/passwd"),
    ] {
        write(&folder.path().join("templates"), "report.md", text);
        let run = scoreline(folder.path(), &["build", "--period", "2026-10"]);
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{text}");
        for part in ["broken-template", place, line] {
            assert!(run.stderr.contains(part), "`{part}` is not in\n{}", run.stderr);
        }
        assert_eq!(before, contents(&folder.path().join("reports")), "{text}");
    }
}

#[test]
fn a_template_cannot_exhaust_the_machine() {
    let folder = with_template("report.md", "");
    let doubled: String = (0..40).map(|_| "{% set s = s ~ s %}").collect();
    let captured: String = (0..40)
        .map(|n| format!("{{% set s{} %}}{{{{ s{n} }}}}{{{{ s{n} }}}}{{% endset %}}", n + 1))
        .collect();
    let chained = |link: &str| format!("{{{{ card.id{} }}}}", link.repeat(20_000));
    for (text, line, message) in [
        // Text that doubles, by an operator, by what is captured, by filters.
        (
            format!("one\n{{% set s = \"abcdefgh\" %}}\n{doubled}"),
            3,
            "a text is longer than 256 KiB",
        ),
        (
            format!("{{% set s0 %}}abcdefgh{{% endset %}}\n{captured}"),
            2,
            "more than 32 MiB of text",
        ),
        (
            "{% set s = range(50000)|join %}\n{{ s|replace(\"1\", s)|length }}".to_owned(),
            2,
            "a text is longer",
        ),
        (
            "{% set s = range(50000)|join %}\n{{ range(9000)|join(s)|length }}".to_owned(),
            2,
            "a text is longer",
        ),
        (
            "{{ [1]|batch(2000000000, 1)|length }}".to_owned(),
            1,
            "more than 100000 entries",
        ),
        ("{{ \"x\" * 100000000 }}".to_owned(), 1, "there is no `*`"),
        ("{{ \"a\"|indent(2000000000) }}".to_owned(), 1, "indent"),
        // Loops, calls and includes.
        (
            "{% for a in range(99999999) %}.{% endfor %}".to_owned(),
            1,
            "range has too many elements",
        ),
        (
            format!("{{% for a in range(90000) %}}{}{{% endfor %}}", "x".repeat(900)),
            1,
            "more than 32 MiB of text",
        ),
        (
            format!(
                "{{% set s %}}{{% for a in range(90000) %}}{}{{% endfor %}}{{% endset %}}",
                "x".repeat(900)
            ),
            1,
            "more than 32 MiB",
        ),
        (
            "{% macro f(n) %}{{ f(n ~ n) }}{% endmacro %}\n{{ f(1) }}".to_owned(),
            1,
            "a text is longer",
        ),
        (
            "{% macro f(n) %}{{ f(n) }}{% endmacro %}\n{{ f(1) }}".to_owned(),
            1,
            "recursion limit",
        ),
        ("{% include \"report.md\" %}".to_owned(), 1, "recursion limit"),
        ("{{ sha256(\"report.md\") }}".to_owned(), 1, "depends on itself"),
        (
            "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}".to_owned(),
            1,
            "recursive",
        ),
        // What would overflow the stack while it is parsed.
        (format!("one\n{}", chained("|e")), 2, "longer than 1000 bytes"),
        (chained("~1"), 1, "longer than 1000 bytes"),
        (chained(".a"), 1, "longer than 1000 bytes"),
        (
            format!("{{{{ {}1 }}}}", "not ".repeat(20_000)),
            1,
            "longer than 1000 bytes",
        ),
        (
            format!("{{{{ {}{} }}}}", "(".repeat(400), ")".repeat(400)),
            1,
            "recursion limits",
        ),
        ("{% if true %}".repeat(3_000), 1, "recursion limits"),
    ] {
        write(&folder.path().join("templates"), "report.md", &text);
        let run = scoreline(folder.path(), &["build", "--period", "2026-10", "--format", "md"]);
        let start = &text[..text.len().min(60)];
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{start}: {}", run.stderr);
        for part in ["broken-template", &format!("templates/report.md:{line}"), message] {
            assert!(run.stderr.contains(part), "`{part}` is not in\n{}\n{start}", run.stderr);
        }
    }
}

#[test]
fn an_error_behind_what_is_counted_is_shown_at_its_place() {
    let folder = with_template(
        "report.md",
        "{% for kpi in kpis %}{% set a = kpi.id ~ kpi.titel %}{{ a }}{% endfor %}\n",
    );
    let run = scoreline(folder.path(), &["build", "--period", "2026-10"]);
    // `kpi.titel` starts at column 43 of the text as it is written.
    assert!(run.stderr.contains("templates/report.md:1:"), "{}", run.stderr);
    assert!(
        run.stderr.contains("kpi.id ~ kpi.titel") && !run.stderr.contains("bounded("),
        "{}",
        run.stderr
    );
}

#[test]
fn check_finds_templates_that_do_not_parse_or_are_never_used() {
    let folder = with_template("raport.md", "{{ card.title }}\n");
    let run = scoreline(folder.path(), &["check"]);
    assert_eq!(run.code, 0, "a warning is no reason to stop");
    assert!(
        run.stdout.contains("unused-template") && run.stdout.contains("did you mean `report.md`?"),
        "{}",
        run.stdout
    );
    write(
        &folder.path().join("templates"),
        "report.md",
        "{% include \"raport.md\" %}{% if %}",
    );
    let run = scoreline(folder.path(), &["check"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("broken-template") && !run.stdout.contains("unused-template"),
        "{}",
        run.stdout
    );
    // A number can be explained all the same.
    let run = scoreline(folder.path(), &["explain", "desk/good", "--period", "2026-10"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn a_folder_of_templates_that_is_not_there_is_told() {
    let folder = with_template("report.md", "x");
    std::fs::remove_dir_all(folder.path().join("templates")).expect("removable");
    let run = scoreline(folder.path(), &["build", "--period", "2026-10"]);
    assert_eq!(run.code, 3);
    assert!(
        run.stderr.contains("missing-file") && run.stderr.contains("`templates`"),
        "{}",
        run.stderr
    );
}
