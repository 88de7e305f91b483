use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::diff::FailOn as FailOnChange;

/// Scorecards as code: checks contracts written in YAML, evaluates them against data, renders reports.
#[derive(Debug, Parser)]
#[command(name = "scoreline", version, about, arg_required_else_help = true)]
#[command(after_help = super::exit::Exit::help())]
pub(super) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
    /// The workspace, a folder with scoreline.yaml [default: the nearest one upwards from here].
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub(super) workspace: Option<PathBuf>,
    /// Whether to colour what is printed.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
    /// Print findings and errors only.
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check scorecards: schema, references, expressions against the data's headers, lints.
    Check(Check),
    /// Check, measure, assess and write the reports of a period.
    Build(Build),
    /// Run scenarios: given these facts, the contract must say this.
    Test(Test),
    /// Show reports in the browser and build them again on every change; nothing is written.
    Serve(Serve),
    /// Tell what changed between two versions of the terms, and what it would have meant.
    Diff(Diff),
    /// Show the terms in force on a day, each with its origin.
    Show(Show),
    /// Explain a rule, or the whole derivation of a number.
    Explain(Explain),
    /// Start a workspace: a scorecard with data to change, a CI workflow, schemas for the editor.
    Init(Init),
    /// Bring documents into one form; what they say stays the same.
    Fmt(Fmt),
    /// Show what a scorecard, a KPI or a field has promised over time: amendments and commits.
    History(History),
    /// Show who set each field of the terms in force: commit, author and line.
    Blame(Blame),
    /// Say what can be proven about published reports, and what was not checked.
    Verify(Verify),
    /// Print the JSON Schema of a kind of document, or of a report.
    Schema(Schema),
    /// Print a completion script for a shell.
    Completions(Completions),
    /// Print the manual page.
    Man,
}

impl Command {
    /// Whether what it prints is JSON, which then says of a failure too what became of the command.
    pub(super) fn is_for_programs(&self) -> bool {
        match self {
            Self::Check(command) => command.format == Format::Json,
            Self::Build(command) => command.summary == Output::Json && !command.plan,
            Self::Test(command) => command.format == TestFormat::Json,
            Self::Show(command) => command.format == Output::Json,
            Self::Explain(command) => command.format == Output::Json,
            Self::History(command) => command.format == HistoryFormat::Json,
            Self::Blame(command) => command.format == BlameFormat::Json,
            Self::Verify(command) => command.format == Output::Json,
            _ => false,
        }
    }
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Report only findings in these files or folders.
    pub(super) paths: Vec<PathBuf>,
    /// The day that reviews and accepted findings are compared with; without it none has run out.
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    /// How to print findings.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs, versioned.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// A GitLab code quality report.
    Gitlab,
    /// A JUnit report.
    Junit,
    /// Reviewdog's diagnostic format.
    Rdjson,
}

/// Arguments of `build`.
#[derive(Debug, Args)]
pub(super) struct Build {
    /// Scorecards by id [default: all].
    pub(super) ids: Vec<String>,
    /// The period, such as 2026-10, 2026-Q4, 2026 or 2026-W41.
    #[arg(long, value_name = "PERIOD")]
    pub(super) period: String,
    /// Where reports go [default: `reports.out` of the workspace].
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Only for these audiences [default: the scorecard's `views`].
    #[arg(long, value_name = "AUDIENCE", value_delimiter = ',')]
    pub(super) audience: Vec<String>,
    /// The forms of report [default: html,md,json].
    #[arg(long, value_enum, value_name = "FORM", value_delimiter = ',')]
    pub(super) format: Vec<ReportForm>,
    /// Write beside each page one for printing, with nothing collapsed.
    #[arg(long)]
    pub(super) print: bool,
    /// Take data into account up to the end of this day only.
    #[arg(long, value_name = "DATE")]
    pub(super) data_through: Option<Date>,
    /// Publish the reports: keep them as an edition, with a provenance statement and an entry in the ledger.
    #[arg(long, conflicts_with = "plan")]
    pub(super) seal: bool,
    /// Publish a further edition where the figures of a sealed period are others now; says why.
    #[arg(long, value_name = "REASON", requires = "seal", value_parser = reason)]
    pub(super) restate: Option<String>,
    /// Print what would be read and measured, then stop.
    #[arg(long)]
    pub(super) plan: bool,
    /// Exit with 1 when a KPI has such a verdict.
    #[arg(long, value_enum, value_name = "VERDICT")]
    pub(super) fail_on: Option<FailOn>,
    /// Exit with 4 when a report is inconclusive: provisional, incomplete, or without data for a KPI.
    #[arg(long)]
    pub(super) strict: bool,
    /// How to print what the build came to.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Output::Text)]
    pub(super) summary: Output,
}

/// A form of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportForm {
    /// For reading.
    Html,
    /// For review in git.
    Md,
    /// For programs, versioned.
    Json,
    /// For mail programs: tables and inline styles, nothing to load.
    Mail,
    /// For spreadsheets, with the credit working as formulas.
    Xlsx,
    /// One Markdown comment on all reports, for a pull request.
    Comment,
}

