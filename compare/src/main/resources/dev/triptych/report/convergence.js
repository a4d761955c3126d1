// Objective, sub-optimality and test metric against one x axis: one selector, one legend, one
// zoom, one read-out for all of them.

let axis = AXES[0];
let logScale = true;
let zoom = { start: 0, end: 100 };
const isLog = (metric) => logScale && metric.canLog;
const plotKey = (metric) => metric.key;

/**
 * Marks on about ten points, where no other series has them; every point is on the line. What is
 * far above the ceiling stays there: browsers cannot draw to 1e300.
 */
function marked(points, i, ceiling = Infinity) {
  const step = Math.max(1, Math.ceil(points.length / 10));
  const offset = Math.floor((i * step) / series.length);
  return points.map(([x, y], k) => ({ value: [x, Math.min(y, 100 * ceiling)], symbol: k % step === offset || k === points.length - 1 ? symbol(i) : "none" }));
}

/** The tooltip: every mode at x, every quantity. */
function hover(x) {
  const cell = (value, metric) => {
    if (value === undefined) return element("td", { class: "dim" }, "–");
    const several = value.high > value.low ? element("small", {}, " " + metric.words(value.low) + " to " + metric.words(value.high)) : "";
    return element("td", { class: value.ended ? "dim" : "", "data-metric": metric.key, "data-value": value.y }, metric.words(value.y), several);
  };
  const rows = readout(axis.key, x).map(({ series: i, values }) => {
    const ended = Object.values(values).every((value) => value?.ended);
    return element("tr", { "data-series": i, class: ended ? "dim" : "" }, element("td", {}, name(i), ended ? " (ended)" : ""), ...METRICS.map((metric) => cell(values[metric.key], metric)));
  });
  return element("div", { class: "tip", "data-axis": axis.key, "data-x": x }, element("b", {}, axis.words(x)),
    element("table", {}, element("tr", {}, element("th", {}), ...METRICS.map((metric) => element("th", {}, metric.short))), ...rows));
}

/** The same in one sentence, for those who listen. */
const spoken = (x) => axis.words(x) + ": " + readout(axis.key, x).map(({ label, values }) =>
  label + " " + METRICS.filter((metric) => values[metric.key]).map((metric) => metric.short + " " + metric.words(values[metric.key].y)).join(", ")).join("; ") + ".";

const furthest = () => Math.max(...everySeries.filter((i) => shown[i]).flatMap((i) => METRICS.map((metric) => lineOf(i, metric, axis.key).end)).filter(Number.isFinite), 0) || 1;

/** Where the summary compared the modes, as a line in the charts of F. */
function levelLine(metric, low, high) {
  const level = verdict.level;
  if (!level || metric.key === "test" || !(level.isTarget || series.length > 1)) return [];
  const y = metric.of({ objective: level.objective });
  return y > (low ?? 0) && y < high ? [{ yAxis: y, label: { formatter: level.isTarget ? "target" : "compared here" } }] : [];
}

/** The area between the lowest and the highest seed. */
function bandOf(i, metric) {
  const { band } = lineOf(i, metric, axis.key);
  const floor = isLog(metric) ? band.filter(([, low]) => low > 0) : band;
  return {
    id: "band" + i,
    name: labels[i],
    type: "custom",
    silent: true,
    clip: true,
    tooltip: { show: false },
    data: shown[i] && floor.length > 1 ? [[floor[0][0], floor[0][1]]] : [],
    renderItem: (params, api) => ({
      type: "polygon",
      shape: { points: [...floor.map(([x, low]) => api.coord([x, low])), ...[...floor].reverse().map(([x, , high]) => api.coord([x, high]))] },
      style: { fill: colour(i), opacity: 0.16 },
    }),
    z: 1,
  };
}

