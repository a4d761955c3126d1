// Why the modes differ: staleness and the step it leaves, servers, consensus and the graph.

/** A histogram in at most forty bins: {label, sum, share}. */
function binned(histogram) {
  const total = histogram.reduce((a, b) => a + b, 0) || 1;
  const width = Math.max(1, Math.ceil(histogram.length / 40));
  const bins = [];
  for (let from = 0; from < histogram.length; from += width) {
    const amount = histogram.slice(from, from + width).reduce((a, b) => a + b, 0);
    bins.push({ from, label: width === 1 ? String(from) : from + "–" + (from + width - 1), share: amount / total, sum: amount });
  }
  return bins;
}

function stalenessOption(i) {
  const t = theme();
  const bins = binned(series[i].run.staleness.histogram);
  return {
    animation: false,
    grid: plainGrid,
    tooltip: {
      ...tooltipStyle(t),
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: (params) => {
        const bin = bins[params[0].dataIndex];
        return tip("staleness " + bin.label, count(bin.sum) + " gradients, " + percent(bin.share));
      },
    },
    xAxis: acrossAxis(t, { type: "category", data: bins.map((bin) => bin.label), name: "staleness τ in updates", axisTick: { show: false } }),
    yAxis: valueAxis(t, { name: "share of gradients", axisLabel: { formatter: percent } }),
    series: [{ name: labels[i], type: "bar", barMaxWidth: 40, barCategoryGap: "22%", data: bins.map((bin) => bin.share), itemStyle: { color: colour(i), borderRadius: [3, 3, 0, 0] } }],
  };
}

const stalenessTable = (i) => ({ columns: ["staleness", "gradients"], rows: series[i].run.staleness.histogram.map((n, delay) => [delay, n]) });

/** Each worker's own histogram: a row per worker, darker where more of its gradients are. */
function workerStalenessOption(i) {
  const t = theme();
  const workers = series[i].run.workers.filter((each) => each.staleness);
  const longest = Math.max(...workers.map((each) => each.staleness.histogram.length));
  const padded = (histogram) => [...histogram, ...Array(longest - histogram.length).fill(0)];
  const bins = workers.map((each) => binned(padded(each.staleness.histogram)));
  const most = Math.max(...bins.flat().map((bin) => bin.share)) || 1;
  return {
    animation: false,
    grid: { ...plainGrid, top: 24 },
    tooltip: {
      ...tooltipStyle(t),
      formatter: ({ value: [x, y] }) => tip("worker " + workers[y].worker + ", staleness " + bins[y][x].label, count(bins[y][x].sum) + " gradients, " + percent(bins[y][x].share) + " of its own",
        "mean " + number(workers[y].staleness.mean, 3) + ", at most " + count(workers[y].staleness.max)),
    },
    xAxis: acrossAxis(t, { type: "category", data: bins[0].map((bin) => bin.label), name: "staleness τ in updates", axisTick: { show: false } }),
    yAxis: valueAxis(t, { type: "category", data: workers.map((each) => String(each.worker)), inverse: true, name: "worker", nameLocation: "start", nameGap: 8, axisTick: { show: false } }),
    series: [{
      type: "heatmap",
      data: bins.flatMap((row, y) => row.map((bin, x) => ({ value: [x, y, bin.share], itemStyle: { color: colour(i), opacity: bin.share === 0 ? 0 : 0.12 + (0.88 * bin.share) / most } }))),
      itemStyle: { borderColor: t.card, borderWidth: 1 },
    }],
    visualMap: { show: false, min: 0, max: most, inRange: {} },
  };
}

const workerStalenessTable = (i) => ({
  columns: ["worker", "staleness", "gradients"],
  rows: series[i].run.workers.filter((each) => each.staleness).flatMap((each) => each.staleness.histogram.map((n, delay) => [each.worker, delay, n])),
});

