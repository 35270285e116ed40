// The settings, made from the table of keys, and the person and the Mac.

import {$, h, fresh, later, replace, select, tick} from "./dom.js";
import {state, on, set, refresh, fieldAt, stuck} from "./state.js";

const units = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", 1]];

// unitOf is the largest unit in which seconds are whole.
const unitOf = (seconds) => units.find(([, length]) => seconds % length === 0 && seconds >= length) || units[3];

export function spoken(seconds) {
  const [unit, length] = unitOf(seconds), n = seconds / length;
  return `${n} ${n === 1 ? unit.slice(0, -1) : unit}`;
}

// worded is a value of a field as people say it.
function worded(field, value) {
  if (value === null || value === undefined || value === "") return field.note.replace(/^not set: /, "") || "none";
  if (field.type === "boolean") return value ? "on" : "off";
  if (field.unit === "seconds") return spoken(value);
  if (field.unit === "hours") return `${String(value).padStart(2, "0")}:00`;
  if (field.unit) return `${value} ${field.unit === "percent" ? "percent" : field.unit}`;
  if (field.type === "choice") return field.titles[field.choices.indexOf(value)] || value;
  if (Array.isArray(value)) {
    const names = value.map((v) => (field.titles.length ? field.titles[v - field.min] : v));
    return names.length === field.titles.length && names.length ? "every day" : names.join(", ") || "none";
  }
  return String(value);
}

const groups = new Set(["Timing"]);

export function makeForm() {
  on("film", () => { findings(); state.form.fields.forEach(mark); });
  const root = $("#settings");
  for (const group of state.form.groups) {
    const fields = state.form.fields.filter((f) => f.group === group && !f.text && f.type !== "dictionary");
    if (!fields.length) continue;
    root.append(h("details", {open: groups.has(group), "data-group": group}, h("summary", {}, h("h3", {}, group), h("span", {class: "count"})), fields.map(makeField)));
  }
  root.append(h("p", {class: "muted"}, "Headings, messages and buttons are under Messages."));
}

const idOf = (name) => "f-" + name;

function makeField(field) {
  const row = h("div", {class: "field", id: "row-" + field.name});
  fill(row, field);
  return row;
}

// fill makes the controls of a field anew, for the value that it has.
function fill(row, field) {
  const value = state.values[field.name], is = value !== undefined, id = idOf(field.name);
  const change = (v) => { set(field.name, v); const now = state.values[field.name] !== undefined; row.classList.toggle("set", now); $(".reset", row).hidden = !now; };
  const control = controlFor(field, value, id, change);
  const about = [field.paragraph, limits(field)].filter(Boolean).join(" ");
  row.classList.toggle("set", is);
  replace(row,
    h("div", {class: "f-head"}, control.group ? h("span", {class: "f-label", id: id + "-label"}, field.title) : h("label", {class: "f-label", for: id}, field.title),
      h("button", {type: "button", class: "reset quiet", hidden: !is, "data-key": "r-" + field.name, "aria-label": `Use default for ${field.title}`,
        onclick: () => { set(field.name, undefined); fill(row, field); document.getElementById(id)?.focus(); }}, "Use default")),
    control.element,
    h("p", {class: "f-help", id: id + "-help"}, field.help, " ", h("span", {class: "f-source"})),
    h("ul", {class: "f-findings", id: id + "-findings"}),
    h("details", {class: "f-more"}, h("summary", {"aria-label": `More about ${field.title}`}, "?"), h("p", {}, about, h("code", {}, field.name))));
}

function limits(field) {
  const parts = [];
  if (field.unit === "seconds" && field.max) parts.push(`From ${spoken(field.min)} to ${spoken(field.max)}.`);
  else if (field.max && !field.titles.length) parts.push(`From ${field.min} to ${field.max}.`);
  if (field.below) parts.push(`Less than ${field.below}.`);
  if (!field.choices.length && field.example && field.type !== "boolean") parts.push(`Example: ${field.unit === "seconds" ? spoken(Number(field.example)) : field.example}.`);
  return parts.join(" ");
}

