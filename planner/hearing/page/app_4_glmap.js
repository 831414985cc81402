// The moving map: MapLibre, from this very file, without any server.

// Room around the district, wider where names stand beside the zones.
const MARGIN = { top: 56, bottom: 20, left: 44, right: 44 };
const NAME_SIZE = 13;
// The edge or corner of a name that is at its school, and how far from it, in sizes of the type.
const BESIDE = [
  ["top", [0, 1.25]], ["bottom", [0, -1.25]], ["left", [0.95, 0]], ["right", [-0.95, 0]],
  ["top-left", [0.6, 0.6]], ["top-right", [-0.6, 0.6]], ["bottom-left", [0.6, -0.6]], ["bottom-right", [-0.6, -0.6]],
  ["top", [2.5, 1.25]], ["top", [-2.5, 1.25]], ["bottom", [2.5, -1.25]], ["bottom", [-2.5, -1.25]], ["center", [0, 0]],
];
const asFeature = (shape, properties) => ({
  type: "Feature", properties, geometry: { type: "MultiPolygon", coordinates: shape },
});
const collection = (features) => ({ type: "FeatureCollection", features });

async function loadMapLibre() {
  const url = async (id) => URL.createObjectURL(new Blob([await inflate(id)], { type: "text/javascript" }));
  const library = await import(await url("maplibre"));
  library.setWorkerUrl(await url("maplibre-worker"));
  return library;
}

function hasWebGL() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

function patternImage(fill, name) {
  const ratio = 2, canvas = document.createElement("canvas");
  canvas.width = canvas.height = 12 * ratio;
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.fillStyle = fill;
  ctx.fillRect(0, 0, 12, 12);
  const [path, dots] = PATTERNS[name];
  ctx.strokeStyle = "rgba(0,0,0,.4)";
  ctx.lineWidth = 0.8;
  if (path) ctx.stroke(new Path2D(path));
  ctx.fillStyle = "rgba(0,0,0,.45)";
  for (const [x, y, r] of dots) {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 7);
    ctx.fill();
  }
  return ctx.getImageData(0, 0, canvas.width, canvas.height);
}

// The cross behind the number of a school that serves no zone.
function crossImage() {
  const canvas = document.createElement("canvas"), ctx = canvas.getContext("2d");
  canvas.width = canvas.height = 44;
  ctx.strokeStyle = INK;
  ctx.lineWidth = 2.8;
  ctx.stroke(new Path2D("M2 2L42 42M2 42L42 2"));
  return ctx.getImageData(0, 0, 44, 44);
}

