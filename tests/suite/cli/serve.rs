//! The preview over a real socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::{contents, replace, scoreline, workspace, write};

/// A preview that is stopped when the test ends.
struct Preview {
    process: Child,
    output: BufReader<ChildStdout>,
    port: u16,
}

impl Preview {
    fn start(folder: &Path, further: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_scoreline"))
            .current_dir(folder)
            .args(["serve", "--port", "0"])
            .args(further)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        let address = line.split(' ').next().expect("the address");
        let port = address
            .trim_end_matches('/')
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        Self {
            process,
            output,
            port: port.unwrap_or_else(|| panic!("a port in {line}")),
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).expect("a stream");
        stream
    }

    /// Sends a request and returns the status, the head and the body.
    fn ask(&self, method: &str, path: &str, host: &str) -> (u16, String, String) {
        let mut stream = self.connect();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .expect("a status");
        (status, head.to_owned(), body.to_owned())
    }

    fn get(&self, path: &str) -> (u16, String, String) {
        self.ask("GET", path, &format!("localhost:{}", self.port))
    }

    /// Listens for news.
    fn news(&self) -> News {
        let mut stream = self.connect();
        write!(stream, "GET /-/news HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port).expect("a request");
        News(BufReader::new(stream))
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct News(BufReader<TcpStream>);

impl News {
    /// The next edition whose build came out as `failed` says.
    fn next(&mut self, failed: bool) -> Value {
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).expect("news");
            assert!(read > 0, "the preview went away");
            if let Some(data) = line.strip_prefix("data: ") {
                let news: Value = serde_json::from_str(data).expect("JSON");
                if news["failed"] == json!(failed) {
                    return news;
                }
            }
        }
    }
}

#[test]
fn reports_are_shown_and_built_again_when_something_changes() {
    let folder = workspace();
    let preview = Preview::start(folder.path(), &[]);
    let mut news = preview.news();
    let first = news.next(false);
    // October is the last month that a source is covered through.
    let (status, _, page) = preview.get("/reports/desk/2026-10.html");
    assert_eq!(status, 200);
    assert!(page.contains("80.0%"), "four of five");

    replace(folder.path(), "answers.csv", "2026-10-31,1", "2026-10-31,5");
    let second = news.next(false);
    assert!(second["edition"].as_u64() > first["edition"].as_u64());
    assert!(
        preview.get("/reports/desk/2026-10.html").2.contains("100.0%"),
        "five of five"
    );

    replace(folder.path(), "desk.yaml", "score >= 4", "scroe >= 4");
    let broken = news.next(true);
    let findings = broken["findings"].as_str().expect("text");
    assert!(
        findings.contains("unknown-column") && findings.contains("desk.yaml:17:47"),
        "{findings}"
    );
    assert!(!findings.contains('\u{1b}'), "no colours on a page");
    let (status, _, page) = preview.get("/reports/desk/2026-10.html");
    assert!(status == 200 && page.contains("100.0%"), "the last good report stays");

    replace(folder.path(), "desk.yaml", "scroe >= 4", "score >= 4");
    news.next(false);
    assert!(!folder.path().join("reports").exists(), "nothing is written");
}

#[test]
fn the_page_around_the_reports_runs_its_own_script_only() {
    let folder = workspace();
    let preview = Preview::start(folder.path(), &["--period", "2026-10"]);
    preview.news().next(false);
    let (status, head, page) = preview.get("/");
    assert_eq!(status, 200);
    let rules = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Security-Policy: "))
        .expect("rules");
    assert!(
        rules.starts_with("default-src 'none'") && rules.contains("script-src 'self'"),
        "{rules}"
    );
    assert!(!rules.contains("unsafe"), "{rules}");
    assert!(
        !page.contains("<script>") && !page.contains("style=") && !page.contains(" on"),
        "{page}"
    );
    for path in ["/-/shell.css", "/-/shell.js", "/reports/index.html"] {
        let (status, head, _) = preview.get(path);
        assert_eq!(status, 200, "{path}");
        assert!(
            head.contains("X-Content-Type-Options: nosniff") && head.contains("Cache-Control: no-store"),
            "{head}"
        );
    }
    // Reports keep their own rules.
    assert!(
        preview
            .get("/reports/desk/2026-10.html")
            .2
            .contains("default-src &#39;none&#39;")
            || preview
                .get("/reports/desk/2026-10.html")
                .2
                .contains("default-src 'none'")
    );
}

#[test]
fn only_this_machine_may_ask_and_only_for_reports() {
    let folder = workspace();
    scoreline(folder.path(), &["build", "--period", "2026-09"]);
    let written = contents(&folder.path().join("reports"));
    let preview = Preview::start(folder.path(), &["--period", "2026-10"]);
    preview.news().next(false);
    // A report of another period stands on disk.
    assert_eq!(preview.get("/reports/desk/2026-09.html").0, 200);
    for path in [
        "/reports/../scoreline.yaml",
        "/reports/%2e%2e/scoreline.yaml",
        "/reports/..%2fscoreline.yaml",
        "/reports/..%5cscoreline.yaml",
        "/reports//etc/passwd",
        "/reports/desk/%00",
        "/reports/",
        "/scoreline.yaml",
        "/answers.csv",
    ] {
        let (status, _, body) = preview.get(path);
        assert_eq!(status, 404, "{path}");
        assert!(!body.contains("apiVersion"), "{path}");
    }
    let port = preview.port;
    for (host, status) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        (format!("evil.example:{port}"), 403),
        ("localhost".to_owned(), 403),
        (format!("localhost.evil.example:{port}"), 403),
        (format!("127.0.0.1:{}", port.wrapping_add(1)), 403),
    ] {
        assert_eq!(preview.ask("GET", "/", &host).0, status, "{host}");
    }
    assert_eq!(preview.ask("POST", "/", &format!("localhost:{port}")).0, 405);
    assert_eq!(written, contents(&folder.path().join("reports")), "nothing is written");
}

