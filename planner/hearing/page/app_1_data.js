// Reading the packed data, languages, numbers.
"use strict";

const $ = (query, root = document) => root.querySelector(query);
const $$ = (query, root = document) => [...root.querySelectorAll(query)];
const escapeHtml = (text) =>
  String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

async function inflate(id) {
  const bytes = Uint8Array.from(atob($("#" + id).textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function readData(id) {
  return JSON.parse(new TextDecoder().decode(await inflate(id)));
}

// A ring or line is x0, y0, dx, dy, dx, dy … in steps of 1e-5 degrees.
function unpackLine(flat, step) {
  const points = [];
  let x = 0, y = 0;
  for (let at = 0; at < flat.length; at += 2) {
    x += flat[at];
    y += flat[at + 1];
    points.push([x * step, y * step]);
  }
  return points;
}

function unpackShape(polygons, step) {
  return polygons.map((rings) => rings.map((ring) => {
    const points = unpackLine(ring, step);
    points.push(points[0]);
    return points;
  }));
}

function boundsOf(shapes) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const shape of shapes) for (const rings of shape) for (const [x, y] of rings[0]) {
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }
  return box;
}

function insideShape(shape, x, y) {
  let inside = false;
  for (const rings of shape) for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i], [xj, yj] = ring[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}

// Finds the block under a point with a grid of boxes.
function blockFinder(shapes, box) {
  const side = Math.max(8, Math.ceil(Math.sqrt(shapes.length)));
  const cells = new Map();
  const column = (x) => Math.floor(((x - box[0]) / (box[2] - box[0])) * side);
  const row = (y) => Math.floor(((y - box[1]) / (box[3] - box[1])) * side);
  shapes.forEach((shape, number) => {
    if (!shape.length) return;
    const b = boundsOf([shape]);
    for (let c = column(b[0]); c <= column(b[2]); c++)
      for (let r = row(b[1]); r <= row(b[3]); r++) {
        const key = c * 100003 + r;
        if (!cells.has(key)) cells.set(key, []);
        cells.get(key).push(number);
      }
  });
  return (x, y) =>
    (cells.get(column(x) * 100003 + row(y)) || []).find((n) => insideShape(shapes[n], x, y)) ?? -1;
}

const Texts = {
  all: {}, lang: "en",
  t(key, fields = {}) {
    const text = Texts.all[Texts.lang][key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? fields[name] : whole));
  },
  plural(key, n) {
    return Texts.t(key + (n === 1 ? "_one" : "_many"), { n: Texts.number(n) });
  },
  number(value, digits = 0) {
    const [whole, rest] = Math.abs(value).toFixed(digits).split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, Texts.t("number.thousands"));
    return (value < 0 ? "−" : "") + grouped + (rest ? Texts.t("number.decimal") + rest : "");
  },
  miles(metres) {
    const km = Texts.t("number.km", { n: Texts.number(metres / 1000, 1) });
    return `${Texts.t("number.miles", { n: Texts.number(metres / 1609.344, 1) })} / ${km}`;
  },
};
const t = Texts.t;
