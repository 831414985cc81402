// Give blocks to schools by hand, with totals that follow.  Nothing is sent anywhere.
"use strict";

const $ = (query) => document.querySelector(query);
const UNKNOWN_WAY = 65535;
const NONE = -1;
const number = (value, decimals = 0) =>
  value === null || Number.isNaN(value) ? "–" : value.toLocaleString("en-US",
    { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

let data, level, view, chosen = 0, stroke = null, dragged = null, borders = [], unsaved = false;
const levels = new Map();

// --- data ---------------------------------------------------------------------------------------

async function readData() {
  const bytes = Uint8Array.from(atob($("#data").textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function decode(text, Kind) {
  return text === null ? null : new Kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

function readLevel(raw) {
  const n = raw.begin.length, near = Array.from({ length: n }, () => []);
  for (let at = 0; at < raw.edges.length; at += 2) {
    near[raw.edges[at]].push(raw.edges[at + 1]);
    near[raw.edges[at + 1]].push(raw.edges[at]);
  }
  return {
    ...raw, n, m: raw.zones.length, near, zone: Int32Array.from(raw.begin),
    ways: decode(raw.ways, Uint16Array), moved: decode(raw.moved, Float32Array),
    done: [], undone: [], locked: new Set(),
  };
}

// Each side of two blocks' common border, once: x1, y1, x2, y2, block, other block.
function findBorders(outlines) {
  const seen = new Map(), found = [];
  outlines.forEach((rings, block) => rings.forEach((ring) => {
    for (let at = 0; at + 3 < ring.length; at += 2) {
      const a = `${ring[at]},${ring[at + 1]}`, b = `${ring[at + 2]},${ring[at + 3]}`;
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      if (seen.has(key)) found.push([...ring.slice(at, at + 4), seen.get(key), block]);
      else seen.set(key, block);
    }
  }));
  return found;
}

// --- counting -----------------------------------------------------------------------------------

const sumBy = (zone, counts) => {
  const sums = new Array(level.m).fill(0);
  zone.forEach((z, b) => {
    if (z >= 0) sums[z] = counts[b] === null || sums[z] === null ? null : sums[z] + counts[b];
  });
  return sums;
};

// How many of a group would have to change school for even shares: 1/2 sum |a/A - b/B|.
function dissimilarity(group, all) {
  if ([...group, ...all].includes(null)) return null;
  const rest = all.map((count, z) => count - group[z]);
  const [sizeGroup, sizeRest] = [group, rest].map((list) => list.reduce((a, b) => a + b, 0));
  if (sizeGroup <= 0 || sizeRest <= 0) return null;
  return group.reduce((sum, g, z) => sum + Math.abs(g / sizeGroup - rest[z] / sizeRest), 0) / 2;
}

// Blocks that no way inside their zone leads to the block it grows from, in parts.
function detachedParts(zone) {
  const reached = new Uint8Array(level.n), parts = [];
  const flood = (start) => {
    const part = [start];
    reached[start] = 1;
    for (let at = 0; at < part.length; at++) {
      for (const b of level.near[part[at]]) {
        if (!reached[b] && zone[b] === zone[start]) { reached[b] = 1; part.push(b); }
      }
    }
    return part;
  };
  level.zones.forEach(({ root }, z) => { if (zone[root] === z) flood(root); });
  for (let b = 0; b < level.n; b++) if (!reached[b] && zone[b] >= 0) parts.push(flood(b));
  return parts;
}

function studentsMoved(zone) {
  let sum = 0;
  for (let b = 0; b < level.n; b++) {
    if (zone[b] < 0) continue;
    if (level.moved) sum += level.moved[b * level.m + zone[b]];
    else if (level.today[b] !== -2 && level.today[b] !== zone[b]) sum += level.students[b];
  }
  return sum;
}

function meanWay(zone) {
  let metres = 0, students = 0;
  for (let b = 0; b < level.n; b++) {
    const step = zone[b] < 0 ? UNKNOWN_WAY : level.ways[b * level.m + zone[b]];
    if (step === UNKNOWN_WAY) continue;
    metres += step * data.way_step_m * level.students[b];
    students += level.students[b];
  }
  return students > 0 ? metres / students / 1000 : null;
}

function totalsOf(zone) {
  const all = sumBy(zone, level.students);
  const seats = level.zones.map((one) => one.seats);
  const over = all.map((count, z) => (seats[z] === null ? null : Math.max(0, count - seats[z])));
  const rows = [
    ["Students who change school, against today", studentsMoved(zone), 0],
    ["Blocks that differ from the start", zone.filter((z, b) => z !== level.begin[b]).length, 0],
    ["Detached parts of zones", detachedParts(zone).length, 0],
    ["Blocks without a school", zone.filter((z) => z < 0).length, 0],
    ["Schools over their seats", over.includes(null) ? null : over.filter((o) => o > 1e-6).length, 0],
    ["Students over seats", over.includes(null) ? null : over.reduce((a, b) => a + b, 0), 0],
    ["Way to school, mean [km]", meanWay(zone), 2],
  ];
  for (const [name, counts] of Object.entries(level.counts)) {
    rows.push([`Dissimilarity, ${plain(name)} [index]`, dissimilarity(sumBy(zone, counts), all), 3]);
  }
  return rows;
}

const plain = (measure) => measure.replace(/^group:/, "");

// --- edits --------------------------------------------------------------------------------------

function give(blocks, zone) {
  const step = blocks
    .filter((b) => level.zone[b] !== zone && !level.locked.has(level.zone[b]) && !level.locked.has(zone))
    .map((b) => [b, level.zone[b], zone]);
  step.forEach(([b]) => { level.zone[b] = zone; });
  return step;
}

function keep(step) {
  if (!step.length) return;
  level.done.push(step);
  level.undone = [];
  unsaved = true;
  tellStep(step);
  show();
}

function turn(from, to, back) {
  const step = from.pop();
  if (!step) return;
  for (const [b, before, after] of step) level.zone[b] = back ? before : after;
  to.push(step);
  unsaved = true;
  say(`${back ? "Undone" : "Done again"}: ${blocksOf(step.length)}.`);
  show();
}

const blocksOf = (count) => `${count} block${count === 1 ? "" : "s"}`;

const say = (text) => { $("#news").textContent = text; };

function tellStep(step) {
  const zone = step[0][2], name = level.zones[zone].name, size = sumBy(level.zone, level.students)[zone];
  const seats = level.zones[zone].seats;
  const full = seats ? `, ${number((100 * size) / seats, 1)} % of its seats` : "";
  const what = step.length > 1 ? `${step.length} blocks` : `Block ${data.blocks[step[0][0]]}`;
  say(`${what} to ${name}: ${number(size)} students${full}.`);
}

// --- tables -------------------------------------------------------------------------------------

function cell(row, text, kind = "td", className = "") {
  const one = document.createElement(kind);
  one.textContent = text;
  if (className) one.className = className;
  row.append(one);
  return one;
}

function showTotals() {
  const before = totalsOf(Int32Array.from(level.begin)), now = totalsOf(level.zone);
  $("#totals tbody").replaceChildren(...now.map(([name, value, decimals], at) => {
    const row = document.createElement("tr");
    cell(row, name, "th").scope = "row";
    cell(row, number(before[at][1], decimals));
    cell(row, number(value, decimals));
    return row;
  }));
}

function showZones() {
  const first = $("#measure").value;
  $("#share_head").textContent = first ? `% ${plain(first)}` : "share";
  const before = sumBy(Int32Array.from(level.begin), level.students);
  const now = sumBy(level.zone, level.students);
  const part = first ? sumBy(level.zone, level.counts[first]) : null;
  $("#zones tbody").replaceChildren(...level.zones.map((zone, z) => {
    const row = document.createElement("tr");
    const head = cell(row, "", "th", "zone");
    head.scope = "row";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = zone.short;
    button.title = zone.name;
    button.dataset.zone = z;
    button.style.setProperty("--fill", zone.fill);
    button.setAttribute("aria-pressed", String(z === chosen));
    head.append(button);
    const use = zone.seats > 0 ? now[z] / zone.seats : null, isFull = zone.seats !== null && now[z] > zone.seats + 1e-6;
    cell(row, number(now[z]));
    cell(row, number(before[z]));
    cell(row, number(zone.seats));
    cell(row, use === null ? "–" : `${number(100 * use, 1)}${isFull ? " ▲" : ""}`, "td", isFull ? "full" : "");
    cell(row, part && part[z] !== null && now[z] > 0 ? number((100 * part[z]) / now[z], 1) : "–");
    const lock = document.createElement("input");
    lock.type = "checkbox";
    lock.checked = level.locked.has(z);
    lock.dataset.lock = z;
    lock.setAttribute("aria-label", `Lock the zone of ${zone.name}`);
    cell(row, "").append(lock);
    return row;
  }));
}

function show() {
  const focused = document.activeElement?.dataset ?? {};
  const again = Object.keys(focused).map((key) => `[data-${key}="${focused[key]}"]`)[0];
  showTotals();
  showZones();
  if (again) $(`#zones ${again}`)?.focus();
  $("#undo").disabled = !level.done.length;
  $("#redo").disabled = !level.undone.length;
  draw();
}

// --- the map ------------------------------------------------------------------------------------

const canvas = $("#map"), ink = canvas.getContext("2d");

function wholeMap() {
  const [wide, high] = data.size, box = canvas.getBoundingClientRect();
  const scale = 0.96 * Math.min(box.width / wide, box.height / high);
  view = { scale, x: (box.width - wide * scale) / 2, y: (box.height - high * scale) / 2 };
}

const across = (x) => view.x + x * view.scale;
const down = (y) => view.y + (data.size[1] - y) * view.scale;

function zoom(factor, x, y) {
  view.x = x - (x - view.x) * factor;
  view.y = y - (y - view.y) * factor;
  view.scale *= factor;
  draw();
}

function draw() {
  const box = canvas.getBoundingClientRect(), dots = window.devicePixelRatio || 1;
  canvas.width = Math.round(box.width * dots);
  canvas.height = Math.round(box.height * dots);
  ink.setTransform(dots, 0, 0, dots, 0, 0);
  ink.clearRect(0, 0, box.width, box.height);
  ink.lineWidth = 0.5;
  ink.strokeStyle = "#00000040";
  data.outlines.forEach((rings, b) => {
    const z = level.zone[b];
    ink.fillStyle = z < 0 ? "#ffffff" : level.zones[z].fill;
    trace(rings);
    ink.fill("evenodd");
    ink.stroke();
  });
  drawBorders();
  drawMarks();
}

function trace(rings) {
  ink.beginPath();
  for (const ring of rings) {
    ink.moveTo(across(ring[0]), down(ring[1]));
    for (let at = 2; at < ring.length; at += 2) ink.lineTo(across(ring[at]), down(ring[at + 1]));
    ink.closePath();
  }
}

function drawBorders() {
  ink.lineWidth = 2;
  ink.strokeStyle = "#1a1a1a";
  ink.beginPath();
  for (const [x1, y1, x2, y2, a, b] of borders) {
    if (level.zone[a] === level.zone[b]) continue;
    ink.moveTo(across(x1), down(y1));
    ink.lineTo(across(x2), down(y2));
  }
  ink.stroke();
  ink.lineWidth = 3;
  ink.setLineDash([5, 4]);
  ink.strokeStyle = "#8c1d18";
  for (const b of detachedParts(level.zone).flat()) { trace(data.outlines[b]); ink.stroke(); }
  ink.setLineDash([]);
}

function drawMarks() {
  ink.fillStyle = "#1a1a1a";
  data.outlines.forEach((rings, b) => {  // a dot in every block that differs from the start
    if (level.zone[b] === level.begin[b]) return;
    const [x, y] = data.centres[b];
    ink.beginPath();
    ink.arc(across(x), down(y), 3, 0, 7);
    ink.fill();
  });
  ink.font = "12px system-ui, sans-serif";
  ink.textAlign = "center";
  level.zones.forEach((zone, z) => {
    const [x, y] = [across(zone.at[0]), down(zone.at[1])];
    ink.beginPath();
    ink.arc(x, y, z === chosen ? 8 : 6, 0, 7);
    ink.fillStyle = z === chosen ? "#0b4f79" : "#ffffff";
    ink.fill();
    ink.lineWidth = 2;
    ink.strokeStyle = "#1a1a1a";
    ink.stroke();
  });
  drawNames();
}

// Names that would cover another one are left out; the chosen school's comes first.
function drawNames() {
  const taken = [], order = [chosen, ...level.zones.keys()];
  ink.lineWidth = 3;
  ink.strokeStyle = "#ffffffd0";
  ink.fillStyle = "#1a1a1a";
  for (const z of order.filter((z, at) => order.indexOf(z) === at)) {
    const { short, at } = level.zones[z], [x, y] = [across(at[0]), down(at[1]) - 11];
    const half = ink.measureText(short).width / 2 + 2;
    if (taken.some(([tx, ty, wide]) => Math.abs(tx - x) < wide + half && Math.abs(ty - y) < 14)) continue;
    taken.push([x, y, half]);
    ink.strokeText(short, x, y);
    ink.fillText(short, x, y);
  }
}

function blockAt(x, y) {
  const [mx, my] = [(x - view.x) / view.scale, data.size[1] - (y - view.y) / view.scale];
  return data.boxes.findIndex(([west, south, east, north], b) =>
    mx >= west && mx <= east && my >= south && my <= north && isInside(data.outlines[b], mx, my));
}

function isInside(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let at = 0; at + 3 < ring.length; at += 2) {
      const [x1, y1, x2, y2] = ring.slice(at, at + 4);
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}

function goTo(block) {
  const [x, y] = data.centres[block], box = canvas.getBoundingClientRect();
  view.scale = Math.max(view.scale, (4 * box.width) / data.size[0]);
  view.x = box.width / 2 - x * view.scale;
  view.y = box.height / 2 - (data.size[1] - y) * view.scale;
  draw();
  tellBlock(block);
}

function tellBlock(b) {
  const z = level.zone[b];
  say(`Block ${data.blocks[b]}: ${number(level.students[b])} students, ${z < 0 ? "no school" : level.zones[z].name}.`);
  $("#block").value = data.blocks[b];
}

// --- files --------------------------------------------------------------------------------------

const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

function planText() {
  const lines = ["block_id,level,school_id,grade_low,grade_high"];
  for (const one of levels.values()) {
    one.zone.forEach((z, b) => {
      if (z < 0) return;
      for (const row of one.zones[z].rows) lines.push([data.blocks[b], one.id, ...row].map(quoted).join(","));
    });
  }
  return lines.join("\n") + "\n";
}

function savePlan() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([planText()], { type: "text/csv" }));
  link.download = "plan.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  unsaved = false;
  say("Saved: plan.csv is where your browser puts downloads.");
}

function cellsOf(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => (m[1] ?? m[2]).replace(/""/g, '"'));
}

function openPlan(text) {
  const [head, ...rows] = text.replace(/^\uFEFF/, "").split(/\r?\n/).filter((line) => line).map(cellsOf);
  const at = Object.fromEntries((head ?? []).map((name, column) => [name, column]));
  if (at.block_id === undefined || at.school_id === undefined) {
    return say("This is no plan.csv: it needs the columns block_id and school_id.");
  }
  const block = new Map(data.blocks.map((id, b) => [id, b])), zoneOf = new Map(), wanted = new Map();
  level.zones.forEach((zone, z) => zone.rows.forEach(([school]) => zoneOf.set(school, zoneOf.has(school) ? NONE : z)));
  level.zones.forEach((zone, z) => zoneOf.set(zone.rows[0][0], z));
  const strange = new Set();
  for (const row of rows) {
    if (at.level !== undefined && row[at.level] !== level.id) continue;
    const b = block.get(row[at.block_id]), z = zoneOf.get(row[at.school_id]);
    if (b === undefined || z === undefined) strange.add(b === undefined ? row[at.block_id] : row[at.school_id]);
    else if (!wanted.has(b)) wanted.set(b, z);
  }
  const step = [...wanted].flatMap(([b, z]) => (z < 0 ? [] : give([b], z)));
  keep(step);
  const lost = strange.size ? ` Not known here: ${[...strange].slice(0, 5).join(", ")}${strange.size > 5 ? " …" : ""}.` : "";
  say(`Opened: ${blocksOf(step.length)} of level ${level.id} changed.${lost}`);
}

// --- hands --------------------------------------------------------------------------------------

function setLevel(id) {
  level = levels.get(id);
  chosen = 0;
  $("#measure").replaceChildren(...Object.keys(level.counts).map((name) => new Option(plain(name), name)));
  show();
}

function setTool(name) {
  for (const tool of ["paint", "pan"]) $(`#${tool}`).setAttribute("aria-pressed", String(tool === name));
  canvas.classList.toggle("pan", name === "pan");
}

function next(blocks, nothing) {
  if (!blocks.length) return say(nothing);
  const at = blocks.indexOf(data.blocks.indexOf($("#block").value));
  return goTo(blocks[(at + 1) % blocks.length]);
}

function withBlock(act) {
  const b = data.blocks.indexOf($("#block").value.trim());
  if (b < 0) say(`There is no block ${$("#block").value}.`);
  else act(b);
}

function onDown(event) {
  const [x, y] = [event.offsetX, event.offsetY];
  canvas.setPointerCapture(event.pointerId);
  if (event.button !== 0 || canvas.classList.contains("pan")) { dragged = [x, y]; return; }
  const b = blockAt(x, y);
  if (b < 0) return;
  if (event.ctrlKey || event.metaKey) {
    if (level.zone[b] >= 0) chosen = level.zone[b];
    show();
    tellBlock(b);
    return;
  }
  stroke = give([b], chosen);
  $("#block").value = data.blocks[b];
  if (level.locked.has(level.zone[b]) || level.locked.has(chosen)) say("This zone is locked.");
  draw();
}

function onMove(event) {
  const [x, y] = [event.offsetX, event.offsetY];
  if (dragged) {
    view.x += x - dragged[0];
    view.y += y - dragged[1];
    dragged = [x, y];
    draw();
  } else if (stroke) {
    const b = blockAt(x, y);
    const step = b < 0 ? [] : give([b], chosen);
    if (step.length) { stroke.push(...step); draw(); }
  }
}

function onUp() {
  if (stroke) keep(stroke);
  stroke = dragged = null;
}

function listen() {
  const middle = () => { const box = canvas.getBoundingClientRect(); return [box.width / 2, box.height / 2]; };
  $("#level").onchange = (event) => setLevel(event.target.value);
  $("#measure").onchange = show;
  $("#paint").onclick = () => setTool("paint");
  $("#pan").onclick = () => setTool("pan");
  $("#closer").onclick = () => zoom(1.5, ...middle());
  $("#farther").onclick = () => zoom(1 / 1.5, ...middle());
  $("#whole").onclick = () => { wholeMap(); draw(); };
  $("#undo").onclick = () => turn(level.done, level.undone, true);
  $("#redo").onclick = () => turn(level.undone, level.done, false);
  $("#save").onclick = savePlan;
  $("#open").onchange = async (event) => { const [file] = event.target.files; if (file) openPlan(await file.text()); event.target.value = ""; };
  $("#by_id").onsubmit = (event) => { event.preventDefault(); withBlock((b) => { const step = give([b], chosen); if (step.length) keep(step); else say("Nothing changed: it is there already, or a zone is locked."); }); };
  $("#find").onclick = () => withBlock(goTo);
  $("#next_apart").onclick = () => next(detachedParts(level.zone).map((part) => part[0]), "No zone has a detached part.");
  $("#next_none").onclick = () => next([...level.zone.keys()].filter((b) => level.zone[b] < 0), "Every block has a school.");
  $("#zones").onclick = ({ target }) => {
    if (target.dataset.zone !== undefined) { chosen = Number(target.dataset.zone); show(); }
    if (target.dataset.lock !== undefined) { const z = Number(target.dataset.lock); if (!level.locked.delete(z)) level.locked.add(z); }
  };
  canvas.onpointerdown = onDown;
  canvas.onpointermove = onMove;
  canvas.onpointerup = canvas.onpointercancel = onUp;
  canvas.oncontextmenu = (event) => event.preventDefault();
  canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, event.offsetX, event.offsetY); }, { passive: false });
  window.onresize = draw;
  window.onbeforeunload = (event) => { if (unsaved) event.preventDefault(); };
  document.onkeydown = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input[type=text], input:not([type])")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) turn(level.done, level.undone, true);
    else if (key === "y" || key === "z") turn(level.undone, level.done, false);
    else return;
    event.preventDefault();
  };
}

async function begin() {
  data = await readData();
  data.boxes = data.outlines.map((rings) => {
    const [xs, ys] = [0, 1].map((odd) => rings.flat().filter((_, at) => at % 2 === odd));
    return rings.length ? [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] : [1, 1, 0, 0];
  });
  borders = findBorders(data.outlines);
  for (const raw of data.levels) levels.set(raw.id, readLevel(raw));
  $("#level").replaceChildren(...data.levels.map((one) => new Option(one.id, one.id)));
  listen();
  wholeMap();
  setLevel(data.levels[0].id);
  document.body.dataset.ready = "yes";
}

begin();
