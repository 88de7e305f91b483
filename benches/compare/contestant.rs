//! The programs that are timed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One timed run of a whole process.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) seconds: f64,
    /// Largest resident set seen; Linux only, else 0.
    pub(crate) peak_kib: u64,
}

/// This package's own program.
pub(crate) struct Scoreline {
    program: PathBuf,
}

/// DuckDB through its Python package.
pub(crate) struct Duckdb {
    python: PathBuf,
}

/// The JSON Schema command line of Sourcemeta through its npm package.
pub(crate) struct Sourcemeta {
    program: PathBuf,
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Runs both in turn `rounds` times after one round that does not count; returns the medians.
pub(crate) fn in_turn(rounds: usize, ours: impl Fn() -> Run, theirs: impl Fn() -> f64) -> (Run, f64) {
    let mut both = (Vec::new(), Vec::new());
    for _ in 0..=rounds {
        both.0.push(ours());
        both.1.push(theirs());
    }
    let peak_kib = both.0.iter().map(|run| run.peak_kib).max().unwrap_or(0);
    let seconds = median(both.0[1..].iter().map(|run| run.seconds).collect());
    (Run { seconds, peak_kib }, median(both.1[1..].to_vec()))
}

fn timed(command: &mut Command) -> Run {
    let start = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    let status = loop {
        if let Ok(text) = std::fs::read_to_string(&status_file) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
            peak_kib = peak_kib.max(kib.unwrap_or(0));
        }
        if let Some(status) = child.try_wait().expect("a child process") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let seconds = start.elapsed().as_secs_f64();
    assert!(
        status.success(),
        "{command:?} failed: {}",
        std::io::read_to_string(child.stderr.take().expect("piped")).unwrap_or_default()
    );
    Run { seconds, peak_kib }
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8 output")
}

impl Scoreline {
    pub(crate) fn new() -> Self {
        Self {
            program: PathBuf::from(env!("CARGO_BIN_EXE_scoreline")),
        }
    }

    pub(crate) fn run(&self, workspace: &Path, arguments: &[&str]) -> Run {
        timed(Command::new(&self.program).current_dir(workspace).args(arguments))
    }

    pub(crate) fn median(&self, rounds: usize, workspace: &Path, arguments: &[&str]) -> Run {
        let runs: Vec<Run> = (0..=rounds).map(|_| self.run(workspace, arguments)).skip(1).collect();
        let peak_kib = runs.iter().map(|run| run.peak_kib).max().unwrap_or(0);
        Run {
            seconds: median(runs.iter().map(|run| run.seconds).collect()),
            peak_kib,
        }
    }
}

impl Duckdb {
    pub(crate) fn install(folder: &Path) -> Self {
        let environment = folder.join("python");
        let python = environment.join("bin/python");
        if !python.exists() {
            succeed(Command::new("python3").args(["-m", "venv"]).arg(&environment));
            succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet", "duckdb", "pytz"]));
        }
        Self { python }
    }

    /// Returns the seconds the query took inside the process, without start and import.
    pub(crate) fn query(&self, sql: &str) -> f64 {
        let script = "import duckdb,sys,time\nc=duckdb.connect()\nc.execute('SET enable_progress_bar=false')\nt=time.perf_counter()\nc.execute(sys.argv[1]).fetchall()\nprint(time.perf_counter()-t)";
        succeed(Command::new(&self.python).args(["-c", script, sql]))
            .trim()
            .parse()
            .expect("a number")
    }

    /// Returns the whole numbers of the first row.
    pub(crate) fn answers(&self, sql: &str) -> Vec<u64> {
        let script = "import duckdb,sys\nc=duckdb.connect()\nc.execute('SET enable_progress_bar=false')\nprint(*c.execute(sys.argv[1]).fetchone())";
        let line = succeed(Command::new(&self.python).args(["-c", script, sql]));
        line.split_whitespace()
            .map(|n| n.parse().expect("a whole number"))
            .collect()
    }
}

impl Sourcemeta {
    pub(crate) fn install(folder: &Path) -> Self {
        let packages = folder.join("npm");
        let program = packages.join("node_modules/.bin/jsonschema");
        if !program.exists() {
            std::fs::create_dir_all(&packages).expect("a writable folder");
            succeed(Command::new("npm").current_dir(&packages).args([
                "install",
                "--no-fund",
                "--no-audit",
                "--prefix",
                ".",
                "@sourcemeta/jsonschema",
            ]));
        }
        Self { program }
    }

    pub(crate) fn validate(&self, workspace: &Path) -> f64 {
        let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/scorecard.schema.json");
        let mut command = Command::new(&self.program);
        command
            .arg("validate")
            .arg(schema)
            .arg(workspace.join("cards"))
            .args(["--extension", ".yaml"]);
        timed(&mut command).seconds
    }
}