// controlFor makes what a value is edited with. A value of the wrong type is shown as it stands.
function controlFor(field, value, id, change) {
  const common = {id, "data-key": id, "aria-describedby": `${id}-help ${id}-findings`};
  const good = {integer: Number.isInteger, boolean: (v) => typeof v === "boolean", "array of integers": Array.isArray, "array of strings": Array.isArray, "array of dates": Array.isArray};
  if (value !== undefined && good[field.type] && !good[field.type](value)) return raw(field, value, common, change);
  switch (field.type) {
    case "boolean": return menu(common, [["", `Default (${field.varies ? field.note : worded(field, field.default)})`], ["true", "On"], ["false", "Off"]],
      value === undefined ? "" : String(value), (v) => change(v === "" ? undefined : v === "true"));
    case "choice": return menu(common, [["", `Default (${worded(field, field.default)})`], ...field.choices.map((c, i) => [c, field.titles[i] || c])], value ?? "", (v) => change(v || undefined));
    case "integer": return field.unit === "seconds" ? duration(field, value, common, change) : field.unit === "hours" ? hours(field, value, common, change) : number(field, value, common, change);
    case "array of integers": return days(field, value, common, change);
    case "array of strings": case "array of dates": return lines(field, value, common, change);
    default: return text(field, value, common, change);
  }
}

const menu = (common, options, value, change) => ({
  element: h("select", {...common, onchange: (e) => change(e.target.value)}, options.map(([v, label]) => h("option", {value: v, selected: v === value}, label))),
});

const hours = (field, value, common, change) => menu(common,
  [["", `Default (${worded(field, field.default)})`], ...Array.from({length: field.max - field.min + 1}, (_, i) => [String(i + field.min), `${String(i + field.min).padStart(2, "0")}:00`])],
  value === undefined ? "" : String(value), (v) => change(v === "" ? undefined : Number(v)));

function duration(field, value, common, change) {
  const shown = value ?? field.default ?? 0;
  let [unit] = unitOf(shown);
  const length = () => units.find(([u]) => u === unit)[1];
  const amount = h("input", {...common, type: "number", min: 0, step: "any", inputmode: "decimal", value: value === undefined ? "" : String(value / length()),
    placeholder: field.default === null ? "none" : String(shown / length())});
  const read = () => {
    if (amount.value === "" && !amount.validity.badInput) return change(undefined);
    const seconds = Math.round(Number(amount.value) * length());
    if (Number.isFinite(seconds) && amount.value !== "") change(seconds);
  };
  amount.addEventListener("input", read);
  const pick = h("select", {"aria-label": `Unit of ${field.title}`, "data-key": common.id + "-unit", onchange: (e) => {
    unit = e.target.value;
    amount.placeholder = String(+(shown / length()).toFixed(3));
    read();
  }}, units.map(([u]) => h("option", {value: u, selected: u === unit}, u)));
  return {element: h("div", {class: "pair"}, amount, pick)};
}

function number(field, value, common, change) {
  const input = h("input", {...common, type: "number", min: field.min, max: field.max || null, step: 1, value: value === undefined ? "" : String(value),
    placeholder: field.varies ? field.note : worded(field, field.default)});
  input.addEventListener("input", () => { if (!input.validity.badInput) change(input.value === "" ? undefined : Number(input.value)); });
  return {element: h("div", {class: "pair"}, input, field.unit ? h("span", {class: "unit"}, field.unit) : null)};
}

function days(field, value, common, change) {
  const chosen = new Set(value ?? field.default);
  const boxes = field.titles.map((title, i) => {
    const n = field.min + i;
    return h("label", {class: "day-box"}, h("input", {type: "checkbox", checked: chosen.has(n), "aria-label": title, "data-key": common.id + n, onchange: (e) => {
      if (e.target.checked) chosen.add(n); else chosen.delete(n);
      change([...chosen].sort((a, b) => a - b));
    }}), h("span", {"aria-hidden": "true"}, title.slice(0, 2)));
  });
  return {group: true, element: h("div", {class: "days", role: "group", "aria-labelledby": common.id + "-label", "aria-describedby": common["aria-describedby"], id: common.id, tabindex: -1}, boxes)};
}

