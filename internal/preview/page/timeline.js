// Time: the slider over the round, play, the jumps, the list of moments, and why.

import {$, h, later, select, tick, replace} from "./dom.js";
import {state, on, go, post, desk, open, announceWindows, refresh} from "./state.js";
import {makeAxis, full, brief, day, midnights} from "./time.js";

let axis, room = 700, playing = 0, last = 0, speed = 1000, halt = true;
const steps = 10000;
const asks = (w) => w.on && w.sort !== "pane";

export function makeTimeline() {
  const slider = h("input", {type: "range", id: "slider", min: 0, max: steps, step: 1, "aria-label": "Time of the round"});
  slider.addEventListener("input", () => { pause(); go(axis.time(slider.value / steps)); });
  slider.addEventListener("keydown", (e) => {
    const step = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1}[e.key];
    const far = {PageUp: 3600000, PageDown: -3600000}[e.key];
    const end = {Home: 0, End: state.film.length}[e.key];
    if (step === undefined && far === undefined && end === undefined) return;
    e.preventDefault();
    pause();
    if (end !== undefined) go(end);
    else if (far !== undefined) go(state.t + far);
    else if (e.shiftKey) go(state.t + step * 60000);
    else go(neighbour(step));
  });
  $(".transport").append(
    h("div", {class: "jumps"},
      h("button", {id: "play", type: "button", class: "primary", onclick: () => (playing ? pause() : play())}, "Play"),
      jump("next-prompt", "Next prompt", nextPrompt), jump("last-prompt", "Last prompt", lastPrompt),
      jump("to-deadline", "Deadline", deadline), jump("to-restart", "Restart", restart), jump("to-start", "Start", () => 0)),
    h("div", {class: "track"}, h("div", {class: "marks", "aria-hidden": "true"}), slider),
    h("div", {class: "jumps"},
      select("Speed", [1, 10, 100, 1000, 10000].map((n) => [String(n), `${n.toLocaleString("en")}×`]), String(speed), (v) => { speed = Number(v); }, "speed"),
      tick("Stop at windows", halt, (v) => { halt = v; }, "halt"),
      h("button", {id: "forget", type: "button", class: "quiet", hidden: true, onclick: () => { state.clicks = []; refresh(); }}, "Forget clicks"),
      h("p", {class: "muted hint"}, "On the slider: arrows go from moment to moment, with Shift by a minute, Page Up and Down by an hour.")));
  $("#moments").addEventListener("keydown", (e) => {
    const item = e.target.closest("li"), to = {ArrowDown: item?.nextElementSibling, ArrowUp: item?.previousElementSibling}[e.key];
    if (!to) return;
    e.preventDefault();
    to.firstChild.focus();
  });
  on("film", rebuild);
  on("time", move);
  makeWhy();
  new ResizeObserver(([entry]) => {
    room = entry.contentRect.width || room;
    if (axis) marks();
  }).observe($(".marks"));
}

const jump = (id, label, where) => h("button", {id, type: "button", onclick: () => { pause(); const t = where(); if (t !== undefined) go(t); }}, label);

const nextPrompt = () => state.film.windows.find((w) => asks(w) && w.from > state.t)?.from;
const lastPrompt = () => state.film.windows.findLast((w) => w.sort === "prompt")?.from;
const deadline = () => (state.film.deadline >= 0 && state.film.deadline < state.film.length ? state.film.deadline : undefined);
const restart = () => state.film.moments.find((m) => m.kind === "restart")?.at;

// neighbour is the moment before or after the time that is shown.
function neighbour(step) {
  const times = [...state.film.moments.map((m) => m.at), ...state.film.windows.map((w) => w.from)].sort((a, b) => a - b); // not all windows have a moment
  return step > 0 ? times.find((t) => t > state.t) ?? state.film.length : times.findLast((t) => t < state.t) ?? 0;
}

const glyphs = {
  warning: "warning", reminder: "warning", hold: "warning", deadline: "deadline", install: "install", restart: "restart", again: "warning",
};