class GlMap {
  static async create(host, data, first) {
    const library = await loadMapLibre();
    const map = new GlMap();
    Object.assign(map, { host, data, library, chosen: [], at: null, maps: [] });
    host.innerHTML = '<div class="pane"></div><div class="pane over" hidden></div>';
    map.panes = $$(".pane", host);
    Object.assign(map, first);
    await map.open(0);
    return map;
  }
  get engine() { return "gl"; }
  async open(at) {
    const map = new this.library.Map({
      container: this.panes[at], style: { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": "#fff" } }] },
      bounds: this.level.frame, fitBoundsOptions: { padding: MARGIN },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, cooperativeGestures: true,
      keyboard: false, fadeDuration: 0,
    });
    map.touchZoomRotate.disableRotation();
    this.speak();
    await new Promise((resolve, reject) => {
      map.once("load", resolve);
      map.once("error", (event) => reject(event.error));
    });
    this.maps[at] = map;
    this.dress(map);
    this.fill(at);
    map.on("click", (event) => this.onpick?.([event.lngLat.lng, event.lngLat.lat]));
    map.on("move", () => this.follow(map));
    map.getCanvas().setAttribute("tabindex", "-1");
    map.getCanvas().setAttribute("aria-hidden", "true");
    map.getCanvas().removeAttribute("role");
    map.getCanvas().removeAttribute("aria-label");
  }
  // How to move the map, in the language of the page.
  speak() {
    for (const hint of $$(".maplibregl-desktop-message", this.host)) hint.textContent = t("page.map_scroll", { button: navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl" });
    for (const hint of $$(".maplibregl-mobile-message", this.host)) hint.textContent = t("page.map_touch");
  }
  follow(map) {
    if (this.following) return;
    this.following = true;
    for (const other of this.maps) if (other && other !== map) other.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
    this.following = false;
  }
  dress(map) {
    this.data.patterns.forEach(([fill, palest, name], at) => {
      map.addImage("p" + at, patternImage(fill, name), { pixelRatio: 2 });
      map.addImage("q" + at, patternImage(palest, "plain"), { pixelRatio: 2 });
    });
    map.addImage("cross", crossImage(), { pixelRatio: 2 });
    const roomy = [">=", ["*", ["get", "room"], ["^", 2, ["zoom"]]], ["get", "need"]];
    const empty = { type: "geojson", data: collection([]), tolerance: 0.2 };
    for (const id of ["waters", "zones", "changes", "old", "lines", "schools", "arrows", "names", "chosen", "spot"]) map.addSource(id, empty);
    const text = { "text-field": ["get", "text"], "text-size": NAME_SIZE, "text-font": ["Arial Bold"] };
    const halo = { "text-color": INK, "text-halo-color": "#fff", "text-halo-width": 2 };
    const line = (id, source, paint, more = {}) => ({ id, source, type: "line", paint, layout: { "line-join": "round" }, ...more });
    const street = ["match", ["get", "kind"], ...Object.entries(LINE_STYLE).flatMap(([kind, [c]]) => [kind, c]), "#999"];
    const width = ["match", ["get", "kind"], ...Object.entries(LINE_STYLE).flatMap(([kind, [, w]]) => [kind, w]), 0.6];
    for (const layer of [
      { id: "waters", source: "waters", type: "fill", paint: { "fill-color": street } },
      { id: "zones", source: "zones", type: "fill", paint: { "fill-pattern": ["get", "pattern"] } },
      { id: "changes", source: "changes", type: "fill", paint: { "fill-pattern": ["get", "pattern"] } },
      line("lines", "lines", { "line-color": street, "line-width": width }),
      line("frames", "changes", { "line-color": INK, "line-width": 2.6, "line-offset": 1.3 }),
      line("oldrim", "old", { "line-color": "#fff", "line-width": 3.2 }),
      line("old", "old", { "line-color": OLD, "line-width": 1.8, "line-dasharray": [3.5, 2.2] }),
      line("rim", "zones", { "line-color": "#fff", "line-width": 3.2 }),
      line("borders", "zones", { "line-color": INK, "line-width": 1.4 }),
      { id: "schools", source: "schools", type: "circle", paint: { "circle-radius": 9.5, "circle-color": ["get", "fill"], "circle-stroke-color": INK, "circle-stroke-width": 1.3 } },
      { id: "crosses", source: "schools", type: "symbol", filter: ["==", ["get", "fill"], CLOSED], layout: { "icon-image": "cross", "icon-allow-overlap": true, "icon-ignore-placement": true } },
      { id: "arrows", source: "arrows", type: "symbol", filter: roomy, layout: { ...text, "text-variable-anchor": ["center", "top", "bottom", "left", "right"], "text-radial-offset": 0.9, "text-padding": 0 }, paint: halo },
      { id: "names", source: "names", type: "symbol", layout: { ...text, "text-variable-anchor-offset": ["get", "anchors"], "text-max-width": 8, "text-padding": 1 }, paint: halo },
      { id: "numbers", source: "schools", type: "symbol", layout: { ...text, "text-size": 11, "text-padding": 4, "text-allow-overlap": true }, paint: { "text-color": INK, "text-halo-color": ["get", "fill"], "text-halo-width": 1.5 } },
      line("chosen", "chosen", { "line-color": "#d00000", "line-width": 3 }),
      { id: "spot", source: "spot", type: "circle", paint: { "circle-radius": 7, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": "#d00000", "circle-stroke-width": 3 } },
    ]) map.addLayer(layer);
    const lines = [];
    for (const [kind, parts] of Object.entries(this.data.lines))
      lines.push({ type: "Feature", properties: { kind }, geometry: { type: "MultiLineString", coordinates: parts } });
    map.getSource("lines").setData(collection(lines));
    map.getSource("waters").setData(collection(Object.entries(this.data.areas).map(([kind, shape]) => asFeature(shape, { kind }))));
  }
  show(level, left, right) {
    Object.assign(this, { level, views: [left, right] });
    this.panes[1].hidden = right === null;
    this.fill(0);
    if (right !== null) {
      if (this.maps[1]) { this.maps[1].resize(); this.fill(1); }
      else return this.opening ??= this.open(1).then(() => { this.follow(this.maps[0]); return new Promise((done) => this.maps[1].once("idle", done)); });
    }
    return null;
  }
  fill(at) {
    const map = this.maps[at], view = this.views[at], level = this.level;
    if (!map || view === null || !level) return;
    const isChange = view.startsWith(">"), option = isChange ? view.slice(1) : view;
    const zones = level.shapes[option], point = (lon, lat, properties) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: [lon, lat] } });
    map.getSource("zones").setData(collection(zones.map((z) => asFeature(z.shape, { pattern: (isChange ? "q" : "p") + level.owners[z.owner].swatch }))));
    map.getSource("changes").setData(collection(isChange ? level.changed[option].map((c) => asFeature(c.shape, { pattern: "p" + level.owners[c.after].swatch })) : []));
    map.getSource("old").setData(collection(isChange ? level.shapes[""].map((z) => asFeature(z.shape, {})) : []));
    const serving = new Set(zones.flatMap((z) => level.owners[z.owner].schools)), on = (id) => !serving.size || serving.has(id);
    map.getSource("schools").setData(collection(level.placed[option].map((s) => point(s.lon, s.lat, { text: String(s.number), fill: on(s.id) ? "#fff" : CLOSED }))));
    const names = zones.map((z) => {
      const owner = level.owners[z.owner], school = level.placed[option].find((s) => s.id === owner.schools[0]);
      const at = school && insideShape(z.shape, school.lon, school.lat) ? [school.lon, school.lat] : [z.lon, z.lat];
      const text = shortName(level, option, z.owner);
      return point(...at, { text, anchors: this.anchors(z, at, text) });
    });
    const arrows = numberedAreas(level, view).map(({ place, text, pixels, need }) => point(...place, { text, room: pixels, need }));
    map.getSource("arrows").setData(collection(arrows));
    map.getSource("names").setData(collection(names));
    this.mark(map);
  }
  // Where a name may stand beside its school in the whole view: not cut by the frame, best on its zone.
  anchors(zone, place, text) {
    const p = this.data.projection, size = this.host.getBoundingClientRect(), [x, y] = p.xy(place);
    const [west, south, east, north] = this.level.frame, [x0, y0] = p.xy([west, north]), [x1, y1] = p.xy([east, south]);
    const scale = Math.min((size.width - MARGIN.left - MARGIN.right) / (x1 - x0), (size.height - MARGIN.top - MARGIN.bottom) / (y1 - y0));
    const lines = text.split("\n"), wide = Math.max(...lines.map((line) => line.length)) * NAME_SIZE * 0.55, tall = lines.length * NAME_SIZE * 1.2;
    const middle = (at, anchor, less, more, length) => at * NAME_SIZE + ((anchor.includes(less) - anchor.includes(more)) * length) / 2;
    const spots = BESIDE.map(([anchor, at]) => {
      const right = middle(at[0], anchor, "left", "right", wide), down = middle(at[1], anchor, "top", "bottom", tall);
      const room = size.width / 2 - Math.abs((x - (x0 + x1) / 2) * scale + right) - wide / 2;
      const on = [-0.4, 0, 0.4].filter((part) => insideShape(zone.shape, ...p.lonLat(x + (right + part * wide) / scale, y + down / scale)));
      return { anchor, at, room, on: on.length };
    });
    const whole = spots.filter((spot) => spot.room > 4);
    return (whole.length ? whole : spots).sort((a, b) => b.on - a.on).flatMap((spot) => [spot.anchor, spot.at]);
  }
  mark(map) {
    map.getSource("chosen").setData(collection(this.chosen.map((n) => asFeature(this.data.shapes[n], {}))));
    map.getSource("spot").setData(collection(this.at ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: this.at } }] : []));
  }
  choose(blocks, at, zoom) {
    Object.assign(this, { chosen: blocks, at });
    for (const map of this.maps) if (map) this.mark(map);
    if (zoom && blocks.length) {
      const b = boundsOf(blocks.map((n) => this.data.shapes[n]));
      this.maps[0].fitBounds([[b[0], b[1]], [b[2], b[3]]], { padding: 90, maxZoom: 14, animate: false });
    }
  }
  reset() {
    this.maps[0].fitBounds(this.level.frame, { padding: MARGIN, animate: false });
  }
  slide(share) { this.panes[1].style.clipPath = `inset(0 0 0 ${100 * share}%)`; }
  zoom(factor) { this.maps[0].jumpTo({ zoom: this.maps[0].getZoom() + Math.log2(factor) }); }
  pan(dx, dy) {
    const canvas = this.maps[0].getCanvas();
    this.maps[0].panBy([dx * canvas.clientWidth, dy * canvas.clientHeight], { animate: false });
  }
  centre() { const c = this.maps[0].getCenter(); return [c.lng, c.lat]; }
  remove() { for (const map of this.maps) map?.remove(); this.host.innerHTML = ""; }
}