function convergenceOption(metric) {
  const t = theme();
  const log = isLog(metric);
  const { low, high } = range(metric, axis.key, log);
  const level = levelLine(metric, low, high);
  const printing = matchMedia("print").matches;
  const drawable = (points) => (log ? points.filter(([, y]) => y > 0) : points);
  return {
    animation: false,
    grid: { ...plainGrid, bottom: printing ? 30 : 62 },
    tooltip: {
      ...tooltipStyle(t),
      trigger: "axis",
      axisPointer: { type: "line", snap: false, lineStyle: { color: t.muted } },
      formatter: (params) => hover(params[0].axisValue),
    },
    xAxis: acrossAxis(t, { type: "value", name: axis.name, min: 0, max: furthest(), splitLine: { show: false }, axisLabel: { formatter: axis.label, showMaxLabel: false }, axisPointer: { label: { show: false } } }),
    yAxis: valueAxis(t, { name: metric.symbol, nameGap: 12, ...scaled(t, log, low, high) }),
    dataZoom: [
      {
        type: "slider",
        show: !printing,
        ...zoom,
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
      },
      { type: "inside", xAxisIndex: 0, ...zoom, filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseMove: false, moveOnMouseWheel: false, preventDefaultMouseMove: false },
    ],
    series: [
      ...everySeries.map((i) => ({
        id: "run" + i,
        name: labels[i],
        type: "line",
        data: shown[i] ? marked(drawable(lineOf(i, metric, axis.key).points), i, high) : [],
        clip: true,
        symbol: symbol(i),
        symbolSize: symbol(i) === "triangle" || symbol(i) === "diamond" ? 9 : 7,
        showSymbol: true,
        lineStyle: { width: 2.25, type: dash(i), color: colour(i) },
        itemStyle: { color: colour(i) },
        emphasis: { disabled: true },
        z: series[i].mode === "mllib" ? 2 : 3,
        markLine: i > 0 || level.length === 0 ? undefined : {
          silent: true,
          symbol: "none",
          precision: -1,
          animation: false,
          lineStyle: { color: t.muted, type: [3, 4], width: 1 },
          label: { position: "insideEndTop", color: t.muted, fontSize: 12 },
          data: level,
        },
      })),
      ...everySeries.filter((i) => series[i].runs.length > 1).map((i) => bandOf(i, metric)),
    ],
  };
}

/** Every measured point of every run, whatever the chart shows of them. */
function convergenceTable(metric) {
  const columns = ["run", "mode", "seed", "seconds", "epochs", "updates", "bytes", metric.key === "gap" ? "objectiveMinusReference" : metric.key];
  const rows = series.flatMap((each) => each.runs.flatMap((run) => run.trace.filter((point) => metric.of(point) !== undefined)
    .map((point) => [each.label, run.mode, run.seed, point.seconds, point.epochs, point.updates, point.bytes, metric.of(point)])));
  return { columns, rows };
}

/** One zoom for all charts of convergence. */
function zoomTo(start, end) {
  zoom = { start: Math.max(0, start), end: Math.min(100, end) };
  for (const metric of METRICS) charts[plotKey(metric)].dispatchAction({ type: "dataZoom", batch: [{ dataZoomIndex: 0, ...zoom }, { dataZoomIndex: 1, ...zoom }] }, { silent: true });
}

function shareZoom(metric) {
  charts[plotKey(metric)].on("dataZoom", () => {
    const { start, end } = charts[plotKey(metric)].getOption().dataZoom[0];
    if (Math.abs(start - zoom.start) + Math.abs(end - zoom.end) > 1e-6) zoomTo(start, end);
  });
}