// marks draws what is on the slider.
function marks() {
  const film = state.film, label = 46;
  const place = (element, t) => { element.style.insetInlineStart = `${axis.place(t) * 100}%`; return element; };
  const stretch = (kind, s) => { const e = place(h("i", {class: `stretch ${kind}`}), s.from); e.style.width = `${(axis.place(s.to) - axis.place(s.from)) * 100}%`; return e; };
  let edge = -1;
  const days = midnights().map((t) => {
    const at = axis.place(t), far = (at - edge) * room > label;
    if (far) edge = at;
    return place(h("span", {class: "day"}, far ? day(t) : ""), t);
  });
  $(".marks").replaceChildren(
    ...film.asleep.map((s) => stretch("asleep", s)), ...film.away.map((s) => stretch("away", s)),
    ...film.windows.filter((w) => w.sort !== "pane").map((w) => stretch(w.sort === "prompt" ? "prompt" : w.locked && w.on ? "final" : "stands", w)),
    ...film.off.map((s) => stretch("off", s)), ...days,
    ...film.windows.filter((w) => w.sort === "prompt").map((w) => place(h("b", {class: "mark prompt", title: `Prompt ${w.number}`}), w.from)), // also of those that the list leaves out
    ...film.moments.filter((m) => glyphs[m.kind]).map((m) => place(h("b", {class: `mark ${glyphs[m.kind]}`, title: m.title}), m.at)));
}

function rebuild() {
  const film = state.film;
  axis = makeAxis(film);
  marks();
  for (const [id, where] of [["next-prompt", nextPrompt], ["last-prompt", lastPrompt], ["to-deadline", deadline], ["to-restart", restart]]) {
    if (id !== "next-prompt") $("#" + id).disabled = where() === undefined;
  }
  $("#forget").hidden = state.clicks.length === 0;
  $("#forget").textContent = `Forget ${state.clicks.length === 1 ? "the click" : `${state.clicks.length} clicks`}`;
  const c = film.counts;
  $("#ended").textContent = `${film.ended} ${count(c.prompts, "prompt")}, ${count(c.restarts, "restart")}${c.forced === 0 ? "" : c.forced === c.restarts ? " (forced)" : ` (${c.forced} of them forced)`}, ${count(c.turns, "turn")}.`;
  replace($("#moments"), film.moments.map((m, i) => h("li", {class: `k-${m.kind}`}, h("button", {type: "button", tabindex: -1, "data-key": `m${i}`, onclick: () => { pause(); go(m.at); }},
    h("span", {class: "when"}, brief(m.at)), h("span", {class: "what"}, m.title, m.text ? h("small", {}, m.text) : null)))));
  said = -1;
}

const count = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

let said = -1;
function move() {
  const slider = $("#slider"), t = state.t;
  slider.value = Math.round(axis.place(t) * steps);
  const windows = open().map((w) => w.title).join(", ");
  slider.setAttribute("aria-valuetext", full(t) + (windows ? `, window: ${windows}` : ""));
  const next = $("#next-prompt"), none = nextPrompt() === undefined;
  if (none && document.activeElement === next) $("#play").focus({preventScroll: true}); // a button that is off loses the focus
  next.disabled = none;
  const at = state.film.moments.findLastIndex((m) => m.at <= t);
  if (at !== said) {
    const list = $("#moments");
    const item = list.children[at], had = list.children[said];
    had?.removeAttribute("aria-current");
    had?.firstChild.setAttribute("tabindex", "-1");
    if (item) {
      item.firstChild.setAttribute("tabindex", "0"); // one stop for the Tab key; arrows go on from there
      item.setAttribute("aria-current", "step");
      if (!list.contains(document.activeElement)) list.scrollTop = list.children[Math.max(0, at - 2)].offsetTop; // two before it, whole
    }
    said = at;
  }
  if ($("#why").open) { $("#why-text").classList.add("stale"); whyLater(); }
}

export function pause() {
  cancelAnimationFrame(playing);
  playing = 0;
  $("#play").textContent = "Play";
}

function play() {
  if (state.t >= state.film.length) go(0, false);
  $("#play").textContent = "Pause";
  last = performance.now();
  const frame = (now) => {
    const from = state.t;
    let to = from + (now - last) * speed;
    last = now;
    const next = state.film.windows.find((w) => w.from > from && w.sort !== "pane");
    const stops = halt && next && next.from <= to;
    if (stops) to = next.from;
    go(to, false);
    if (stops || to >= state.film.length) { pause(); announceWindows(); return; }
    playing = requestAnimationFrame(frame);
  };
  playing = requestAnimationFrame(frame);
}

const whyLater = later(200, showWhy);
let whyAsked = 0;

async function showWhy() {
  const mine = ++whyAsked;
  let text;
  try {
    text = (await (await post("/why", {desk: desk(), at: Math.round(state.t)})).json()).text;
  } catch (error) {
    text = error.message;
  }
  if (mine !== whyAsked) return;
  $("#why-text").textContent = text;
  $("#why-text").classList.remove("stale");
}

function makeWhy() {
  $("#why").addEventListener("toggle", () => { if ($("#why").open) showWhy(); });
}
