// The summary at the top: verdict, confidence, cost, what would change the answer, and the table.

const PROBLEMS = {
  logistic: "Logistic regression",
  linear: "Linear regression",
  hinge: "Linear SVM (hinge loss)",
  "squared-hinge": "Linear SVM (squared hinge loss)",
  softmax: "Softmax regression",
  fm: "Factorization machine",
  mlp: "Multilayer perceptron",
  mf: "Matrix factorization",
};

function drawVerdict() {
  const title = (PROBLEMS[problem.name] || problem.name) + (file.data.name ? " on " + file.data.name : "");
  document.title = title + " · Triptych";
  byId("title").textContent = title;
  const facts = [count(file.data.rows) + " rows", count(file.data.features) + " features", "λ = " + number(problem.lambda)];
  if (runs.some((run) => run.workers)) {
    facts.push(Math.max(...runs.map((run) => (run.workers || []).length)) + " workers");
  }
  if (severalSeeds) facts.push(Math.max(...series.map((each) => each.runs.length)) + " seeds");
  if (file.environment) facts.push(file.environment.master);
  byId("facts").textContent = facts.join("  ·  ");
  byId("headline").append(...prose(verdict.headline));
  byId("confidence").append(...prose(verdict.confidence));
  for (const list of ["findings", "changes", "caveats"]) {
    byId(list).append(...verdict[list].map((text) => element("li", {}, ...prose(text))));
    if (verdict[list].length === 0) byId(list).parentElement.hidden = true;
  }
  if (page.pointsPerRun !== undefined) {
    byId("thinned").textContent = "To keep this page small it holds at most " + count(page.pointsPerRun) + " points of each trace and spans of each worker; runs.json has them all.";
  }
}

const ENDS = { completed: "all epochs", "target-reached": "target reached", diverged: "diverged" };

function end(run) {
  const words = ENDS[run.stopReason] || run.stopReason;
  return run.divergedAtUpdate === undefined ? words : words + " at update " + count(run.divergedAtUpdate);
}

/** The median over a series of what its runs have, undefined if none has it. */
function over(i, of) {
  const values = series[i].runs.map(of).filter((x) => x !== undefined);
  return values.length === 0 ? undefined : median(values);
}

function scoreColumns() {
  const columns = [];
  if (verdict.level) {
    columns.push(
      { title: "Time", of: (i) => verdict.standings[i].seconds, words: seconds, range: (i) => [verdict.standings[i].secondsLow, verdict.standings[i].secondsHigh], bar: true },
      { title: "Epochs", of: (i) => verdict.standings[i].epochs, words: (x) => number(x, 3), bar: true },
      { title: "Updates", of: (i) => verdict.standings[i].updates, words: count, plain: true },
      { title: "Gradients", of: (i) => verdict.standings[i].gradients, words: count, bar: true },
      { title: "Sent", of: (i) => verdict.standings[i].bytes, words: bytes, bar: true });
  }
  columns.push({
    title: optimumKnown ? "Final F − F*" : "Final objective",
    of: (i) => over(i, (run) => (run.finalObjective === undefined ? undefined : run.finalObjective - (optimumKnown ? problem.optimum : 0))),
    words: (x) => number(x, optimumKnown ? 3 : 5),
  });
  for (const metric of new Set(runs.flatMap((run) => Object.keys(run.finalTestMetrics || {})))) {
    columns.push({
      title: "Test " + metric,
      of: (i) => over(i, (run) => (run.finalTestMetrics || {})[metric]),
      words: (x) => number(x, 4),
      highIsGood: metric === "accuracy" || metric === "areaUnderROC",
    });
  }
  columns.push({ title: "In all", of: (i) => over(i, (run) => run.trainSeconds), words: seconds, plain: true });
  return columns.filter((column) => everySeries.some((i) => column.of(i) !== undefined));
}

function drawScores() {
  const columns = scoreColumns();
  const table = element("table", {}, element("thead", {}, element("tr", {},
    element("th", { scope: "col" }, "Run"),
    ...columns.map((column) => element("th", { scope: "col" }, column.title)),
    element("th", { scope: "col" }, "Ended"))));
  const body = element("tbody");
  for (const i of everySeries) {
    const row = element("tr", {}, element("th", { scope: "row" }, name(i)));
    for (const column of columns) row.append(score(column, i));
    row.append(element("td", { "data-label": "Ended" }, [...new Set(series[i].runs.map(end))].join("; ")));
    body.append(row);
  }
  table.append(body);
  byId("scores").append(table);
  const level = verdict.level;
  byId("scores-note").textContent = (level ? typeset("Time, epochs, updates, gradients and bytes sent are until " + level.words + ", " + level.meaning + ". ") : "")
    + (severalSeeds ? "Of several seeds each figure is the median." : "");
}

function score(column, i) {
  const x = column.of(i);
  if (x === undefined) {
    return element("td", { class: "none", "data-label": column.title }, "–");
  }
  const contends = (j) => verdict.standings[j].contends;
  const values = everySeries.filter(contends).map(column.of).filter((v) => v !== undefined);
  const best = column.highIsGood ? Math.max(...values) : Math.min(...values);
  const isBest = !column.plain && values.length > 1 && x === best && contends(i);
  const cell = element("td", { "data-label": column.title, class: isBest ? "best" : "" }, column.words(x));
  if (isBest) cell.title = "best";
  const [low, high] = column.range ? column.range(i) : [];
  if (low < high) cell.append(element("small", {}, column.words(low) + " to " + column.words(high)));
  if (column.bar) {
    const most = Math.max(...everySeries.map((j) => column.of(j) ?? 0));
    const bar = element("i");
    bar.style.width = (most > 0 ? (100 * x) / most : 0) + "%";
    cell.append(element("span", { class: "track", "data-mode": series[i].mode, "aria-hidden": "true" }, bar));
  }
  return cell;
}
