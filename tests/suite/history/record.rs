//! Which revision recorded what, over moves, merges, gaps and the end of a clone.

use std::fs;

use scoreline::error::Error;

use super::{AMENDED, TARGET_LINE, card, read, row, rows, strings, target, workspace};

#[test]
fn amendments_and_edits_in_place_are_two_different_times() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.write("acme.yaml", &card(&target("95%"), AMENDED));
    let second = repo.commit("2024-12-12T08:15:00+01:00", "Amendment 1");
    repo.write("acme.yaml", &card(&target("94%"), AMENDED));
    let third = repo.commit("2025-03-01T08:00:00+01:00", "Quiet edit");
    let history = read(&repo, "acme/up", None).expect("readable");
    assert_eq!(history.title, "Satisfied users");
    assert_eq!(
        rows(&history),
        [
            // The first target, replaced in the record by the third commit; it ends where the amendment begins.
            strings(["≥ 95%", "2024-07-01", "2024-12-31", &first, &third]),
            strings(["≥ 94%", "2024-07-01", "2024-12-31", &third, ""]),
            strings(["≥ 99%", "2025-01-01", "2027-06-30", &second, ""]),
        ]
    );
    let rows = &history.lives[0].rows;
    // Recorded before it took force; 243 days from 2024-07-01 to 2025-03-01; before it took force.
    assert_eq!(
        rows.iter().map(|row| row.late_days).collect::<Vec<_>>(),
        [None, Some(243), None]
    );
    let by = rows[0].superseded.as_ref().expect("superseded");
    assert_eq!(by.value.as_deref(), Some("≥ 94%"));
    let amended = rows[2].basis.amendment.as_ref().expect("an amendment");
    assert_eq!(
        (amended.id.as_str(), amended.reference.as_deref()),
        ("amendment-1", Some("CR-112"))
    );
    assert_eq!(amended.approved_by[0], ("cio".to_owned(), "Ines Officer".to_owned()));
    assert_eq!(rows[0].place.path, "acme.yaml");
    assert_eq!(rows[0].place.line, Some(TARGET_LINE));
    // effective, signed, reference, approved_by and change follow the amendment's name two lines below the target.
    assert_eq!(rows[2].place.line, Some(TARGET_LINE + 7));
    assert!(history.is_complete() && history.gaps.is_empty());
}

#[test]
fn late_is_after_the_first_instant_in_the_cards_zone() {
    // The contract starts at 2024-07-01T00:00 in Berlin, which is 2024-06-30T22:00Z.
    let late = |at: &'static str| {
        let mut repo = workspace();
        repo.write("acme.yaml", &card(&target("95%"), ""));
        repo.commit(at, "Contract");
        read(&repo, "acme/up", None).expect("readable").lives[0].rows[0].late_days
    };
    assert_eq!(late("2024-06-30T22:00:00+00:00"), None);
    assert_eq!(late("2024-06-30T22:00:01+00:00"), Some(0));
    assert_eq!(late("2024-06-30T18:00:01-04:00"), Some(0));
    assert_eq!(late("2024-07-01T23:59:59+02:00"), Some(0));
    assert_eq!(late("2024-07-02T00:00:00+02:00"), Some(1));
}

#[test]
fn another_way_to_write_the_same_is_no_change() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.write(
        "acme.yaml",
        &format!("# a comment\n{}", card("    target:\n      at_least: \"95.00%\"\n", "")),
    );
    repo.commit("2024-08-01T09:00:00+02:00", "Reformatted");
    let other = card(&target("95%"), "")
        .replace("hit: score >= 4", "hit: \"( score>=4 )\"")
        .replace("weight: 100\n", "weight: 100.0\n");
    repo.write("acme.yaml", &other);
    repo.commit("2024-08-02T09:00:00+02:00", "Reformatted again");
    let history = read(&repo, "acme/up", None).expect("readable");
    // The target alone: no other field ever changed.
    assert_eq!(history.lives.len(), 1, "{:?}", history.lives);
    assert_eq!(
        rows(&history),
        [strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, ""])]
    );
}