/// The verdict from which `build` exits with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum FailOn {
    /// A minimum is missed.
    Default,
    /// A target or a minimum is missed.
    BelowTarget,
    /// A KPI has no data, or a target or a minimum is missed.
    NoData,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// Scenarios by id, by the scorecard they test, or files and folders with scenarios [default: all].
    #[arg(value_name = "ID|PATH")]
    pub(super) wanted: Vec<String>,
    /// How to print what came of them.
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    pub(super) format: TestFormat,
    /// Print a patch that makes failed expectations say what the contract said; nothing is written.
    ///
    /// Read it first: what the contract said may be what is wrong. In the workspace's folder
    /// `scoreline test ID --update | patch -p1` applies it.
    #[arg(long, conflicts_with = "format")]
    pub(super) update: bool,
}

/// How results of scenarios are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TestFormat {
    /// For people: what was expected beside what the contract said.
    Text,
    /// For programs, versioned.
    Json,
    /// A JUnit report.
    Junit,
}

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// For people.
    Text,
    /// For programs, versioned.
    Json,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
#[cfg_attr(
    not(feature = "serve"),
    allow(dead_code, reason = "they are read where the preview is")
)]
pub(super) struct Serve {
    /// Scorecards by id [default: all].
    pub(super) ids: Vec<String>,
    /// The period [default: that of the last day which a source is declared to be covered through].
    #[arg(long, value_name = "PERIOD")]
    pub(super) period: Option<String>,
    /// The port on this machine; 0 takes one that is free.
    #[arg(long, value_name = "PORT", default_value_t = 4040)]
    pub(super) port: u16,
    /// Take data into account up to the end of this day only.
    #[arg(long, value_name = "DATE")]
    pub(super) data_through: Option<Date>,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// BASE and HEAD: revisions of git, `rev:path`, or folders [default: where this branch left the one it goes into, and the working tree].
    #[arg(value_name = "BASE HEAD", num_args = 0..=9)]
    pub(super) sides: Vec<String>,
    /// Assess the last N periods that ended under both versions, on the data of HEAD.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=120))]
    pub(super) replay: Option<u32>,
    /// Exit with 1 on error, loosened, restated, rule:NAME, score-drop=POINTS or credit-delta=AMOUNT [default: error].
    #[arg(long, value_name = "GATE", value_delimiter = ',', value_parser = FailOnChange::parse)]
    pub(super) fail_on: Vec<FailOnChange>,
    /// Whose side to see it from.
    #[arg(long, value_enum, value_name = "PARTY")]
    pub(super) viewpoint: Option<Viewpoint>,
    /// The day of the comparison: periods that ended before it are closed [default: the day of HEAD's commit].
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(super) format: DiffFormat,
}

/// A side of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Viewpoint {
    /// Who buys.
    Customer,
    /// Who sells.
    Provider,
}