/** What the workers' mean delays must be, and what they were. */
function delayIdentity(i) {
  const { run } = series[i];
  const workers = (run.workers || []).length;
  const { histogram, mean } = run.staleness;
  const inFlight = (run.counters || {}).inFlightDelay;
  const applied = histogram.reduce((a, b) => a + b, 0);
  if (series[i].mode !== "async" || workers < 2 || run.settings.consistency === "bsp" || (run.counters || {}).discardedGradients > 0 || applied === 0) return "";
  const sumOfDelays = Math.round(mean * applied);
  const rule = " Every update makes the other " + (workers - 1) + " gradients in flight one update older, so the delays must add up to "
    + (workers - 1) + " × " + count(run.updates) + " = " + count((workers - 1) * run.updates);
  return inFlight === undefined
    ? rule + " less what was still in flight at the end; they add up to " + count(sumOfDelays) + "."
    : rule + ": " + count(sumOfDelays) + " applied and " + count(inFlight) + " in flight make " + count(sumOfDelays + inFlight) + ".";
}

/** The step size that the delay rule leaves for each staleness. */
function stepsOption(i) {
  const t = theme();
  const { steps, initial } = groups[i].effectiveStep;
  return {
    animation: false,
    grid: plainGrid,
    tooltip: { ...tooltipStyle(t), trigger: "axis", formatter: (params) => tip("staleness " + params[0].axisValue, steps[params[0].axisValue] === null ? "not applied" : "step size " + number(steps[params[0].axisValue], 4)) },
    xAxis: acrossAxis(t, { type: "category", data: steps.map((_, delay) => String(delay)), name: "staleness τ in updates", axisTick: { show: false } }),
    yAxis: valueAxis(t, { name: "step size", min: 0, max: initial * 1.05, axisLabel: { formatter: (y) => number(y, 3), showMaxLabel: false } }),
    series: [{ name: labels[i], type: "line", step: "middle", showSymbol: false, data: steps, lineStyle: { width: 2.25, color: colour(i) }, itemStyle: { color: colour(i) } }],
  };
}

function stepsNote(i) {
  const { rule, mean, initial } = groups[i].effectiveStep;
  return "Rule " + rule + ", as set " + number(initial, 4) + ". In the mean over the gradients: " + number(mean, 4) + "." + (series[i].run.settings.optimizer === "sgd" ? "" : " The optimizer scales it further.");
}

/** Received and sent by each shard. */
function shardsOption(i) {
  const t = theme();
  const { shards } = series[i].run;
  const bar = (label, of, opacity) => ({ name: label, type: "bar", stack: "bytes", barMaxWidth: 34, barCategoryGap: "24%", itemStyle: { color: colour(i), opacity }, data: shards.map(of) });
  return {
    animation: false,
    grid: plainGrid,
    tooltip: {
      ...tooltipStyle(t),
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: (params) => {
        const shard = shards[params[0].dataIndex];
        return tip("shard " + shard.shard, ...(shard.server ? [shard.server] : []), "received " + bytes(shard.bytesReceived), "sent " + bytes(shard.bytesSent), count(shard.updates) + " updates of " + count(shard.parameters) + " weights");
      },
    },
    xAxis: acrossAxis(t, { type: "category", data: shards.map((each) => String(each.shard)), name: "shard", axisTick: { show: false } }),
    yAxis: valueAxis(t, { name: "bytes", axisLabel: { formatter: bytes } }),
    series: [bar("received", (each) => each.bytesReceived, 1), bar("sent", (each) => each.bytesSent, 0.4)],
  };
}

function shardsNote(i) {
  const loads = series[i].run.shards.map((each) => each.bytesReceived + each.bytesSent);
  const mean = loads.reduce((a, b) => a + b, 0) / loads.length;
  return "Solid is received, pale is sent. " + (loads.length === 1 ? "One shard holds all weights." : "The busiest shard has " + percent(Math.max(...loads) / mean) + " of the mean load.");
}

const shardsTable = (i) => {
  const columns = ["shard", "server", "parameters", "updates", "bytesReceived", "bytesSent"];
  return { columns, rows: series[i].run.shards.map((each) => columns.map((column) => each[column])) };
};

