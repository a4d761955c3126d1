// The data inside the page, elements, and how each series of runs looks. A series is what differs
// in nothing but the seed: one run, or several.

const page = JSON.parse(document.getElementById("report-data").textContent);
const { file, labels, groups, verdict } = page;
const runs = file.runs;
const problem = file.problem;
const byId = (id) => document.getElementById(id);

/** Series by series its runs, and the one that stands for them: the median in time. */
const series = groups.map((group, i) => ({
  label: labels[i],
  runs: group.runs.map((r) => runs[r]),
  run: runs[group.median],
  mode: runs[group.median].mode,
}));
const everySeries = series.map((_, i) => i);
const severalSeeds = series.some((each) => each.runs.length > 1);

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, content] of Object.entries(properties)) {
    if (key === "class") node.className = content;
    else if (content !== undefined) node.setAttribute(key, content);
  }
  node.append(...children);
  return node;
}

const name = (i) => element("span", { class: "name", "data-mode": series[i].mode }, labels[i]);

/** Text in which the names of series stand out. */
function prose(text) {
  text = typeset(text);
  const names = [...labels].sort((a, b) => b.length - a.length);
  const pattern = new RegExp("(?<![\\w-])(" + names.map((n) => n.replace(/[^\w\s]/g, "\\$&")).join("|") + ")(?![\\w-])");
  return text.split(pattern).map((part, i) => (i % 2 ? name(labels.indexOf(part)) : part));
}

const SYMBOLS = { sync: "circle", async: "triangle", gossip: "diamond", mllib: "rect" };
const DASHES = ["solid", [8, 4], [2, 3], [10, 3, 2, 3]];
const css = (property) => getComputedStyle(document.documentElement).getPropertyValue("--" + property).trim();
const symbol = (i) => SYMBOLS[series[i].mode] || "pin";
const colour = (i) => css(SYMBOLS[series[i].mode] ? series[i].mode : "other");
const nth = series.map((each, i) => series.slice(0, i).filter((other) => other.mode === each.mode).length);
const dash = (i) => (series[i].mode === "mllib" ? [5, 4] : DASHES[nth[i] % DASHES.length]);
const theme = () => ({ ink: css("ink"), muted: css("muted"), line: css("line"), grid: css("grid"), card: css("card"), page: css("page") });

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};
