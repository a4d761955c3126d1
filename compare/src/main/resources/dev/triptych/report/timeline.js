// What the workers did when: one lane per worker and mode, and the shares over the whole run.

const KINDS = ["computing", "communicating", "waiting"];
/** Height of a span in its lane, so that the kinds differ without colour too. */
const HEIGHTS = { computing: 0.8, communicating: 0.5, waiting: 0.2 };
const LANE = 24;

const kindColour = (kind, i, t) => (kind === "computing" ? colour(i) : kind === "communicating" ? t.ink : t.muted);
const kindOpacity = (kind) => (kind === "waiting" ? 0.55 : kind === "communicating" ? 0.75 : 1);

const sum = (amounts) => KINDS.reduce((all, kind) => all + (amounts[kind] || 0), 0);

/** Per worker of a run: seconds of each kind over the whole run, their shares, and the same from the spans kept. */
function timelineOf(run) {
  return (run.timeline?.workers || []).map(({ worker, spans, totals }) => {
    const fromSpans = { computing: 0, communicating: 0, waiting: 0 };
    for (const [start, end, kind] of spans) fromSpans[kind] += end - start;
    const share = (amounts, kind) => (sum(amounts) > 0 ? amounts[kind] / sum(amounts) : 0);
    return {
      worker,
      totals,
      fromSpans,
      waitingShare: share(totals, "waiting"),
      waitingShareOfSpans: share(fromSpans, "waiting"),
      share: Object.fromEntries(KINDS.map((kind) => [kind, share(totals, kind)])),
    };
  });
}

/** Of all workers of a run together. */
function waitingShareOf(run) {
  const workers = timelineOf(run);
  const all = workers.reduce((seconds, each) => seconds + sum(each.totals), 0);
  return all > 0 ? workers.reduce((waiting, each) => waiting + each.totals.waiting, 0) / all : 0;
}

const timed = everySeries.filter((i) => (series[i].run.timeline?.workers || []).length > 0);
const lastEnd = (run) => Math.max(...run.timeline.workers.flatMap((each) => each.spans.map(([, end]) => end)), 0);

/** The same stretch of time for all modes at first: about eight steps of the slowest worker anywhere. */
const firstWindow = () => Math.max(...timed.map((i) => {
  const { run } = series[i];
  const fewest = Math.min(...(run.workers || []).map((each) => each.batches).filter((n) => n > 0));
  return Number.isFinite(fewest) ? (8 * run.trainSeconds) / fewest : run.trainSeconds;
}));

function timelineOption(i, width) {
  const t = theme();
  const { run } = series[i];
  const narrow = width < 600;
  const lanes = run.timeline.workers;
  const workers = timelineOf(run);
  const end = lastEnd(run);
  const across = acrossAxis(t, {});
  const names = lanes.map((lane) => String(lane.worker));
  const high = lanes.length * LANE;
  const category = { type: "category", data: names, inverse: true, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: t.muted, fontSize: 12, interval: lanes.length > 16 ? "auto" : 0 } };
  const grids = narrow
    ? [{ left: 28, right: 14, top: 24, height: high }, { left: 28, right: 28, top: high + 110, height: high }]
    : [{ left: 44, right: "31%", top: 24, height: high }, { left: "74%", right: 28, top: 24, height: high }];
  const spans = lanes.flatMap((lane, k) => lane.spans.map(([start, stop, kind]) => [k, start, stop, KINDS.indexOf(kind)]));
  return {
    animation: false,
    grid: grids,
    tooltip: { ...tooltipStyle(t), trigger: "item" },
    xAxis: [
      { ...across, type: "value", gridIndex: 0, min: 0, max: end || 1, name: "seconds of training", axisLabel: { ...across.axisLabel, formatter: (x) => number(x, 5), showMaxLabel: false } },
      { ...across, type: "value", gridIndex: 1, min: 0, max: 1, interval: 0.5, name: "share of the whole run", axisLabel: { ...across.axisLabel, formatter: percent } },
    ],
    yAxis: [
      { ...category, gridIndex: 0, name: "worker", nameLocation: "start", nameGap: 8, nameTextStyle: { color: t.muted, fontSize: 12, align: narrow ? "left" : "right", padding: narrow ? [0, 0, 0, -24] : 0 } },
      { ...category, gridIndex: 1, axisLabel: { ...category.axisLabel, show: narrow } },
    ],
    dataZoom: [
      {
        type: "slider",
        show: !matchMedia("print").matches,
        xAxisIndex: 0,
        filterMode: "none",
        startValue: 0,
        endValue: Math.min(end, firstWindow()),
        height: 6,
        top: 24 + high + 48,
        left: grids[0].left,
        right: grids[0].right,
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
      },
      { type: "inside", xAxisIndex: 0, filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseMove: false, moveOnMouseWheel: false, preventDefaultMouseMove: false },
    ],
    series: [
      {
        id: "spans",
        type: "custom",
        clip: true,
        xAxisIndex: 0,
        yAxisIndex: 0,
        encode: { x: [1, 2], y: 0 },
        data: spans,
        renderItem: (params, api) => spanShape(i, t, params, api),
        tooltip: {
          formatter: ({ value: [k, start, stop, kind] }) => tip("worker " + lanes[k].worker + ", " + KINDS[kind], seconds(stop - start), "from " + seconds(start) + " to " + seconds(stop)),
        },
      },
      ...KINDS.map((kind) => ({
        id: kind,
        name: kind,
        type: "bar",
        stack: "share",
        xAxisIndex: 1,
        yAxisIndex: 1,
        barWidth: LANE * 0.62,
        data: workers.map((each) => each.share[kind]),
        itemStyle: kind === "waiting" ? { color: t.line } : { color: kindColour(kind, i, t), opacity: kindOpacity(kind) },
        label: { show: kind === "waiting", position: "insideRight", color: t.ink, fontSize: 12, formatter: ({ value }) => (value >= 0.12 ? Math.round(100 * value) + " %" : "") },
        tooltip: {
          formatter: ({ dataIndex }) => tip("worker " + workers[dataIndex].worker, ...KINDS.map((each) => each + " " + percent(workers[dataIndex].share[each]) + ", " + seconds(workers[dataIndex].totals[each]))),
        },
      })),
    ],
  };
}

