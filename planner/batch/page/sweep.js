"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const told = (v) => v === null ? "not known"
    : Math.abs(v) >= 1000 ? Math.round(v).toLocaleString("en") : String(Number(v.toPrecision(4)));

  // sort a table by a column; the buttons are in its head
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => head.querySelector("button").addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => {
        const text = row.cells[at].dataset.v ?? row.cells[at].textContent.trim();
        const number = Number(text);
        return text === "" ? null : Number.isNaN(number) ? text : number;
      };
      const rows = [...table.tBodies[0].rows].map((row) => [key(row), row]);
      rows.sort(([a], [b]) => {
        if (a === null || b === null) return (a === null) - (b === null);
        const order = typeof a === "number" && typeof b === "number" ? a - b
          : String(a).localeCompare(String(b), "en", { numeric: true });
        return down ? -order : order;
      });
      table.tBodies[0].append(...rows.map(([, row]) => row));
      document.getElementById("news").textContent =
        `Sorted by ${head.textContent.trim()}, ${down ? "descending" : "ascending"}.`;
    }));
  }

  const badness = (value, better) => better === "higher" ? -value
    : better === "nearer to 0" ? Math.abs(value)
    : better === "nearer to 1" ? Math.abs(value - 1) : value;
  const chart = document.getElementById("front");
  if (!chart || !data.measures.length) return;
  const selects = ["x", "y", "place", "sweep"].map((id) => document.getElementById(id));
  const make = (name, attributes, text) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  // round numbers, two at least, each with the digits that tell it from the next; none is -0
  const ticks = (low, high, count) => {
    const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), found = [];
    for (let t = Math.ceil(low / step) * step; t <= high + step * 1e-9; t += step)
      found.push([t, (Math.round(t / step) * step || 0).toLocaleString("en",
        { minimumFractionDigits: digits, maximumFractionDigits: digits })]);
    return found.length > 1 ? found : ticks(low, high, count + 1);
  };

  // a text in lines of at most so many letters
  const wrapped = (text, most) => text.split(" ").reduce((lines, word) => {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length < most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
    return lines;
  }, []);
  const title = (lines, attributes) => {
    const node = make("text", { ...attributes, "text-anchor": "middle" });
    lines.forEach((line, at) => node.append(make("tspan", { x: 0, dy: at ? 16 : 0 }, line)));
    return node;
  };

  const draw = () => {
    const x = data.measures[selects[0].value], y = data.measures[selects[1].value];
    const place = selects[2] ? selects[2].value : data.runs[0]?.district;
    const only = selects[3]?.value ? new Set(data.sweeps[selects[3].value]) : null;
    const points = data.runs
      .filter((run) => run.district === place && (!only || only.has(run.job)))
      .map((run) => ({ run, a: run.values[x.at], b: run.values[y.at] }))
      .filter((p) => p.a !== null && p.b !== null);
    for (const p of points) {
      p.on = !points.some((q) => {
        const da = badness(q.a, x.better) - badness(p.a, x.better);
        const db = badness(q.b, y.better) - badness(p.b, y.better);
        return da <= 0 && db <= 0 && (da < 0 || db < 0);
      });
    }
    chart.replaceChildren();
    if (!points.length) return;
    // drawn for the width it has, so that its letters are as large as those of the page
    const W = Math.min(960, Math.max(300, chart.clientWidth || 900)), H = W < 600 ? 400 : 480;
    const across = wrapped(`${x.label} [${x.unit}], ${x.better} is better`, (W - 100) / 8);
    const upwards = wrapped(`${y.label} [${y.unit}], ${y.better} is better`, (H - 100) / 8);
    const [L, B, T, R] = [58 + 16 * upwards.length, 36 + 16 * across.length, 20, 24];
    chart.setAttribute("viewBox", `0 0 ${W} ${H}`);
    const span = (values) => {
      const low = Math.min(...values), high = Math.max(...values);
      const room = (high - low || Math.abs(high) || 1) * 0.06;
      return [low - room, high + room];
    };
    // a bound holds for the plans of its own front: beside others it would say what is not so
    const known = data.bounds.filter((f) => f.x === x.key && f.y === y.key && f.district === place);
    const bounds = known.filter((f) => points.every((p) => f.jobs.includes(p.run.job)));
    const steps = bounds.flatMap((f) => f.steps);
    const [x0, x1] = span([...points.map((p) => p.a),
      ...steps.map((s) => s.a).filter((a) => a !== null)]);
    const [y0, y1] = span([...points.map((p) => p.b), ...steps.map((s) => s.b)]);
    const px = (v) => L + (v - x0) / (x1 - x0) * (W - L - R);
    const py = (v) => H - B - (v - y0) / (y1 - y0) * (H - B - T);
    for (const [t, text] of ticks(x0, x1, W < 600 ? 2 : 4)) {
      chart.append(make("line", { x1: px(t), x2: px(t), y1: T, y2: H - B, stroke: "#dedede" }));
      chart.append(make("text", { x: px(t), y: H - B + 18, "text-anchor": "middle" }, text));
    }
    for (const [t, text] of ticks(y0, y1, 4)) {
      chart.append(make("line", { x1: L, x2: W - R, y1: py(t), y2: py(t), stroke: "#dedede" }));
      chart.append(make("text", { x: L - 8, y: py(t) + 4, "text-anchor": "end" }, text));
    }
    chart.append(title(across, {
      transform: `translate(${(L + W - R) / 2} ${H - 12 - 16 * (across.length - 1)})` }));
    chart.append(title(upwards, { transform: `translate(18 ${(H - B + T) / 2}) rotate(-90)` }));
    const front = points.filter((p) => p.on).sort((p, q) => p.a - q.a);
    chart.append(make("polyline", { class: "line",
      points: front.map((p) => `${px(p.a)},${py(p.b)}`).join(" ") }));
    for (const { steps: stairs } of bounds) {
      let from = x0;
      const spots = stairs.flatMap(({ a, b }) => {
        const step = [[from, b], [a ?? x1, b]];
        from = a ?? x1;
        return step;
      });
      chart.append(make("polyline", { class: "bound",
        points: spots.map(([a, b]) => `${px(a)},${py(b)}`).join(" ") }));
    }
    for (const p of points) {
      const link = make("a", { href: `${p.run.folder}/run.json`, "aria-label":
        `${p.run.name}: ${x.label} ${told(p.a)}, ${y.label} ${told(p.b)}, ` +
        (p.on ? "on the front" : "dominated") });
      link.append(make("title", {}, link.getAttribute("aria-label")));
      link.append(p.on ? make("circle", { class: "dot on", cx: px(p.a), cy: py(p.b), r: 6 })
        : make("path", { class: "dot", d: `M${px(p.a) - 4} ${py(p.b) - 4}l8 8m0 -8l-8 8` }));
      chart.append(link);
    }
    document.getElementById("told").textContent =
      `${front.length} of ${points.length} plans are on the front (discs); ` +
      `${points.length - front.length} are dominated (crosses): another plan is at least as good ` +
      "in both measures and better in one." + (bounds.length
        ? " Dashed: proven bound, no plan is below it; its steps are in a table further down." : "") +
      known.filter((f) => !bounds.includes(f)).map((f) => ` The proven bound of “${f.title}” is not ` +
        "drawn, because it does not hold for the other plans: choose it under Sweep.").join("");
    const on = new Set(front.map((p) => p.run.job));
    for (const cell of document.querySelectorAll("td.front")) {
      const is = on.has(cell.parentElement.dataset.job);
      cell.textContent = is ? "front" : points.some((p) => p.run.job ===
        cell.parentElement.dataset.job) ? "dominated" : "";
      cell.classList.toggle("front-yes", is);
    }
  };
  for (const select of selects) if (select) select.addEventListener("change", draw);
  addEventListener("resize", draw);
  draw();
})();
