// What is on the desk, and the film of it. It lives in this tab alone: the server keeps nothing of it.

import {$, announce} from "./dom.js";

export const state = {
  form: null, values: {}, mac: {}, person: "", clicks: [], identifier: "", organization: "", logo: "", picture: "",
  touched: {}, // fields that were edited: what was wrong with them in the file is no longer
  film: null, findings: [], effective: {}, t: 0,
};

const listeners = {film: [], time: []};
export const on = (what, f) => listeners[what].push(f);
const emit = (what) => listeners[what].forEach((f) => f());

export class Refused extends Error {
  constructor(told, status) { super(told.message); this.findings = told.findings || []; this.status = status; }
}

let key = "";

// unlock takes the key that the page came with, or else the one that another tab of this server, or this one before it was
// loaded again, has kept. Other servers on this computer cannot read it: their port is another.
export function unlock() {
  const given = $("meta[name=key]");
  key = given.content;
  given.remove();
  try {
    if (key) localStorage.setItem("key", key); else key = localStorage.getItem("key") || "";
  } catch { /* a forbidden store: the key lasts until the tab is loaded again */ }
}

export const get = (path) => fetch(path, {headers: {"Preview-Key": key}});

// post asks the server. What it refuses is thrown as Refused.
export async function post(path, body) {
  const response = await fetch(path, {method: "POST", headers: {"Content-Type": "application/json", "Preview-Key": key}, body: JSON.stringify(body)});
  if (response.ok) return response;
  const text = await response.text();
  let told;
  try { told = JSON.parse(text); } catch { told = {message: text.trim()}; }
  throw new Refused(told, response.status);
}

export const desk = () => ({values: state.values, mac: state.mac, person: state.person, clicks: state.clicks, logo: state.logo !== ""});
export const choices = () => ({
  desk: desk(), identifier: state.identifier, organization: state.organization, logo: state.logo, picture: state.picture,
});

// windows are those that have words of their own: what the names of their keys begin with, and what they are called.
export const windows = [["Prompt", "Prompt"], ["Final", "Final warning"], ["Updating", "Updating"], ["Manual", "Reminder"], ["Restart", "Restart"]];

// fieldAt is where a key is edited: the view, the id of its control and, for a text, its window and language. It is undefined
// for what has no field: a part of the file, or a language as a whole.
export function fieldAt(key) {
  const [first, tag, name] = key.split(".");
  const localized = first === "Localizations";
  const field = state.form.fields.find((f) => f.name === (localized ? name : first));
  if (!field || field.type === "dictionary" || (localized && !field.text)) return undefined;
  if (!field.text) return {view: "play", id: "f-" + field.name};
  return {view: "messages", id: "t-" + field.name, kind: (windows.find(([k]) => field.name.startsWith(k)) || windows[0])[0], tag: localized ? tag : ""};
}

// stuck is what the file has wrong, until the setting that it is about is edited.
export const stuck = () => state.form.problems.filter((p) => p.key && !state.touched[p.key.split(".")[0]]).map((p) => {
  const message = fieldAt(p.key) ? p.message : `${p.key} ${p.message}`; // which no label beside it names
  return {severity: "error", key: p.key, line: p.line, bare: message, message: `${p.line ? `Line ${p.line}: ` : ""}${message}`};
});

const kept = ["values", "mac", "person", "clicks", "identifier", "organization", "logo", "touched"];

function keep() {
  const all = {instance: state.form.instance};
  for (const name of kept) all[name] = state[name];
  try { sessionStorage.setItem("desk", JSON.stringify(all)); } catch { /* a full or forbidden store: a reload forgets */ }
}

// begin takes the form, and what this tab remembers of the same preview.
export function begin(form) {
  Object.assign(state, {
    form, values: {...form.values}, mac: {...form.machine}, person: form.people[0].name, clicks: [],
    identifier: form.identifier, organization: form.organization, logo: form.logo,
  });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) state.mac.zone = zone;
  try {
    const old = JSON.parse(sessionStorage.getItem("desk") || "null");
    if (old && old.instance === form.instance) {
      for (const name of kept) state[name] = old[name];
      state.picture = sessionStorage.getItem("picture") || "";
      if (state.logo && !state.picture) state.logo = form.logo; // the picture was too large to be remembered
    }
  } catch { /* nothing to remember */ }
}

// setLogo takes a picture for the windows: its name, and its content in base64. Without content it is the file's own, and
// without a name there is none.
export function setLogo(name, picture = "") {
  Object.assign(state, {logo: name, picture});
  try {
    sessionStorage.removeItem("picture");
    if (picture) sessionStorage.setItem("picture", picture);
  } catch { /* too large: a reload goes back to the file's own */ }
  showLogo().then(() => refresh());
}

let ofFile = "";

// showLogo makes an address of the picture, for windows to show.
export async function showLogo() {
  if (!ofFile && state.form.picture) ofFile = URL.createObjectURL(await (await get("/logo")).blob());
  if (state.pictureURL && state.pictureURL !== ofFile) URL.revokeObjectURL(state.pictureURL);
  state.pictureURL = state.picture ? URL.createObjectURL(new Blob([Uint8Array.from(atob(state.picture), (c) => c.charCodeAt(0))], {type: "image/png"})) : state.logo ? ofFile : "";
}

