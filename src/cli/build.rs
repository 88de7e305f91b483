use std::collections::BTreeSet;

use super::arguments::{Arguments, Build, FailOn, ReportForm};
use super::exit::Exit;
use super::opened::Opened;
use super::publish::{publish, shown};
use super::reports::{Purpose, Wanted, make};
use super::seal;
use super::terminal::Terminal;
use crate::assess::outcome::Verdict;
use crate::error::Error;
use crate::evaluate::request;
use crate::measure::{self, PlannedScan};
use crate::report::{self, Audience, Forms, View};
use crate::tables::Data;

/// Checks, measures, assesses and writes reports.
///
/// # Errors
/// When there is no workspace, or a file cannot be read or written.
pub(super) fn run(command: &Build, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let opened = Opened::here(arguments)?;
    let wanted = wanted(command, &opened)?;
    // Measuring checks the columns of the cards that are asked for, and of no others.
    let found = opened.before_measuring();
    if found.has_errors() {
        return Ok(opened.refuse(&found, terminal));
    }
    opened.complain(&found, terminal);
    if command.plan {
        return plan(&wanted, &opened, terminal);
    }
    let Some(made) = opened.settle(make(&wanted, &opened, terminal), terminal)? else {
        return Ok(Exit::Failed);
    };
    let views: Vec<View> = made.views().cloned().collect();
    let exit = verdict(command, &views);
    if command.seal {
        return seal::seal(made, &wanted, exit, terminal);
    }
    seal::note_published(&made, terminal);
    let stale = made.stale();
    let written = publish(&wanted.out, made.files().map(|file| (file.path, file.bytes)), &stale)?;
    let written = shown(&written);
    if terminal.is_for_programs() {
        terminal.print(&exit.document(report::summary_data(&views, &written)));
    } else {
        terminal.say(&report::summary(&views, &written, terminal.colors_stdout()));
    }
    Ok(exit)
}

fn wanted(command: &Build, opened: &Opened) -> Result<Wanted, Error> {
    let audiences = command.audience.iter().map(|word| {
        let known = "operations, provider, leadership, finance";
        Audience::parse(word).ok_or_else(|| Error::Unknown {
            message: format!("no audience is called `{word}`; there are: {known}"),
        })
    });
    let mut audiences: Vec<Audience> = audiences.collect::<Result<_, _>>()?;
    let mut named = BTreeSet::new();
    audiences.retain(|audience| named.insert(*audience));
    let comment = command.format.contains(&ReportForm::Comment);
    if comment && !audiences.is_empty() && !audiences.contains(&Audience::DEFAULT) {
        return Err(Error::Unknown {
            message: "a comment says what operations see: name that audience too, or none".to_owned(),
        });
    }
    Ok(Wanted {
        ids: command.ids.clone(),
        period: command.period.clone(),
        audiences,
        forms: forms(&command.format, command.print)?,
        comment,
        data_through: command.data_through,
        out: opened.reports(command.out.as_deref())?,
        purpose: match command.seal {
            true => Purpose::Seal {
                restate: command.restate.clone(),
            },
            false => Purpose::Draft,
        },
    })
}

/// Reads the forms asked for.
///
/// # Errors
/// When this program was built without one of them.
fn forms(asked: &[ReportForm], print: bool) -> Result<Forms, Error> {
    if asked.is_empty() {
        return Ok(Forms {
            print,
            ..Forms::DEFAULT
        });
    }
    let has = |form| asked.contains(&form);
    if has(ReportForm::Xlsx) && !cfg!(feature = "xlsx") {
        return Err(Error::Unknown {
            message: "this scoreline was built without workbooks; the released one has them, and so has \
                      `cargo install scoreline --locked --features xlsx`"
                .to_owned(),
        });
    }
    Ok(Forms {
        html: has(ReportForm::Html),
        markdown: has(ReportForm::Md),
        json: has(ReportForm::Json),
        print,
        mail: has(ReportForm::Mail),
        #[cfg(feature = "xlsx")]
        xlsx: has(ReportForm::Xlsx),
    })
}

/// Prints what would be read and measured.
fn plan(wanted: &Wanted, opened: &Opened, terminal: &Terminal) -> Result<Exit, Error> {
    let trend = opened.compiled.workspace.settings.trend;
    let asked = wanted.asked(opened)?;
    let requests: Vec<_> = asked.iter().map(|asked| request(asked, trend)).collect();
    let options = measure::Options {
        data_through: wanted.data_through,
        ..measure::Options::default()
    };
    let data = Data::folder(&opened.root);
    let planned = measure::plan(&requests, opened.inputs(&data), options);
    let Some(scans) = opened.settle(planned, terminal)? else {
        return Ok(Exit::Failed);
    };
    let mut text = String::new();
    for scan in &scans {
        let PlannedScan {
            source,
            path,
            columns,
            kpis,
            accumulators,
            expressions,
        } = scan;
        text.push_str(&format!("{source}: `{path}`, read once\n"));
        text.push_str(&format!("  columns      {}\n", columns.join(", ")));
        text.push_str(&format!(
            "  expressions  {expressions}, shared by what is added up: {accumulators}\n"
        ));
        text.push_str(&format!("  for          {}\n", kpis.join(", ")));
    }
    terminal.print(&text);
    Ok(Exit::Clean)
}

/// The exit code: `missing: fail` always counts, verdicts as `--fail-on` says, and only what nothing fails
/// can be inconclusive.
fn verdict(command: &Build, views: &[View]) -> Exit {
    let fails = |verdict: Verdict| match (command.fail_on, verdict) {
        (None, _) => false,
        (Some(_), Verdict::Default) => true,
        (Some(level), Verdict::BelowTarget) => level >= FailOn::BelowTarget,
        (Some(level), Verdict::NoData) => level >= FailOn::NoData,
        (Some(_), Verdict::Met | Verdict::NotApplicable) => false,
    };
    let failed = |view: &View| view.state.failed || view.kpis.iter().any(|kpi| fails(kpi.verdict));
    if views.iter().any(failed) {
        Exit::No
    } else if command.strict && views.iter().any(is_inconclusive) {
        Exit::Inconclusive
    } else {
        Exit::Clean
    }
}

/// Whether a report may still change, or does not say what it was asked: data are missing or cover a part only,
/// a claim is undecided, too little is measured.
fn is_inconclusive(view: &View) -> bool {
    let no_data = || view.kpis.iter().any(|kpi| kpi.verdict == Verdict::NoData);
    view.in_force && (view.state.code != "complete" || view.state.incomplete || no_data())
}