#[test]
fn a_preview_starts_broken_and_heals() {
    let folder = workspace();
    replace(
        folder.path(),
        "desk.yaml",
        "owner: lead\n    measure",
        "owner: laed\n    measure",
    );
    let preview = Preview::start(folder.path(), &["--period", "2026-10"]);
    let mut news = preview.news();
    let broken = news.next(true);
    assert_eq!(broken["empty"], json!(true));
    assert_eq!(preview.get("/reports/index.html").0, 404);
    replace(
        folder.path(),
        "desk.yaml",
        "owner: laed\n    measure",
        "owner: lead\n    measure",
    );
    news.next(false);
    assert_eq!(preview.get("/reports/index.html").0, 200);
}

#[test]
fn a_port_in_use_is_told() {
    let folder = workspace();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let run = scoreline(folder.path(), &["serve", "--port", &port]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""));
    assert!(
        run.stderr.contains(&format!("cannot listen on port {port}")) && run.stderr.contains("`--port`"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_preview_without_a_workspace_does_not_start() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let run = scoreline(folder.path(), &["serve", "--port", "0", "-C", "."]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("scoreline.yaml"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_it_cleanly() {
    stops_cleanly_on("-INT");
}

#[cfg(unix)]
#[test]
fn being_told_to_end_stops_it_cleanly() {
    stops_cleanly_on("-TERM");
}

#[cfg(unix)]
fn stops_cleanly_on(signal: &str) {
    let folder = workspace();
    write(folder.path(), "notes.txt", "a file that is no document");
    let mut preview = Preview::start(folder.path(), &["--period", "2026-10"]);
    let mut news = preview.news();
    news.next(false);
    let interrupt = Command::new("kill")
        .args([signal, &preview.process.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(interrupt.success());
    let status = preview.process.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
    let mut rest = String::new();
    preview.output.read_to_string(&mut rest).expect("its output");
    assert!(rest.ends_with("stopped\n"), "{rest}");
    let mut after = String::new();
    news.0.read_to_string(&mut after).expect("the end of the news");
}
