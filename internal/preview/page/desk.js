// The desk: what stands on the screen of the simulated Mac at the time that is shown.

import {$, h, replace, announce} from "./dom.js";
import {state, on, open, asleep, off, away, stand, awake, click} from "./state.js";
import {menuClock, countdown, full, span} from "./time.js";
import {draw, fit, overflow} from "./window.js";

let shown = "";

export function makeDesk() {
  const screen = h("div", {class: "screen"},
    h("div", {class: "menubar", "aria-hidden": "true"}, h("span", {class: "m-dot"}), h("b", {}, "Finder"), h("span", {}, "File"), h("span", {}, "Edit"), h("span", {}, "View"),
      h("span", {class: "m-gap"}), h("span", {class: "m-wifi"}), h("span", {class: "m-battery"}, h("i")), h("time", {id: "clock"})),
    h("div", {class: "document", "aria-hidden": "true"}, h("div", {class: "w-bar"}, h("span", {class: "w-lights"}, h("i", {class: "edited"}), h("i"), h("i")), h("span", {class: "w-title"}, "Report — Edited")),
      h("div", {class: "lines"}, h("i"), h("i"), h("i"), h("i"), h("i"))),
    h("div", {class: "windows"}),
    h("div", {class: "dock", "aria-hidden": "true"}, [1, 2, 3, 4, 5, 6].map((n) => h("i", {class: `d${n}`}))),
    h("div", {class: "veil", hidden: true}));
  const note = h("p", {class: "stage-note muted", id: "stage-note"});
  $("#stage").append(screen, note);
  on("time", paint);
  on("film", () => { shown = ""; });
  new ResizeObserver(() => { shown = ""; if (state.film) paint(); }).observe(screen);
}

function paint() {
  const t = state.t, windows = open();
  const dark = asleep() ? "asleep" : off() ? "off" : away() ? "away" : "";
  $("#clock").textContent = menuClock(t);
  const key = [windows.map((w) => w.from + w.sort).join(), dark, unsaved(t)].join("|");
  if (key !== shown) {
    shown = key;
    rebuild(windows, dark);
  } else {
    windows.forEach((w, i) => tickDown($(".windows").children[i], w));
  }
}

const unsaved = (t) => state.film.unsaved && !state.film.off.some((o) => o.from <= t) && !away(t);

function rebuild(windows, dark) {
  const room = $(".screen").clientWidth - 16;
  $(".document").hidden = !unsaved(state.t);
  const layer = $(".windows");
  replace(layer, windows.map((w) => draw(w, w.on ? (act) => did(w, act) : null, awake(w.from, state.t))));
  [...layer.children].forEach((element) => fit(element, room));
  const tallest = Math.max(0, ...[...layer.children].map((e) => e.offsetHeight * (Number(e.style.zoom) || 1)));
  $(".screen").style.setProperty("--need", `${Math.ceil(tallest) + 90}px`);
  const veil = $(".veil");
  veil.hidden = !dark;
  veil.className = "veil " + dark;
  veil.replaceChildren(...{
    asleep: [h("p", {}, "The lid is closed.")],
    off: [h("p", {}, "The Mac restarts."), h("div", {class: "bar"}, h("i"))],
    away: [h("p", {}, "Nobody is logged in."), h("span", {class: "face"})],
    "": [],
  }[dark]);
  const cut = windows.map(overflow).filter(Boolean).join("; ");
  const narrow = windows.length > 0 && room < 500; // as desk.css has it
  const zoomed = [...layer.children].some((e) => e.style.zoom);
  $("#stage-note").textContent = cut ? `Too long for its window: ${cut}.` : zoomed ? "The window is drawn smaller than it is, to fit." : narrow ? "The window is drawn narrower than it is, to fit." : "";
  $("#stage-note").classList.toggle("warn", cut !== "");
}

function tickDown(element, w) {
  const left = w.timeout - awake(w.from, state.t);
  const words = element?.querySelector("[data-timeout]");
  if (words) words.textContent = countdown(left);
  const bar = element?.querySelector("progress");
  if (bar) bar.value = left;
}

function did(w, act) {
  const label = {install: w.sort === "pane" ? "Update Now" : w.buttons[0], defer: w.buttons[1], quit: "the close button"}[act];
  announce(`You clicked ${label}.`);
  click(w, act);
  $("#next-prompt").focus({preventScroll: true});
}

const phases = {
  idle: "No required update is known", prompting: "The person is asked", deferred: "Deferred", enforcing: "The deadline has passed",
  installing: "The updates are being installed", restarting: "A restart was asked for",
};

// stands tells where the round stands, as the daemon remembers it.
export function makeStands() {
  let said = "";
  on("film", () => { said = ""; });
  on("time", () => {
    const m = stand(), t = state.t;
    const asked = m.phase !== "prompting" || open().some((w) => w.sort === "prompt");
    const rows = [["Time", full(t)], ["Phase", asked ? phases[m.phase] || m.phase : "The person is to be asked"]];
    if (m.deadline >= 0) rows.push(["Deadline", `${full(m.deadline)} (${t < m.deadline ? "in " + span(m.deadline - t) : span(t - m.deadline) + " ago"})`]);
    if (m.deferred > t) rows.push(["Deferred until", full(m.deferred)]);
    rows.push(["Deferrals used", String(m.deferrals)]);
    const pending = state.film.sets[m.pending];
    if (pending.length) rows.push(["Pending", pending.join(", ")]);
    const key = JSON.stringify(rows);
    if (key === said) return;
    said = key;
    $("#stands").replaceChildren(...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  });
}
