// Puts the page together.

import {$, h, announce} from "./dom.js";
import {state, begin, refresh, banner, go, trouble, unlock, get, post, showLogo} from "./state.js";
import {makeDesk, makeStands} from "./desk.js";
import {makeTimeline} from "./timeline.js";
import {makeForm, makeScene, first} from "./form.js";
import {makeMessages, showMessages, showMessage} from "./messages.js";
import {makeExport, showExport} from "./export.js";

const views = ["play", "messages", "export"];

function show(view, focus = false) {
  for (const v of views) {
    const tab = $("#tab-" + v), on = v === view;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    $("#view-" + v).hidden = !on;
    if (on && focus) tab.focus();
  }
  if (view === "messages") showMessages();
  if (view === "export") showExport();
}

function makeTabs() {
  views.forEach((v, i) => {
    const tab = $("#tab-" + v);
    tab.addEventListener("click", () => show(v));
    tab.addEventListener("keydown", (e) => {
      const to = {ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: views.length - 1}[e.key];
      if (to === undefined) return;
      e.preventDefault();
      show(views[(to + views.length) % views.length], true);
    });
  });
  $("#lint").addEventListener("click", () => first(show, showMessage));
}

async function start() {
  history.replaceState(null, "", "/"); // the token in the address is used up
  unlock();
  const response = await get("/form");
  if (!response.ok) { trouble(await response.text()); return; }
  begin(await response.json());
  $("#file").textContent = state.form.file || "All settings at their defaults";
  banner();
  makeTabs();
  makeDesk();
  makeStands();
  makeTimeline();
  makeScene();
  makeForm();
  makeMessages();
  makeExport();
  await showLogo();
  await refresh(() => {
    const prompt = state.film.windows.find((w) => w.on);
    if (prompt) state.t = prompt.from;
  });
  document.documentElement.dataset.ready = "yes";
  setInterval(() => { post("/alive", {}).catch(() => {}); }, 60000);
}

start().catch((error) => trouble(String(error.message || error)));
