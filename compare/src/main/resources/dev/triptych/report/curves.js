// What the charts of convergence show, as numbers: no drawing here.

const AXES = [
  { key: "seconds", title: "Seconds", name: "seconds of training", note: "Training time; evaluation is not on this clock.", words: seconds, label: (x) => number(x, 4) },
  { key: "epochs", title: "Epochs", name: "epochs", note: "Examples processed by all workers, divided by the size of the data.", words: (x) => number(x, 3) + " epochs", label: (x) => number(x, 4) },
  { key: "updates", title: "Updates", name: "updates", note: "Asynchronous: one mini-batch each. Otherwise one of every worker.", words: (x) => compact(x) + " updates", label: compact },
  { key: "bytes", title: "Bytes", name: "bytes sent", note: "What crossed the wire, all parties together.", words: bytes, label: bytes },
].filter((axis) => runs.some((run) => run.trace.some((point) => point[axis.key] > 0)));

const optimumKnown = problem.optimum !== undefined;
/** F* where it is known, else the lowest F that any run saw. */
const reference = optimumKnown
  ? problem.optimum
  : Math.min(...runs.flatMap((run) => run.trace.map((point) => point.objective)));
const quantity = optimumKnown ? "F − F*" : "F − lowest F";
const tested = runs.some((run) => run.trace.some((point) => point.testMetric !== undefined));
const testName = tested ? nameOfTestMetric() : "";

/** The final metric that the trace ends with. */
function nameOfTestMetric() {
  for (const run of runs) {
    const last = run.trace[run.trace.length - 1]?.testMetric;
    const found = Object.entries(run.finalTestMetrics || {}).find(([, x]) => last !== undefined && Math.abs(x - last) < 1e-9);
    if (found) return found[0];
  }
  return "metric";
}

const METRICS = [
  { key: "objective", title: "Objective", symbol: "F", short: "F", note: "F on all training data.", of: (point) => point.objective, words: (y) => number(y, 5), canLog: true },
  {
    key: "gap",
    title: "Sub-optimality",
    symbol: quantity,
    short: quantity,
    note: optimumKnown
      ? "Distance from the optimum, F* = " + number(reference, 6) + "."
      : "The optimum is not known: distance from the lowest F of any run, " + number(reference, 6) + ".",
    of: (point) => point.objective - reference,
    words: (y) => number(y, 4),
    canLog: true,
  },
  { key: "test", title: testName === "metric" ? "Test metric" : "Test " + testName, symbol: testName, short: testName, note: "On data that no worker trains on.", of: (point) => point.testMetric, words: (y) => number(y, 4), canLog: false },
].filter((metric) => metric.key !== "test" || tested);

/** [x, y] of a run by ascending x; all that were measured. */
const curve = (run, metric, key) => run.trace
  .filter((point) => point[key] !== undefined && metric.of(point) !== undefined)
  .map((point) => [point[key], metric.of(point)]);

/** y at x: between two measured points on the straight line from one to the other; the last one after the end. */
function at(points, x) {
  if (points.length === 0 || x < points[0][0]) return undefined;
  const last = points[points.length - 1];
  if (x >= last[0]) return last[1];
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= x) low = middle;
    else high = middle;
  }
  const [x0, y0] = points[low];
  const [x1, y1] = points[high];
  return x === x0 ? y0 : y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}

/** Of several seeds at x: median, lowest, highest; seeds that ended count with their last value. */
function spread(curves, x) {
  const ys = curves.map((points) => at(points, x)).filter((y) => y !== undefined);
  return ys.length < curves.length || ys.length === 0 ? undefined : { median: median(ys), low: Math.min(...ys), high: Math.max(...ys) };
}

const kept = new Map();

/** A series as drawn: its points, and of several seeds the band [x, low, high] around their median. */
function lineOf(i, metric, key) {
  const id = [i, metric.key, key].join(" ");
  if (!kept.has(id)) kept.set(id, computeLine(series[i].runs.map((run) => curve(run, metric, key)).filter((points) => points.length > 0)));
  return kept.get(id);
}

function computeLine(curves) {
  const end = Math.max(...curves.map((points) => points[points.length - 1][0]));
  if (curves.length < 2) return { curves, points: curves[0] || [], band: [], end };
  const all = [...new Set(curves.flatMap((points) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const step = Math.max(1, Math.floor(all.length / 200));
  const points = [];
  const band = [];
  all.filter((_, k) => k % step === 0 || k === all.length - 1).forEach((x) => {
    const y = spread(curves, x);
    if (y === undefined) return;
    points.push([x, y.median]);
    band.push([x, y.low, y.high]);
  });
  return { curves, points, band, end };
}

/** What a series shows at x: y (the median of several seeds, low and high around it) and whether it had ended. */
function valueAt(i, metric, key, x) {
  const { curves, end } = lineOf(i, metric, key);
  const y = spread(curves, x);
  return y === undefined ? undefined : { y: y.median, low: y.low, high: y.high, ended: x > end };
}

/** All series at one x, for the tooltip, the keyboard and whoever reads the page by program. */
const readout = (key, x) => everySeries.filter((i) => shown[i]).map((i) => ({
  series: i,
  label: labels[i],
  values: Object.fromEntries(METRICS.map((metric) => [metric.key, valueAt(i, metric, key, x)])),
}));

/** The range of y: all of every run that stayed finite; a diverging one may leave the picture. */
function range(metric, key, log) {
  const used = everySeries.filter((i) => shown[i] && lineOf(i, metric, key).points.length > 0);
  const diverged = (i) => series[i].runs.some((run) => run.stopReason === "diverged");
  const usable = (y) => Number.isFinite(y) && (!log || y > 0);
  const ys = (list) => list.flatMap((i) => lineOf(i, metric, key).curves.flat().map(([, y]) => y)).filter(usable);
  const calm = used.filter((i) => !diverged(i));
  const starts = used.map((i) => lineOf(i, metric, key).points[0][1]).filter(usable);
  const all = calm.length > 0 ? ys(calm).concat(starts) : ys(used);
  if (all.length === 0) return {};
  let low = Math.min(...all);
  let high = Math.max(...all);
  if (calm.length === 0) high = Math.min(high, 3 * Math.max(...starts));
  else if (calm.length < used.length) high *= 1.15;
  if (log) return { low: low / 1.08, high: high * 1.08 };
  const room = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
  return { low: low >= 0 ? Math.max(0, low - room) : low - room, high: high + room };
}
