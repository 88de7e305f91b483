//! The shipped pipelines, run step by step as their hosts run them: no token, no network, nothing but files.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use scoreline::diagnostics::Diagnostics;
use scoreline::source::{FileId, SourceFile};
use scoreline::syntax::{Node, parse};
use tempfile::TempDir;

use crate::git::fixture::Repo;

const ACTION: &str = include_str!("../../action.yml");
const GITLAB: &str = include_str!("../../docs/gitlab-ci.yml");
const COMMENT: &str = include_str!("../../docs/github-comment.yml");

fn read(text: &str) -> Node {
    let mut found = Diagnostics::default();
    let mut nodes = parse(FileId(0), &SourceFile::new("pipeline.yml", text), &mut found);
    assert!(!found.has_errors() && nodes.len() == 1);
    nodes.remove(0)
}

fn text(node: &Node, path: &[&str]) -> Option<String> {
    node.at(path.iter().copied())?.as_text().map(str::to_owned)
}

/// Entries of a map as text.
fn entries(node: &Node, path: &[&str]) -> Vec<(String, String)> {
    let map = node.at(path.iter().copied()).and_then(Node::as_map);
    let entries = map.into_iter().flat_map(|map| map.iter());
    entries
        .map(|(key, value)| (key.text.to_string(), value.as_text().expect("a text").to_owned()))
        .collect()
}

