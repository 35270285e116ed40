// Small helpers to build the page. Texts only ever become text nodes.

export const $ = (selector, root = document) => root.querySelector(selector);

// h makes an element: h("button", {class: "x", onclick: f}, "text", child).
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

let ids = 0;
export const fresh = (stem) => `${stem}-${++ids}`;

// replace gives an element other children, and keeps the focus on what has the same data-key.
export function replace(element, ...children) {
  const key = document.activeElement?.dataset?.key;
  const had = key && element.contains(document.activeElement);
  element.replaceChildren(...children.flat().filter(Boolean));
  if (had) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({preventScroll: true});
}

let pending;
// announce tells who cannot see the page what has changed. Of many changes in a row, the last.
export function announce(text) {
  clearTimeout(pending);
  pending = setTimeout(() => { $("#live").textContent = text; }, 250);
}

// select makes a menu with its label.
export function select(label, options, value, onchange, key) {
  const id = fresh("s");
  return h("div", {class: "row"}, h("label", {for: id}, label),
    h("select", {id, "data-key": key || label, onchange: (e) => onchange(e.target.value)},
      options.map(([v, text, disabled]) => h("option", {value: v, selected: v === value, disabled}, text))));
}

export function tick(label, checked, onchange, key) {
  return h("label", {class: "tick"}, h("input", {type: "checkbox", checked, "data-key": key || label, onchange: (e) => onchange(e.target.checked)}), label);
}

// later calls a function once things are quiet.
export function later(wait, f) {
  let timer;
  return (...args) => { clearTimeout(timer); timer = setTimeout(() => f(...args), wait); };
}
