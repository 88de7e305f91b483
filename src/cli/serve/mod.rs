//! A preview on this machine: reports are built in memory, shown in the browser, and built again when a file of
//! the workspace changes. Nothing is written.

mod changes;
mod pages;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::arguments::{Arguments, Serve};
use super::exit::Exit;
use super::opened::{Opened, workspace};
use super::reports::{Purpose, Wanted, make};
use super::terminal::{Terminal, told};
use crate::diagnostics::Diagnostics;
use crate::diagnostics::render::{self, Look};
use crate::error::Error;
use crate::report::{Forms, RenderedFile};
use crate::resolve::terms::{Covers, Timeline};
use crate::source::SourceMap;
use crate::tables::Failure;
use changes::Watched;
use pages::Pages;

/// Between two looks at the files.
const LOOK: Duration = Duration::from_millis(300);

/// How findings look on the page.
const PAGE: Look = Look {
    color: false,
    width: 100,
};

/// Serves reports on the loopback interface until it is interrupted (Ctrl-C) or told to end (SIGTERM, SIGHUP).
///
/// # Errors
/// When there is no workspace, no period can be told, or the port is taken.
pub(super) fn run(command: &Serve, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    // What cannot be mended while it runs is told before anything listens.
    let root = workspace(arguments.workspace.as_deref(), Path::new("."))?;
    let cannot_listen = |cause| Error::Listen {
        port: command.port,
        cause,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, command.port)).map_err(cannot_listen)?;
    let port = listener.local_addr().map_err(cannot_listen)?.port();
    let stopped = Arc::new(AtomicBool::new(false));
    let asked_to_stop = Arc::clone(&stopped);
    ctrlc::set_handler(move || asked_to_stop.store(true, Ordering::SeqCst))
        .map_err(|cause| cannot_listen(io::Error::other(cause)))?;
    let server = tiny_http::Server::from_listener(listener, None)
        .map_err(|cause| cannot_listen(io::Error::other(cause.to_string())))?;
    let pages = Arc::new(Pages::new(port));
    let answering = Arc::clone(&pages);
    let server = Arc::new(server);
    let listening = Arc::clone(&server);
    let answers = std::thread::spawn(move || {
        for request in listening.incoming_requests() {
            Pages::answer(&answering, request);
        }
    });

    terminal.print(&format!("http://127.0.0.1:{port}/ – Ctrl-C stops it"));
    let mut watched = Watched::default();
    while !stopped.load(Ordering::SeqCst) {
        let look = Watched::of(&root);
        if look.differs(&watched, &pages.reports_folder()) {
            watched = look;
            let built = build(command, arguments, terminal);
            match &built {
                Ok(built) => terminal.say(&format!("built {} files", built.files.len())),
                Err(findings) => terminal.complain(findings),
            }
            pages.show(built);
        }
        std::thread::sleep(LOOK);
    }
    pages.stop();
    server.unblock();
    // Whoever answers has nothing left to lose when it fails now.
    let _ = answers.join();
    terminal.say("stopped");
    Ok(Exit::Clean)
}

/// Reports and what there is to remark about them.
pub(super) struct Built {
    /// By their path below the report folder.
    pub(super) files: Vec<RenderedFile>,
    /// Files in the report folder that a build would take away.
    pub(super) stale: Vec<String>,
    pub(super) out: PathBuf,
    pub(super) remarks: String,
}

/// Builds everything in memory; what keeps it from being built comes back as text for people.
fn build(command: &Serve, arguments: &Arguments, terminal: &Terminal) -> Result<Built, String> {
    let opened = Opened::here(arguments).map_err(|error| told(&error))?;
    let sources = &opened.compiled.sources;
    let mut found = opened.before_measuring();
    if found.has_errors() {
        return Err(text(&found, sources));
    }
    let wanted = wanted(command, &opened).map_err(|error| told(&error))?;
    let made = make(&wanted, &opened, terminal).map_err(|failure| match failure {
        Failure::Found(found) => text(&found, sources),
        Failure::World(error) => told(&error),
    })?;
    crate::check::check(&opened.compiled.workspace, None, &mut found);
    Ok(Built {
        stale: made.reports.iter().flat_map(|report| report.stale.clone()).collect(),
        // Of a published period too: nothing is written.
        files: made
            .reports
            .into_iter()
            .flat_map(|report| report.files)
            .chain(made.index)
            .collect(),
        out: wanted.out,
        remarks: match found.is_empty() {
            true => String::new(),
            false => text(&found, sources),
        },
    })
}

fn text(found: &Diagnostics, sources: &SourceMap) -> String {
    render::text(found, sources, PAGE)
}

fn wanted(command: &Serve, opened: &Opened) -> Result<Wanted, Error> {
    let period = command.period.clone().or_else(|| last_covered(opened));
    Ok(Wanted {
        ids: command.ids.clone(),
        period: period.ok_or_else(|| Error::Unknown {
            message:
                "say which period: `scoreline serve --period …`; no source says by a date up to when it is covered"
                    .to_owned(),
        })?,
        audiences: Vec::new(),
        forms: Forms::DEFAULT,
        comment: false,
        data_through: command.data_through,
        out: opened.reports(None)?,
        purpose: Purpose::Draft,
    })
}

/// The period of the last day that a source of any card is declared to be covered through.
fn last_covered(opened: &Opened) -> Option<String> {
    let cards = opened.compiled.workspace.cards.iter();
    let last = |card: &Timeline| {
        let terms = card.latest();
        let days = terms.sources.values().filter_map(|source| match source.covers {
            Covers::Through(day) => Some(day),
            Covers::LastRow | Covers::File => None,
        });
        Some((days.max()?, terms.period))
    };
    let (day, scheme) = cards.filter_map(last).max_by_key(|(day, _)| *day)?;
    Some(scheme.containing(day).to_string())
}