fn card(target: &str) -> String {
    format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: desk
title: Desk
contract: {{ customer: A, provider: B, starts: 2026-08-01, charge: 1000.00, currency: EUR, at_risk: 10%, late_changes: restate }}
time_zone: UTC
period: month
people: {{ lead: {{ name: Lead, party: provider }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources: {{ answers: {{ path: answers.csv, time_zone: UTC, at: day, covers: {{ through: 2026-10-31 }} }} }}
kpis:
  good:
    title: Good answers
    category: all
    weight: 100
    owner: lead
    measure: {{ ratio: {{ source: answers, hit: score >= 4 }} }}
    target: {{ at_least: {target} }}
    credit: {{ of: at_risk, share: 100% }}
"
    )
}

/// A branch that asks for less than what it goes into; 2 of 3 answers of October are good.
fn repository(head: &str) -> (Repo, String) {
    let mut repo = Repo::new();
    repo.write(
        "cards/scoreline.yaml",
        "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Test\n",
    );
    repo.write("cards/desk.yaml", &card("75%"));
    repo.write(
        "cards/answers.csv",
        "day,score\n2026-10-01,5\n2026-10-02,4\n2026-10-31,1\n",
    );
    let base = repo.commit("2026-11-01T09:00:00+00:00", "base");
    repo.set_reference("refs/remotes/origin/main", &base);
    repo.switch("cheaper", Some(&base));
    repo.write("cards/desk.yaml", &card(head));
    repo.commit("2026-11-02T09:00:00+00:00", "head");
    (repo, base)
}

/// A machine of a code host: a shell, a home, and of programs only ours and those of the system.
struct Machine {
    home: TempDir,
    variables: BTreeMap<String, String>,
}

impl Machine {
    fn new() -> Self {
        let home = TempDir::new().expect("a folder");
        let bin = home.path().join("bin");
        fs::create_dir(&bin).expect("a folder");
        symlink(env!("CARGO_BIN_EXE_scoreline"), bin.join("scoreline")).expect("a link");
        let mut machine = Self {
            home,
            variables: BTreeMap::new(),
        };
        machine.program("cargo", "echo \"$@\" >> \"$HOME/cargo\"");
        let path = std::env::var("PATH").expect("a path");
        machine.set("PATH", format!("{}:{path}", bin.display()));
        machine.set("HOME", machine.home.path().display().to_string());
        machine.set("RUNNER_TEMP", machine.home.path().display().to_string());
        for file in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] {
            fs::write(machine.path(file), "").expect("written");
            machine.set(file, machine.path(file).display().to_string());
        }
        machine
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.insert(name.to_owned(), value.into());
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("allowed");
    }

    /// Runs a script as GitHub runs `shell: bash`; the environment of this process does not reach it.
    fn bash(&self, folder: &Path, script: &str, variables: &[(String, String)]) -> (i32, String) {
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(folder)
            .env_clear()
            .envs(&self.variables)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .output()
            .expect("bash starts");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.code().unwrap_or(-1), said)
    }

    /// Runs the action for an event; returns what each step that ran came to, by its id or its first words.
    fn action(&self, repo: &Path, event: &str, context: &[(&str, &str)]) -> Vec<(String, i32)> {
        let action = read(ACTION);
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        for (name, _) in action.at(["inputs"]).and_then(Node::as_map).expect("inputs").iter() {
            let default = text(&action, &["inputs", &name.text, "default"]).expect("a default");
            values.insert(format!("inputs.{}", name.text), default);
        }
        values.insert("github.action_path".to_owned(), "/action".to_owned());
        values.extend(
            context
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let filled = |text: &str| {
            let mut text = text.to_owned();
            for (name, value) in &values {
                text = text.replace(&format!("${{{{ {name} }}}}"), value);
            }
            assert!(!text.contains("${{"), "nothing stands for {text}");
            text
        };
        let mut ran: Vec<(String, i32)> = Vec::new();
        for step in action.at(["runs", "steps"]).and_then(Node::as_list).expect("steps") {
            let script = text(step, &["run"]).expect("a script");
            assert_eq!(text(step, &["shell"]).as_deref(), Some("bash"));
            assert!(
                !script.contains("${{"),
                "values reach the shell as variables only: {script}"
            );
            let condition = text(step, &["if"]).unwrap_or_default();
            let holds = condition
                .split(" && ")
                .filter(|part| !part.is_empty())
                .all(|part| match part {
                    "always()" => true,
                    "steps.install.outcome == 'success'" => ran.iter().any(|step| *step == ("install".to_owned(), 0)),
                    "github.event_name == 'pull_request'" => event == "pull_request",
                    "github.event_name != 'pull_request'" => event != "pull_request",
                    other => panic!("a condition that this test does not know: {other}"),
                });
            let failed = ran.iter().any(|(_, code)| *code != 0);
            if !holds || (failed && !condition.contains("always()")) {
                continue;
            }
            let folder = text(step, &["working-directory"]).map_or(repo.to_owned(), |it| repo.join(filled(&it)));
            let variables: Vec<(String, String)> = entries(step, &["env"])
                .into_iter()
                .map(|(name, value)| (name, filled(&value)))
                .collect();
            let (code, _) = self.bash(&folder, &script, &variables);
            let words: Vec<&str> = script.split_whitespace().take(2).collect();
            ran.push((text(step, &["id"]).unwrap_or_else(|| words.join(" ")), code));
        }
        ran
    }
}

fn told(ran: &[(String, i32)]) -> Vec<(&str, i32)> {
    ran.iter().map(|(name, code)| (name.as_str(), *code)).collect()
}

#[test]
fn the_action_compares_a_pull_request() {
    let (repo, _) = repository("70%");
    let machine = Machine::new();
    let pull = [("github.base_ref", "main"), ("inputs.workspace", "cards")];
    let ran = machine.action(repo.path(), "pull_request", &pull);
    // Edited in place: the gate `error` fails, and nothing is published.
    assert_eq!(told(&ran), [("install", 0), ("scoreline check", 0), ("change", 1)]);
    assert_eq!(machine.read("cargo"), "install --locked --path /action\n");
    let comment = machine.path("scoreline.md").display().to_string();
    assert_eq!(machine.read("GITHUB_OUTPUT"), format!("comment={comment}\n"));
    let comment = machine.read("scoreline.md");
    assert!(
        comment.starts_with("<!-- scoreline-diff -->\n## In favour of the provider; "),
        "{comment}"
    );
    assert_eq!(machine.read("GITHUB_STEP_SUMMARY"), comment);
    assert!(!repo.path().join("cards/reports").exists());
    // Another gate lets it pass: 66.7 % misses both targets, so that the score does not fall.
    let mut lenient = pull.to_vec();
    lenient.push(("inputs.fail-on", "score-drop=1"));
    let ran = machine.action(repo.path(), "pull_request", &lenient);
    assert_eq!(told(&ran)[2], ("change", 0));
}

#[test]
fn the_action_comments_on_what_it_cannot_compare() {
    let (repo, _) = repository("0.7");
    let machine = Machine::new();
    let pull = [("github.base_ref", "main"), ("inputs.workspace", "cards")];
    let ran = machine.action(repo.path(), "pull_request", &pull);
    assert_eq!(told(&ran), [("install", 0), ("scoreline check", 1), ("change", 3)]);
    let comment = machine.read("scoreline.md");
    assert!(comment.contains("## Not compared: HEAD has 1 error\n"), "{comment}");
}

#[test]
fn a_branch_may_be_called_anything() {
    let (repo, _) = repository("70%");
    let machine = Machine::new();
    let name = "x\"; touch \"$HOME/owned\"; \"$(touch \"$HOME/owned\")";
    let pull = [
        ("github.base_ref", name),
        ("inputs.workspace", "cards"),
        ("inputs.fail-on", name),
    ];
    let ran = machine.action(repo.path(), "pull_request", &pull);
    assert_eq!(told(&ran)[2], ("change", 2));
    assert!(!machine.path("owned").exists());
}

#[test]
fn the_action_publishes_a_month_and_gives_the_head() {
    let (repo, _) = repository("60%");
    let machine = Machine::new();
    let month = [("inputs.workspace", "cards"), ("inputs.period", "2026-10")];
    let ran = machine.action(repo.path(), "schedule", &month);
    assert_eq!(told(&ran), [("install", 0), ("scoreline check", 0), ("publish", 0)]);
    let ledger = fs::read_to_string(repo.path().join("cards/reports/LEDGER.jsonl")).expect("a ledger");
    let line = ledger.lines().last().expect("an edition");
    // The head is the digest of the last line without its end.
    assert_eq!(
        machine.read("GITHUB_OUTPUT"),
        format!("head={}\n", scoreline::source::sha256(line))
    );
    // Other figures want a reason, which is an input.
    fs::write(repo.path().join("cards/answers.csv"), "day,score\n2026-10-01,1\n").expect("written");
    assert_eq!(
        told(&machine.action(repo.path(), "schedule", &month))[2],
        ("publish", 1)
    );
    let mut again = month.to_vec();
    again.push(("inputs.restate", "answers \"counted\" twice; $(date)"));
    assert_eq!(
        told(&machine.action(repo.path(), "schedule", &again))[2],
        ("publish", 0)
    );
    let ledger = fs::read_to_string(repo.path().join("cards/reports/LEDGER.jsonl")).expect("a ledger");
    assert!(ledger.contains("answers \\\"counted\\\" twice; $(date)"), "{ledger}");
}

/// Runs a job of the GitLab template.
fn gitlab(machine: &mut Machine, repo: &Path, job: &str, variables: &[(&str, &str)]) -> i32 {
    let template = read(GITLAB);
    for (name, value) in entries(&template, &["variables"]) {
        machine.set(&name, value);
    }
    machine.set("CI_PROJECT_DIR", repo.display().to_string());
    for (name, value) in variables {
        machine.set(name, *value);
    }
    let lines = |path: &[&str]| -> Vec<String> {
        let list = template
            .at(path.iter().copied())
            .and_then(Node::as_list)
            .expect("lines");
        list.iter()
            .map(|line| line.as_text().expect("a line").to_owned())
            .collect()
    };
    let script = [lines(&[".scoreline", "before_script"]), lines(&[job, "script"])].concat();
    machine.bash(repo, &script.join("\n"), &[]).0
}

#[test]
fn the_gitlab_template_compares_from_where_the_branch_parted() {
    let (mut repo, base) = repository("70%");
    // The target went on after the branch had left it.
    repo.switch("main", Some(&base));
    repo.write("cards/desk.yaml", &card("90%"));
    let later = repo.commit("2026-11-03T09:00:00+00:00", "later");
    repo.set_reference("refs/remotes/origin/main", &later);
    fs::write(repo.path().join("cards/desk.yaml"), card("70%")).expect("written");
    let mut machine = Machine::new();
    let variables = [
        ("SCORELINE_WORKSPACE", "cards"),
        ("SCORELINE_SOURCE", "https://host.example/scoreline.git"),
        ("SCORELINE_REVISION", "0123abc"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base),
    ];
    assert_eq!(gitlab(&mut machine, repo.path(), "scoreline-check", &variables), 1);
    assert_eq!(
        machine.read("cargo"),
        "install --locked --git https://host.example/scoreline.git --rev 0123abc scoreline\n"
    );
    let comment = fs::read_to_string(repo.path().join("scoreline-diff.md")).expect("the comparison");
    assert!(comment.contains("target ≥ 75% → ≥ 70%"), "{comment}");
    let quality = fs::read_to_string(repo.path().join("scoreline-quality.json")).expect("the findings");
    assert!(quality.starts_with('['), "{quality}");
    let published = [("SCORELINE_WORKSPACE", "cards"), ("SCORELINE_PERIOD", "2026-10")];
    assert_eq!(gitlab(&mut machine, repo.path(), "scoreline-publish", &published), 0);
    assert!(repo.path().join("cards/reports/LEDGER.jsonl").is_file());
}

#[test]
fn the_second_workflow_keeps_one_comment() {
    let workflow = read(COMMENT);
    let steps = workflow
        .at(["jobs", "comment", "steps"])
        .and_then(Node::as_list)
        .expect("steps");
    let step = steps.last().expect("a step");
    let script = text(step, &["run"]).expect("a script");
    assert!(!script.contains("${{"), "values reach the shell as variables only");
    let marker = text(step, &["env", "MARKER"]).expect("a marker");
    let run = |pull: &str, comments: &str, first_line: &str| {
        let machine = Machine::new();
        fs::write(machine.path("scoreline.md"), format!("{first_line}\n## x\n")).expect("written");
        machine.program(
            "gh",
            &format!("echo \"$@\" >> \"$HOME/calls\"\ncase \"$*\" in *--jq*comments*|*comments*--jq*) printf '{comments}';; *--jq*) printf '{pull}';; esac"),
        );
        let variables = [
            ("REPO", "acme/cards"),
            ("OWNER", "fork"),
            ("BRANCH", "cheaper"),
            ("SHA", "0123abc"),
            ("MARKER", &marker),
        ];
        let variables: Vec<(String, String)> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let (code, said) = machine.bash(machine.home.path(), &script, &variables);
        let calls = machine.read("calls");
        (code, calls.lines().last().unwrap_or_default().to_owned(), said)
    };
    let (code, last, said) = run("7", "", &marker);
    assert_eq!(
        (code, last.as_str()),
        (
            0,
            "api repos/acme/cards/issues/7/comments -F body=@scoreline.md --silent"
        ),
        "{said}"
    );
    let (code, last, said) = run("7", "41\\n52\\n", &marker);
    assert_eq!(
        (code, last.as_str()),
        (
            0,
            "api -X PATCH repos/acme/cards/issues/comments/41 -F body=@scoreline.md --silent"
        ),
        "{said}"
    );
    // No pull request has this commit any more, or the text is not ours: nothing is posted.
    let (code, last, _) = run("", "", &marker);
    assert!(code == 0 && !last.contains("body="), "{last}");
    let (code, last, _) = run("7", "", "anything else");
    assert!(code != 0 && last.is_empty(), "{last}");
}
