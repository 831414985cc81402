// The simple map: pans, zooms, compares and is clicked like the other one.

class SvgMap {
  constructor(host, data) {
    Object.assign(this, { host, data, level: null, box: null, views: ["", null], chosen: [], at: null });
    host.innerHTML = '<div class="pane"><svg preserveAspectRatio="xMidYMid meet"></svg></div>' +
      '<div class="pane over" hidden><svg preserveAspectRatio="xMidYMid meet"></svg></div>';
    this.panes = $$(".pane", host);
    this.listen();
  }
  get engine() { return "svg"; }
  speak() {} // its names are those of the schools
  show(level, left, right) {
    Object.assign(this, { level, views: [left, right] });
    this.box ??= wholeView(this.data.projection, level);
    this.panes[1].hidden = right === null;
    this.draw();
  }
  reset() {
    this.box = wholeView(this.data.projection, this.level);
    this.draw();
  }
  get unit() {
    const size = this.host.getBoundingClientRect();
    return Math.max(this.box[2] / (size.width || 900), this.box[3] / (size.height || 600));
  }
  draw() {
    if (!this.level) return;
    this.views.forEach((view, at) => {
      if (view === null) return;
      const svg = $("svg", this.panes[at]);
      svg.innerHTML = viewSvg(this.data, this.level, view, this.unit) + this.chosenSvg();
    });
    this.frame();
  }
  frame() {
    for (const pane of this.panes) $("svg", pane).setAttribute("viewBox", this.box.join(" "));
  }
  chosenSvg() {
    const unit = this.unit;
    const paths = this.chosen.map((n) => pathOf(this.data.projection, this.data.shapes[n])).join("");
    let found = paths ? `<path d="${paths}" fill="none" stroke="#d00000" stroke-width="${3 * unit}"/>` : "";
    if (this.at) {
      const [x, y] = this.data.projection.xy(this.at);
      found += `<circle cx="${x}" cy="${y}" r="${7 * unit}" fill="none" stroke="#d00000" stroke-width="${3 * unit}"/>`;
    }
    return found;
  }
  choose(blocks, at, zoom) {
    Object.assign(this, { chosen: blocks, at });
    if (zoom && blocks.length) {
      const b = boundsOf(blocks.map((n) => this.data.shapes[n]));
      const [x0, y0] = this.data.projection.xy([b[0], b[3]]), [x1, y1] = this.data.projection.xy([b[2], b[1]]);
      const size = Math.max((x1 - x0) * 3, (y1 - y0) * 3, this.data.projection.width / 8);
      this.box = [(x0 + x1 - size) / 2, (y0 + y1 - size) / 2, size, size];
    }
    this.draw();
  }
  slide(share) {
    this.panes[1].style.clipPath = `inset(0 0 0 ${100 * share}%)`;
  }
  zoom(factor, x = this.box[0] + this.box[2] / 2, y = this.box[1] + this.box[3] / 2) {
    const widest = wholeView(this.data.projection, this.level)[2] * 1.3;
    const width = Math.min(widest, Math.max(this.data.projection.width / 60, this.box[2] / factor));
    const k = width / this.box[2];
    this.box = [x - (x - this.box[0]) * k, y - (y - this.box[1]) * k, width, this.box[3] * k];
    this.draw();
  }
  pan(dx, dy) {
    this.box[0] += dx * this.box[2];
    this.box[1] += dy * this.box[3];
    this.frame();
  }
  centre() {
    return this.data.projection.lonLat(this.box[0] + this.box[2] / 2, this.box[1] + this.box[3] / 2);
  }
  place(event) {
    const svg = $("svg", this.panes[0]);
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [point.x, point.y];
  }
  listen() {
    const host = this.host, held = new Map();
    let start = null, moved = false;
    host.addEventListener("pointerdown", (event) => {
      held.set(event.pointerId, event);
      start = { x: event.clientX, y: event.clientY, box: [...this.box] };
      moved = false;
    });
    host.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" && !event.buttons) held.delete(event.pointerId); // let go outside
      if (!held.has(event.pointerId) || !start) return;
      const dx = event.clientX - start.x, dy = event.clientY - start.y;
      if (Math.hypot(dx, dy) > 5) moved = true;
      if (!moved || held.size > 1) return;
      this.box[0] = start.box[0] - dx * this.unit;
      this.box[1] = start.box[1] - dy * this.unit;
      this.frame();
    });
    const up = (event) => { held.delete(event.pointerId); };
    host.addEventListener("pointercancel", up);
    host.addEventListener("pointerup", (event) => {
      up(event);
      if (moved || event.button) return;
      const [x, y] = this.place(event);
      this.onpick?.(this.data.projection.lonLat(x, y));
    });
    host.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.3 : 1 / 1.3, ...this.place(event));
    }, { passive: false });
    new ResizeObserver(() => this.draw()).observe(host);
  }
  remove() { this.host.innerHTML = ""; }
}
