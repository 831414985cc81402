// Puts the page together: languages, the map and its controls, look-ups, paper.

function decode(data) {
  data.shapes = data.blocks.map((block) => unpackShape(block, data.step));
  data.projection = new Projection(data.box);
  data.find = blockFinder(data.shapes, data.box);
  const p = data.projection;
  data.drawn = {};
  for (const [kind, lines] of Object.entries(data.lines)) {
    data.lines[kind] = lines.map((line) => unpackLine(line, data.step));
    data.drawn[kind] = data.lines[kind].map((line) => linePath(p, line)).join("");
  }
  data.waters = {};
  for (const [kind, areas] of Object.entries(data.areas)) {
    data.areas[kind] = unpackShape(areas, data.step);
    data.waters[kind] = pathOf(p, data.areas[kind]);
  }
  for (const level of data.levels) {
    const school = ([id, number, name, short, lon, lat]) => ({ id, number, name, short, lon, lat });
    level.schools = level.schools.map(school);
    for (const view of Object.keys(level.placed)) level.placed[view] = level.placed[view].map(school);
    level.shapes = {};
    level.changed = {};
    for (const [view, zones] of Object.entries(level.zones))
      level.shapes[view] = zones.map(([owner, outline, lon, lat]) => {
        const shape = unpackShape(outline, data.step), box = boundsOf([shape]);
        const pieces = shape.map((polygon) => areaOf(p, polygon));
        return { owner, shape, pieces, lon, lat, path: pathOf(p, shape), width: (box[2] - box[0]) * p.shrink * p.scale };
      });
    for (const [view, areas] of Object.entries(level.changes))
      level.changed[view] = areas.flatMap(([before, after, outline]) =>
        unpackShape(outline, data.step).map((polygon) => ({ before, after, ...areaOf(p, polygon) })));
  }
  return data;
}

// A polygon by itself: how it is drawn, where a number may stand in it and how much room it has.
function areaOf(p, polygon) {
  const shape = [polygon], box = boundsOf([shape]), place = middleOf(shape, box);
  const room = Math.min((box[2] - box[0]) * p.shrink, box[3] - box[1]) * p.scale;
  const pixels = ((room / p.scale) * 512) / 360 / p.shrink; // at zoom 0
  return { shape, path: pathOf(p, shape), place, middle: p.xy(place), room, pixels };
}

