use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::arguments::{Init, System};
use super::exit::Exit;
use super::publish::publish;
use super::terminal::Terminal;
use crate::error::Error;
use crate::model::{self, Kind};

/// The pack that shipped scorecards extend, and what a document that does so says.
const PACK: (&str, &str) = ("packs/msp-core/pack.yaml", "[msp-core@");

/// Where an editor finds the schemas.
const SCHEMAS: &str = ".scoreline/schemas";

/// The shipped folders: what `init` writes is what this repository checks, builds and tests.
static STARTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scorecards/starter");
static MANAGED_IT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scorecards/managed-it");
static ACCOUNTABILITY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scorecards/accountability");
static FINANCE_TEAM: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scorecards/finance-team");
static TECHNICIANS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scorecards/technicians");
static MATURITY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scorecards/maturity");
static CLOUD_SLAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scorecards/cloud-slas");

/// Makes a folder a workspace with one of the shipped systems in it. What is there already stays as it is.
///
/// # Errors
/// When a file cannot be written; then none is.
pub(super) fn run(command: &Init, terminal: &Terminal) -> Result<Exit, Error> {
    let folder = command.folder.as_path();
    let (kept, new): (Vec<_>, Vec<_>) = files(command.from)
        .into_iter()
        .partition(|(path, _)| folder.join(path).exists());
    let changed = |(path, bytes): &&(String, Vec<u8>)| std::fs::read(folder.join(path)).ok().as_ref() != Some(bytes);
    let kept: Vec<PathBuf> = kept.iter().filter(changed).map(|(path, _)| folder.join(path)).collect();
    let written = publish(folder, new, &[])?;
    terminal.say(&summary(command, &written, &kept));
    Ok(Exit::Clean)
}

fn summary(command: &Init, written: &[PathBuf], kept: &[PathBuf]) -> String {
    let folder = command.folder.display();
    let mut lines = vec![match written.len() {
        0 => format!("nothing to write: `{folder}` has every file already"),
        1 => format!("wrote 1 file to `{folder}`"),
        n => format!("wrote {n} files to `{folder}`"),
    }];
    lines.extend(kept.iter().map(|path| format!("kept  {}  as it was", path.display())));
    let steps = match command.folder == Path::new(".") {
        true => String::new(),
        false => format!("cd {folder} && "),
    };
    lines.push(format!(
        "next: {steps}scoreline check && scoreline test && scoreline build --period 2026-10"
    ));
    lines.join("\n")
}

/// Every file of a workspace with `system` in it, by path.
fn files(system: System) -> Vec<(String, Vec<u8>)> {
    let (name, shipped) = match system {
        System::Starter => ("starter", &STARTER),
        System::ManagedIt => ("managed-it", &MANAGED_IT),
        System::Accountability => ("accountability", &ACCOUNTABILITY),
        System::FinanceTeam => ("finance-team", &FINANCE_TEAM),
        System::Technicians => ("technicians", &TECHNICIANS),
        System::Maturity => ("maturity", &MATURITY),
        System::CloudSlas => ("cloud-slas", &CLOUD_SLAS),
    };
    let mut files = vec![
        (
            "scoreline.yaml".to_owned(),
            include_bytes!("../../scorecards/scoreline.yaml").to_vec(),
        ),
        (
            ".github/workflows/scorecards.yml".to_owned(),
            include_bytes!("../../templates/workspace/workflow.yml").to_vec(),
        ),
        (
            ".gitattributes".to_owned(),
            include_bytes!("../../templates/workspace/gitattributes").to_vec(),
        ),
        (
            ".vscode/settings.json".to_owned(),
            include_bytes!("../../templates/workspace/vscode.json").to_vec(),
        ),
    ];
    collect(shipped, name, &mut files);
    let extends = |(_, bytes): &(String, Vec<u8>)| memchr::memmem::find(bytes, PACK.1.as_bytes()).is_some();
    if files.iter().any(extends) {
        let pack = include_bytes!("../../scorecards/packs/msp-core/pack.yaml").to_vec();
        files.push((PACK.0.to_owned(), pack));
    }
    for (path, bytes) in files.iter_mut().filter(|(path, _)| path.ends_with(".yaml")) {
        *bytes = with_schema_nearby(path, bytes);
    }
    for kind in Kind::ALL {
        let schema = serde_json::to_string_pretty(&model::schema(*kind)).expect("a schema is JSON");
        let path = format!("{SCHEMAS}/{}.schema.json", kind.name().to_lowercase());
        files.push((path, format!("{schema}\n").into_bytes()));
    }
    files
}

fn collect(folder: &Dir<'_>, path: &str, files: &mut Vec<(String, Vec<u8>)>) {
    for file in folder.files() {
        let name = file.path().to_string_lossy().replace('\\', "/");
        files.push((format!("{path}/{name}"), file.contents().to_vec()));
    }
    for below in folder.dirs() {
        collect(below, path, files);
    }
}

/// Lets the first line of a shipped document, which names the schemas of this repository, name the workspace's own.
fn with_schema_nearby(path: &str, bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let up = "../".repeat(path.matches('/').count());
    text.replacen(
        &format!("$schema=../{up}schemas/"),
        &format!("$schema={up}{SCHEMAS}/"),
        1,
    )
    .into_bytes()
}
