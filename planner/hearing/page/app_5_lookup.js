// Streets and addresses by what people type: one spelling for both, and the field that asks for it.

// What is written short or long on signs, in lists and by hand (suffixes as the post office has them).
const LONG = Object.fromEntries(`
alley aly|avenue ave av aven|bend bnd|boulevard blvd boul|branch br|bridge brg|bypass byp|circle cir circ
common cmn|corner cor|court ct crt|courts cts|cove cv|creek crk|crescent cres|crossing xing crssng|drive dr drv
estates ests|expressway expy|extension ext|freeway fwy|gardens gdns|gate gt|glen gln|green grn|grove grv|heights hts
highway hwy hiway|hill hl|hills hls|hollow holw|island is|junction jct|knoll knl|lake lk|landing lndg|lane ln
loop lp|manor mnr|meadow mdw|meadows mdws|mount mt|mountain mtn|orchard orch|park prk|parkway pkwy pky|place pl
plaza plz|point pt|ranch rnch|ridge rdg|road rd|route rte rt|spring spg|springs spgs|square sq
station sta|street str|terrace ter terr|trace trce|trail trl|turnpike tpke|valley vly|view vw|village vlg|vista vis
way wy|north n|south s|east e|west w|northeast ne|northwest nw|southeast se|southwest sw
1st first|2nd second|3rd third|4th fourth|5th fifth|6th sixth|7th seventh|8th eighth|9th ninth|10th tenth
11th eleventh|12th twelfth|13th thirteenth|14th fourteenth|15th fifteenth|16th sixteenth|17th seventeenth
18th eighteenth|19th nineteenth|20th twentieth`.trim().split(/[|\n]/).flatMap((line) => {
  const [long, ...short] = line.split(" ");
  return short.map((word) => [word, long]);
}));
// Before a name these are titles: St Francis Street, Dr King Drive.
const TITLES = { st: ["saint", "street"], dr: ["doctor", "drive"] };
const ENDS = new Set(["", "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"]);

// Letters and digits only, without what follows a comma or names a flat.
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f.'’‘ʼ´\u0060]/g, "")
  .replace(/,.*|\s(?:#|apt|unit|suite)(?![a-z]).*/, "").replace(/[^\p{L}\p{N}\/-]+/gu, " ").trim();

// A street as typed and in full, each without spaces, so that O'Farrell, O’Farrell and O Farrell are one.
function spellings(street) {
  const words = plain(street).replace(/[-\/]/g, " ").split(" ").filter(Boolean);
  const long = words.map((word, at) => TITLES[word]?.[+ENDS.has(LONG[words[at + 1]] ?? words[at + 1] ?? "")] ?? LONG[word] ?? word);
  return [words.join(""), long.join("")];
}

// Every street once, also where streets and addresses spell it differently.
function listStreets({ streets, addresses }) {
  const known = new Map();
  for (const name of [...Object.keys(streets), ...Object.keys(addresses)]) {
    const [typed, full] = spellings(name);
    if (!known.has(full)) known.set(full, { name, spelt: [typed, full], blocks: null, numbers: [] });
    const street = known.get(full);
    if (streets[name]) street.blocks = [...new Set([...(street.blocks ?? []), ...streets[name]])];
    street.numbers.push(...(addresses[name] ?? []));
  }
  for (const street of known.values()) street.blocks ??= [...new Set(street.numbers.map(([, block]) => block))];
  return [...known.values()];
}

// What fits the text: the house itself first, then streets; isHouse where a number was typed and is known.
function findPlaces(streets, text) {
  const [, number, rest] = plain(text).match(/^(\d+[a-z]?(?:[-\/]\d+)?)\s+(.+)$/) ?? [null, null, plain(text)];
  const wanted = spellings(rest);
  if (wanted[0].length < 2) return [];
  const where = (street) => Math.min(...wanted.map((text, at) => street.spelt[at].indexOf(text)).filter((at) => at >= 0));
  const hits = streets.map((street) => [where(street), street]).filter(([at]) => at < Infinity)
    .sort(([a, one], [b, other]) => a - b || one.name.localeCompare(other.name));
  const houses = hits.flatMap(([, { name, numbers }]) => numbers
    .filter(([each]) => number && each.toLowerCase() === number)
    .map(([each, block]) => ({ name: `${each} ${name}`, blocks: [block], isHouse: true })));
  return [...houses, ...hits.map(([, street]) => street)].slice(0, 8);
}

// The field, with the list of what fits it; tells what is taken, and when nothing fits.
class Lookup {
  constructor(data, take, none) {
    Object.assign(this, { streets: listStreets(data), take, none, found: [], active: -1 });
    this.input = $("#find");
    this.list = $("#found");
    $("#find-row").hidden = !this.streets.length;
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("click", (event) => this.choose([...this.list.children].indexOf(event.target.closest("li"))));
  }

  search() {
    this.found = findPlaces(this.streets, this.input.value);
    this.active = -1;
    this.show();
    this.note();
    if (!this.found.length && $("#find-note").textContent) this.none();
  }

  note() {
    const { found } = this, typed = plain(this.input.value), isNumber = /^\d+[a-z]?\s/.test(typed);
    $("#find-note").textContent = found.length
      ? (isNumber && !found[0].isHouse ? t("page.find_street") : Texts.plural("page.find", found.length))
      : typed.length > 2 && /\D/.test(typed) ? t("page.find_none") : "";
  }

  show() {
    const { input, list, found, active } = this;
    list.innerHTML = found.map((hit, at) => `<li role="option" id="hit${at}" aria-selected="${at === active}">${escapeHtml(hit.name)}</li>`).join("");
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    if (active >= 0) input.setAttribute("aria-activedescendant", "hit" + active); else input.removeAttribute("aria-activedescendant");
  }

  press(event) {
    const n = this.found.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.active = !n ? -1 : event.key === "ArrowDown" ? (this.active + 1) % n : (this.active <= 0 ? n : this.active) - 1;
      this.show();
      event.preventDefault();
    } else if (event.key === "Enter") { this.choose(Math.max(this.active, 0)); event.preventDefault(); }
    else if (event.key === "Escape") this.close();
  }

  close() {
    this.found = [];
    this.active = -1;
    this.show();
    $("#find-note").textContent = "";
  }

  choose(at) {
    const hit = this.found[at];
    if (!hit) return;
    this.input.value = hit.name;
    this.close();
    this.take(hit);
  }
}
