// Export: the files to take away, and the sheet for the people.

import {$, h, later, replace, select} from "./dom.js";
import {state, on, post, choices, refresh, setLogo} from "./state.js";
import {announce} from "./dom.js";
import {drawSheet, paintSheet} from "./sheet.js";

let sheet = null, html = "";

const files = [
  ["/export/yaml", "install-or-defer.yaml", "The administrator’s file (YAML)", "All of it in one file, to keep under version control. Comments of your own are not kept."],
  ["/export/profile", "install-or-defer.mobileconfig", "Configuration profile", "For any management server. It is not signed: install-or-defer profile --sign does that."],
  ["/export/schema", "jamf-schema.json", "Jamf Pro schema", "The form for Application & Custom Settings. It does not depend on your settings."],
  ["/package", "install-or-defer.pkg", "Installer package", "With these settings built in. It is not signed: install-or-defer pkg sign does that."],
];

export function makeExport() {
  $("#view-export").append(h("div", {class: "export"},
    h("div", {},
      h("section", {class: "card", "aria-labelledby": "org-title"}, h("h2", {id: "org-title"}, "Yours"), identity()),
      h("section", {class: "card", "aria-labelledby": "files-title"}, h("h2", {id: "files-title"}, "Files"), h("div", {id: "refused", role: "alert"}),
        h("ul", {class: "files"}, files.filter(([path]) => path !== "/package" || state.form.builds).map(file)))),
    h("section", {class: "card", "aria-labelledby": "sheet-title"}, h("div", {class: "f-head"}, h("h2", {id: "sheet-title"}, "What to expect"),
      h("div", {class: "jumps"}, h("button", {type: "button", id: "sheet-html", onclick: () => save(new Blob([html], {type: "text/html"}), "what-to-expect.html")}, "HTML"),
        h("button", {type: "button", id: "sheet-png", onclick: savePNG}, "PNG"), h("button", {type: "button", onclick: () => window.print()}, "Print"))),
    h("p", {class: "muted"}, "One page for the people, for the announcement mail, in the language of the Mac that is looked at. It says what the simulation showed."),
    h("div", {id: "sheet", class: "sheet-frame"}))));
  noteLogo();
  on("film", () => { $("#refused").replaceChildren(); if (!$("#view-export").hidden) makeSheet(); });
}

export const showExport = () => makeSheet();

function identity() {
  const text = (id, label, name, placeholder) => h("div", {class: "row"}, h("label", {for: id}, label),
    h("input", {type: "text", id, placeholder, value: state[name], spellcheck: "false", "aria-describedby": name === "identifier" ? "identifier-note" : null, oninput: (e) => { state[name] = e.target.value.trim(); refresh(); }}));
  const input = h("input", {type: "file", id: "logo", accept: ".png,image/png", "aria-describedby": "logo-note", onchange: (e) => { pick(e.target.files[0]); e.target.value = ""; }});
  return [
    text("organization", "Organization", "organization", "Example Ltd"),
    text("identifier", "Identifier", "identifier", "com.github.mpanighetti.install-or-defer"),
    h("p", {class: "finding error", id: "identifier-note", role: "alert", hidden: true}),
    h("div", {class: "row"}, h("label", {for: "logo"}, "Logo"), input), h("p", {class: "muted", id: "logo-note", role: "status"}),
    h("div", {class: "jumps"},
      h("button", {type: "button", id: "no-logo", onclick: () => { setLogo(""); noteLogo(); $("#logo").focus(); }}, "Remove the logo"),
      h("button", {type: "button", id: "file-logo", onclick: () => { setLogo(state.form.logo); noteLogo(); $("#logo").focus(); }}, "Use the file’s own"))];
}

// noteLogo says which picture is shown, or what is wrong with the one that was chosen.
function noteLogo(problem = "") {
  const own = state.form.picture ? `The picture of ${state.form.file}: ${state.logo}.` : `${state.form.file} names ${state.logo}, which cannot be shown.`;
  $("#logo-note").textContent = problem || (!state.logo ? "None: Apple’s icon of Software Update is shown on Macs. A drawing stands in for it here."
    : state.picture ? `${state.logo} goes into the package, and the file names it. Keep it beside the file.` : own);
  $("#no-logo").hidden = !state.logo;
  $("#file-logo").hidden = !state.form.logo || (state.logo === state.form.logo && !state.picture);
}

async function pick(picked) {
  if (!picked) return;
  if (picked.size > 4 << 20) { noteLogo("The picture is larger than 4 MiB."); return; }
  const bytes = new Uint8Array(await picked.arrayBuffer());
  if (bytes[0] !== 0x89 || bytes[1] !== 0x50) { noteLogo("That is no PNG picture."); return; }
  let binary = "";
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  setLogo(picked.name, btoa(binary));
  noteLogo();
}

// noteIdentifier says at its field what is wrong with the identifier.
function noteIdentifier(problem) {
  const note = $("#identifier-note");
  note.hidden = !problem;
  note.textContent = problem;
  $("#identifier").setAttribute("aria-invalid", String(Boolean(problem)));
}

function file([path, name, title, text]) {
  const button = h("button", {type: "button", "data-file": name}, "Download");
  button.setAttribute("aria-label", `Download ${title}`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = path === "/package" ? "Building …" : "…";
    $("#refused").replaceChildren();
    try {
      save(await (await post(path, choices())).blob(), name);
      announce(`${name} is downloaded.`);
    } catch (error) {
      $("#refused").replaceChildren(h("p", {class: "finding error"}, `${name} is not made. ${error.message}`), ...(error.findings || []).map((f) => h("p", {class: "finding error"}, f.message)));
    }
    button.disabled = false;
    button.textContent = "Download";
  });
  return h("li", {}, h("div", {}, h("b", {}, title), h("p", {class: "muted"}, text)), button);
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = h("a", {href: url, download: name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 30000);
}

let asked = 0;
const makeSheet = later(60, async () => {
  const mine = ++asked;
  try {
    const told = await (await post("/sheet", choices())).json();
    if (mine !== asked) return;
    ({sheet, html} = told);
    noteIdentifier(told.identifier);
    $("#sheet").replaceChildren(drawSheet(sheet));
    document.documentElement.dataset.sheets = String(mine);
  } catch (error) {
    $("#sheet").replaceChildren(h("p", {class: "finding error"}, error.message));
  }
});

async function savePNG() {
  if (sheet) save(await paintSheet(sheet), "what-to-expect.png");
}
