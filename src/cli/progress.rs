use std::io::Write;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Work that is done sooner is not worth a line.
const PATIENCE: Duration = Duration::from_millis(500);

/// Between two drawings.
const TICK: Duration = Duration::from_millis(120);

/// The frames of what turns.
const FRAMES: [char; 6] = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇'];

/// One line on standard error that says what is being done; it goes when this is dropped.
#[derive(Debug)]
pub(super) struct Progress {
    stages: Option<Sender<&'static str>>,
    drawing: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts to count the time.
    pub(super) fn start() -> Self {
        let (stages, heard) = mpsc::channel();
        let drawing = std::thread::spawn(move || {
            let started = Instant::now();
            let (mut what, mut frame) = ("working", 0usize);
            let mut wait = PATIENCE;
            loop {
                match heard.recv_timeout(wait) {
                    Ok(next) => {
                        what = next;
                        wait = PATIENCE.saturating_sub(started.elapsed());
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => {
                        let turning = FRAMES[frame % FRAMES.len()];
                        draw(&format!(
                            "\r\u{1b}[2K{turning} {what}, {} s",
                            started.elapsed().as_secs()
                        ));
                        (frame, wait) = (frame + 1, TICK);
                    }
                }
            }
            if frame > 0 {
                draw("\r\u{1b}[2K");
            }
        });
        Self {
            stages: Some(stages),
            drawing: Some(drawing),
        }
    }

    /// Says what is being done from now on.
    pub(super) fn say(&self, what: &'static str) {
        if let Some(stages) = &self.stages {
            // The line is a courtesy: that nobody draws it any more is no failure.
            let _ = stages.send(what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stages.take();
        if let Some(drawing) = self.drawing.take() {
            let _ = drawing.join();
        }
    }
}

/// Writes to the terminal; one that went away is nobody to tell.
fn draw(text: &str) {
    let mut stream = std::io::stderr().lock();
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
}