function consensusOption(indices) {
  const t = theme();
  const points = (i) => series[i].run.trace.filter((point) => point.consensusDistance > 0).map((point) => [point.epochs, point.consensusDistance]);
  const distances = indices.flatMap((i) => points(i).map(([, y]) => y));
  return {
    animation: false,
    grid: plainGrid,
    tooltip: { ...tooltipStyle(t), trigger: "axis", axisPointer: { lineStyle: { color: t.muted } }, valueFormatter: (y) => number(y, 3) },
    xAxis: acrossAxis(t, { type: "value", name: "epochs", min: 0, max: "dataMax", splitLine: { show: false }, axisLabel: { showMaxLabel: false }, axisPointer: { label: { formatter: ({ value: x }) => number(x, 3) + " epochs" } } }),
    yAxis: valueAxis(t, { name: "distance", ...scaled(t, true, Math.min(...distances) / 1.15, Math.max(...distances) * 1.15) }),
    series: indices.map((i) => ({ name: labels[i], type: "line", data: marked(points(i), i), symbolSize: 9, lineStyle: { width: 2.25, type: dash(i), color: colour(i) }, itemStyle: { color: colour(i) } })),
  };
}

const consensusTable = (indices) => ({
  columns: ["run", "seed", "seconds", "epochs", "consensusDistance"],
  rows: indices.flatMap((i) => series[i].runs.flatMap((run) => run.trace.filter((point) => point.consensusDistance !== undefined).map((point) => [labels[i], run.seed, point.seconds, point.epochs, point.consensusDistance]))),
});

/** One thin line per node, the mean of their weights above them. */
function nodesOption(i) {
  const t = theme();
  const points = series[i].run.trace.filter((point) => point.nodeObjectives);
  const nodes = points[0].nodeObjectives.map((_, node) => node);
  const value = (objective) => objective - (optimumKnown ? problem.optimum : 0);
  const log = logScale;
  const usable = (y) => !log || y > 0;
  const along = (get) => points.map((point) => [point.epochs, value(get(point))]).filter((xy) => usable(xy[1]));
  const all = points.flatMap((point) => [...point.nodeObjectives, point.objective].map(value)).filter(usable);
  const extreme = (point, pick) => number(value(pick(...point.nodeObjectives)), 4);
  return {
    animation: false,
    grid: plainGrid,
    tooltip: {
      ...tooltipStyle(t),
      trigger: "axis",
      axisPointer: { lineStyle: { color: t.muted } },
      formatter: (params) => {
        const point = points.find((each) => each.epochs === params[0].axisValue) || points[0];
        return tip(number(point.epochs, 3) + " epochs", "mean of the weights " + number(value(point.objective), 4), "best node " + extreme(point, Math.min), "worst node " + extreme(point, Math.max));
      },
    },
    xAxis: acrossAxis(t, { type: "value", name: "epochs", min: 0, max: "dataMax", splitLine: { show: false }, axisLabel: { showMaxLabel: false } }),
    yAxis: valueAxis(t, { name: optimumKnown ? "F − F*" : "F", scale: true, ...(log ? scaled(t, true, Math.min(...all) / 1.08, Math.max(...all) * 1.08) : { axisLabel: { formatter: (y) => number(y, 3) } }) }),
    series: [
      ...nodes.map((node) => ({ name: "node " + node, type: "line", showSymbol: false, data: along((point) => point.nodeObjectives[node]), lineStyle: { width: 1, color: colour(i), opacity: 0.55 }, itemStyle: { color: colour(i) }, emphasis: { disabled: true } })),
      { name: "mean", type: "line", showSymbol: false, data: along((point) => point.objective), lineStyle: { width: 2.5, color: t.ink }, itemStyle: { color: t.ink }, z: 5 },
    ],
  };
}

const nodesTable = (i) => ({
  columns: ["epochs", "seconds", "node", "objective"],
  rows: series[i].run.trace.filter((point) => point.nodeObjectives).flatMap((point) => point.nodeObjectives.map((objective, node) => [point.epochs, point.seconds, node, objective])),
});