let asked = 0, running = false, waiting = null;

// refresh makes the film anew. While one is being made, only the last of further changes counts.
export async function refresh(then) {
  keep();
  const mine = ++asked;
  document.documentElement.dataset.asked = String(mine); // so that who waits for a film knows which one is painted
  if (running) { waiting = then || waiting; return; }
  running = true;
  performance.mark("ask");
  let told = null;
  try {
    told = await (await post("/film", desk())).json();
  } catch (error) {
    if (mine === asked) trouble(error instanceof Refused ? error.message : "The preview has ended, or cannot be reached. Start it again in the terminal.");
  }
  running = false;
  if (mine !== asked) { const next = waiting; waiting = null; refresh(next); return; }
  if (!told) return;
  const stood = state.film && open().find((w) => w.on), since = stood && state.t - stood.from;
  state.film = told.film;
  state.findings = told.findings;
  state.effective = Object.fromEntries(told.effective.map((e) => [e.name, e]));
  trouble("");
  const same = stood && state.film.windows.find((w) => w.on === stood.on && w.number === stood.number);
  if (same) state.t = Math.min(same.from + since, Math.max(same.from, same.to - 1)); // who looks at a window goes on looking at it
  state.t = Math.min(state.t, state.film.length);
  then?.();
  emit("film");
  emit("time");
  requestAnimationFrame(() => {
    performance.measure("repaint", "ask");
    document.documentElement.dataset.painted = String(mine);
  });
}

// trouble says what is wrong with all of it.
export function trouble(text) {
  state.trouble = text;
  banner();
}

export function banner() {
  const lines = state.form ? [...state.form.problems.filter((p) => !p.key), ...stuck().filter((p) => !fieldAt(p.key)).map((p) => ({line: p.line, message: p.bare}))] : [];
  const box = $("#banner");
  const texts = [state.trouble, ...lines.map((p) => (p.line ? `${state.form.file}, line ${p.line}: ` : `${state.form.file || "file"}: `) + p.message)].filter(Boolean);
  box.hidden = texts.length === 0;
  if (box.textContent !== texts.join("")) box.replaceChildren(...texts.map((text) => { const p = document.createElement("p"); p.textContent = text; return p; }));
}

// set changes a setting; undefined leaves it at its default.
export function set(name, value) {
  const values = {...state.values};
  if (value === undefined) delete values[name]; else values[name] = value;
  state.values = values;
  state.touched[name] = true;
  refresh();
}

// go moves to a time of the film.
export function go(t, say = true) {
  state.t = Math.max(0, Math.min(t, state.film.length));
  emit("time");
  if (say) announceWindows();
}

export const open = (t = state.t) => state.film.windows.filter((w) => w.from <= t && t < w.to);
const within = (spans, t) => spans.some((s) => s.from <= t && t < s.to);
export const asleep = (t = state.t) => within(state.film.asleep, t);
export const off = (t = state.t) => within(state.film.off, t);
export const away = (t = state.t) => within(state.film.away, t);

// moment is the last that has come by a time, and stand is where the round stands then.
export const moment = (t = state.t) => lastOf(state.film.moments, t);
export const stand = (t = state.t) => lastOf(state.film.stands, t);
const lastOf = (list, t) => list.findLast((m) => m.at <= t) ?? list[0];

// awake is how much time the Mac was awake between two times.
export function awake(from, to) {
  let time = to - from;
  for (const s of [...state.film.asleep, ...state.film.off]) time -= Math.max(0, Math.min(to, s.to) - Math.max(from, s.from));
  return Math.max(0, time);
}

let said = "";
export function announceWindows() {
  let text = open().map((w) => {
    const buttons = w.buttons.length ? ` Buttons: ${w.buttons.join(", ")}.` : "";
    return `Window: ${w.title}.${buttons}${w.locked ? " It cannot be dismissed." : ""}`;
  }).join(" ");
  if (asleep()) text = "The lid is closed.";
  if (off()) text = "The Mac restarts.";
  if (!text) text = moment().title + ".";
  if (text !== said) announce(text);
  said = text;
}

// soonest is the earliest after which a click counts, in milliseconds: as the server has it.
const soonest = 2000;

// click does something about a window, at the time that is shown. What was clicked later falls away: it may not come to it.
export function click(w, act) {
  const from = new Map(state.film.windows.filter((o) => o.on).map((o) => [o.on + o.number, o.from]));
  const clicks = state.clicks.filter((c) => (from.get(c.on + c.number) ?? Infinity) < w.from);
  const after = Math.max(soonest, Math.round(awake(w.from, state.t)));
  state.clicks = [...clicks, {on: w.on, number: w.number, do: act, after}];
  const at = state.t;
  refresh(() => {
    const same = state.film.windows.find((o) => o.on === w.on && o.number === w.number);
    state.t = Math.max(at, w.on === "pane" || !same ? at : same.to);
    announceWindows();
  });
}
