// Patterns, and the map as SVG: shown at once, on paper, and where there is no WebGL.

const INK = "#1a1a1a", OLD = "#8c1d18";
// strokes of each pattern on a 12 × 12 tile, and dots as [x, y, radius]
const PATTERNS = {
  "plain": ["", []],
  "dots": ["", [[3, 3, 1.1], [9, 9, 1.1]]],
  "diagonal": ["M-3 9L9 -3M3 15L15 3", []],
  "antidiagonal": ["M-3 3L9 15M3 -3L15 9", []],
  "horizontal": ["M0 3H12M0 9H12", []],
  "vertical": ["M3 0V12M9 0V12", []],
  "cross": ["M0 12L12 0M0 0L12 12", []],
  "rings": ["M8 6A2 2 0 1 1 4 6A2 2 0 1 1 8 6", []],
  "dense dots": ["", [[2, 2, 1], [6, 6, 1], [10, 10, 1], [10, 2, 1], [2, 10, 1]]],
  "dense diagonal": ["M-3 6L6 -3M-1 10L10 -1M3 13L13 3M7 14L14 7", []],
  "dense antidiagonal": ["M-3 6L6 15M-1 2L10 13M3 -1L13 9M7 -2L14 5", []],
  "dense horizontal": ["M0 2H12M0 5H12M0 8H12M0 11H12", []],
};

function patternSvg(id, fill, name, scale = 1) {
  const [path, dots] = PATTERNS[name];
  const circles = dots.map(([x, y, r]) => `<circle cx="${x}" cy="${y}" r="${r}" fill="#000" fill-opacity=".45"/>`).join("");
  return `<pattern id="${id}" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="scale(${scale})">` +
    `<rect width="12" height="12" fill="${fill}"/>` +
    (path ? `<path d="${path}" fill="none" stroke="#000" stroke-opacity=".4" stroke-width=".8"/>` : "") +
    circles + "</pattern>";
}

let drawings = 0;

class Projection {
  constructor(box) {
    this.box = box;
    this.shrink = Math.cos((((box[1] + box[3]) / 2) * Math.PI) / 180);
    this.scale = 1000 / ((box[2] - box[0]) * this.shrink);
    this.width = 1000;
    this.height = (box[3] - box[1]) * this.scale;
  }
  xy([lon, lat]) {
    return [(lon - this.box[0]) * this.shrink * this.scale, (this.box[3] - lat) * this.scale];
  }
  lonLat(x, y) {
    return [this.box[0] + x / this.scale / this.shrink, this.box[3] - y / this.scale];
  }
}

// All there is to see of a level, with room for the discs of schools at the edge.
function wholeView(projection, level) {
  const [west, south, east, north] = level.frame;
  const [x0, y0] = projection.xy([west, north]), [x1, y1] = projection.xy([east, south]);
  const margin = 0.03 * Math.max(x1 - x0, y1 - y0);
  return [x0 - margin, y0 - margin, x1 - x0 + 2 * margin, y1 - y0 + 2 * margin];
}

function pathOf(projection, shape) {
  let path = "";
  for (const rings of shape) for (const ring of rings) path += linePath(projection, ring) + "Z";
  return path;
}

function linePath(projection, line) {
  let path = "";
  line.forEach((point, at) => {
    const [x, y] = projection.xy(point);
    path += (at ? "L" : "M") + x.toFixed(1) + " " + y.toFixed(1);
  });
  return path;
}

const LINE_STYLE = {
  river: ["#a9cfe6", 3], highway: ["#b3541e", 1.6], road: ["#8a8a8a", 1.1], rail: ["#6b6b6b", 0.8],
  street: ["#a3a3a3", 0.45], other: ["#9a9a9a", 0.6],
};

// Draws one view ("" today, "A" an option, ">A" what changes) as the inside of an <svg>.
function viewSvg(data, level, view, unit) {
  const id = "d" + ++drawings;
  const p = data.projection;
  const isChange = view.startsWith(">");
  const option = isChange ? view.slice(1) : view;
  const zones = level.shapes[option];
  const used = new Set(zones.map((zone) => level.owners[zone.owner].swatch));
  let defs = "", body = "";
  for (const at of used) {
    const [fill, palest, name] = data.patterns[at];
    defs += patternSvg(`${id}p${at}`, fill, name, unit);
    if (isChange) defs += patternSvg(`${id}q${at}`, palest, "plain", unit);
  }
  for (const [kind, path] of Object.entries(data.waters)) body += `<path d="${path}" fill="${LINE_STYLE[kind][0]}"/>`;
  for (const zone of zones)
    body += `<path d="${zone.path}" fill="url(#${id}${isChange ? "q" : "p"}${level.owners[zone.owner].swatch})" fill-rule="evenodd"/>`;
  const moved = isChange ? level.changed[option] : [];
  for (const area of moved)
    body += `<path d="${area.path}" fill="url(#${id}p${level.owners[area.after].swatch})" fill-rule="evenodd"/>`;
  for (const [kind, lines] of Object.entries(data.drawn)) {
    const [colour, width] = LINE_STYLE[kind];
    body += `<path d="${lines}" fill="none" stroke="${colour}" stroke-width="${width * unit}"/>`;
  }
  moved.forEach((area, at) => { // a dark frame along the inside
    defs += `<clipPath id="${id}f${at}"><path d="${area.path}" clip-rule="evenodd"/></clipPath>`;
    body += `<path d="${area.path}" clip-path="url(#${id}f${at})" fill="none" stroke="${INK}" stroke-width="${5.2 * unit}"/>`;
  });
  const borders = zones.map((zone) => zone.path).join("");
  if (isChange) {
    const old = level.shapes[""].map((zone) => zone.path).join("");
    body += `<path d="${old}" fill="none" stroke="#fff" stroke-width="${3.2 * unit}"/>` +
      `<path d="${old}" fill="none" stroke="${OLD}" stroke-width="${1.7 * unit}" stroke-dasharray="${6 * unit} ${4 * unit}"/>`;
  }
  body += `<path d="${borders}" fill="none" stroke="#fff" stroke-width="${3 * unit}" stroke-linejoin="round"/>` +
    `<path d="${borders}" fill="none" stroke="${INK}" stroke-width="${1.3 * unit}" stroke-linejoin="round"/>`;
  return `<defs>${defs}</defs>${body}${labelsSvg(data, level, view, unit)}`;
}

