// The sheet for the people: as part of the page, and painted as a picture.

import {h} from "./dom.js";

export function drawSheet(s) {
  return h("article", {class: "sheet", lang: s.language, dir: s.right ? "rtl" : null},
    h("header", {}, s.logo ? h("img", {src: s.logo, alt: "", width: 56, height: 56}) : null,
      h("div", {}, s.organization ? h("p", {class: "sheet-org"}, s.organization) : null, h("h3", {class: "sheet-title"}, s.title))),
    h("p", {class: "sheet-intro"}, s.intro),
    h("ol", {}, s.steps.map((step) => h("li", {}, h("div", {}, h("h4", {}, step.title), h("p", {}, step.text)),
      step.window ? h("figure", {}, h("div", {class: "sheet-window"}, h("p", {class: "sheet-bar"}, step.window.title), h("p", {class: "sheet-text"}, step.window.text),
        h("p", {class: "sheet-buttons"}, step.window.buttons.map((b) => h("span", {}, b)))), h("figcaption", {}, s.example)) : null))),
    h("section", {class: "sheet-tips"}, h("h4", {}, s.tips_title), h("ul", {}, s.tips.map((t) => h("li", {}, t)))),
    h("footer", {}, s.contact));
}

const width = 1240, least = 1754, margin = 96; // A4 at 150 dots an inch
const font = (size, weight = 400) => `${weight} ${size}px -apple-system, "SF Pro Text", "Segoe UI", Inter, system-ui, "Helvetica Neue", Arial, sans-serif`;

// paintSheet paints the sheet and gives back a PNG. Text is broken where the language allows it.
export async function paintSheet(s) {
  const canvas = h("canvas", {width, height: 8});
  const probe = painter(canvas.getContext("2d"), s, false, await logoOf(s));
  const height = Math.max(least, Math.ceil(probe.all()));
  canvas.height = height; // which wipes it
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  painter(context, s, true, await logoOf(s)).all();
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

async function logoOf(s) {
  if (!s.logo) return null;
  const image = new Image();
  image.src = s.logo;
  try { await image.decode(); return image; } catch { return null; }
}

function painter(c, s, paints, logo) {
  const words = new Intl.Segmenter(s.language, {granularity: "word"});
  c.direction = s.right ? "rtl" : "ltr";
  c.textBaseline = "alphabetic";

  const lines = (text, size, weight, room) => {
    c.font = font(size, weight);
    return text.split("\n").flatMap((row) => {
      const list = [];
      let line = "";
      for (const {segment, isWordLike} of words.segment(row)) {
        const stays = !isWordLike && segment.trim() !== ""; // a sign does not begin a line
        if (line && !stays && segment.trim() && c.measureText(line + segment).width > room) { list.push(line.trimEnd()); line = ""; }
        line += line === "" ? segment.trimStart() : segment;
      }
      return [...list, line];
    });
  };
  const write = (text, x, y, {size, weight = 400, room, color = "#1d1d1f", gap = 1.42}) => {
    for (const line of lines(text, size, weight, room)) {
      y += size * gap;
      if (!paints) continue;
      c.font = font(size, weight);
      c.fillStyle = color;
      c.textAlign = s.right ? "right" : "left";
      c.fillText(line, s.right ? width - x : x, y - size * 0.3);
    }
    return y;
  };
  const box = (x, y, w, hgt, radius, fill, stroke) => {
    if (!paints) return;
    c.beginPath();
    c.roundRect(s.right ? width - x - w : x, y, w, hgt, radius);
    c.fillStyle = fill;
    c.fill();
    if (stroke) { c.strokeStyle = stroke; c.lineWidth = 1.5; c.stroke(); }
  };
  const picture = (w, x, y, room) => { // the window, as a sketch
    const inner = room - 56, top = y;
    const paint = (on) => {
      let at = top + 20;
      const was = paints;
      paints = on;
      at = write(w.title, x + 28, at, {size: 19, weight: 600, room: inner}) + 10;
      at = write(w.text, x + 28, at, {size: 17, room: inner, color: "#3a3a3c"}) + 18;
      c.font = font(17);
      let right = x + room - 28;
      for (const label of w.buttons) {
        const wide = c.measureText(label).width + 40;
        right -= wide;
        box(right, at, wide, 36, 8, "#ffffff", "#c7c7cc");
        if (paints) { c.fillStyle = "#1d1d1f"; c.textAlign = "center"; c.fillText(label, s.right ? width - right - wide / 2 : right + wide / 2, at + 24); }
        right -= 12;
      }
      at += w.buttons.length ? 36 : 0;
      paints = was;
      return at + 24;
    };
    const end = paint(false);
    box(x, top, room, end - top, 14, "#f2f2f4", "#d2d2d7");
    if (paints) paint(true);
    return end;
  };
  return {all() {
    const room = width - 2 * margin;
    let y = margin;
    const at = logo ? margin + 108 : margin;
    if (logo && paints) c.drawImage(logo, s.right ? width - margin - 84 : margin, y, 84, 84);
    const top = y;
    if (s.organization) y = write(s.organization, at, y, {size: 22, room: room - (at - margin), color: "#6e6e73"});
    y = write(s.title, at, y, {size: 42, weight: 700, room: room - (at - margin), gap: 1.2});
    y = Math.max(y, logo ? top + 84 : y) + 20;
    y = write(s.intro, margin, y, {size: 25, room, color: "#424245"}) + 34;
    s.steps.forEach((step, i) => {
      box(margin, y + 6, 44, 44, 22, "#0066cc");
      if (paints) { c.fillStyle = "#ffffff"; c.textAlign = "center"; c.font = font(23, 600); c.fillText(String(i + 1), s.right ? width - margin - 22 : margin + 22, y + 36); }
      y = write(step.title, margin + 66, y + 4, {size: 27, weight: 600, room: room - 66}) + 4;
      y = write(step.text, margin + 66, y, {size: 22, room: room - 66, color: "#3a3a3c"}) + 16;
      if (step.window) y = write(s.example, margin + 66, picture(step.window, margin + 66, y, Math.min(room - 66, 720)) + 4, {size: 18, room: room - 66, color: "#5f5f66"}) + 10;
      y += 16;
    });
    y = write(s.tips_title, margin, y + 8, {size: 25, weight: 600, room}) + 6;
    for (const tip of s.tips) y = write("•  " + tip, margin, y, {size: 22, room, color: "#3a3a3c"}) + 4;
    y = write(s.contact, margin, y + 28, {size: 22, weight: 600, room});
    return y + margin;
  }};
}