function spanShape(i, t, params, api) {
  const kind = KINDS[api.value(3)];
  const [left, middle] = api.coord([api.value(1), api.value(0)]);
  const [right] = api.coord([api.value(2), api.value(0)]);
  const area = params.coordSys;
  const from = Math.max(left, area.x);
  const to = Math.min(Math.max(right, left + 0.75), area.x + area.width);
  if (to <= from) return undefined;
  const height = LANE * HEIGHTS[kind];
  return {
    type: "rect",
    shape: { x: from, y: middle - height / 2, width: to - from, height },
    style: { fill: kindColour(kind, i, t), opacity: kindOpacity(kind) },
  };
}

function timelineTable(i) {
  const rows = [];
  for (const lane of series[i].run.timeline.workers) {
    for (const [start, end, kind] of lane.spans) rows.push([lane.worker, "span", start, end, kind, end - start]);
    for (const kind of KINDS) rows.push([lane.worker, "whole run", undefined, undefined, kind, lane.totals[kind]]);
  }
  return { columns: ["worker", "row", "start", "end", "kind", "seconds"], rows };
}

/** One sentence: how much was waited, and by whom least and most. */
function timelineNote(i) {
  const { run } = series[i];
  const workers = timelineOf(run);
  const least = workers.reduce((a, b) => (b.waitingShare < a.waitingShare ? b : a));
  const most = workers.reduce((a, b) => (b.waitingShare > a.waitingShare ? b : a));
  const spread = most.waitingShare - least.waitingShare > 0.02
    ? " (worker " + least.worker + " least, " + percent(least.waitingShare) + "; worker " + most.worker + " most, " + percent(most.waitingShare) + ")"
    : "";
  return percent(waitingShareOf(run)) + " of the workers' time was waiting" + spread + "."
    + (run.timeline.sampled ? " The lanes hold " + (run.timeline.windows?.length > 1 ? count(run.timeline.windows.length) + " stretches" : "a part") + " of the run, which is empty between them; the shares count all of it." : "")
    + (series[i].runs.length > 1 ? " Seed " + run.seed + ", the median in time." : "");
}

function kindKey(i) {
  return element("p", { class: "kinds" }, ...KINDS.map((kind) => element("span", {}, element("i", { class: kind, "data-mode": SYMBOLS[series[i].mode] ? series[i].mode : "other", "aria-hidden": "true" }), kind)));
}

function drawTimelines() {
  if (timed.length === 0) return;
  byId("timeline-section").hidden = false;
  for (const i of timed) {
    const lanes = series[i].run.timeline.workers.length;
    const high = lanes * LANE;
    const { figure, noteLine } = chart("timeline" + i, byId("timeline"), {
      title: "Time of the workers: " + labels[i],
      note: timelineNote(i),
      option: (width) => timelineOption(i, width),
      table: () => timelineTable(i),
      height: (width = byId("timeline").clientWidth) => (width < 600 ? 2 * high + 170 : high + 92),
    });
    figure.classList.add("wide");
    noteLine.setAttribute("data-waiting-share", waitingShareOf(series[i].run));
    noteLine.after(kindKey(i));
  }
  const button = byId("timeline-window");
  let whole = false;
  button.addEventListener("click", () => {
    whole = !whole;
    button.setAttribute("aria-pressed", String(whole));
    for (const i of timed) {
      const end = lastEnd(series[i].run);
      charts["timeline" + i].dispatchAction({ type: "dataZoom", dataZoomIndex: 0, startValue: 0, endValue: whole ? end : Math.min(end, firstWindow()) });
    }
  });
}
