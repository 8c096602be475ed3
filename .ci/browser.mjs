// Opens a report in headless Chromium, by its DevTools protocol over pipes, and checks what a reader sees.
// Usage: node browser.mjs report.html profile-folder [folder for screenshots]
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [path, profile, folder] = process.argv.slice(2);
const url = pathToFileURL(path).href;
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank",
];
const browser = spawn("chromium", flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });

// Messages are JSON with a zero byte after each: commands with an answer, and events.
const [toBrowser, fromBrowser] = [browser.stdio[3], browser.stdio[4]];
const answers = new Map();
const events = [];
let unread = "";
fromBrowser.setEncoding("utf8");
fromBrowser.on("data", (text) => {
  const messages = (unread + text).split("\0");
  unread = messages.pop();
  for (const message of messages.map((text) => JSON.parse(text))) {
    if (message.id === undefined) events.push(message);
    else answers.get(message.id)(message);
  }
});
let commands = 0;
function send(method, params = {}, sessionId) {
  const id = ++commands;
  toBrowser.write(JSON.stringify({ id, method, params, sessionId }) + "\0");
  return new Promise((resolve, reject) =>
    answers.set(id, ({ error, result }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result))));
}

const { targetId } = await send("Target.createTarget", { url: "about:blank" });
const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
const page = (method, params) => send(method, params, sessionId);
const evaluate = async (f, ...values) => {
  const expression = `(${f})(${values.map((value) => JSON.stringify(value)).join()})`;
  const { result, exceptionDetails } = await page("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
};
for (const domain of ["Page", "Runtime", "Log", "Network"]) await page(`${domain}.enable`);

async function open(address) {
  const seen = events.length;
  await page("Page.navigate", { url: address });
  const loaded = () => events.slice(seen).some(({ method }) => method === "Page.loadEventFired");
  while (!loaded()) await new Promise((resolve) => setTimeout(resolve, 10));
}

let faults = 0;
function check(what, right, found) {
  if (!right) faults += 1;
  console.log(`  ${right ? "ok   " : "FAULT"} ${what}: ${found}`);
}

/** What a reader sees, gathered within the page. */
function look() {
  const images = [...document.images];
  const levels = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((heading) => Number(heading.tagName[1]));
  const selected = (element) => {
    getSelection().selectAllChildren(element);
    const { length } = getSelection().toString().trim();
    getSelection().removeAllRanges();
    return length;
  };
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const bytes = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = bytes(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const contrast = (element) => {
    const style = getComputedStyle(element);
    const [a, b] = [bytes(element.closest("svg") ? style.fill : style.color), background(element)].map(luminance);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const texts = [...document.body.querySelectorAll("*")].filter((element) =>
    element.tagName !== "title" && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const contrasts = texts.map((element) => [contrast(element), element.outerHTML.slice(0, 80)]).sort((a, b) => a[0] - b[0]);
  const tables = [...document.querySelectorAll("table")];
  const tableFaults = tables.filter((table) => !table.caption || [...table.querySelectorAll("th")].some((th) => !th.scope));
  return {
    images: images.length,
    broken: images.filter((image) => !image.complete || image.naturalWidth === 0).length,
    unnamed: images.filter((image) => !image.alt).length,
    scroll: document.documentElement.scrollWidth,
    width: innerWidth,
    selected: selected(document.body),
    cell: selected(document.querySelector("table")),
    skipped: levels.filter((level, place) => level > (place ? levels[place - 1] : 0) + 1).length,
    scripts: document.scripts.length,
    lowest: contrasts[0],
    texts: texts.length,
    tables: tables.length,
    tableFaults: tableFaults.length,
    charts: document.querySelectorAll("svg[role=img]").length,
    unlabelled: document.querySelectorAll("svg[role=img]:not([aria-label])").length,
    background: getComputedStyle(document.body).backgroundColor,
    links: [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute("href")),
    dangling: [...document.querySelectorAll('a[href^="#"]')].filter((link) => !document.getElementById(link.getAttribute("href").slice(1))).length,
    panels: [...document.querySelectorAll(".matrix a")].map((link) => link.getAttribute("href")),
  };
}

const backgrounds = new Set();
for (const width of [1280, 360]) {
  for (const scheme of ["light", "dark"]) {
    console.log(`${width} px, ${scheme}`);
    await page("Emulation.setDeviceMetricsOverride", { width, height: 800, deviceScaleFactor: 1, mobile: false });
    await page("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await page("Emulation.setScriptExecutionDisabled", { value: true });
    await open(url);
    await page("Emulation.setScriptExecutionDisabled", { value: false });
    const seen = await evaluate(look);
    backgrounds.add(`${scheme} ${seen.background}`);
    check("images", seen.broken === 0 && seen.unnamed === 0, `${seen.images} loaded, ${seen.broken} broken, ${seen.unnamed} without alt`);
    check("charts", seen.charts > 0 && seen.unlabelled === 0, `${seen.charts}, ${seen.unlabelled} without label`);
    check("no sideways scrolling", seen.scroll <= seen.width, `${seen.scroll} of ${seen.width} px`);
    check("text can be selected", seen.selected > 500 && seen.cell > 50, `${seen.selected} characters`);
    check("headings in order", seen.skipped === 0, `${seen.skipped} levels skipped`);
    check("tables", seen.tables > 0 && seen.tableFaults === 0, `${seen.tables}, ${seen.tableFaults} without caption or scope`);
    check("contrast", seen.lowest[0] >= 4.5, `at least ${seen.lowest[0].toFixed(2)} in ${seen.texts} texts (${seen.lowest[1].replaceAll("\n", " ")})`);
    check("links", seen.dangling === 0, `${seen.links.length} within the page, ${seen.dangling} lead nowhere`);
    check("no scripts", seen.scripts === 0, seen.scripts);
    if (folder) {
      const { cssContentSize } = await page("Page.getLayoutMetrics");
      const clip = { x: 0, y: 0, width, height: Math.min(cssContentSize.height, 12000), scale: 1 };
      const { data } = await page("Page.captureScreenshot", { clip, captureBeyondViewport: true });
      writeFileSync(`${folder}/${width}-${scheme}.png`, Buffer.from(data, "base64"));
    }
    if (seen.panels.length > 0) {
      await page("Emulation.setScriptExecutionDisabled", { value: true });
      await open("about:blank");
      await open(url + seen.panels[0]);
      const shown = await evaluate((id) => {
        const panels = [...document.querySelectorAll(".panel")].filter((panel) => getComputedStyle(panel).display !== "none");
        return panels.map((panel) => panel.id).join() === id ? panels[0].querySelectorAll("img").length : -1;
      }, seen.panels[0].slice(1));
      check("a cell shows its rows without scripts", shown >= 0, `${shown} images behind ${seen.panels[0]}`);
      if (folder) {
        const { data } = await page("Page.captureScreenshot");
        writeFileSync(`${folder}/${width}-${scheme}-cell.png`, Buffer.from(data, "base64"));
      }
      await page("Emulation.setScriptExecutionDisabled", { value: false });
    }
  }
}

console.log("all");
check("light and dark differ", backgrounds.size === 2 && new Set([...backgrounds].map((text) => text.split(" ").slice(1).join())).size === 2, [...backgrounds].join("; "));
const errors = events.filter(({ method, params }) =>
  method === "Runtime.exceptionThrown" || method === "Runtime.consoleAPICalled" || (method === "Log.entryAdded" && params.entry.level !== "verbose"));
check("console", errors.length === 0, `${errors.length} messages ${errors.map(({ params }) => params.entry?.text ?? "").join("; ")}`);
const requests = events.filter(({ method, params }) =>
  method === "Network.requestWillBeSent" && !/^(file|data|about):/.test(params.request.url));
check("network", requests.length === 0, `${requests.length} requests`);
const { data } = await page("Page.printToPDF", { printBackground: false });
check("print", data.length > 10000, `a PDF of ${Math.round((data.length * 3) / 4 / 1024)} KiB`);
if (folder) writeFileSync(`${folder}/print.pdf`, Buffer.from(data, "base64"));

const closed = new Promise((resolve) => browser.on("exit", resolve));
await send("Browser.close");
await closed;
console.log(faults ? `${faults} faults` : "no faults");
process.exit(faults ? 1 : 0);
