// Times in words, and the axis on which a round fits.

import {state} from "./state.js";

const formats = new Map();
function format(options) {
  const key = state.film.zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", {...options, timeZone: zone()}));
  return formats.get(key);
}
const zone = () => (state.film.zone === "" || state.film.zone === "Local" ? undefined : state.film.zone);
const date = (t) => new Date(state.film.start + t);

export const menuClock = (t) => format({weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit"}).format(date(t)).replace(",", "");
export const full = (t) => format({weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", second: "2-digit"}).format(date(t)).replace(" at ", ", ");
export const brief = (t) => format({weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit"}).format(date(t)).replace(",", "");
export const day = (t) => format({weekday: "short", day: "numeric"}).format(date(t)).replace(",", "");
const hour = (t) => format({hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23"}).format(date(t));

// countdown is minutes and seconds.
export function countdown(left) {
  const s = Math.max(0, Math.ceil(left / 1000));
  const two = (n) => String(n).padStart(2, "0");
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${two(Math.floor(s / 60))}:${two(s % 60)}`;
}

// span is a duration in its two largest units.
export function span(ms) {
  let left = Math.round(Math.abs(ms) / 1000);
  const parts = [];
  for (const [length, noun] of [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]]) {
    const n = Math.floor(left / length);
    left %= length;
    if (n > 0 && parts.length < 2) parts.push(`${n} ${noun}${n === 1 ? "" : "s"}`);
    else if (parts.length) break;
  }
  return parts.join(" ") || "no time";
}

// midnights are where days begin.
export function midnights() {
  const list = [];
  const [hh, mm, ss] = hour(0).split(":").map(Number);
  for (let t = 86400000 - ((hh * 60 + mm) * 60 + ss) * 1000; t < state.film.length; t += 86400000) list.push(t);
  return list;
}

// An axis gives each stretch between two moments room by the logarithm of its length: three days of deferrals and the ten
// minutes of the final warning are both to be seen on it.
export function makeAxis(film) {
  const stops = [...new Set([0, ...film.moments.map((m) => m.at), ...film.windows.flatMap((w) => [w.from, w.to]), film.length])]
    .filter((t) => t >= 0 && t <= film.length).sort((a, b) => a - b);
  const at = [0];
  for (let i = 1; i < stops.length; i++) at.push(at[i - 1] + 0.15 + Math.log2(1 + (stops[i] - stops[i - 1]) / 60000));
  const whole = at[at.length - 1] || 1;
  const find = (list, x) => {
    let low = 0, high = list.length - 1;
    while (high - low > 1) { const mid = (low + high) >> 1; if (list[mid] <= x) low = mid; else high = mid; }
    return low;
  };
  const between = (from, to, x) => {
    if (from.length < 2) return to[0];
    const i = find(from, x);
    const width = from[i + 1] - from[i];
    return to[i] + (width > 0 ? (Math.min(x, from[i + 1]) - from[i]) / width : 0) * (to[i + 1] - to[i]);
  };
  return {
    place: (t) => between(stops, at, t) / whole, // 0 to 1
    time: (x) => between(at, stops, x * whole),
  };
}