#[test]
fn moves_and_splits_of_files_change_nothing() {
    let mut repo = workspace();
    let other = "apiVersion: scoreline/v1\nkind: Claims\nfor: acme\nclaims: {}\n---\n";
    repo.write("all.yaml", &format!("{other}{}", card(&target("95%"), "")));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "One file");
    repo.remove("all.yaml");
    repo.write("cards/acme.yaml", &card(&target("95%"), ""));
    repo.write("cards/claims.yaml", other.trim_end_matches("---\n"));
    repo.commit("2024-08-01T09:00:00+02:00", "Split");
    repo.remove("cards/acme.yaml");
    repo.write("contracts/acme.yml", &card(&target("96%"), ""));
    let third = repo.commit("2024-09-01T09:00:00+02:00", "Moved and raised");
    let history = read(&repo, "acme/up", None).expect("readable");
    assert_eq!(
        rows(&history),
        [
            strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, &third]),
            strings(["≥ 96%", "2024-07-01", "2027-06-30", &third, ""]),
        ]
    );
    assert_eq!(history.lives[0].rows[0].place.path, "all.yaml");
    assert_eq!(history.lives[0].rows[1].place.path, "contracts/acme.yml");
}

#[test]
fn a_merge_is_credited_only_with_what_no_parent_says() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.switch("side", Some(&first));
    repo.write("acme.yaml", &card(&target("96%"), ""));
    let side = repo.commit("2024-07-10T09:00:00+02:00", "Side");
    repo.switch("main", Some(&first));
    repo.write("acme.yaml", &card(&target("95%"), ""));
    repo.write("other.yaml", "a: 1\n");
    let main = repo.commit("2024-07-11T09:00:00+02:00", "Elsewhere");
    // The merge takes what the side branch says.
    repo.write("acme.yaml", &card(&target("96%"), ""));
    repo.merge("2024-07-12T09:00:00+02:00", "Merge", &[&main, &side]);
    let clean = read(&repo, "acme/up", None).expect("readable");
    assert_eq!(
        rows(&clean),
        [
            strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, &side]),
            strings(["≥ 96%", "2024-07-01", "2027-06-30", &side, ""]),
        ]
    );

    // The merge says something of its own: it is credited, and supersedes both lines.
    repo.switch("main", Some(&main));
    repo.write("acme.yaml", &card(&target("97%"), ""));
    let evil = repo.merge("2024-07-12T09:00:00+02:00", "Evil merge", &[&main, &side]);
    let evil_rows = rows(&read(&repo, "acme/up", None).expect("readable"));
    assert_eq!(evil_rows[2], strings(["≥ 97%", "2024-07-01", "2027-06-30", &evil, ""]));
    assert_eq!(
        (evil_rows[0][4].as_str(), evil_rows[1][4].as_str()),
        (side.as_str(), evil.as_str())
    );

    // The merge keeps the main line: what the side branch said is superseded by it, the first value stands.
    repo.switch("main", Some(&main));
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let ours = repo.merge("2024-07-12T09:00:00+02:00", "Merge ours", &[&main, &side]);
    let ours_rows = rows(&read(&repo, "acme/up", None).expect("readable"));
    assert_eq!(ours_rows[0], strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, ""]));
    assert_eq!(
        ours_rows[1],
        strings(["≥ 96%", "2024-07-01", "2027-06-30", &side, &ours])
    );
}

#[test]
fn the_same_change_on_two_lines_is_one_row() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.write("acme.yaml", &card(&target("96%"), ""));
    let main = repo.commit("2024-07-10T09:00:00+02:00", "Raised");
    repo.switch("side", Some(&first));
    let side = repo.commit("2024-07-11T09:00:00+02:00", "Cherry-picked");
    repo.switch("main", Some(&main));
    repo.merge("2024-07-12T09:00:00+02:00", "Merge", &[&main, &side]);
    let all = rows(&read(&repo, "acme/up", None).expect("readable"));
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(all[1], strings(["≥ 96%", "2024-07-01", "2027-06-30", &main, ""]));
}

