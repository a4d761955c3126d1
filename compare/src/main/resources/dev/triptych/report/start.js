// Draws everything once, and again when the page's looks or size change.

drawVerdict();
drawScores();
drawConvergence();
drawTimelines();
drawBehaviour();
drawSlowWorkers();
drawSettings();
drawFacts();
drawCommand();

const fit = () => {
  for (const each of Object.values(charts)) each.resize();
  redrawAll();
};
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
matchMedia("print").addEventListener("change", fit);
addEventListener("beforeprint", fit);
addEventListener("afterprint", fit);

window.triptych = { charts, data: file, labels, groups, verdict, readout, timelineOf, waitingShareOf };