/** Nodes on a circle. Of a graph that changes, the edges of all rounds; hovering one tells which. */
function graphOption(i) {
  const t = theme();
  const graph = series[i].run.graph;
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
      label: { show: graph.nodes <= 64, color: t.page, fontSize: 11 },
      itemStyle: { color: colour(i) },
      lineStyle: { color: t.muted, opacity: 0.7 },
      emphasis: { disabled: true },
    }],
  };
}

const graphTable = (i) => ({ columns: ["round", "from", "to"], rows: series[i].run.graph.rounds.flatMap((round, k) => round.map(([from, to]) => [k, from, to])) });

function graphNote(graph) {
  const exact = graph.exactAfterRounds ? ", exact after " + graph.exactAfterRounds + (graph.exactAfterRounds === 1 ? " round" : " rounds") : "";
  const slow = graph.spectralGap > 0 ? ": averaging alone leaves " + percent(1 - graph.spectralGap) + " of a disagreement per round" : ": nodes never agree";
  return "Spectral gap " + number(graph.spectralGap, 3) + (exact || slow) + ".";
}

/** Distance from consensus by round of averaging alone, over its start. */
function contractionOption(i) {
  const t = theme();
  const { measured, predicted } = series[i].run.graph.contraction;
  // Below that is nothing but rounding, and many decades flatten the rest.
  const drawable = (list) => list.map((y, round) => [round, y]).filter(([, y]) => y > 1e-9);
  const low = Math.min(...[...drawable(measured), ...drawable(predicted)].map(([, y]) => y));
  return {
    animation: false,
    grid: plainGrid,
    tooltip: { ...tooltipStyle(t), trigger: "axis", axisPointer: { lineStyle: { color: t.muted } }, valueFormatter: (y) => number(y, 3) },
    xAxis: acrossAxis(t, { type: "value", name: "rounds of averaging", minInterval: 1, max: Math.max(1, drawable(measured).length - 1, drawable(predicted).length - 1), splitLine: { show: false }, axisPointer: { label: { formatter: ({ value: x }) => "round " + Math.round(x) } } }),
    yAxis: valueAxis(t, { name: "distance left", ...scaled(t, true, low / 1.3, 1.3) }),
    series: [
      { name: "predicted", type: "line", showSymbol: false, data: drawable(predicted), lineStyle: { width: 1.5, type: [4, 4], color: t.muted }, itemStyle: { color: t.muted } },
      { name: "measured", type: "line", symbol: "circle", symbolSize: 6, data: drawable(measured), lineStyle: { width: 2.25, color: colour(i) }, itemStyle: { color: colour(i) } },
    ],
  };
}

const contractionTable = (i) => {
  const { measured, predicted } = series[i].run.graph.contraction;
  return { columns: ["round", "measured", "predicted"], rows: measured.map((y, round) => [round, y, predicted[round]]) };
};

/** Where no spans were kept: computing and waiting of each worker. */
function workersOption(i) {
  const t = theme();
  const workers = series[i].run.workers;
  const bar = (part, opacity, of) => ({ name: part, type: "bar", stack: "time", barMaxWidth: 34, barCategoryGap: "24%", itemStyle: { color: colour(i), opacity }, data: workers.map(of) });
  return {
    animation: false,
    grid: plainGrid,
    tooltip: {
      ...tooltipStyle(t),
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: (params) => {
        const w = workers[params[0].dataIndex];
        return tip("worker " + w.worker, "computing " + seconds(w.computeSeconds), "waiting " + seconds(w.waitSeconds), count(w.batches) + " mini-batches");
      },
    },
    xAxis: acrossAxis(t, { type: "category", data: workers.map((w) => String(w.worker)), name: "worker", axisTick: { show: false } }),
    yAxis: valueAxis(t, { name: "seconds", max: Math.max(...workers.map((w) => w.computeSeconds + w.waitSeconds)) * 1.02 || undefined, axisLabel: { formatter: (y) => number(y, 3), showMaxLabel: false } }),
    series: [bar("computing", 1, (w) => w.computeSeconds), bar("waiting", 0.28, (w) => w.waitSeconds)],
  };
}

const workersTable = (i) => {
  const columns = ["worker", "batches", "computeSeconds", "waitSeconds"];
  return { columns, rows: series[i].run.workers.map((each) => columns.map((column) => each[column])) };
};