/** Arrows move the read-out, plus and minus zoom, 0 shows all. */
function keyboard(metric, plot) {
  plot.setAttribute("tabindex", "0");
  plot.setAttribute("role", "application");
  plot.setAttribute("aria-roledescription", "chart");
  plot.setAttribute("aria-description", "Arrow keys read the values along the horizontal axis, plus and minus zoom, 0 shows all.");
  let share = 0;
  const moves = { ArrowRight: 0.02, ArrowLeft: -0.02, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1 };
  plot.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const width = zoom.end - zoom.start;
    const centre = zoom.start + share * width;
    if (event.key in moves) {
      share = Math.min(1, Math.max(0, share + moves[event.key]));
      const x = (furthest() * (zoom.start + share * width)) / 100;
      const [px] = charts[plotKey(metric)].convertToPixel("grid", [x, 1]);
      charts[plotKey(metric)].dispatchAction({ type: "showTip", x: px + (share > 0.5 ? -0.5 : 0.5), y: plot.clientHeight / 2 });
      byId("spoken").textContent = spoken(x);
    } else if (event.key === "+" || event.key === "=") zoomTo(centre - share * width * 0.5, centre + (1 - share) * width * 0.5);
    else if (event.key === "-") zoomTo(centre - share * width * 2, centre + (1 - share) * width * 2);
    else if (event.key === "0") zoomTo(0, 100);
    else if (event.key === "Escape") charts[plotKey(metric)].dispatchAction({ type: "hideTip" });
    else return;
    event.preventDefault();
  });
}

function drawConvergence() {
  const parent = byId("convergence");
  for (const metric of METRICS) {
    const { plot } = chart(plotKey(metric), parent, {
      title: metric.title,
      note: metric.note,
      option: () => convergenceOption(metric),
      table: () => convergenceTable(metric),
      legend: (t) => ({ data: everySeries.filter((i) => shown[i]).map((i) => labels[i]), textStyle: { color: t.ink } }),
    });
    shareZoom(metric);
    keyboard(metric, plot);
  }
  parent.classList.toggle("thirds", METRICS.length === 3);
  byId("convergence-help").textContent = "Hover or use the arrow keys for the values of every mode: between two measured points on the straight line from one to the other, after a run's end its last value."
    + (severalSeeds ? " Lines are medians over the seeds, bands reach from the lowest seed to the highest; a seed that ended counts with its last value." : "")
    + " Zoom with the handles, Ctrl and the wheel, or + and −.";
  drawSelector();
  drawLegend();
  const button = byId("scale-log");
  const press = () => button.setAttribute("aria-pressed", String(logScale));
  press();
  button.addEventListener("click", () => {
    logScale = !logScale;
    press();
    redrawAll();
  });
  byId("zoom-reset").addEventListener("click", () => zoomTo(0, 100));
}

function drawSelector() {
  const note = () => (byId("axis-note").textContent = axis.note);
  for (const choice of AXES) {
    const radio = element("input", { type: "radio", name: "axis", value: choice.key });
    radio.checked = choice === axis;
    radio.addEventListener("change", () => {
      axis = choice;
      note();
      zoom = { start: 0, end: 100 };
      redrawAll();
    });
    byId("axis").append(element("label", {}, radio, element("span", {}, choice.title)));
  }
  note();
}

const SHAPES = {
  circle: '<circle cx="13" cy="6" r="3.5"/>',
  triangle: '<path d="M13 1.2 17.4 9.6H8.6Z"/>',
  diamond: '<path d="M13 .8 17.2 6 13 11.2 8.8 6Z"/>',
  rect: '<rect x="9.8" y="2.8" width="6.4" height="6.4"/>',
  pin: '<circle cx="13" cy="6" r="3.5"/>',
};

function drawLegend() {
  for (const i of everySeries) {
    const button = element("button", { type: "button", "aria-pressed": "true" });
    const pattern = Array.isArray(dash(i)) ? dash(i).join(" ") : "";
    const mode = SYMBOLS[series[i].mode] ? series[i].mode : "other";
    button.innerHTML = `<svg aria-hidden="true" style="color:var(--${mode})" fill="currentColor"><path d="M0 6H26" stroke="currentColor" stroke-width="2.25" stroke-dasharray="${pattern}"/>${SHAPES[symbol(i)]}</svg>`;
    button.append(labels[i] + (series[i].runs.length > 1 ? " × " + series[i].runs.length + " seeds" : ""));
    button.addEventListener("click", () => {
      shown[i] = !shown[i];
      button.setAttribute("aria-pressed", String(shown[i]));
      redrawAll();
    });
    byId("legend").append(button);
  }
}
