// Numbers and text as people read them.

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
const percent = (x) => (x > 0 && x < 0.0005 ? "< 0.1" : number(Math.round(1000 * x) / 10, 3)) + " %";

/** Powers of ten as such, and no line break between a number and its unit. */
const typeset = (text) => text
  .replace(/\b(\d+(?:\.\d+)?)e(-?\d+)\b/g, (_, m, e) => (m === "1" ? "" : m + "×") + "10" + raised(e))
  .replace(/([\d⁰-⁹¹²³]) (ms|s|min|kB|MB|GB|TB|%|epochs?)(?![\w-])/g, "$1\u00a0$2")
  .replace(/ ([≤=]) /g, "\u00a0$1\u00a0")
  .replace(/F − F/g, "F\u00a0−\u00a0F");