#[test]
fn back_to_an_earlier_value_is_a_change_of_its_own() {
    let mut repo = workspace();
    let mut ids = Vec::new();
    for (value, at) in [
        ("95%", "2024-06-01T09:00:00+02:00"),
        ("96%", "2024-06-02T09:00:00+02:00"),
        ("95%", "2024-06-03T09:00:00+02:00"),
    ] {
        repo.write("acme.yaml", &card(&target(value), ""));
        ids.push(repo.commit(at, value));
    }
    assert_eq!(
        rows(&read(&repo, "acme/up", None).expect("readable")),
        [
            strings(["≥ 95%", "2024-07-01", "2027-06-30", &ids[0], &ids[1]]),
            strings(["≥ 96%", "2024-07-01", "2027-06-30", &ids[1], &ids[2]]),
            strings(["≥ 95%", "2024-07-01", "2027-06-30", &ids[2], ""]),
        ]
    );
}

#[test]
fn a_renamed_kpi_is_one_kpi() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    let renamed = card(&target("96%"), "").replace("  up:\n", "  satisfied:\n    renamed_from: up\n");
    repo.write("acme.yaml", &renamed);
    let second = repo.commit("2024-08-01T09:00:00+02:00", "Renamed and raised");
    for name in ["acme/satisfied", "acme/up"] {
        let history = read(&repo, name, None).expect("readable");
        assert_eq!(history.lives[0].kpi.as_deref(), Some("satisfied"), "{name}");
        assert_eq!(
            rows(&history),
            [
                strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, &second]),
                strings(["≥ 96%", "2024-07-01", "2027-06-30", &second, ""]),
            ]
        );
    }
}

#[test]
fn a_revision_that_cannot_be_read_is_a_row_and_changes_nothing() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.write("acme.yaml", &card("    target: { at_least: 95%\n", ""));
    let broken = repo.commit("2024-07-05T09:00:00+02:00", "Broken");
    repo.write("note.md", "still broken");
    repo.commit("2024-07-06T09:00:00+02:00", "Elsewhere");
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let mended = repo.commit("2024-07-07T09:00:00+02:00", "Mended");
    let history = read(&repo, "acme/up", None).expect("readable");
    assert_eq!(
        rows(&history),
        [strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, ""])]
    );
    assert_eq!(history.gaps.len(), 1);
    let gap = &history.gaps[0];
    let id = |record: &scoreline::history::Record| record.commit().expect("a commit").id.to_string();
    assert_eq!((id(&gap.record), gap.until.as_ref().map(id)), (broken, Some(mended)));
    assert_eq!(gap.place.path, "acme.yaml");
    assert!(gap.place.line.is_some_and(|line| line >= TARGET_LINE), "{gap:?}");
}

#[test]
fn what_is_wrong_elsewhere_does_not_hide_a_target() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    // The weights sum to 90, and another file of the workspace is no YAML.
    repo.write(
        "acme.yaml",
        &card(&target("96%"), "").replace("weight: 100\n", "weight: 90\n"),
    );
    repo.write(
        "other.yaml",
        "apiVersion: scoreline/v1\nkind: Scorecard\nid: other\ntitle: [\n",
    );
    let second = repo.commit("2024-07-05T09:00:00+02:00", "Weights are wrong");
    let history = read(&repo, "acme/up.target", None).expect("readable");
    assert_eq!(rows(&history)[1][3], second);
    assert!(history.gaps.is_empty(), "{:?}", history.gaps);
    // A wrong target is another matter: nobody knows what it was.
    repo.write("acme.yaml", &card(&target("abc"), ""));
    repo.commit("2024-07-06T09:00:00+02:00", "No number");
    let history = read(&repo, "acme/up.target", None).expect("readable");
    assert_eq!(history.gaps.len(), 1);
    assert_eq!(history.gaps[0].place.line, Some(TARGET_LINE));
    assert!(history.gaps[0].until.is_none());
    assert_eq!(rows(&history)[1][4], "");
}

#[test]
fn a_shallow_clone_says_at_or_before() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.write("readme.md", "x");
    let second = repo.commit("2024-08-01T09:00:00+02:00", "Elsewhere");
    repo.write("acme.yaml", &card(&target("96%"), ""));
    repo.commit("2024-09-01T09:00:00+02:00", "Raised");
    fs::write(repo.path().join(".git/shallow"), format!("{second}\n")).expect("written");
    let history = read(&repo, "acme/up", None).expect("readable");
    assert!(!history.is_complete());
    let rows = &history.lives[0].rows;
    assert_eq!(
        (row(&rows[0])[3].as_str(), rows[0].at_or_before),
        (second.as_str(), true)
    );
    // Whether that was late cannot be told.
    assert_eq!(
        (rows[0].late_days, rows[1].late_days, rows[1].at_or_before),
        (None, Some(62), false)
    );
}

