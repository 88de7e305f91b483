use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tiny_http::{Header, Method, Request, Response};

use super::Built;

/// Pages that listen for news at one time; each takes a thread.
const LISTENERS: usize = 32;

/// After this silence a listener is asked whether it is still there.
const SILENCE: Duration = Duration::from_secs(15);

/// The page around the reports: it may load from here and nowhere else, and run no script but its own. The
/// reports inside it keep their own, stricter rules.
const SHELL_RULES: &str = "default-src 'none'; frame-src 'self'; connect-src 'self'; script-src 'self'; \
                           style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is shown now.
#[derive(Debug, Default)]
struct State {
    /// Counts what was shown, from 1.
    edition: u64,
    /// Whether the last build failed; then the files are those of the one before.
    failed: bool,
    /// What it found, as text.
    findings: String,
    /// The reports, by path.
    files: BTreeMap<String, Vec<u8>>,
    /// Files on disk that these reports take the place of.
    stale: BTreeSet<String>,
    /// Where reports of other periods stand.
    out: PathBuf,
    listeners: usize,
    stopped: bool,
}

/// The pages of the preview.
#[derive(Debug)]
pub(super) struct Pages {
    port: u16,
    state: Mutex<State>,
    changed: Condvar,
}

/// An answer: status, type, rules, body.
struct Answer {
    status: u16,
    kind: &'static str,
    rules: Option<&'static str>,
    body: Vec<u8>,
}

impl Pages {
    pub(super) fn new(port: u16) -> Self {
        Self {
            port,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A thread that panicked while it held the state left it whole: every change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder of reports that the last good build had.
    pub(super) fn reports_folder(&self) -> PathBuf {
        self.state().out.clone()
    }

    /// Shows new reports, or above the last good ones why there are no new ones.
    pub(super) fn show(&self, built: Result<Built, String>) {
        let mut state = self.state();
        state.edition += 1;
        state.failed = built.is_err();
        match built {
            Ok(built) => {
                state.findings = built.remarks;
                state.files = built.files.into_iter().map(|file| (file.path, file.bytes)).collect();
                state.stale = built.stale.into_iter().collect();
                state.out = built.out;
            }
            Err(findings) => state.findings = findings,
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Sends the listeners away.
    pub(super) fn stop(&self) {
        self.state().stopped = true;
        self.changed.notify_all();
    }

    /// Answers one request.
    pub(super) fn answer(pages: &Arc<Self>, request: Request) {
        if let Some(refusal) = pages.refusal(&request) {
            return respond(request, refusal);
        }
        let path = request.url().split(['?', '#']).next().unwrap_or("/").to_owned();
        if path == "/-/news" {
            return Self::listen(pages, request);
        }
        let answer = match path.as_str() {
            "/" => Answer {
                rules: Some(SHELL_RULES),
                ..found("text/html; charset=utf-8", include_bytes!("shell.html"))
            },
            "/-/shell.css" => found("text/css; charset=utf-8", include_bytes!("shell.css")),
            "/-/shell.js" => found("text/javascript; charset=utf-8", include_bytes!("shell.js")),
            path => match path.strip_prefix("/reports/").and_then(decoded) {
                Some(name) => pages.report(&name),
                None => missing(),
            },
        };
        respond(request, answer);
    }

    /// Why a request is not answered: only this machine's own pages may ask, and only to read.
    ///
    /// A page elsewhere can make its own name point at this machine; the name it then asks by gives it away.
    fn refusal(&self, request: &Request) -> Option<Answer> {
        let names = request.headers().iter().filter(|header| header.field.equiv("Host"));
        let names: Vec<&str> = names.map(|header| header.value.as_str()).collect();
        let ours = ["127.0.0.1", "localhost", "[::1]"];
        let is_ours = |name: &str| {
            ours.iter()
                .any(|host| name.eq_ignore_ascii_case(&format!("{host}:{}", self.port)))
        };
        let refuse = |status, why: &str| Answer {
            status,
            kind: "text/plain; charset=utf-8",
            rules: None,
            body: why.as_bytes().to_vec(),
        };
        match (names.as_slice(), request.method()) {
            ([name], _) if !is_ours(name) => Some(refuse(403, "this preview answers to localhost only\n")),
            ([_], Method::Get | Method::Head) => None,
            ([_], _) => Some(refuse(405, "this preview is for reading only\n")),
            _ => Some(refuse(400, "one Host header is needed\n")),
        }
    }

    /// A report in memory, else one that an earlier build left in the folder of reports.
    fn report(&self, name: &str) -> Answer {
        let state = self.state();
        if let Some(bytes) = state.files.get(name) {
            return found(kind(name), bytes);
        }
        let on_disk = match state.stale.contains(name) {
            true => None,
            false => below(&state.out, name),
        };
        match on_disk.and_then(|path| std::fs::read(path).ok()) {
            Some(bytes) => found(kind(name), &bytes),
            None => missing(),
        }
    }

    /// Tells a page of every new edition until it goes away.
    fn listen(pages: &Arc<Self>, request: Request) {
        {
            let mut state = pages.state();
            if state.listeners >= LISTENERS {
                drop(state);
                return respond(
                    request,
                    Answer {
                        status: 503,
                        ..missing()
                    },
                );
            }
            state.listeners += 1;
        }
        let pages = Arc::clone(pages);
        std::thread::spawn(move || {
            // A page that went away is why telling it fails.
            let _ = pages.tell(request.into_writer());
            pages.state().listeners -= 1;
        });
    }

    fn tell(&self, mut page: Box<dyn Write + Send>) -> io::Result<()> {
        page.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\
              X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        )?;
        let mut told = 0;
        loop {
            let state = self.state();
            let (state, waited) = self
                .changed
                .wait_timeout_while(state, SILENCE, |state| state.edition == told && !state.stopped)
                .unwrap_or_else(PoisonError::into_inner);
            if state.stopped {
                return Ok(());
            }
            let text = if waited.timed_out() {
                ": still here\n\n".to_owned()
            } else {
                told = state.edition;
                let news = serde_json::json!({
                    "edition": state.edition,
                    "failed": state.failed,
                    "findings": state.findings,
                    "empty": state.files.is_empty(),
                });
                format!("data: {news}\n\n")
            };
            drop(state);
            page.write_all(text.as_bytes())?;
            page.flush()?;
        }
    }
}

fn found(kind: &'static str, body: &[u8]) -> Answer {
    Answer {
        status: 200,
        kind,
        rules: None,
        body: body.to_vec(),
    }
}

fn missing() -> Answer {
    Answer {
        status: 404,
        kind: "text/plain; charset=utf-8",
        rules: None,
        body: b"there is no such report\n".to_vec(),
    }
}

fn respond(request: Request, answer: Answer) {
    let mut response = Response::from_data(answer.body).with_status_code(answer.status);
    let rules = answer.rules.map(|rules| ("Content-Security-Policy", rules));
    let always = [
        ("Content-Type", answer.kind),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "SAMEORIGIN"),
    ];
    for (name, value) in always.into_iter().chain(rules) {
        response.add_header(Header::from_bytes(name, value).expect("a header of plain ASCII"));
    }
    // The page that asked may have gone.
    let _ = request.respond(response);
}

/// The type of a report by its name's ending.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Undoes `%20`; `None` where that gives no text.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(after.get(..2)?).ok()?;
        let digits = digits
            .bytes()
            .all(|digit| digit.is_ascii_hexdigit())
            .then_some(digits)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).ok()
}

