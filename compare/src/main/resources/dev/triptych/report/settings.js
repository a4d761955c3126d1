// Settings, slow workers, data, versions, and the command that repeats the runs.

function drawSettings() {
  const keys = [...new Set(series.flatMap((each) => Object.keys(each.run.settings)))];
  const values = (i, key) => {
    const all = [...new Set(series[i].runs.map((run) => run.settings[key]).filter((v) => v !== undefined))];
    return all.length === 0 ? undefined : all.length > 3 && key === "bytes" ? all[0] + ", …" : all.join(", ");
  };
  const rows = [["algorithm", series.map((each) => each.run.algorithm)], ...keys.map((key) => [key, everySeries.map((i) => values(i, key))])];
  if (!keys.includes("seed")) rows.push(["seed", series.map((each) => each.runs.map((run) => run.seed).join(", "))]);
  if (runs.some((run) => run.source)) rows.push(["source", series.map((each) => each.run.source)]);
  const table = element("table", {}, element("thead", {}, element("tr", {},
    element("th", { scope: "col" }, "Setting"), ...everySeries.map((i) => element("th", { scope: "col" }, name(i))))));
  const body = element("tbody");
  for (const [key, words] of rows) {
    const shared = words.filter((v) => v !== undefined);
    const differs = key !== "algorithm" && shared.length > 1 && new Set(shared).size > 1;
    body.append(element("tr", { class: differs ? "differs" : "" }, element("th", { scope: "row" }, key),
      ...words.map((v) => element("td", { class: v === undefined ? "none" : "" }, v === undefined ? "–" : v))));
  }
  table.append(body);
  byId("settings").append(table);
  byId("settings-note").textContent = body.querySelector(".differs") ? "Highlighted rows differ between runs." : "";
}

function drawSlowWorkers() {
  const slowed = everySeries.filter((i) => series[i].run.slowWorker);
  if (slowed.length === 0) return;
  byId("slow-section").hidden = false;
  const head = ["Run", "Without", "With", "Kept", "Theory"];
  const body = element("tbody");
  for (const i of slowed) {
    const slow = series[i].run.slowWorker;
    const bar = element("i");
    bar.style.width = Math.min(100, 100 * slow.ratio) + "%";
    bar.style.marginLeft = "0";
    body.append(element("tr", {}, element("th", { scope: "row" }, name(i)),
      element("td", {}, number(slow.batchesPerSecondWithout, 4) + " /s"),
      element("td", {}, number(slow.batchesPerSecondWith, 4) + " /s"),
      element("td", {}, percent(slow.ratio), element("span", { class: "track", "data-mode": series[i].mode, "aria-hidden": "true" }, bar)),
      element("td", {}, percent(slow.theory))));
  }
  byId("slow").append(element("table", {}, element("thead", {}, element("tr", {}, ...head.map((h) => element("th", { scope: "col" }, h)))), body));
}

function facts(id, entries) {
  for (const [term, description] of entries) {
    if (description !== undefined) byId(id).append(element("dt", {}, term), element("dd", {}, String(description)));
  }
}

function drawFacts() {
  const { rows, features, nonzeros } = file.data;
  facts("data-facts", [
    ["Data", file.data.name],
    ["Training examples", count(rows)],
    ["Features", count(features)],
    ["Stored values", count(nonzeros) + " (" + percent(nonzeros / rows / features) + ")"],
    ["Test examples", file.data.testRows === undefined ? undefined : count(file.data.testRows)],
    ...Object.entries(file.data.details || {}),
    ["Problem", problem.name],
    ["λ", number(problem.lambda)],
    ["Intercept", problem.intercept ? "yes, not penalised" : "no"],
    ["Target F", problem.target],
    ["Optimum F*", problem.optimum],
  ]);
  const versions = new Map();
  for (const run of runs) {
    for (const [key, text] of Object.entries(run.versions)) versions.set(key, (versions.get(key) || new Set()).add(text));
  }
  const environment = file.environment || {};
  facts("versions", [
    ...[...versions].map(([key, texts]) => [key, [...texts].join(", ")]),
    ["Spark master", versions.has("master") ? undefined : environment.master],
    ["Cores", environment.cores],
  ]);
}

function drawCommand() {
  if (!file.command) return;
  byId("command-section").hidden = false;
  byId("command").textContent = file.command;
  byId("copy-command").addEventListener("click", async (event) => {
    const button = event.currentTarget;
    try {
      await navigator.clipboard.writeText(file.command);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(byId("command"));
    }
  });
}