#[test]
fn the_working_tree_is_a_revision_that_nobody_recorded() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.write("acme.yaml", &card(&target("90%"), ""));
    assert_eq!(
        rows(&read(&repo, "acme/up", None).expect("readable")),
        [
            strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, "working tree"]),
            strings(["≥ 90%", "2024-07-01", "2027-06-30", "working tree", ""]),
        ]
    );
    // What was known at a commit is not what lies in the folder.
    let known = read(&repo, "acme/up", Some("HEAD")).expect("readable");
    assert_eq!(
        rows(&known),
        [strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, ""])]
    );
}

#[test]
fn what_was_known_then_and_what_held_on_a_day() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.write("acme.yaml", &card(&target("95%"), AMENDED));
    let second = repo.commit("2025-02-12T08:15:00+01:00", "Amendment 1, late");
    let before = read(&repo, "acme/up", Some("HEAD~1")).expect("readable");
    assert_eq!(
        rows(&before),
        [strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, ""])]
    );
    let on = |day: &str| {
        let history = read(&repo, "acme/up", None)
            .expect("readable")
            .on(day.parse().expect("a day"));
        rows(&history)
    };
    assert_eq!(
        on("2024-12-31"),
        [strings(["≥ 95%", "2024-07-01", "2024-12-31", &first, ""])]
    );
    assert_eq!(
        on("2025-01-01"),
        [strings(["≥ 99%", "2025-01-01", "2027-06-30", &second, ""])]
    );
    let history = read(&repo, "acme/up", None).expect("readable");
    // 42 days from 2025-01-01 to 2025-02-12.
    assert_eq!(history.lives[0].rows[1].late_days, Some(42));
}

#[test]
fn a_pack_that_changes_in_place_is_where_the_value_comes_from() {
    let mut repo = workspace();
    let pack = |value: &str| {
        format!(
            "apiVersion: scoreline/v1\nkind: Pack\nid: core\nversion: 1.2.0\nkpis:\n  up:\n    title: Satisfied users\n    target: {{ at_least: {value} }}\n"
        )
    };
    let extending = card("", "").replace("title: Acme\n", "title: Acme\nextends: [core@1]\n");
    repo.write("acme.yaml", &extending);
    repo.write("packs/core.yaml", &pack("95%"));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.write("packs/core.yaml", &pack("93%"));
    let second = repo.commit("2024-08-20T09:00:00+02:00", "Pack edited");
    let history = read(&repo, "acme/up.target", None).expect("readable");
    assert_eq!(
        rows(&history),
        [
            strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, &second]),
            strings(["≥ 93%", "2024-07-01", "2027-06-30", &second, ""]),
        ]
    );
    let row = &history.lives[0].rows[1];
    assert_eq!(row.basis.pack.as_deref(), Some("core 1.2.0"));
    assert_eq!((row.place.path.as_str(), row.place.line), ("packs/core.yaml", Some(8)));
}

#[test]
fn a_card_that_leaves_takes_its_terms_along() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.remove("acme.yaml");
    let second = repo.commit("2024-08-20T09:00:00+02:00", "Gone");
    let history = read(&repo, "acme/up", None).expect("readable");
    assert_eq!(
        rows(&history),
        [strings(["≥ 95%", "2024-07-01", "2027-06-30", &first, &second])]
    );
    let by = history.lives[0].rows[0].superseded.as_ref().expect("superseded");
    assert_eq!(by.value, None);
}

#[test]
fn names_that_nothing_has_are_wrong_usage() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    for (subject, meant) in [("acne", "acme"), ("acme/ip", "up"), ("acme/up.tarket", "target")] {
        match read(&repo, subject, None) {
            Err(Error::Unknown { message }) => {
                assert!(
                    message.contains(&format!("did you mean `{meant}`?")),
                    "{subject}: {message}"
                );
            }
            other => panic!("{subject}: {other:?}"),
        }
    }
}