/// How a comparison is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people.
    Text,
    /// For programs, versioned.
    Json,
    /// A comment on a pull request.
    Md,
    /// A page of its own.
    Html,
    /// Annotations of a GitHub workflow, and the summary of its step.
    Github,
    /// A GitLab code quality report.
    Gitlab,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// A JUnit report.
    Junit,
    /// Reviewdog's diagnostic format.
    Rdjson,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// A scorecard's id.
    pub(super) id: String,
    /// The day whose terms to show, such as 2026-10-31.
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    /// How to print the terms.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(super) format: Output,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A rule's name, or SCORECARD/KPI.
    pub(super) subject: String,
    /// The period of the number.
    #[arg(long, value_name = "PERIOD")]
    pub(super) period: Option<String>,
    /// The entity of a card per entity.
    #[arg(long, value_name = "KEY")]
    pub(super) entity: Option<String>,
    /// How many rows behind the number to list.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(super) rows: usize,
    /// Take data into account up to the end of this day only.
    #[arg(long, value_name = "DATE")]
    pub(super) data_through: Option<Date>,
    /// How to print the page or the derivation.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(super) format: Output,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder; it is made where there is none, and files in it stay as they are.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) folder: PathBuf,
    /// What to start from.
    #[arg(long, value_enum, value_name = "SYSTEM", default_value_t = System::Starter)]
    pub(super) from: System,
}

/// A shipped system to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum System {
    /// A first scorecard: one source, two measures.
    Starter,
    /// A managed-IT contract with every common measure, credits and amendments.
    ManagedIt,
    /// Outcomes, obligations, credits and bonuses, an escalation path.
    Accountability,
    /// A change that is measured, piloted and rolled out, with scenarios.
    FinanceTeam,
    /// A card per technician and the team's.
    Technicians,
    /// A maturity model of five levels over nine dimensions.
    Maturity,
    /// Two published cloud agreements.
    CloudSlas,
}

/// Arguments of `fmt`.
#[derive(Debug, Args)]
pub(super) struct Fmt {
    /// Files or folders [default: the workspace].
    pub(super) paths: Vec<PathBuf>,
    /// Change nothing: show what would change, and exit with 1 if something would.
    #[arg(long)]
    pub(super) check: bool,
}

/// Arguments of `history`.
#[derive(Debug, Args)]
pub(super) struct History {
    /// SCORECARD, SCORECARD/KPI or SCORECARD/KPI.FIELD.
    pub(super) subject: String,
    /// Only what is or was said to be in force on this day.
    #[arg(long, value_name = "DATE")]
    pub(super) effective: Option<Date>,
    /// What was recorded up to this revision [default: HEAD and the working tree].
    #[arg(long, value_name = "REF")]
    pub(super) known_at: Option<String>,
    /// Exit with 4 when a shallow clone hides the beginning, or nothing is committed.
    #[arg(long)]
    pub(super) complete: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t = HistoryFormat::Text)]
    pub(super) format: HistoryFormat,
}

/// How a history is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum HistoryFormat {
    /// For people.
    Text,
    /// For review in git.
    Md,
    /// One page with charts.
    Html,
    /// For programs, versioned.
    Json,
    /// For spreadsheets.
    Csv,
}

/// Arguments of `blame`.
#[derive(Debug, Args)]
pub(super) struct Blame {
    /// SCORECARD, SCORECARD/KPI or SCORECARD/KPI.FIELD.
    pub(super) subject: String,
    /// The day whose terms to show [default: the first day of the latest terms].
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    /// What was recorded up to this revision [default: HEAD and the working tree].
    #[arg(long, value_name = "REF")]
    pub(super) known_at: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = BlameFormat::Text)]
    pub(super) format: BlameFormat,
}

/// How a blame is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum BlameFormat {
    /// For people.
    Text,
    /// For programs, versioned.
    Json,
    /// For spreadsheets.
    Csv,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The folder of reports [default: `reports.out` of the workspace].
    pub(super) reports: Option<PathBuf>,
    /// The digest that the ledger's last line must have, kept where the reports are not.
    #[arg(long, value_name = "DIGEST", conflicts_with = "anchor")]
    pub(super) expected_head: Option<String>,
    /// A tag or commit whose ledger this one must continue.
    #[arg(long, value_name = "REVISION")]
    pub(super) anchor: Option<String>,
    /// How to print what came out.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(super) format: Output,
    /// Exit with 4 when anything but signatures was not checked.
    #[arg(long)]
    pub(super) strict: bool,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// The kind of document, or of JSON output: `report`, `diff`, `verify`.
    #[arg(value_parser = ["workspace", "pack", "scorecard", "claims", "maturity", "scenario", "waivers", "report", "diff", "verify"], default_value = "scorecard")]
    pub(super) kind: String,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

/// Reads why something was done: who asks later gets this for an answer.
fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("the reason is empty".to_owned()),
        reason => Ok(reason.to_owned()),
    }
}