/// The file `name` below `folder`, which neither dots nor links may leave.
fn below(folder: &Path, name: &str) -> Option<PathBuf> {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    if name.contains(['\\', '\0']) || !Path::new(name).components().all(is_plain) {
        return None;
    }
    let root = folder.canonicalize().ok()?;
    let path = root.join(name).canonicalize().ok()?;
    (path.starts_with(&root) && path.is_file()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_once() {
        assert_eq!(decoded("a%20b/%C3%A4.html").as_deref(), Some("a b/ä.html"));
        assert_eq!(decoded("%252e").as_deref(), Some("%2e"));
        for bad in ["%", "%2", "%zz", "%+1", "%ff"] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }

    #[test]
    fn nothing_leaves_the_folder() {
        let workspace = tempfile::tempdir().expect("a temporary folder");
        let reports = workspace.path().join("reports");
        std::fs::create_dir(&reports).expect("a new folder");
        std::fs::write(workspace.path().join("secret"), "x").expect("a writable folder");
        std::fs::write(reports.join("index.html"), "x").expect("a writable folder");
        assert!(below(&reports, "index.html").is_some());
        for bad in [
            "../secret",
            "./../secret",
            "..\\secret",
            "/etc/passwd",
            "",
            "index.html\0",
        ] {
            assert_eq!(below(&reports, bad), None, "{bad}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(workspace.path().join("secret"), reports.join("link")).expect("a link");
            assert_eq!(below(&reports, "link"), None);
        }
    }
}
