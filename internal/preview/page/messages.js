// Messages: edited at the left, drawn at each moment at the right, and in every language below.

import {$, h, fresh, later, replace, select} from "./dom.js";
import {state, on, set, get, post, desk, refresh, windows, fieldAt, stuck} from "./state.js";
import {draw, fit, overflow} from "./window.js";
import {show} from "./form.js";

let kind = "Prompt", tag = "", words = {}, root, ready;

export function makeMessages() {
  root = $("#view-messages");
  root.append(h("div", {class: "messages"},
    h("section", {class: "card editor", "aria-labelledby": "edit-title"}, h("h2", {id: "edit-title"}, "Words"), h("div", {id: "editor"})),
    h("section", {class: "card", "aria-labelledby": "shots-title"}, h("h2", {id: "shots-title"}, "As people see them"), h("p", {class: "muted", id: "shots-note"}), h("div", {class: "shots", id: "shots"}))),
  h("section", {class: "card", "aria-labelledby": "grid-title"}, h("h2", {id: "grid-title"}, "In every language"),
    h("p", {class: "muted"}, "Choose one to edit its words. What is marked is longer than its window shows, by an estimate."),
    h("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": "Languages and moments"}, h("table", {id: "grid"}))));
  on("film", () => { if (!root.hidden) { render(); findings(); } }); // what is not seen is drawn when it is
  new ResizeObserver(() => refit()).observe($("#shots"));
}

// showMessages is called when the view is opened.
export async function showMessages() {
  ready ??= begin();
  await ready;
  render();
  findings();
}

async function begin() {
  if (state.mac.language && state.mac.language !== "en") tag = state.mac.language;
  words = await (await get("/words")).json();
  editor();
}

// showMessage goes to the field of a text.
export async function showMessage(place) {
  await showMessages();
  kind = place.kind;
  choose(place.tag);
  $("#" + place.id).focus();
}

const tagOf = () => tag || "en";
const builtin = (key) => (words[tagOf()] || {})[key];
const fieldOf = (key) => state.form.fields.find((f) => f.name === key);
const own = (key) => (tag ? state.values.Localizations?.[tag]?.[key] : state.values[key]);

// write changes a text; an empty one is left to its default.
function write(key, text) {
  const value = text === "" ? undefined : text;
  if (!tag) return set(key, value);
  const all = structuredClone(state.values.Localizations && typeof state.values.Localizations === "object" ? state.values.Localizations : {});
  const texts = {...all[tag]};
  if (value === undefined) delete texts[key]; else texts[key] = value;
  if (Object.keys(texts).length) all[tag] = texts; else delete all[tag];
  set("Localizations", Object.keys(all).length ? all : undefined);
}

function editor() {
  const names = new Map(state.form.languages.map((l) => [l.tag, l.name]));
  for (const t of Object.keys(state.values.Localizations || {})) if (!names.has(t)) names.set(t, t);
  if (tag && !names.has(tag)) names.set(tag, tag);
  const keys = [kind + "Heading", kind + "Message", ...(kind === "Prompt" || kind === "Final" || kind === "Manual" ? ["InstallButtonLabel"] : []), ...(kind === "Prompt" ? ["DeferButtonLabel"] : [])];
  const add = h("input", {type: "text", id: "other-tag", placeholder: "da, pl, pt-PT …", size: 10, "data-key": "other-tag", spellcheck: "false", "aria-describedby": "other-note", onkeydown: (e) => { if (e.key === "Enter") other(); }});
  replace($("#editor"),
    select("Window", windows, kind, (v) => { kind = v; editor(); }, "m-window"),
    select("Language", [["", "For all (the base)"], ...[...names].map(([t, n]) => [t, n === t ? t : `${n} (${t})`])], tag, (v) => choose(v), "m-language"),
    h("div", {class: "row"}, h("label", {for: "other-tag"}, "Another"), h("span", {class: "pair"}, add,
      h("button", {type: "button", onclick: other}, "Add"))),
    h("p", {class: "finding error", id: "other-note", role: "alert", hidden: true}),
    h("ul", {class: "f-findings", id: "all-findings"}),
    keys.map(textField),
    h("div", {class: "chips", role: "group", "aria-label": "Placeholders, to put into the message"}, [...state.form.placeholders, "<<…>>", "{{…}}"].map((p) =>
      h("button", {type: "button", class: "chip", onclick: () => insert(p)}, p))),
    h("p", {class: "muted"}, "Text between << and >> stays only when a restart is needed, and between {{ and }} it goes when it is the last prompt. A language that has no words of its own shows those that come with the program, or else the base. A window speaks one language: give both of its texts."));
  findings();
}

// other takes the language whose tag was typed.
function other() {
  const typed = $("#other-tag"), to = typed.value.trim(), good = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(to);
  if (good) { choose(to); return; }
  typed.setAttribute("aria-invalid", "true");
  $("#other-note").textContent = to === "" ? "Write the tag of a language, such as da or pt-PT." : `“${to}” is not the tag of a language, such as da or pt-PT.`;
  $("#other-note").hidden = false;
  typed.focus();
}

function choose(to) {
  tag = to;
  if (to && to !== state.mac.language) { state.mac = {...state.mac, language: to}; refresh(); }
  editor();
  render();
}

