"use strict";
(() => {
  const { file, labels, verdict } = JSON.parse(document.getElementById("report-data").textContent);
  const runs = file.runs;
  const problem = file.problem;
  const optimum = problem.optimum;
  const hasOptimum = optimum !== undefined;
  const quantity = hasOptimum ? "F − F*" : "F";
  const value = (objective) => (hasOptimum ? objective - optimum : objective);
  const byId = (id) => document.getElementById(id);

  // ---- words -----------------------------------------------------------------------------------

  const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  const raised = (n) => String(n).replace(/./g, (c) => SUPERSCRIPT[c]);

  function number(x, digits = 4) {
    if (x === 0) return "0";
    const size = Math.abs(x);
    if (size < 1e-3 || size >= 1e7) {
      const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
      const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
      return (short === "1" ? "" : short + "×") + "10" + raised(Number(exponent));
    }
    return x.toLocaleString("en-US", { maximumSignificantDigits: digits });
  }

  function bytes(x) {
    const units = ["B", "kB", "MB", "GB", "TB", "PB"];
    let unit = 0;
    while (x >= 999.5 && unit < units.length - 1) {
      x /= 1000;
      unit++;
    }
    return number(x, 3) + " " + units[unit];
  }

  function seconds(x) {
    if (x >= 120) return number(x / 60, 3) + " min";
    return x > 0 && x < 1 ? number(x * 1e3, 3) + " ms" : number(x, 3) + " s";
  }

  const count = (x) => x.toLocaleString("en-US");
  const compact = (x) => x.toLocaleString("en-US", { notation: "compact", maximumSignificantDigits: 3 });
  const percent = (x) => number(100 * x, 3) + " %";

  // ---- elements --------------------------------------------------------------------------------

  function element(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [key, content] of Object.entries(properties)) {
      if (key === "class") node.className = content;
      else node.setAttribute(key, content);
    }
    node.append(...children);
    return node;
  }

  /** Powers of ten as such, and no line break between a number and its unit. */
  const typeset = (text) => text
    .replace(/\b(\d+(?:\.\d+)?)e(-?\d+)\b/g, (_, m, e) => (m === "1" ? "" : m + "×") + "10" + raised(e))
    .replace(/([\d⁰-⁹¹²³]) (ms|s|min|kB|MB|GB|TB|%|epochs?)(?![\w-])/g, "$1\u00a0$2")
    .replace(/ ([≤=]) /g, "\u00a0$1\u00a0")
    .replace(/F − F/g, "F\u00a0−\u00a0F");

  /** Text in which the names of runs stand out. */
  function prose(text) {
    text = typeset(text);
    const names = [...labels].sort((a, b) => b.length - a.length);
    const pattern = new RegExp("(?<![\\w-])(" + names.map((n) => n.replace(/[^\w\s]/g, "\\$&")).join("|") + ")(?![\\w-])");
    return text.split(pattern).map((part, i) => (i % 2 ? name(labels.indexOf(part)) : part));
  }

  const name = (i) => element("span", { class: "name", "data-mode": runs[i].mode }, labels[i]);

  // ---- how a run looks -------------------------------------------------------------------------

  const SYMBOLS = { sync: "circle", async: "triangle", gossip: "diamond", mllib: "rect" };
  const DASHES = ["solid", [8, 4], [2, 3], [10, 3, 2, 3]];
  const css = (property) => getComputedStyle(document.documentElement).getPropertyValue("--" + property).trim();
  const symbol = (i) => SYMBOLS[runs[i].mode] || "pin";
  const colour = (i) => css(SYMBOLS[runs[i].mode] ? runs[i].mode : "other");
  const nth = runs.map((run, i) => runs.slice(0, i).filter((other) => other.mode === run.mode).length);
  const dash = (i) => (runs[i].mode === "mllib" ? [5, 4] : DASHES[nth[i] % DASHES.length]);

  function theme() {
    return { ink: css("ink"), muted: css("muted"), line: css("line"), grid: css("grid"), card: css("card") };
  }

  // ---- verdict and tables ----------------------------------------------------------------------

  const PROBLEMS = {
    logistic: "Logistic regression",
    linear: "Linear regression",
    hinge: "Linear SVM (hinge loss)",
    "squared-hinge": "Linear SVM (squared hinge loss)",
    softmax: "Softmax regression",
  };

  function drawVerdict() {
    const title = (PROBLEMS[problem.name] || problem.name) + (file.data.name ? " on " + file.data.name : "");
    document.title = title + " · Triptych";
    byId("title").textContent = title;
    const facts = [count(file.data.rows) + " rows", count(file.data.features) + " features", "λ = " + number(problem.lambda)];
    if (runs.some((run) => run.workers)) {
      facts.push(Math.max(...runs.map((run) => (run.workers || []).length)) + " workers");
    }
    if (file.environment) facts.push(file.environment.master);
    byId("facts").textContent = facts.join("  ·  ");
    byId("headline").append(...prose(verdict.headline));
    for (const list of ["findings", "caveats"]) {
      byId(list).append(...verdict[list].map((text) => element("li", {}, ...prose(text))));
      if (verdict[list].length === 0) byId(list).parentElement.hidden = true;
    }
  }

  const ENDS = { completed: "all epochs", "target-reached": "target reached", diverged: "diverged" };

  function end(run) {
    const words = ENDS[run.stopReason] || run.stopReason;
    return run.divergedAtUpdate === undefined ? words : words + " at update " + count(run.divergedAtUpdate);
  }

  function drawScores() {
    const level = verdict.level;
    const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.finalTestMetrics || {})))];
    const columns = [];
    if (level) {
      columns.push(
        { title: "Time", of: (i) => verdict.standings[i].seconds, words: seconds, bar: true },
        { title: "Epochs", of: (i) => verdict.standings[i].epochs, words: (x) => number(x, 3), bar: true },
        { title: "Updates", of: (i) => verdict.standings[i].updates, words: count, plain: true },
        { title: "Sent", of: (i) => verdict.standings[i].bytes, words: bytes, bar: true });
    }
    columns.push({
      title: hasOptimum ? "Final F − F*" : "Final objective",
      of: (i) => (runs[i].finalObjective === undefined ? undefined : value(runs[i].finalObjective)),
      words: (x) => number(x, hasOptimum ? 3 : 5),
    });
    for (const metric of metrics) {
      columns.push({
        title: "Test " + metric,
        of: (i) => (runs[i].finalTestMetrics || {})[metric],
        words: (x) => number(x, 4),
        highIsGood: metric === "accuracy" || metric === "areaUnderROC",
      });
    }
    columns.push({ title: "In all", of: (i) => runs[i].trainSeconds, words: seconds, plain: true });
    const table = element("table", {}, element("thead", {}, element("tr", {},
      element("th", { scope: "col" }, "Run"),
      ...columns.map((column) => element("th", { scope: "col" }, column.title)),
      element("th", { scope: "col" }, "Ended"))));
    const body = element("tbody");
    runs.forEach((run, i) => {
      const row = element("tr", {}, element("th", { scope: "row" }, name(i)));
      for (const column of columns) row.append(score(column, i));
      row.append(element("td", { "data-label": "Ended" }, end(run)));
      body.append(row);
    });
    table.append(body);
    byId("scores").append(table);
    byId("scores-note").textContent = level ? typeset("Time, epochs, updates and bytes sent are until " + level.words + ", " + level.meaning + ".") : "";
  }

  function score(column, i) {
    const x = column.of(i);
    if (x === undefined) {
      return element("td", { class: "none", "data-label": column.title }, "–");
    }
    const values = runs.map((_, j) => j).filter((j) => verdict.standings[j].contends).map(column.of).filter((v) => v !== undefined);
    const best = column.highIsGood ? Math.max(...values) : Math.min(...values);
    const isBest = !column.plain && values.length > 1 && x === best && verdict.standings[i].contends;
    const cell = element("td", { "data-label": column.title, class: isBest ? "best" : "" }, column.words(x));
    if (isBest) cell.title = "best";
    if (column.bar) {
      const most = Math.max(...runs.map((_, j) => column.of(j) ?? 0));
      const bar = element("i");
      bar.style.width = (most > 0 ? (100 * x) / most : 0) + "%";
      cell.append(element("span", { class: "track", "data-mode": runs[i].mode, "aria-hidden": "true" }, bar));
    }
    return cell;
  }

  function drawSettings() {
    const keys = [...new Set(runs.flatMap((run) => Object.keys(run.settings)))];
    const rows = [["algorithm", runs.map((run) => run.algorithm)], ...keys.map((key) => [key, runs.map((run) => run.settings[key])])];
    if (!keys.includes("seed")) rows.push(["seed", runs.map((run) => String(run.seed))]);
    const table = element("table", {}, element("thead", {}, element("tr", {},
      element("th", { scope: "col" }, "Setting"), ...runs.map((_, i) => element("th", { scope: "col" }, name(i))))));
    const body = element("tbody");
    for (const [key, values] of rows) {
      const shared = values.filter((v) => v !== undefined);
      const differs = key !== "algorithm" && shared.length > 1 && new Set(shared).size > 1;
      body.append(element("tr", { class: differs ? "differs" : "" }, element("th", { scope: "row" }, key),
        ...values.map((v) => element("td", { class: v === undefined ? "none" : "" }, v === undefined ? "–" : v))));
    }
    table.append(body);
    byId("settings").append(table);
    byId("settings-note").textContent = body.querySelector(".differs") ? "Highlighted rows differ between runs." : "";
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
      for (const [key, text] of Object.entries(run.versions)) {
        versions.set(key, (versions.get(key) || new Set()).add(text));
      }
    }
    const environment = file.environment || {};
    facts("versions", [
      ...[...versions].map(([key, texts]) => [key, [...texts].join(", ")]),
      ["Spark master", environment.master],
      ["Cores", environment.cores],
    ]);
    if (file.command) {
      byId("command-section").hidden = false;
      byId("command").textContent = file.command;
    }
  }

  function drawSlowWorkers() {
    const slowed = runs.map((_, i) => i).filter((i) => runs[i].slowWorker);
    if (slowed.length === 0) return;
    byId("slow-section").hidden = false;
    const head = ["Run", "Without", "With", "Kept", "Theory"];
    const body = element("tbody");
    for (const i of slowed) {
      const slow = runs[i].slowWorker;
      const bar = element("i");
      bar.style.width = Math.min(100, 100 * slow.ratio) + "%";
      bar.style.marginLeft = "0";
      body.append(element("tr", {}, element("th", { scope: "row" }, name(i)),
        element("td", {}, number(slow.batchesPerSecondWithout, 4) + " /s"),
        element("td", {}, number(slow.batchesPerSecondWith, 4) + " /s"),
        element("td", {}, percent(slow.ratio), element("span", { class: "track", "data-mode": runs[i].mode, "aria-hidden": "true" }, bar)),
        element("td", {}, percent(slow.theory))));
    }
    byId("slow").append(element("table", {}, element("thead", {}, element("tr", {}, ...head.map((h) => element("th", { scope: "col" }, h)))), body));
  }

  // ---- charts ----------------------------------------------------------------------------------

  const charts = {};
  const redraws = [];
  const shown = runs.map(() => true);
  let logScale = hasOptimum;

  /** A figure with a chart in it; `option` is called whenever the chart must be drawn anew. */
  function chart(key, parent, title, note, option, plotClass = "") {
    const plot = element("div", { class: "plot " + plotClass, role: "img", "aria-label": title + ". " + note });
    const heading = element("h3", {}, ...prose(title));
    parent.append(element("figure", { class: "chart" }, element("figcaption", {}, heading, element("p", { class: "note" }, note)), plot));
    charts[key] = echarts.init(plot, { textStyle: { fontFamily: getComputedStyle(document.body).fontFamily } }, { renderer: "svg" });
    const redraw = () => charts[key].setOption(option(), { replaceMerge: ["series"] });
    redraws.push(redraw);
    redraw();
    new ResizeObserver(() => charts[key].resize()).observe(plot);
  }

  const redrawAll = () => redraws.forEach((redraw) => redraw());

  function axisStyle(t) {
    return {
      axisLine: { lineStyle: { color: t.line } },
      axisTick: { lineStyle: { color: t.line } },
      axisLabel: { color: t.muted, fontSize: 12, hideOverlap: true },
      nameTextStyle: { color: t.muted, fontSize: 12 },
      splitLine: { lineStyle: { color: t.grid } },
    };
  }

  function tooltipStyle(t) {
    return {
      confine: true,
      backgroundColor: t.card,
      borderColor: t.line,
      textStyle: { color: t.ink, fontSize: 13 },
      extraCssText: "box-shadow: 0 4px 16px rgb(0 0 0 / 16%); border-radius: 8px;",
    };
  }

  const AXES = [
    { key: "seconds", title: "Against time", name: "seconds of training", words: seconds, label: (x) => number(x, 4) },
    { key: "epochs", title: "Against data", name: "epochs", words: (x) => number(x, 3) + " epochs", label: (x) => number(x, 4) },
    { key: "bytes", title: "Against communication", name: "bytes sent", words: bytes, label: bytes },
    { key: "updates", title: "Against updates", name: "updates", words: (x) => compact(x) + " updates", label: compact },
  ];

  const NOTES = {
    seconds: "What you wait for. Evaluation is not on this clock.",
    epochs: "Examples processed by all workers, divided by the size of the data.",
    bytes: "What crossed the wire, all parties together.",
    updates: "Asynchronous: one mini-batch each. Otherwise: one of every worker.",
  };

  /** The line of a run: [x, y] by ascending x, without what the scale cannot show. */
  function line(run, key) {
    return run.trace
      .filter((point) => point[key] !== undefined && (!logScale || value(point.objective) > 0))
      .map((point) => [point[key], value(point.objective)]);
  }

  /**
   * Marks on about ten points, where no other run has them; every point is on the line. What is far
   * above the ceiling stays there: browsers cannot draw to 1e300.
   */
  function marked(points, i, ceiling = Infinity) {
    const step = Math.max(1, Math.ceil(points.length / 10));
    const offset = Math.floor((i * step) / runs.length);
    return points.map(([x, y], k) => ({ value: [x, Math.min(y, 100 * ceiling)], symbol: k % step === offset || k === points.length - 1 ? symbol(i) : "none" }));
  }

  /** y at x, between the two points around it; undefined before the first or beyond the last. */
  function at(points, x) {
    if (points.length === 0 || x < points[0][0] || x > points[points.length - 1][0]) return undefined;
    const k = points.findIndex((point) => point[0] >= x);
    if (k === 0 || points[k][0] === x) return points[k][1];
    const [x0, y0] = points[k - 1];
    const [x1, y1] = points[k];
    const part = (x - x0) / (x1 - x0);
    return logScale ? Math.exp(Math.log(y0) + part * (Math.log(y1) - Math.log(y0))) : y0 + part * (y1 - y0);
  }

  function hover(axis, x) {
    const rows = runs.map((run, i) => i).filter((i) => shown[i]).map((i) => {
      const points = line(runs[i], axis.key);
      if (points.length === 0) return null;
      const y = at(points, x);
      const last = points[points.length - 1];
      const words = y !== undefined ? number(y, 4) : x > last[0] ? number(last[1], 4) + " at its end" : "not started";
      return element("tr", { class: y === undefined ? "dim" : "" }, element("td", {}, name(i)), element("td", {}, words));
    });
    return element("div", { class: "tip" }, element("b", {}, axis.words(x)), " · " + quantity,
      element("table", {}, ...rows.filter((row) => row !== null)));
  }

  /** Ticks 1, 2, 5 per decade where the range is too short for decades alone. */
  function logTicks(low, high) {
    if (Math.log10(high / low) > 2) return undefined;
    const ticks = [];
    for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
      for (const m of Math.log10(high / low) > 0.5 ? [1, 2, 5] : [1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9]) ticks.push(Number((m * 10 ** e).toPrecision(3)));
    }
    return ticks.filter((tick) => tick >= low && tick <= high);
  }

  /** Decades as powers of ten, everything else as plain numbers. */
  const yLabel = (ticks) => (y) => (logScale && !ticks && y !== 1 ? "10" + raised(Math.round(Math.log10(y))) : number(y, 3));

  /** The range of y: all of every run that stayed finite; a diverging one may leave the picture. */
  function range() {
    const used = runs.filter((run, i) => shown[i] && run.trace.length > 0);
    const calm = used.filter((run) => run.stopReason !== "diverged");
    const ys = (list) => list.flatMap((run) => run.trace.map((point) => value(point.objective))).filter((y) => !logScale || y > 0);
    const starts = used.map((run) => value(run.trace[0].objective));
    const all = calm.length > 0 ? ys(calm).concat(starts) : ys(used);
    if (all.length === 0) return {};
    let low = Math.min(...all);
    let high = Math.max(...all);
    if (calm.length === 0) high = Math.min(high, 3 * Math.max(...starts));
    else if (calm.length < used.length) high *= 1.15;
    if (logScale) return { low: low / 1.08, high: high * 1.08 };
    const room = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
    return { low: low >= 0 ? Math.max(0, low - room) : low - room, high: high + room };
  }

  function convergenceOption(axis) {
    const t = theme();
    const { low, high } = range();
    const ticks = logScale && low ? logTicks(low, high) : undefined;
    const lines = [];
    const level = verdict.level;
    if (level && (level.isTarget || runs.length > 1)) {
      const y = value(level.objective);
      if (y > (low ?? 0) && y < high) {
        lines.push({ yAxis: y, label: { formatter: level.isTarget ? "target" : "compared here" } });
      }
    }
    const style = axisStyle(t);
    return {
      animation: false,
      grid: { left: 8, right: 16, top: 30, bottom: matchMedia("print").matches ? 30 : 62, containLabel: true },
      tooltip: {
        ...tooltipStyle(t),
        trigger: "axis",
        axisPointer: { type: "line", snap: false, lineStyle: { color: t.muted } },
        formatter: (params) => hover(axis, params[0].axisValue),
      },
      xAxis: {
        ...style,
        type: "value",
        name: axis.name,
        nameLocation: "middle",
        nameGap: 26,
        min: 0,
        max: "dataMax",
        splitLine: { show: false },
        axisLabel: { ...style.axisLabel, formatter: axis.label, showMaxLabel: false },
        axisPointer: { label: { show: false } },
      },
      yAxis: {
        ...style,
        type: logScale ? "log" : "value",
        name: quantity,
        nameTextStyle: { ...style.nameTextStyle, align: "left" },
        nameGap: 12,
        min: low,
        max: high,
        axisTick: { ...style.axisTick, customValues: ticks },
        axisLabel: { ...style.axisLabel, customValues: ticks, showMinLabel: ticks !== undefined, showMaxLabel: ticks !== undefined, formatter: yLabel(ticks) },
      },
      dataZoom: [{
        type: "slider",
        show: !matchMedia("print").matches,
        xAxisIndex: 0,
        filterMode: "none",
        height: 6,
        bottom: 12,
        left: 24,
        right: 24,
        showDataShadow: false,
        showDetail: false,
        brushSelect: false,
        borderColor: "transparent",
        backgroundColor: t.grid,
        fillerColor: t.line,
        handleIcon: "circle",
        handleSize: 16,
        handleStyle: { color: t.card, borderColor: t.muted, borderWidth: 1.5 },
        moveHandleSize: 0,
        emphasis: { handleStyle: { color: t.ink, borderColor: t.ink } },
      }],
      series: runs.map((run, i) => ({
        id: "run" + i,
        name: labels[i],
        type: "line",
        data: shown[i] ? marked(line(run, axis.key), i, high) : [],
        clip: true,
        symbolSize: symbol(i) === "triangle" || symbol(i) === "diamond" ? 9 : 7,
        showSymbol: true,
        lineStyle: { width: 2.25, type: dash(i), color: colour(i) },
        itemStyle: { color: colour(i) },
        emphasis: { disabled: true },
        z: run.mode === "mllib" ? 2 : 3,
        markLine: i > 0 || lines.length === 0 ? undefined : {
          silent: true,
          symbol: "none",
          precision: -1,
          animation: false,
          lineStyle: { color: t.muted, type: [3, 4], width: 1 },
          label: { position: "insideEndTop", color: t.muted, fontSize: 12 },
          data: lines,
        },
      })),
    };
  }

  function drawConvergence() {
    const parent = byId("convergence");
    for (const axis of AXES) {
      if (runs.some((run) => run.trace.some((point) => point[axis.key] > 0))) {
        chart(axis.key, parent, axis.title, NOTES[axis.key], () => convergenceOption(axis));
      }
    }
    byId("convergence-note").textContent = hasOptimum
      ? "Distance of the objective from its optimum, F − F*, on all training data. F* = " + number(optimum, 6) + "."
      : "Objective F on all training data.";
    drawLegend();
    const button = byId("scale-log");
    const press = () => button.setAttribute("aria-pressed", String(logScale));
    press();
    button.addEventListener("click", () => {
      logScale = !logScale;
      press();
      redrawAll();
    });
    byId("zoom-reset").addEventListener("click", () => {
      for (const axis of AXES) charts[axis.key]?.dispatchAction({ type: "dataZoom", start: 0, end: 100 });
    });
  }

  const SHAPES = {
    circle: '<circle cx="13" cy="6" r="3.5"/>',
    triangle: '<path d="M13 1.2 17.4 9.6H8.6Z"/>',
    diamond: '<path d="M13 .8 17.2 6 13 11.2 8.8 6Z"/>',
    rect: '<rect x="9.8" y="2.8" width="6.4" height="6.4"/>',
    pin: '<circle cx="13" cy="6" r="3.5"/>',
  };

  function drawLegend() {
    runs.forEach((run, i) => {
      const button = element("button", { type: "button", "aria-pressed": "true" });
      const pattern = Array.isArray(dash(i)) ? dash(i).join(" ") : "";
      const mode = SYMBOLS[run.mode] ? run.mode : "other";
      button.innerHTML = `<svg aria-hidden="true" style="color:var(--${mode})" fill="currentColor"><path d="M0 6H26" stroke="currentColor" stroke-width="2.25" stroke-dasharray="${pattern}"/>${SHAPES[symbol(i)]}</svg>`;
      button.append(labels[i]);
      button.addEventListener("click", () => {
        shown[i] = !shown[i];
        button.setAttribute("aria-pressed", String(shown[i]));
        redrawAll();
      });
      byId("legend").append(button);
    });
  }

  // ---- why: staleness, consensus, workers ------------------------------------------------------

  function stalenessOption(i) {
    const t = theme();
    const histogram = runs[i].staleness.histogram;
    const total = histogram.reduce((a, b) => a + b, 0) || 1;
    const width = Math.max(1, Math.ceil(histogram.length / 40));
    const bins = [];
    for (let from = 0; from < histogram.length; from += width) {
      const sum = histogram.slice(from, from + width).reduce((a, b) => a + b, 0);
      bins.push({ label: width === 1 ? String(from) : from + "–" + (from + width - 1), share: sum / total, sum });
    }
    const style = axisStyle(t);
    return {
      animation: false,
      grid: { left: 8, right: 12, top: 30, bottom: 30, containLabel: true },
      tooltip: {
        ...tooltipStyle(t),
        trigger: "axis",
        axisPointer: { type: "shadow" },
        formatter: (params) => {
          const bin = bins[params[0].dataIndex];
          return element("div", { class: "tip" }, element("b", {}, "staleness " + bin.label), element("br"),
            count(bin.sum) + " gradients, " + percent(bin.share));
        },
      },
      xAxis: { ...style, type: "category", data: bins.map((bin) => bin.label), name: "staleness τ in updates", nameLocation: "middle", nameGap: 26, axisTick: { show: false } },
      yAxis: { ...style, type: "value", name: "share of gradients", nameTextStyle: { ...style.nameTextStyle, align: "left" }, axisLabel: { ...style.axisLabel, formatter: percent } },
      series: [{ name: labels[i], type: "bar", barMaxWidth: 40, barCategoryGap: "22%", data: bins.map((bin) => bin.share), itemStyle: { color: colour(i), borderRadius: [3, 3, 0, 0] } }],
    };
  }

  function consensusOption(indices) {
    const t = theme();
    const style = axisStyle(t);
    const distances = indices.flatMap((i) => runs[i].trace.map((point) => point.consensusDistance).filter((d) => d > 0));
    const low = Math.min(...distances) / 1.15;
    const high = Math.max(...distances) * 1.15;
    const ticks = logTicks(low, high);
    return {
      animation: false,
      grid: { left: 8, right: 16, top: 30, bottom: 30, containLabel: true },
      tooltip: { ...tooltipStyle(t), trigger: "axis", axisPointer: { lineStyle: { color: t.muted } }, valueFormatter: (y) => number(y, 3) },
      xAxis: { ...style, type: "value", name: "epochs", nameLocation: "middle", nameGap: 26, min: 0, max: "dataMax", splitLine: { show: false }, axisLabel: { ...style.axisLabel, showMaxLabel: false }, axisPointer: { label: { formatter: ({ value: x }) => number(x, 3) + " epochs" } } },
      yAxis: { ...style, type: "log", name: "distance", min: low, max: high, nameTextStyle: { ...style.nameTextStyle, align: "left" }, axisTick: { ...style.axisTick, customValues: ticks }, axisLabel: { ...style.axisLabel, customValues: ticks, showMinLabel: ticks !== undefined, showMaxLabel: ticks !== undefined, formatter: (y) => number(y, 2) } },
      series: indices.map((i) => ({
        name: labels[i],
        type: "line",
        data: marked(runs[i].trace.filter((point) => point.consensusDistance > 0).map((point) => [point.epochs, point.consensusDistance]), i),
        symbolSize: 9,
        lineStyle: { width: 2.25, type: dash(i), color: colour(i) },
        itemStyle: { color: colour(i) },
      })),
    };
  }

  /** One thin line per node, the mean of their weights above them. */
  function nodesOption(i) {
    const t = theme();
    const style = axisStyle(t);
    const points = runs[i].trace.filter((point) => point.nodeObjectives);
    const nodes = points[0].nodeObjectives.map((_, node) => node);
    const usable = (y) => !logScale || y > 0;
    const at = (get) => points.map((point) => [point.epochs, value(get(point))]).filter((xy) => usable(xy[1]));
    const all = points.flatMap((point) => [...point.nodeObjectives, point.objective].map(value)).filter(usable);
    const low = Math.min(...all);
    const high = Math.max(...all);
    const ticks = logScale && low > 0 ? logTicks(low / 1.08, high * 1.08) : undefined;
    const extreme = (point, pick) => number(value(pick(...point.nodeObjectives)), 4);
    return {
      animation: false,
      grid: { left: 8, right: 16, top: 30, bottom: 30, containLabel: true },
      tooltip: {
        ...tooltipStyle(t),
        trigger: "axis",
        axisPointer: { lineStyle: { color: t.muted } },
        formatter: (params) => {
          const point = points.find((each) => each.epochs === params[0].axisValue) || points[0];
          return element("div", { class: "tip" }, element("b", {}, number(point.epochs, 3) + " epochs"), element("br"),
            "mean of the weights " + number(value(point.objective), 4), element("br"),
            "best node " + extreme(point, Math.min), element("br"), "worst node " + extreme(point, Math.max));
        },
      },
      xAxis: { ...style, type: "value", name: "epochs", nameLocation: "middle", nameGap: 26, min: 0, max: "dataMax", splitLine: { show: false }, axisLabel: { ...style.axisLabel, showMaxLabel: false } },
      yAxis: { ...style, type: logScale ? "log" : "value", name: quantity, scale: true, min: logScale ? low / 1.08 : undefined, max: logScale ? high * 1.08 : undefined, nameTextStyle: { ...style.nameTextStyle, align: "left" }, axisTick: { ...style.axisTick, customValues: ticks }, axisLabel: { ...style.axisLabel, customValues: ticks, showMinLabel: ticks !== undefined, showMaxLabel: ticks !== undefined, formatter: yLabel(ticks) } },
      series: [
        ...nodes.map((node) => ({ name: "node " + node, type: "line", showSymbol: false, data: at((point) => point.nodeObjectives[node]), lineStyle: { width: 1, color: colour(i), opacity: 0.55 }, itemStyle: { color: colour(i) }, emphasis: { disabled: true } })),
        { name: "mean", type: "line", showSymbol: false, data: at((point) => point.objective), lineStyle: { width: 2.5, color: t.ink }, itemStyle: { color: t.ink }, z: 5 },
      ],
    };
  }

  /** Nodes on a circle. Of a graph that changes, the edges of all rounds; hovering one tells which. */
  function graphOption(i) {
    const t = theme();
    const graph = runs[i].graph;
    const angle = (node) => (2 * Math.PI * node) / graph.nodes - Math.PI / 2;
    const edges = new Map();
    graph.rounds.forEach((round, number) => round.forEach(([from, to]) => {
      const key = from + "-" + to;
      if (!edges.has(key)) edges.set(key, { from, to, rounds: [] });
      edges.get(key).rounds.push(number);
    }));
    const when = (edge) => (graph.rounds.length === 1 ? "every round" : "rounds " + edge.rounds.join(", ") + " of " + graph.rounds.length);
    return {
      animation: false,
      tooltip: { ...tooltipStyle(t), formatter: (params) => (params.dataType === "edge" ? params.data.label.words : "node " + params.name) },
      grid: { top: 20, bottom: 20, left: "18%", right: "18%" },
      xAxis: { type: "value", show: false, min: -1, max: 1 },
      yAxis: { type: "value", show: false, min: -1, max: 1, inverse: true },
      series: [{
        type: "graph",
        coordinateSystem: "cartesian2d",
        data: Array.from({ length: graph.nodes }, (_, node) => ({ name: String(node), value: [Math.cos(angle(node)), Math.sin(angle(node))] })),
        links: [...edges.values()].map((edge) => ({ source: edge.from, target: edge.to, label: { show: false, words: edge.from + (graph.directed ? " to " : " and ") + edge.to + ": " + when(edge) } })),
        edgeSymbol: graph.directed ? ["none", "arrow"] : ["none", "none"],
        edgeSymbolSize: 7,
        symbolSize: graph.nodes > 64 ? 6 : 20,
        label: { show: graph.nodes <= 64, color: "#fff", fontSize: 11 },
        itemStyle: { color: colour(i) },
        lineStyle: { color: t.muted, opacity: 0.7 },
        emphasis: { disabled: true },
      }],
    };
  }

  function graphNote(graph) {
    const exact = graph.exactAfterRounds ? ", exact after " + graph.exactAfterRounds + (graph.exactAfterRounds === 1 ? " round" : " rounds") : "";
    const slow = graph.spectralGap > 0 ? ": averaging alone leaves " + percent(1 - graph.spectralGap) + " of a disagreement per round" : ": nodes never agree";
    return "Spectral gap " + number(graph.spectralGap, 3) + (exact || slow) + ".";
  }

  function workersOption(i) {
    const t = theme();
    const style = axisStyle(t);
    const workers = runs[i].workers;
    const bar = (part, opacity, extra) => ({
      name: part, type: "bar", stack: "time", barMaxWidth: 34, barCategoryGap: "24%", itemStyle: { color: colour(i), opacity }, ...extra,
    });
    return {
      animation: false,
      grid: { left: 8, right: 12, top: 30, bottom: 30, containLabel: true },
      tooltip: {
        ...tooltipStyle(t),
        trigger: "axis",
        axisPointer: { type: "shadow" },
        formatter: (params) => {
          const w = workers[params[0].dataIndex];
          return element("div", { class: "tip" }, element("b", {}, "worker " + w.worker), element("br"),
            "computing " + seconds(w.computeSeconds), element("br"), "waiting " + seconds(w.waitSeconds), element("br"),
            count(w.batches) + " mini-batches");
        },
      },
      xAxis: { ...style, type: "category", data: workers.map((w) => String(w.worker)), name: "worker", nameLocation: "middle", nameGap: 26, axisTick: { show: false } },
      yAxis: { ...style, type: "value", name: "seconds", max: Math.max(...workers.map((w) => w.computeSeconds + w.waitSeconds)) * 1.02 || undefined, nameTextStyle: { ...style.nameTextStyle, align: "left" }, axisLabel: { ...style.axisLabel, formatter: (y) => number(y, 3), showMaxLabel: false } },
      series: [
        bar("computing", 1, { data: workers.map((w) => w.computeSeconds) }),
        bar("waiting", 0.28, { data: workers.map((w) => w.waitSeconds) }),
      ],
    };
  }

  function drawBehaviour() {
    const parent = byId("behaviour");
    const all = runs.map((_, i) => i);
    const worked = all.filter((i) => (runs[i].workers || []).length > 0);
    for (const i of worked) {
      chart("workers" + i, parent, "Time of the workers: " + labels[i], "Solid is computing, pale is waiting for others.",
        () => workersOption(i), "small");
    }
    for (const i of all.filter((j) => runs[j].staleness)) {
      const { mean, max } = runs[i].staleness;
      chart("staleness" + i, parent, "Staleness: " + labels[i],
        "How many updates old a gradient was when applied: mean " + number(mean, 3) + ", at most " + count(max) + ".",
        () => stalenessOption(i), "small");
    }
    const gossiped = all.filter((i) => runs[i].trace.some((point) => point.consensusDistance > 0));
    if (gossiped.length > 0) {
      chart("consensus", parent, "Consensus distance", "How far the nodes' weights are from their mean: √((1/N) Σ ‖wᵢ − w̄‖²).",
        () => consensusOption(gossiped), "small");
    }
    const drawn = new Map();
    for (const i of all.filter((j) => runs[j].graph && runs[j].graph.nodes > 1)) {
      const key = JSON.stringify(runs[i].graph);
      drawn.set(key, [...(drawn.get(key) || []), i]);
    }
    for (const same of drawn.values()) {
      const i = same[0];
      chart("graph" + i, parent, "Who hears whom: " + same.map((j) => labels[j]).join(", "), graphNote(runs[i].graph), () => graphOption(i), "small");
    }
    for (const i of all.filter((j) => runs[j].trace.some((point) => point.nodeObjectives))) {
      chart("nodes" + i, parent, "Each node by itself: " + labels[i], "The objective of every node's own weights, and (dark) of their mean, which is the run's model.",
        () => nodesOption(i), "small");
    }
    byId("behaviour-title").textContent = runs.length > 1 ? "What made the difference" : "Inside the run";
    byId("behaviour-section").hidden = parent.children.length === 0;
    parent.classList.toggle("thirds", parent.children.length !== 2 && parent.children.length !== 4);
    for (const key of Object.keys(charts)) charts[key].resize();
  }

  // ---- start -----------------------------------------------------------------------------------

  drawVerdict();
  drawScores();
  drawSettings();
  drawFacts();
  drawSlowWorkers();
  drawConvergence();
  drawBehaviour();

  byId("copy-command").addEventListener("click", async (event) => {
    const button = event.currentTarget;
    try {
      await navigator.clipboard.writeText(file.command);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(byId("command"));
    }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
  const fit = () => {
    for (const each of Object.values(charts)) each.resize();
    redrawAll();
  };
  matchMedia("print").addEventListener("change", fit);
  addEventListener("beforeprint", fit);
  addEventListener("afterprint", fit);

  window.triptych = { charts, data: file, labels, verdict };
})();