// A point inside a shape: the middle of the longest inner stretch of a few lines across it.
function middleOf(shape, box) {
  let best = [-1, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  for (let step = 1; step < 8; step++) {
    const y = box[1] + ((box[3] - box[1]) * step) / 8, crossings = [];
    for (const rings of shape) for (const ring of rings)
      for (let i = 1; i < ring.length; i++) {
        const [xa, ya] = ring[i - 1], [xb, yb] = ring[i];
        if (ya > y !== yb > y) crossings.push(xa + ((xb - xa) * (y - ya)) / (yb - ya));
      }
    crossings.sort((a, b) => a - b);
    for (let i = 1; i < crossings.length; i += 2)
      if (crossings[i] - crossings[i - 1] > best[0]) best = [crossings[i] - crossings[i - 1], (crossings[i] + crossings[i - 1]) / 2, y];
  }
  return [best[1], best[2]];
}

const MOST_UNFOLDED = 3; // parts of a street whose schools are shown at once

class Page {
  constructor(data) {
    this.data = data;
    this.widget = $("#widget");
    this.level = data?.levels.find((level) => level.options.includes(data.adopted)) ?? data?.levels[0];
    this.left = this.preset(">");
    this.right = null;
    this.answer = null;
  }

  start() {
    for (const button of $$("[data-lang]")) button.addEventListener("click", () => this.speak(button.dataset.lang));
    for (const button of $$("[data-print]")) button.addEventListener("click", () => window.print());
    for (const button of $$("[data-unfold]")) button.addEventListener("click", () => this.unfold(button));
    const folded = () => $$("details.fold:not([open])");
    window.addEventListener("beforeprint", () => { this.shut = folded(); for (const part of this.shut) part.open = true; });
    window.addEventListener("afterprint", () => { for (const part of this.shut ?? []) part.open = false; });
    if (this.data) {
      this.map = new SvgMap($("#map"), this.data);
      this.adopt(this.map);
      this.controls();
      this.lookup = new Lookup(this.data, (hit) => this.choose(hit, true), () => this.forget());
    }
    this.speak(document.documentElement.lang, false);
    document.body.dataset.ready = "yes";
    if (this.data) this.upgrade();
  }

  unfold(button) {
    const open = button.getAttribute("aria-expanded") !== "true";
    for (const part of $$("details.fold", button.closest("section"))) part.open = open;
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? button.dataset.less : button.dataset.more;
  }

  adopt(map) {
    this.map = map;
    map.onpick = (place) => this.pick(place);
    $("#map").dataset.engine = map.engine;
  }

  async upgrade() {
    if (location.hash.includes("simple") || !hasWebGL()) return this.simple();
    const host = document.createElement("div");
    host.className = "stage";
    $("#map").after(host);
    try {
      const map = await GlMap.create(host, this.data, { level: this.level, views: [this.left, this.right] });
      const old = $("#map");
      this.map.remove();
      old.removeAttribute("id");
      for (const name of ["tabindex", "role", "aria-label", "aria-describedby"]) if (old.hasAttribute(name)) host.setAttribute(name, old.getAttribute(name));
      host.className = old.className;
      const focused = document.activeElement === old;
      old.remove();
      host.id = "map";
      this.adopt(map);
      map.maps[0].resize();
      map.reset();
      this.draw();
      if (this.answer) map.choose(this.answer.blocks, this.answer.at, true);
      if (focused) host.focus();
    } catch (error) {
      host.remove();
      this.simple();
    }
    document.body.dataset.map = this.map.engine;
  }

  simple() {
    $("#simple").hidden = false;
    document.body.dataset.map = "svg";
  }

  // --- languages ---------------------------------------------------------------------------
  speak(lang, remember = true) {
    Texts.lang = lang;
    document.documentElement.lang = lang;
    for (const part of $$(".lang")) part.hidden = part.lang !== lang;
    for (const button of $$("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
    document.title = t("title");
    if (!this.data) return;
    $(`.lang[lang="${lang}"] .map-slot`)?.append(this.widget);
    for (const part of $$("[data-t]", this.widget)) part.textContent = t(part.dataset.t);
    for (const part of $$("[data-label]", this.widget)) part.setAttribute("aria-label", t(part.dataset.label));
    this.map.speak();
    this.fillViews();
    this.legend();
    this.describe();
    this.slide();
    $("#find-note").textContent = "";
    if (this.answer) this.tell();
    this.paper();
  }

  // --- controls ----------------------------------------------------------------------------
  controls() {
    const levels = $("#level");
    $("#level-row").hidden = this.data.levels.length < 2;
    levels.addEventListener("change", () => {
      this.level = this.data.levels[levels.selectedIndex];
      this.left = this.preset(">");
      this.right = null;
      $("#compare").checked = false;
      this.fillViews();
      this.draw();
      if (this.answer) this.tell(); else this.map.reset();
    });
    $("#view").addEventListener("change", (event) => { this.left = event.target.value; this.draw(); });
    $("#with").addEventListener("change", (event) => { this.right = event.target.value; this.draw(); });
    $("#compare").addEventListener("change", (event) => {
      if (event.target.checked) {
        const option = this.left.replace(">", "") || this.preset();
        [this.left, this.right] = ["", option];
      } else this.right = null;
      this.fillViews();
      this.draw();
    });
    $("#slider").addEventListener("input", () => this.slide());
    this.drag($("#divide"), $("#slider"));
    const narrow = matchMedia("(max-width: 56rem)");
    const settle = () => (narrow.matches ? $("#slider").after($("#answer")) : $(".beside").prepend($("#answer")));
    narrow.addEventListener("change", settle);
    settle();
    $("#zoom-in").addEventListener("click", () => this.map.zoom(1.6));
    $("#zoom-out").addEventListener("click", () => this.map.zoom(1 / 1.6));
    $("#whole").addEventListener("click", () => this.map.reset());
    this.widget.addEventListener("keydown", (event) => {
      if (event.target.id !== "map") return;
      const move = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key];
      if (move) this.map.pan(...move);
      else if (event.key === "+" || event.key === "=") this.map.zoom(1.6);
      else if (event.key === "-") this.map.zoom(1 / 1.6);
      else if (event.key === "Enter" || event.key === " ") this.pick(this.map.centre());
      else return;
      event.preventDefault();
    });
    this.draw();
  }

  // The option a level is first shown with: the adopted one, else its first; nothing without any.
  preset(before = "") {
    const options = this.level?.options ?? [];
    return options.length ? before + (options.includes(this.data.adopted) ? this.data.adopted : options[0]) : "";
  }

  // The line between two maps follows the pointer; the slider does the same for the keyboard.
  drag(line, slider) {
    line.addEventListener("pointerdown", (event) => { line.setPointerCapture(event.pointerId); event.preventDefault(); });
    line.addEventListener("pointermove", (event) => {
      if (!line.hasPointerCapture(event.pointerId)) return;
      const host = $("#map").getBoundingClientRect();
      slider.value = Math.round((100 * (event.clientX - host.left)) / host.width);
      this.slide();
    });
  }

  viewName(view) {
    if (view === "") return t("map.today");
    return view.startsWith(">") ? t("map.changes", { letter: view.slice(1) }) : t("map.plan", { letter: view });
  }

  howToRead(level, view) {
    const how = view.startsWith(">") ? "map.how_changes" : "map.how_zones";
    return t(Object.keys(level.shared[view.replace(">", "")]).length ? how + "_shared" : how);
  }

  shortName(view) {
    return view === "" ? t("table.today") : t("table.option", { letter: view });
  }

  fillViews() {
    const whole = ["", ...this.level.options], all = [...whole, ...this.level.options.map((o) => ">" + o)];
    const options = (views, chosen) => views.map((v) => `<option value="${escapeHtml(v)}"${v === chosen ? " selected" : ""}>${escapeHtml(this.viewName(v))}</option>`).join("");
    $("#view").innerHTML = options(this.right === null ? all : whole, this.left);
    $("#with").innerHTML = options(whole, this.right);
    $("#with-row").hidden = this.right === null;
    $("#slider").hidden = this.right === null;
    $("#level").innerHTML = this.data.levels.map((l) => `<option${l === this.level ? " selected" : ""}>${escapeHtml(t("level:" + l.id))}</option>`).join("");
  }

  draw() {
    const drawn = this.map.show(this.level, this.left, this.right);
    $("#drawing").hidden = !drawn;
    drawn?.then(() => { $("#drawing").hidden = true; });
    this.slide();
    this.legend();
    this.describe();
  }

  slide() {
    const share = $("#slider").value / 100, divide = $("#divide");
    divide.hidden = this.right === null;
    if (this.right === null) return;
    this.map.slide(share);
    divide.style.left = 100 * share + "%";
    divide.style.height = $("#map").clientHeight + "px";
    [this.left, this.right].forEach((view, at) => { $$("span", divide)[at].textContent = this.shortName(view); });
  }

  describe() {
    const about = t(`alt:${this.level.id}:${this.left}`);
    $("#map").setAttribute("aria-label", `${t("page.map_label")}. ${this.viewName(this.left)}`);
    const help = [this.left, this.right].filter((view) => view !== null).map((view) => this.howToRead(this.level, view));
    if (this.left.startsWith(">")) help.push(t("map.zoom_in_for_more")); // which paper cannot
    $("#map-about").textContent = [...new Set(help)].join(" ");
    $("#map-alt").textContent = about + (this.right === null ? "" : " " + t(`alt:${this.level.id}:${this.right}`));
    const imprint = (view) => t(`imprint:${this.level.id}:${view}`);
    const sides = this.right === null ? [imprint(this.left)] : [this.left, this.right].map((view) => `${this.shortName(view)}: ${imprint(view)}`);
    $("#map-imprint").innerHTML = sides.map(escapeHtml).join("<br>");
  }

  legend() {
    $("#key").innerHTML = this.keyOf(this.level, [this.left, this.right]);
  }

  // Each school of some views with its colour and pattern, or crossed out as on the map.
  keyOf(level, views) {
    const owner = new Map(), there = new Set(), plans = views.filter((view) => view !== null).map((view) => view.replace(">", ""));
    for (const plan of plans) {
      for (const school of level.placed[plan]) there.add(school.id);
      for (const zone of level.shapes[plan])
        for (const school of level.owners[zone.owner].schools) if (!owner.has(school)) owner.set(school, zone.owner);
    }
    return level.schools.filter((school) => there.has(school.id)).map((school) => {
      const at = owner.get(school.id), closed = at === undefined && owner.size;
      const swatch = at === undefined ? null : this.data.patterns[level.owners[at].swatch], id = "k" + ++drawings;
      const box = swatch ? `<defs>${patternSvg(id, swatch[0], swatch[2])}</defs><rect width="30" height="18" fill="url(#${id})" stroke="${INK}"/>` : `<rect width="30" height="18" fill="#eee" stroke="#777"/>`;
      const mark = `<g font-weight="700" fill="${INK}" font-family="system-ui,sans-serif">${markSvg(15, 9, school.number, false, 0.85)}</g>`;
      return `<li><svg width="30" height="18" aria-hidden="true">${closed ? mark : box}</svg><span class="number">${school.number}</span> <span>${escapeHtml(school.name)}${closed ? ` <em>(${escapeHtml(t("map.closed"))})</em>` : ""}</span></li>`;
    }).join("");
  }

  // A point inside a block, by its id.
  middle(id) {
    const shape = [this.data.shapes[this.data.ids.indexOf(id)][0]];
    return middleOf(shape, boundsOf([shape]));
  }

  // A block by its streets where they are known, and a short form of its id.
  blockName(block) {
    const id = this.data.ids[block], n = this.data.letters;  // so many tell all blocks apart
    const short = id.length > n + 2 ? "…" + id.slice(-n) : id;
    const near = Object.entries(this.data.streets).filter(([, along]) => along.includes(block)).sort((a, b) => a[1].length - b[1].length).slice(0, 2).map(([name]) => name);
    const told = t("page.place_block", { id: short });
    return near.length ? t("page.place_block_at", { streets: near.join(", "), block: told }) : told;
  }

  // --- a place and its schools ---------------------------------------------------------------
  pick([lon, lat]) {
    const block = this.data.find(lon, lat);
    this.choose({ blocks: block < 0 ? [] : [block], at: [lon, lat] }, false);
  }

  choose(answer, zoom) {
    this.answer = answer;
    this.map.choose(answer.blocks, answer.at ?? null, zoom);
    this.tell();
    const box = $("#answer").getBoundingClientRect();
    if (box.bottom > innerHeight || box.top < 0) $("#answer").scrollIntoView({ block: box.height > innerHeight / 2 ? "start" : "nearest" });
  }

  forget() {
    this.answer = null;
    this.map.choose([], null, false);
    $("#answer").innerHTML = "";
  }

  schoolsOf(block) {
    return this.data.levels.map((level) => ["", ...level.options].map((view) => level.assign[view][block]));
  }

  tell() {
    const { blocks } = this.answer, groups = new Map();
    const name = !blocks.length ? t("page.place_outside") : this.answer.name ?? this.blockName(blocks[0]);
    for (const each of blocks) {
      const key = JSON.stringify(this.schoolsOf(each));
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(each);
    }
    let html = `<h3>${escapeHtml(blocks.length > 1 ? t("page.place_street", { name, n: blocks.length }) : name)}</h3>`;
    if (blocks.length > 1) html += `<p>${escapeHtml(t(groups.size > 1 ? "page.place_differs" : "page.place_same"))}</p>`;
    const parts = [...groups.values()];
    for (const part of parts) {
      const head = parts.length > 1 ? escapeHtml(this.partName(part, parts)) : "";
      if (parts.length > MOST_UNFOLDED) html += `<details class="part"><summary>${head}: <span>${this.inShort(part[0])}</span></summary>${this.outcome(part)}</details>`;
      else html += (head && `<p class="part">${head}</p>`) + this.outcome(part);
    }
    $("#answer").innerHTML = html;
  }

  // The schools of a block in a line: today's, those of the options where they are others.
  inShort(block) {
    return this.data.levels.map((level) => {
      const [today, ...others] = new Set(["", ...level.options].map((view) => this.schoolNames(level, view, block).join(" + ")));
      const names = escapeHtml([today, others.join(" / ")].filter(Boolean).join(" → "));
      return level.assign[""][block] < 0 ? names : `${names} ${this.verdict(others.length)}`;
    }).join("<br>");
  }

  schoolNames(level, view, block) {
    const owner = level.assign[view][block];
    return owner < 0 ? [t("page.place_none")] : level.shared[view][owner]?.names ?? [level.owners[owner].name];
  }

  verdict(changes) {
    return `<span class="${changes ? "moves" : "stays"}">${escapeHtml(t(changes ? "page.place_changes" : "page.place_stays"))}</span>`;
  }

  // Which part of a street: its house numbers where addresses are known, else streets that cross it.
  partName(part, parts) {
    const mine = new Set(part), [, street] = spellings(this.answer.name), numbers = this.answer.numbers.filter(([number]) => parseInt(number, 10) > 0);
    const sorted = numbers.map(([number, block]) => [parseInt(number, 10), mine.has(block)]).sort((a, b) => a[0] - b[0]);
    const runs = [];
    sorted.forEach(([number, own], at) => {
      if (!own) return;
      if (at && sorted[at - 1][1]) runs.at(-1)[1] = number; else runs.push([number, number]);
    });
    if (runs.length) {
      const told = runs.slice(0, 6).map(([a, b]) => (a === b ? String(a) : `${a}–${b}`));
      return t("page.place_numbers", { numbers: told.join(", ") + (runs.length > 6 ? " …" : "") });
    }
    const crossing = Object.entries(this.data.streets).filter(([name, along]) => spellings(name)[1] !== street && along.some((block) => mine.has(block)));
    const others = new Set(parts.filter((other) => other !== part).flat());
    const weight = ([, along]) => along.filter((block) => mine.has(block)).length - along.filter((block) => others.has(block)).length;
    const near = crossing.sort((a, b) => weight(b) - weight(a) || a[0].localeCompare(b[0])).slice(0, 3).map(([name]) => name);
    return near.length ? t("page.place_near", { streets: near.join(", ") }) : Texts.plural("page.place_blocks", part.length);
  }

  // A sample of the colour and pattern a zone has on the map.
  tint(level, owner) {
    if (owner < 0) return "";
    const [fill, , name] = this.data.patterns[level.owners[owner].swatch], id = "t" + ++drawings;
    return `<svg class="tint" width="22" height="14" aria-hidden="true"><defs>${patternSvg(id, fill, name)}</defs><rect width="22" height="14" fill="url(#${id})" stroke="${INK}"/></svg> `;
  }

  outcome(blocks) {
    const block = blocks[0], several = this.data.levels.length > 1;
    let rows = "";
    this.data.levels.forEach((level) => {
      if (several) rows += `<tr><th colspan="3" scope="colgroup">${escapeHtml(t("level:" + level.id))}</th></tr>`;
      const today = level.assign[""][block];
      for (const view of ["", ...level.options]) {
        const owner = level.assign[view][block];
        const label = view === "" ? t("table.today") : t("table.option", { letter: view });
        const schools = this.schoolNames(level, view, block);
        const ways = owner < 0 ? [] : this.ways(level, view, blocks);
        const names = (at, who) => JSON.stringify(level.shared[at][who]?.names ?? who);
        const changes = view !== "" && today >= 0 && names(view, owner) !== names("", today);
        const note = view === "" || today < 0 ? "" : this.verdict(changes);
        rows += `<tr><th scope="row">${escapeHtml(label)}</th><td>${this.tint(level, owner)}${schools.map(escapeHtml).join("<br>")} ${note}</td><td>${ways.map(escapeHtml).join("<br>")}</td></tr>`;
      }
    });
    return `<table class="answer"><tbody>${rows}</tbody></table>`;
  }

  // The way to the school of a block, or to each school that shares its zone.
  ways(level, view, blocks) {
    const of = (table) => blocks.map((block) => [level[table]?.[view]?.[block]].flat());
    const metres = of("metres"), minutes = of("minutes");
    return metres[0].map((_, at) => this.way(metres.map((row) => row[at]), minutes.map((row) => row[at])));
  }

  // A way, or the shortest and the longest of several.
  way(metres, minutes) {
    const range = (values, write) => values.some((value) => value == null) ? ""
      : [...new Set([Math.min(...values), Math.max(...values)].map(write))].join(" – ");
    const miles = range(metres, (way) => Texts.miles(way));
    const time = range(minutes, (n) => t("number.minutes", { n: Texts.number(n) }));
    return miles && time ? t("page.place_way_minutes", { miles, minutes: time }) : miles || time;
  }

  // --- paper ---------------------------------------------------------------------------------
  paper() {
    const slot = $(`.lang[lang="${Texts.lang}"] .paper`);
    if (!slot) return;
    slot.innerHTML = this.data.levels.flatMap((level) => ["", ...level.options.flatMap((o) => [o, ">" + o])].map((view) =>
      `<figure><figcaption><strong>${escapeHtml(this.viewName(view))}</strong> · ${escapeHtml(t("level:" + level.id))}<br>${escapeHtml(this.howToRead(level, view))}</figcaption>` +
      `<svg viewBox="${wholeView(this.data.projection, level).join(" ")}" role="img" aria-label="${escapeHtml(t(`alt:${level.id}:${view}`))}">${viewSvg(this.data, level, view, 1.05)}</svg>` +
      `<ol class="key">${this.keyOf(level, [view])}</ol><p class="imprint">${escapeHtml(t(`imprint:${level.id}:${view}`))}</p></figure>`)).join("");
  }
}

async function main() {
  const first = await readData("texts");
  Texts.all = first;
  Texts.lang = document.documentElement.lang;
  const data = $("#data") ? decode(await readData("data")) : null;
  const page = new Page(data);
  page.start();
  window.hearing = page;
}

main();
