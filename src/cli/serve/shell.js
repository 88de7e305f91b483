"use strict";
const state = document.getElementById("state");
const findings = document.getElementById("findings");
const reports = document.getElementById("reports");
let shown = 0;

const news = new EventSource("/-/news");
news.onmessage = (event) => {
  const { edition, failed, findings: text, empty } = JSON.parse(event.data);
  const last = empty ? "there is no report yet" : "below is the last good report";
  state.textContent = failed ? `the build failed; ${last}` : "up to date";
  state.classList.toggle("failed", failed);
  findings.hidden = text === "";
  findings.open = failed;
  findings.querySelector("summary").textContent = text.trimEnd().split("\n").pop();
  findings.querySelector("pre").textContent = text;
  // The page that is open stays open, at its place; the first edition is what the frame loads by itself
  // unless it asked before there was one.
  if (!failed && edition !== shown) {
    reports.contentWindow.location.reload();
    shown = edition;
  }
};
news.onerror = () => {
  state.textContent = "the preview has stopped";
  state.classList.add("failed");
};