function textField(key) {
  const field = fieldOf(key), id = "t-" + key, value = own(key);
  const fallback = (tag ? builtin(key) : undefined) ?? (state.values[key] && tag && !builtin(key) ? state.values[key] : field.default);
  const attributes = {id, "data-key": id, placeholder: fallback, spellcheck: "true", lang: tagOf(), "aria-describedby": id + "-findings", "data-text": key, value: value ?? ""};
  const control = field.long ? h("textarea", {...attributes, rows: 9}) : h("input", {...attributes, type: "text"});
  control.addEventListener("input", () => { write(key, control.value); start.hidden = control.value !== ""; });
  const start = h("button", {type: "button", class: "quiet", hidden: value !== undefined, "data-key": "s-" + key, "aria-label": `Edit this text: ${field.title}`,
    onclick: () => { control.value = fallback; write(key, fallback); start.hidden = true; control.focus(); }}, "Edit this text");
  return h("div", {class: "field"}, h("div", {class: "f-head"}, h("label", {for: id, class: "f-label"}, field.title), start), control, h("ul", {class: "f-findings", id: id + "-findings"}));
}

function insert(what) {
  const area = $("#t-" + kind + "Message");
  const from = area.value === "" ? (area.value = area.placeholder, area.value.length) : area.selectionStart;
  const [open, close] = what.includes("…") ? what.split("…") : [what, ""];
  area.setRangeText(open + area.value.slice(from, area.selectionEnd) + close, from, Math.max(from, area.selectionEnd), "end");
  area.dispatchEvent(new Event("input"));
  area.focus();
}

// findings says at each text what is wrong with it, and above them what is so with languages as a whole.
function findings() {
  if (!$("#all-findings")) return;
  const all = [...stuck(), ...state.findings];
  show($("#all-findings"), all.filter((f) => f.key.startsWith("Localizations") && !fieldAt(f.key)));
  for (const control of $("#editor").querySelectorAll("[data-text]")) {
    const key = control.dataset.text, at = tag ? `Localizations.${tag}.${key}` : key, found = all.filter((f) => f.key === at);
    show($(`#${control.id}-findings`), found);
    control.setAttribute("aria-invalid", String(found.some((f) => f.severity === "error")));
  }
}

// afterwards are the moments that come after a deadline, or go by it.
const afterwards = new Set(["last before the deadline", "final warning", "updating", "reminder", "restart"]);

const render = later(30, async () => {
  await Promise.all([shots(), grid()]);
});

let shotAsked = 0;
async function shots() {
  const mine = ++shotAsked;
  let all;
  try { all = await (await post("/messages", {desk: desk(), languages: [tagOf()]})).json(); } catch { return; }
  if (mine !== shotAsked) return;
  const r = all[0];
  $("#shots-note").textContent = `${r.name}${r.right ? ", from right to left" : ""}: what a person sees who defers to the end.`;
  replace($("#shots"), r.scenes.map((s) => h("figure", {"data-moment": s.moment}, h("figcaption", {}, s.moment, s.window && overflow(s.window) ? h("span", {class: "cut"}, overflow(s.window)) : null),
    s.window ? h("div", {class: "frame"}, draw(s.window, null, 0, r.language)) : h("p", {class: "muted"}, r.cut && afterwards.has(s.moment) ? "The film ends before the deadline, and does not come to it." : "These settings, on this Mac, do not come to it."))));
  refit();
  document.documentElement.dataset.shots = String(mine);
}

function refit() {
  for (const frame of document.querySelectorAll("#shots .frame, #grid .frame")) fit(frame.firstElementChild, frame.clientWidth - 8);
}

let gridAsked = 0;
const grid = later(120, async () => {
  const mine = ++gridAsked;
  const tags = [...new Set([...state.form.languages.map((l) => l.tag), ...Object.keys(state.values.Localizations || {})])];
  let all;
  try { all = await (await post("/messages", {desk: desk(), languages: tags})).json(); } catch { return; }
  if (mine !== gridAsked) return;
  const kinds = {"final warning": "Final", updating: "Updating", reminder: "Manual", restart: "Restart"};
  const moments = all[0].scenes.map((s) => s.moment);
  replace($("#grid"), h("thead", {}, h("tr", {}, h("th", {scope: "col"}, "Language"), moments.map((m) => h("th", {scope: "col"}, m)))),
    h("tbody", {}, all.map((r) => h("tr", {}, h("th", {scope: "row", lang: r.language}, r.name, h("small", {}, r.language)), r.scenes.map((s) => cell(r, s, kinds[s.moment] || "Prompt"))))));
  refit();
  document.documentElement.dataset.grid = String(mine);
});

function cell(r, s, to) {
  if (!s.window) return h("td", {class: "muted"}, "—");
  const cut = overflow(s.window);
  const picture = draw(s.window, null, 0, r.language);
  const all = h("button", {type: "button", class: "thumb" + (cut ? " cut" : ""), "data-key": `g-${r.language}-${s.moment}`, "aria-label": `${r.name}, ${s.moment}: ${s.window.title}. ${cut ? "Too long: " + cut : "It fits."}`,
    onclick: () => { kind = to; choose(r.language); }});
  const frame = h("div", {class: "frame", "aria-hidden": "true", inert: true}, picture);
  return h("td", {}, h("div", {class: "cell" + (cut ? " cut" : "")}, frame, all, cut ? h("span", {class: "flag", "aria-hidden": "true"}, "too long") : null));
}