function lines(field, value, common, change) {
  const area = h("textarea", {...common, rows: Math.min(6, Math.max(2, (value || []).length + 1)), placeholder: field.example.split(", ").join("\n"), value: (value || []).join("\n"), spellcheck: "false"});
  area.addEventListener("input", () => { const items = area.value.split("\n").map((l) => l.trim()).filter(Boolean); change(items.length ? items : undefined); });
  return {element: area};
}

function text(field, value, common, change) {
  const input = h("input", {...common, type: "text", value: value === undefined ? "" : String(value), placeholder: worded(field, field.default), spellcheck: "false"});
  input.addEventListener("input", later(0, () => change(input.value === "" ? undefined : input.value)));
  return {element: input};
}

// raw shows a value of the wrong type as it stands, until a good one is typed.
function raw(field, value, common, change) {
  const input = h("input", {...common, type: "text", value: typeof value === "string" ? value : JSON.stringify(value), spellcheck: "false"});
  input.addEventListener("change", () => {
    const typed = input.value.trim();
    const next = typed === "" ? undefined : field.type === "integer" && /^-?\d+$/.test(typed) ? Number(typed) : field.type === "boolean" && /^(true|false)$/.test(typed) ? typed === "true" : typed;
    change(next);
    fill($("#row-" + field.name), field);
  });
  return {element: input};
}

// mark says at a field where its value comes from, and what is wrong with it.
function mark(field) {
  const row = $("#row-" + field.name);
  if (!row) return;
  const e = state.effective[field.name], list = $(".f-findings", row);
  const usual = field.varies ? field.note : worded(field, field.default);
  const source = `Default: ${usual}.` + (!e || e.source === "file" || (e.source === "default" && !field.varies) ? "" : ` Here: ${worded(field, e.value)}${e.source === "default" ? "" : ", " + e.source}.`);
  $(".f-source", row).textContent = source;
  const found = [...stuck().filter((p) => p.key === field.name), ...state.findings.filter((f) => f.key === field.name)];
  show(list, found);
  const control = document.getElementById(idOf(field.name));
  if (control) control.setAttribute("aria-invalid", String(found.some((f) => f.severity === "error")));
  row.classList.toggle("wrong", found.some((f) => f.severity === "error"));
}

export function show(list, found) {
  list.replaceChildren(...found.map((f) => h("li", {class: "finding " + f.severity}, h("b", {}, {error: "Error: ", warning: "Warning: ", note: "Note: "}[f.severity]), f.message)));
}

// findings counts all there is to say, and says here what belongs to no field of this form.
function findings() {
  const form = new Set(state.form.fields.filter((f) => !f.text && f.type !== "dictionary").map((f) => f.name));
  const inFile = stuck();
  const n = (severity) => state.findings.filter((f) => f.severity === severity).length;
  const errors = n("error") + inFile.length, button = $("#lint");
  const words = [[errors, "error"], [n("warning"), "warning"], [n("note"), "note"]].filter(([c]) => c).map(([c, w]) => `${c} ${w}${c > 1 ? "s" : ""}`).join(", ");
  button.hidden = words === "";
  button.textContent = words;
  button.className = "quiet " + (errors ? "error" : n("warning") ? "warning" : "note");
  replace($("#findings"), state.findings.filter((f) => !form.has(f.key)).map((f) => h("p", {class: "finding " + f.severity}, f.message)));
  for (const details of $("#settings").querySelectorAll("details[data-group]")) {
    const names = state.form.fields.filter((f) => f.group === details.dataset.group).map((f) => f.name);
    const given = names.filter((name) => form.has(name) && state.values[name] !== undefined).length;
    const wrong = state.findings.some((f) => f.severity === "error" && names.includes(f.key)) || names.some((name) => form.has(name) && inFile.some((p) => p.key === name));
    $(".count", details).textContent = wrong ? "error" : given ? `${given} set` : "";
    $(".count", details).classList.toggle("error", wrong);
  }
}

