// Opens every built page in Chromium: axe-core in light, dark and 320 px, nothing wider than the page, no
// text of a drawing outside it or on other text, exactly one request, nothing refused by the policy, no link
// that leads nowhere; what is printed is no wider than a sheet, and leadership reads the first one in short.
//
//   node pages.mjs SCREENSHOTS REPORTS…
//
// Screenshots of each page, and those for printing as PDF, go to SCREENSHOTS.

import { mkdir, readFile, readdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [screenshots, ...folders] = process.argv.slice(2);
if (folders.length === 0) {
  console.error("usage: node pages.mjs SCREENSHOTS REPORTS…");
  process.exit(2);
}
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!executablePath) {
  console.error("chromium is missing: apt-get install chromium");
  process.exit(2);
}
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const modes = [
  { name: "light", scheme: "light", width: 1120 },
  // Of all that axe looks at, only contrast depends on the scheme.
  { name: "dark", scheme: "dark", width: 1120, only: ["color-contrast"] },
  { name: "narrow", scheme: "light", width: 320 },
];

// A4 in CSS pixels without the margins of the style sheet: 210 − 2 × 14 mm by 297 − 12 − 16 mm.
const sheet = { width: 688, height: 1016 };

const pages = [];
for (const folder of folders) {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".html")).sort();
  if (files.length === 0) {
    console.error(`no pages below ${folder}`);
    process.exit(2);
  }
  pages.push(...files.map((file) => path.join(folder, file)));
}
await mkdir(screenshots, { recursive: true });
const problems = [];
const queue = pages.slice();
await Promise.all([1, 2].map(work));
for (const problem of problems.sort()) console.error(problem);
console.log(`${pages.length} pages, ${problems.length} problems; screenshots in ${screenshots}`);
process.exit(problems.length === 0 ? 0 : 1);

async function work() {
  // A browser each: a page behind another one is not painted, and its screenshot never comes.
  // A machine that builds beside it may take minutes for what takes a second.
  const timeout = 300_000;
  const args = ["--no-sandbox", "--disable-gpu"];
  const browser = await puppeteer.launch({ executablePath, args, timeout, protocolTimeout: timeout });
  const [page] = await browser.pages();
  page.setDefaultTimeout(timeout);
  let requests = [];
  let complaints = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  for (let file = queue.shift(); file; file = queue.shift()) {
    requests = [];
    complaints = [];
    await page.setViewport({ width: modes[0].width, height: 900 });
    await page.emulateMediaType("screen");
    await page.goto(pathToFileURL(file).href);
    for (const link of await page.$$eval("a[href]", (links) => links.map((link) => link.href))) {
      const target = new URL(link);
      if (target.protocol !== "file:") continue;
      const [there, here] = [fileURLToPath(target), path.resolve(file)];
      if (!existsSync(there)) problems.push(`${file}: leads nowhere: ${there}`);
      const id = decodeURIComponent(target.hash.slice(1));
      if (there === here && id && !(await page.evaluate((id) => !!document.getElementById(id), id))) {
        problems.push(`${file}: has no #${id}`);
      }
    }
    const name = path.join(screenshots, file.replace(/\.html$/, "").replaceAll(path.sep, "_"));
    const isPrint = file.endsWith(".print.html");
    for (const mode of isPrint ? modes.slice(0, 1) : modes) {
      const say = (text) => problems.push(`${file}, ${mode.name}: ${text}`);
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: mode.scheme }]);
      await page.setViewport({ width: mode.width, height: 900 });
      await page.evaluate(axe);
      for (const text of await page.evaluate(audit, mode.only)) say(text);
      for (const text of await page.evaluate(measure)) say(text);
      await page.screenshot({ path: `${name}.${mode.name}.png`, fullPage: true });
    }
    if (isPrint) {
      await page.emulateMediaType("print");
      await page.setViewport({ width: sheet.width, height: sheet.height });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > sheet.width) problems.push(`${file}: wider than a sheet: ${wide} px`);
      const first = await page.evaluate(() => document.querySelector(".first")?.getBoundingClientRect().bottom ?? 0);
      if (file.includes(".leadership.") && first > sheet.height) {
        problems.push(`${file}: what leadership reads first is longer than a sheet: ${first} px`);
      }
    }
    if (isPrint) await page.pdf({ path: `${name}.pdf`, preferCSSPageSize: true, printBackground: true });
    if (requests.length !== 1) problems.push(`${file}: asks for ${requests.join(", ")}`);
    for (const text of complaints) problems.push(`${file}: ${text}`);
  }
  await browser.close();
}

// What follows runs inside the page.

async function audit(only) {
  const runOnly = only && { type: "rule", values: only };
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...(runOnly && { runOnly }) });
  return violations.map(({ id, help, nodes }) => `axe ${id}: ${help}: ${nodes.slice(0, 3).map((it) => it.html.slice(0, 160)).join(" · ")}`);
}

function measure() {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")]
      .filter((it) => it.getBoundingClientRect().right > root.clientWidth + 1 && !it.closest(".tw, .fig"))
      .map((it) => `${it.tagName.toLowerCase()}.${it.className}`);
    found.push(`wider than the page: ${wide.slice(0, 4).join(", ")}`);
  }
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...svg.querySelectorAll("text")].map((it) => ({ text: it.textContent, box: it.getBoundingClientRect() }));
    const name = svg.querySelector("title")?.textContent ?? "drawing";
    for (const { text, box } of texts) {
      const outside = box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2;
      if (outside) found.push(`${name}: “${text}” leaves the drawing`);
    }
    texts.forEach((a, index) => {
      for (const b of texts.slice(index + 1)) {
        const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        // Line boxes are taller than their letters.
        if (wide > 1 && high > 5) found.push(`${name}: “${a.text}” stands on “${b.text}”`);
      }
    });
  }
  return found;
}
