// A chart in its card: drawing, downloads, and the looks that all charts share.

const charts = {};
const redraws = [];
const shown = series.map(() => true);

/**
 * A figure with a chart in it. `option` is called whenever the chart must be drawn anew; `table`
 * gives its numbers as {columns, rows}; `legend` names what the colours mean in a downloaded picture.
 */
function chart(key, parent, { title, note, option, table, plotClass = "", height, legend }) {
  const plot = element("div", { class: "plot " + plotClass, role: "img", "aria-label": title + ". " + note });
  if (height) plot.style.height = height() + "px";
  const noteLine = element("p", { class: "note" }, ...prose(note));
  const figure = element("figure", { class: "chart", id: "chart-" + key },
    element("figcaption", {}, element("div", { class: "caption" }, element("h3", {}, ...prose(title)), downloads(key, title, option, table, legend)), noteLine), plot);
  parent.append(figure);
  charts[key] = echarts.init(plot, { textStyle: { fontFamily: getComputedStyle(document.body).fontFamily } }, { renderer: "svg" });
  const redraw = () => charts[key].setOption(option(plot.clientWidth), { replaceMerge: ["series"] });
  redraws.push(redraw);
  redraw();
  let width = plot.clientWidth;
  new ResizeObserver(() => {
    charts[key].resize();
    if (height) plot.style.height = height(plot.clientWidth) + "px";
    if (plot.clientWidth !== width) {
      width = plot.clientWidth;
      redraw();
    }
  }).observe(plot);
  return { figure, plot, noteLine };
}

const redrawAll = () => redraws.forEach((redraw) => redraw());

// ---- looks -------------------------------------------------------------------------------------

function axisStyle(t) {
  return {
    axisLine: { lineStyle: { color: t.line } },
    axisTick: { lineStyle: { color: t.line } },
    axisLabel: { color: t.muted, fontSize: 12, hideOverlap: true },
    nameTextStyle: { color: t.muted, fontSize: 12 },
    splitLine: { lineStyle: { color: t.grid } },
  };
}

/** A vertical axis whose name stands above it, left-aligned. */
const valueAxis = (t, properties) => {
  const style = axisStyle(t);
  return { ...style, type: "value", ...properties, nameTextStyle: { ...style.nameTextStyle, align: "left" }, axisLabel: { ...style.axisLabel, ...properties.axisLabel } };
};

/** A horizontal axis with its name below the middle. */
const acrossAxis = (t, properties) => {
  const style = axisStyle(t);
  return { ...style, nameLocation: "middle", nameGap: 26, ...properties, axisLabel: { ...style.axisLabel, ...properties.axisLabel } };
};

const plainGrid = { left: 8, right: 16, top: 30, bottom: 30, containLabel: true };

function tooltipStyle(t) {
  return {
    confine: true,
    backgroundColor: t.card,
    borderColor: t.line,
    textStyle: { color: t.ink, fontSize: 13 },
    extraCssText: "box-shadow: 0 4px 16px rgb(0 0 0 / 16%); border-radius: 8px;",
  };
}

/** Lines of text; the first one stands out. */
const tip = (title, ...lines) => element("div", { class: "tip" }, element("b", {}, title), ...lines.flatMap((line) => [element("br"), line]));

/** Ticks 1, 2, 5 per decade where the range is too short for decades alone. */
function logTicks(low, high) {
  if (!(low > 0) || Math.log10(high / low) > 2) return undefined;
  const ticks = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
    for (const m of Math.log10(high / low) > 0.5 ? [1, 2, 5] : [1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9]) ticks.push(Number((m * 10 ** e).toPrecision(3)));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** Properties of a vertical axis from low to high, logarithmic or not. */
function scaled(t, log, from, high) {
  const low = log ? Math.max(from, high * 1e-12) : from; // more decades than a double has digits cannot be drawn
  const ticks = log ? logTicks(low, high) : undefined;
  const words = (y) => (log && !ticks && y !== 1 ? "10" + raised(Math.round(Math.log10(y))) : number(y, 3));
  return {
    type: log ? "log" : "value",
    min: low,
    max: high,
    axisTick: { lineStyle: { color: t.line }, customValues: ticks },
    axisLabel: { customValues: ticks, showMinLabel: ticks !== undefined, showMaxLabel: ticks !== undefined, formatter: words },
  };
}

// ---- downloads ---------------------------------------------------------------------------------

function downloads(key, title, option, table, legend) {
  const menu = element("details", { class: "download" }, element("summary", { "aria-label": "Download: " + title }, "Download"));
  const list = element("div", { class: "choices" });
  const choice = (kind, make) => {
    const button = element("button", { type: "button", "data-kind": kind }, kind.toUpperCase());
    button.addEventListener("click", async () => {
      save("triptych-" + key + "." + kind, await make());
      menu.open = false;
    });
    list.append(button);
  };
  choice("csv", () => new Blob([csv(table())], { type: "text/csv" }));
  choice("json", () => new Blob([JSON.stringify({ title, note: "From a Triptych report", ...table() }, null, 1)], { type: "application/json" }));
  choice("svg", () => new Blob([picture(key, title, option, legend)], { type: "image/svg+xml" }));
  choice("png", () => bitmap(picture(key, title, option, legend)));
  menu.append(list);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.firstChild.focus();
  });
  return menu;
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.download[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

/** RFC 4180: quotes where a field has a comma, a quote or a line break. */
function csv({ columns, rows }) {
  const field = (x) => {
    const text = x === undefined || x === null ? "" : String(x);
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  return [columns, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

function save(fileName, blob) {
  const link = element("a", { href: URL.createObjectURL(blob), download: fileName });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const PICTURE_WIDTH = 960;

/** The chart with title and legend, as SVG text. */
function picture(key, title, option, legend) {
  const t = theme();
  const height = Math.max(420, charts[key].getHeight() + 70);
  const drawn = echarts.init(null, { textStyle: { fontFamily: "sans-serif" } }, { renderer: "svg", ssr: true, width: PICTURE_WIDTH, height });
  const plain = option(PICTURE_WIDTH);
  const down = (grid) => ({ ...grid, top: (grid.top || 0) + 44 });
  drawn.setOption({
    ...plain,
    backgroundColor: t.card,
    title: { text: title, left: 12, top: 8, textStyle: { color: t.ink, fontSize: 16 } },
    legend: legend ? { ...legend(t), top: 10, right: 12 } : { show: false },
    grid: Array.isArray(plain.grid) ? plain.grid.map(down) : down(plain.grid),
    dataZoom: (plain.dataZoom || []).map((zoom) => (zoom.type === "slider" ? { ...zoom, show: false } : zoom)),
  });
  const svg = drawn.renderToSVGString();
  drawn.dispose();
  return svg;
}

async function bitmap(svg) {
  const image = new Image();
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
  await image.decode();
  const canvas = element("canvas");
  canvas.width = 2 * image.width;
  canvas.height = 2 * image.height;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