function drawBehaviour() {
  const parent = byId("behaviour");
  const small = (key, parts) => chart(key, parent, { ...parts, plotClass: "small" });
  const having = (test) => everySeries.filter((i) => test(series[i].run));
  for (const i of having((run) => (run.workers || []).length > 0 && !run.timeline)) {
    small("workers" + i, { title: "Time of the workers: " + labels[i], note: "Solid is computing, pale is waiting for others.", option: () => workersOption(i), table: () => workersTable(i) });
  }
  for (const i of having((run) => run.staleness)) {
    const { mean, max } = series[i].run.staleness;
    small("staleness" + i, {
      title: "Staleness: " + labels[i],
      note: "How many updates old a gradient was when applied: mean " + number(mean, 3) + ", at most " + count(max) + "." + delayIdentity(i) + (groups[i].effectiveStep?.rule === "none" ? " No delay rule: old gradients count in full." : ""),
      option: () => stalenessOption(i),
      table: () => stalenessTable(i),
    });
  }
  for (const i of having((run) => (run.workers || []).some((each) => each.staleness))) {
    small("staleness-workers" + i, { title: "Staleness by worker: " + labels[i], note: "Darker: more of the worker's gradients. A slow worker's are older.", option: () => workerStalenessOption(i), table: () => workerStalenessTable(i) });
  }
  for (const i of everySeries.filter((j) => groups[j].effectiveStep && groups[j].effectiveStep.rule !== "none")) {
    small("steps" + i, {
      title: "Effective step: " + labels[i],
      note: stepsNote(i),
      option: () => stepsOption(i),
      table: () => ({ columns: ["staleness", "stepSize"], rows: groups[i].effectiveStep.steps.map((step, delay) => [delay, step]) }),
    });
  }
  for (const i of having((run) => (run.shards || []).length > 0)) {
    small("shards" + i, { title: "Load of the servers: " + labels[i], note: shardsNote(i), option: () => shardsOption(i), table: () => shardsTable(i) });
  }
  const gossiped = having((run) => run.trace.some((point) => point.consensusDistance > 0));
  if (gossiped.length > 0) {
    small("consensus", { title: "Consensus distance", note: "How far the nodes' weights are from their mean: √((1/N) Σ ‖wᵢ − w̄‖²).", option: () => consensusOption(gossiped), table: () => consensusTable(gossiped) });
  }
  drawGraphs(small, having((run) => run.graph && run.graph.nodes > 1));
  for (const i of having((run) => run.trace.some((point) => point.nodeObjectives))) {
    small("nodes" + i, { title: "Each node by itself: " + labels[i], note: "The objective of every node's own weights, and (dark) of their mean, which is the run's model.", option: () => nodesOption(i), table: () => nodesTable(i) });
  }
  byId("behaviour-title").textContent = series.length > 1 ? "What made the difference" : "Inside the run";
  byId("behaviour-section").hidden = parent.children.length === 0;
  parent.classList.toggle("thirds", parent.children.length !== 2 && parent.children.length !== 4);
  for (const key of Object.keys(charts)) charts[key].resize();
}

/** Series on the same graph share its picture. */
function drawGraphs(small, drawn) {
  const bySame = new Map();
  for (const i of drawn) {
    const key = JSON.stringify(series[i].run.graph);
    bySame.set(key, [...(bySame.get(key) || []), i]);
  }
  for (const same of bySame.values()) {
    const i = same[0];
    const graph = series[i].run.graph;
    const who = same.map((j) => labels[j]).join(", ");
    small("graph" + i, { title: "Who hears whom: " + who, note: graphNote(graph), option: () => graphOption(i), table: () => graphTable(i) });
    if (graph.contraction) {
      small("contraction" + i, {
        title: "Contraction of the graph: " + who,
        note: "Averaging alone from random weights, without gradients, against what the spectral gap predicts (dashed, 1 − gap per round).",
        option: () => contractionOption(i),
        table: () => contractionTable(i),
      });
    }
  }
}
