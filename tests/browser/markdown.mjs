// Renders every built Markdown file as GitHub does (CommonMark and GFM, raw HTML included, so that any that
// slipped through is seen) and looks at what came out: nothing but the report's own markup, every link and
// image a file beside it, every table row as wide as its head, and every file free of what must never be there.
//
//   node markdown.mjs REPORTS…

import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

const own = new Set("h1 h2 h3 p ul li strong em code table thead tbody tr th td a img".split(" "));
// By it a comment is found again.
const marker = /^<!-- scoreline-[a-z]+ -->\n/;
const problems = [];
let count = 0;
for (const folder of process.argv.slice(2)) {
  for (const file of (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".md"))) {
    count += 1;
    const place = path.join(folder, file);
    check(place, (await readFile(place, "utf8")).replace(marker, ""));
  }
}
if (count === 0) problems.push("no Markdown was found");
for (const problem of problems) console.error(problem);
console.log(`${count} Markdown files, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);

function check(place, markdown) {
  const say = (text) => problems.push(`${place}: ${text}`);
  const html = micromark(markdown, { allowDangerousHtml: true, allowDangerousProtocol: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
  for (const [tag, name] of html.matchAll(/<\/?([a-zA-Z!?][^\s>/]*)[^>]*>/g)) {
    if (!own.has(name)) say(`holds ${tag}`);
  }
  for (const [, address] of html.matchAll(/(?:href|src)="([^"]*)"/g)) {
    const target = decodeURIComponent(address.replaceAll("&amp;", "&"));
    if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) say(`leads away, to ${target}`);
    else if (!existsSync(path.join(path.dirname(place), target))) say(`leads nowhere: ${target}`);
  }
  for (const table of html.matchAll(/<table>.*?<\/table>/gs)) {
    const widths = new Set([...table[0].matchAll(/<tr>.*?<\/tr>/gs)].map(([row]) => row.match(/<t[hd]/g).length));
    if (widths.size !== 1) say(`a table's rows have ${[...widths].join(" and ")} cells`);
  }
  // GFM drops cells that are too many, so the bars themselves are counted too.
  const bars = (line) => line.replaceAll(/\\./g, "").split("|").length;
  let head;
  for (const line of markdown.split("\n")) {
    if (!line.startsWith("|")) head = undefined;
    else if (head === undefined) head = bars(line);
    else if (bars(line) !== head) say(`a row is not as wide as its head: ${line}`);
    if (/ {3}/.test(line)) say(`a padded cell: ${line}`);
  }
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(markdown)) say("holds a steering character");
  if (/\n\n\n|[ \t]\n|\r/.test(markdown)) say("holds an empty line too many, a space at a line's end or a carriage return");
  if (/(^|[^\w&#;])@\w/.test(markdown)) say("mentions somebody");
}