// The name on the map of a zone's school; of each school with its grades where they share it.
function shortName(level, option, owner) {
  return level.shared[option][owner]?.short.join("\n") ?? level.owners[owner].short;
}

// Areas with a number: those that change, with the new school's, or pieces of a zone apart from it.
function numberedAreas(level, view) {
  const numbered = (area, text) => ({ ...area, text, need: 8 + 3.5 * text.length }); // room in pixels
  if (view.startsWith(">"))
    return level.changed[view.slice(1)].map((area) => numbered(area, "→ " + level.owners[area.after].numbers));
  return level.shapes[view].flatMap((zone) => {
    const { schools, numbers } = level.owners[zone.owner];
    const told = [zone, ...level.placed[view].filter((school) => schools.includes(school.id))];
    const apart = zone.pieces.filter((piece) => !told.some(({ lon, lat }) => insideShape(piece.shape, lon, lat)));
    return apart.map((piece) => numbered(piece, numbers));
  });
}

const CLOSED = "#ddd";

// A school as a disc with its number, crossed out behind it where it serves no zone.
function markSvg(x, y, number, serves, unit) {
  const r = 9 * unit, fill = serves ? "#fff" : CLOSED, at = (v) => v.toFixed(1);
  const cross = `<path d="M${at(x - r)} ${at(y - r)}L${at(x + r)} ${at(y + r)}M${at(x - r)} ${at(y + r)}L${at(x + r)} ${at(y - r)}" stroke="${INK}" stroke-width="${1.4 * unit}"/>`;
  return `<g><circle cx="${at(x)}" cy="${at(y)}" r="${r}" fill="${fill}" stroke="${INK}" stroke-width="${1.2 * unit}"/>${serves ? "" : cross}` +
    `<text x="${at(x)}" y="${at(y + 4 * unit)}" font-size="${11 * unit}" text-anchor="middle" style="paint-order:stroke" stroke="${fill}" stroke-width="${3 * unit}">${number}</text></g>`;
}

// Schools as numbered discs; names where they have room at this scale.
function labelsSvg(data, level, view, unit) {
  const option = view.replace(">", "");
  const taken = [], size = 13 * unit;
  const free = (box) => taken.every((b) => box[2] < b[0] || box[0] > b[2] || box[3] < b[1] || box[1] > b[3]);
  let marks = "", names = "";
  const serving = new Set(level.shapes[option].flatMap((zone) => level.owners[zone.owner].schools));
  for (const school of level.placed[option]) {
    const [x, y] = data.projection.xy([school.lon, school.lat]);
    const r = 9 * unit;
    taken.push([x - r, y - r, x + r, y + r]);
    marks += markSvg(x, y, school.number, !serving.size || serving.has(school.id), unit);
  }
  const write = (text, spots) => {
    const lines = text.split("\n");
    const half = (Math.max(...lines.map((line) => line.length)) * size * 0.6) / 2, tall = size * 0.65 * lines.length;
    for (const [x, y] of spots) {
      const box = [x - half, y - tall, x + half, y + tall];
      if (!free(box)) continue;
      taken.push(box);
      lines.forEach((line, at) => {
        const down = y + size * (0.35 + 1.15 * (at - (lines.length - 1) / 2));
        names += `<text x="${x.toFixed(1)}" y="${down.toFixed(1)}" font-size="${size}" text-anchor="middle">${escapeHtml(line)}</text>`;
      });
      return;
    }
  };
  for (const area of numberedAreas(level, view)) {
    if (area.room < area.need * unit) continue;
    const [ax, ay] = area.middle, step = Math.min(area.room / 3, 24 * unit);
    write(area.text, [[ax, ay], [ax, ay - step], [ax, ay + step], [ax - step, ay], [ax + step, ay]]);
  }
  for (const zone of level.shapes[option]) {
    const owner = level.owners[zone.owner];
    const [x, y] = data.projection.xy([zone.lon, zone.lat]);
    const name = shortName(level, option, zone.owner);
    const half = (Math.max(...name.split("\n").map((line) => line.length)) * size * 0.6) / 2;
    if (half * 2 > zone.width * 1.15 && unit > 0.3) continue;
    const school = level.placed[option].find((s) => s.id === owner.schools[0]);
    const spots = [[x, y], [x, y - 1.6 * size], [x, y + 1.6 * size]];
    if (school && insideShape(zone.shape, school.lon, school.lat)) {
      const [sx, sy] = data.projection.xy([school.lon, school.lat]);
      spots.unshift([sx, sy + 18 * unit], [sx, sy - 18 * unit], [sx + half + 13 * unit, sy], [sx - half - 13 * unit, sy]);
    }
    write(name, spots);
  }
  return `<g class="names" style="paint-order:stroke;stroke-linejoin:round" stroke="#fff" stroke-width="${3 * unit}" font-weight="700" fill="${INK}" font-family="system-ui,sans-serif">${names}</g>` +
    `<g font-weight="700" fill="${INK}" font-family="system-ui,sans-serif">${marks}</g>`;
}