// first leads to the first thing that is to be said: to its field, or else to where it is said.
export function first(openView, openMessage) {
  const all = [...stuck(), ...state.findings], f = all.find((one) => fieldAt(one.key)), place = f && fieldAt(f.key);
  if (place?.view === "messages") { openView("messages"); openMessage(place); return; }
  openView("play");
  const control = place ? document.getElementById(place.id) : $("#findings").childElementCount ? $("#findings") : $("#banner");
  const group = control.closest("details[data-group]");
  if (group) group.open = true;
  control.focus();
  control.scrollIntoView({block: "center"});
}

// refill shows values that were changed elsewhere.
export const refill = () => state.form.fields.forEach((f) => { const row = $("#row-" + f.name); if (row) fill(row, f); });

export function makeScene() {
  on("film", scene);
  scene();
}

const change = (name) => (value) => { state.mac = {...state.mac, [name]: value}; refresh(); };

// arrives takes the time at which the package arrives, where it is one.
function arrives(e) {
  const good = e.target.value !== "" && e.target.validity.valid, note = $("#start-findings");
  e.target.setAttribute("aria-invalid", String(!good));
  note.hidden = good;
  note.textContent = good ? "" : "Give a date and a time of the years 2000 to 2100.";
  if (good) change("start")(e.target.value.slice(0, 16));
}

let drawn = "";

function scene() {
  const form = state.form, mac = state.mac;
  const key = JSON.stringify([mac, state.person, Object.keys(state.values.Localizations || {})]);
  if (key === drawn) return; // hundreds of time zones are not made anew for every film
  drawn = key;
  const person = form.people.find((p) => p.name === state.person);
  const chosen = form.macs.find((m) => m.version === mac.macos) || {intel: true, silicon: true};
  const tags = new Map([...form.languages.map((l) => [l.tag, l.name]), ...Object.keys(state.values.Localizations || {}).map((t) => [t, t])]);
  for (const l of form.languages) tags.set(l.tag, l.name);
  const zones = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : [];
  const all = [...new Set(["UTC", mac.zone, ...zones])];
  replace($("#scene"),
    select("Person", form.people.map((p) => [p.name, p.title]), state.person, (v) => { state.person = v; state.clicks = []; refresh(); }, "person"),
    h("p", {class: "muted", id: "person-text"}, person.text),
    select("macOS", form.macs.map((m) => [m.version, m.title]), mac.macos, (v) => {
      const next = form.macs.find((m) => m.version === v);
      state.mac = {...mac, macos: v, silicon: mac.silicon ? next.silicon : !next.intel};
      refresh();
    }, "macos"),
    select("Processor", [["silicon", "Apple silicon", !chosen.silicon], ["intel", "Intel", !chosen.intel]], mac.silicon ? "silicon" : "intel", (v) => change("silicon")(v === "silicon"), "chip"),
    select("Language", [...tags].map(([tag, name]) => [tag, name === tag ? tag : `${name} (${tag})`]), mac.language, change("language"), "language"),
    select("Time zone", all.map((z) => [z, z.replaceAll("_", " ")]), mac.zone, change("zone"), "zone"),
    h("div", {class: "row"}, h("label", {for: "start"}, "Arrives"), h("input", {type: "datetime-local", id: "start", "data-key": "start", value: mac.start, min: "2000-01-01T00:00", max: "2100-12-31T23:59", "aria-describedby": "start-findings", onchange: arrives})),
    h("p", {class: "finding error", id: "start-findings", role: "alert", hidden: true}),
    h("fieldset", {class: "row"}, h("legend", {}, "Installed"), tick("jamfHelper", mac.jamfhelper, change("jamfhelper"), "jh"), tick("swiftDialog", mac.swiftdialog, change("swiftdialog"), "sd")));
}
