// Draws a window as the program that shows it lays it out. See docs/preview.md for what of this is known, and from where.

import {h, fresh} from "./dom.js";
import {countdown} from "./time.js";
import {state} from "./state.js";

const logo = () => state.pictureURL || "/page/update.svg";

const icon = (size) => h("img", {class: "w-icon", src: logo(), alt: "", width: size, height: size});

// buttons are drawn from left to right: the one that agrees is the last.
function buttons(w, act) {
  const does = ["install", "defer"];
  return w.buttons.map((label, i) => h("button", {
    type: "button", class: "w-button" + (w.default === i + 1 ? " w-default" : "") + (w.overflow.labels.includes(label) ? " w-cut" : ""),
    title: w.overflow.labels.includes(label) ? label : null, "aria-label": label,
    "data-key": `w-${w.on}-${w.number}-${i}`, disabled: !act, onclick: act && (() => act(does[i])),
  }, h("span", {}, label))).reverse();
}

// close is the red button, where the program has one. It counts as a deferral.
const close = (w, act) => h("button", {
  type: "button", class: "w-close", "aria-label": "Close the window", disabled: !act, "data-key": `w-${w.on}-${w.number}-x`, onclick: act && (() => act("quit")),
});

const lights = (w, act) => h("span", {class: "w-lights"}, !w.locked && !w.standing && w.on ? close(w, act) : h("i"), h("i"), h("i"));

const left = (w, at) => w.timeout - at;

function jamfHelper(w, act, at) {
  return [
    h("div", {class: "w-bar"}, w.locked ? null : w.on ? close(w, act) : null, h("span", {class: "w-title" + (w.overflow.heading ? " w-cut" : "")}, w.title)),
    h("div", {class: "w-body"}, icon(64), h("div", {class: "w-main"},
      h("p", {class: "w-text" + (w.overflow.lines ? " w-cut" : "")}, w.text),
      w.countdown && w.timeout ? h("p", {class: "w-count"}, w.countdown + " ", h("b", {"data-timeout": ""}, countdown(left(w, at)))) : null)),
    h("div", {class: "w-buttons"}, buttons(w, act)),
  ];
}

function swiftDialog(w, act, at) {
  return [
    h("div", {class: "w-head"}, lights(w, act), h("span", {class: "w-title"}, w.title)),
    h("div", {class: "w-body"}, icon(150), h("div", {class: "w-main"}, h("p", {class: "w-text"}, w.text),
      w.sort === "updating" ? h("div", {class: "w-progress", "aria-hidden": "true"}) : null)),
    h("div", {class: "w-buttons"},
      w.countdown ? h("span", {class: "w-info"}, w.countdown) : null,
      w.countdown && w.timeout ? h("span", {class: "w-timer"}, h("progress", {max: w.timeout, value: left(w, at), "aria-label": "Time left"}),
        h("b", {"data-timeout": ""}, countdown(left(w, at)))) : h("span", {class: "w-gap"}),
      w.help ? h("details", {class: "w-help"}, h("summary", {"aria-label": "Help"}, "?"), h("p", {}, w.help)) : null,
      buttons(w, act)),
  ];
}

function appleScript(w, act) {
  return [
    h("div", {class: "w-bar"}, h("span", {class: "w-title"}, w.title)),
    h("div", {class: "w-body"}, icon(64), h("div", {class: "w-main"}, h("p", {class: "w-text"}, w.text))),
    h("div", {class: "w-buttons"}, w.buttons.length ? buttons(w, act) : h("button", {class: "w-button", disabled: true}, "OK")),
  ];
}

// pane stands for Software Update in System Settings, which is Apple's and is not drawn as it is.
function pane(w, act) {
  const names = state.film.sets[state.film.sets.length - 1];
  return [
    h("div", {class: "w-bar"}, h("span", {class: "w-lights"}, h("i"), h("i"), h("i")), h("span", {class: "w-title"}, "Software Update")),
    h("div", {class: "w-body"}, icon(48), h("div", {class: "w-main"}, h("p", {class: "w-text"}, `${w.title}\n\n${names.join("\n")}`))),
    h("div", {class: "w-buttons"}, h("button", {type: "button", class: "w-button w-default", "data-key": `w-pane-${w.number}`, disabled: !act,
      onclick: act && (() => act("install"))}, h("span", {}, "Update Now"))),
  ];
}

// draw draws a window. act is told what is clicked; without it nothing can be. At is for how long it has been there.
export function draw(w, act = null, at = 0, language = state.mac.language || "en") {
  const kind = {jamfhelper: w.locked ? "w-hud" : "w-utility", swiftdialog: "w-swift", osascript: "w-script", pane: "w-pane"}[w.style] || "w-utility";
  const make = {swiftdialog: swiftDialog, osascript: appleScript, pane}[w.style] || jamfHelper;
  const id = fresh("w");
  const element = h("div", {
    class: `w ${kind}`, role: act ? "dialog" : "group", "aria-label": w.title, "aria-describedby": id,
    "data-sort": w.sort, "data-number": w.number || null, dir: rightToLeft(w.text) ? "rtl" : null, lang: w.style === "pane" ? "en" : language,
  }, make(w, act, at));
  element.querySelector(".w-text").id = id;
  return element;
}

export const rightToLeft = (text) => /^[^A-Za-z\u00C0-\u024F]*[\u0590-\u08FF]/.test(text);

// overflow says in words what is cut.
export function overflow(w) {
  const o = w.overflow, words = [];
  if (o.heading) words.push("the heading is cut");
  if (o.lines) words.push(`the message has about ${o.lines} lines, and ${state.form.measure.lines} are shown`);
  if (o.labels.length) words.push(`${o.labels.map((l) => `“${l}”`).join(" and ")} ${o.labels.length > 1 ? "do" : "does"} not fit on its button`);
  return words.join("; ");
}

// fit makes a window no wider than there is room for.
export function fit(element, room) {
  element.style.zoom = "";
  const width = element.offsetWidth;
  if (width > room && room > 0) element.style.zoom = String(Math.max(0.2, room / width));
}
