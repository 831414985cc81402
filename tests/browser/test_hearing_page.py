"""The hearing page in a real browser, opened from disk with the network off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Visit, faults_of, open_visit
from playwright.sync_api import Browser

from planner.hearing.figures import Figures
from planner.hearing.packet import Packet, open_packet
from planner.hearing.page import render_page
from planner.hearing.words import load_words

pytestmark = pytest.mark.browser


def expect_schools(packet: Packet, said: str, block: str) -> None:
    """Assert that an answer names the school of a block today and under every option."""
    level = packet.levels[0]
    lines = [packet.today[level][block]]
    lines += [packet.proposed[o.letter, level][block] for o in packet.options]
    for owner in lines:
        assert packet.unit_name(owner) in said


def centre_of(visit: Visit, block: str) -> tuple[float, float]:
    """Return where on the screen the middle of a block is."""
    script = """(id) => {
      const data = hearing.data, map = hearing.map, place = hearing.middle(id);
      const host = document.getElementById('map').getBoundingClientRect();
      if (map.engine === 'gl') {
        const at = map.maps[0].project(place);
        return [host.left + at.x, host.top + at.y];
      }
      const svg = document.querySelector('#map svg'), [x, y] = data.projection.xy(place);
      const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
      return [at.x, at.y];
    }"""
    visit.page.evaluate("document.getElementById('map').scrollIntoView()")
    x, y = visit.page.evaluate(script, block)
    return float(x), float(y)


def a_moved_block(packet: Packet) -> str:
    level = packet.levels[0]
    before, after = packet.today[level], packet.proposed["A", level]
    moved = before.index[(before != after) & (before != "") & (after != "")]
    areas = packet.district.blocks.loc[moved, "area_m2"]
    return str(areas.idxmax())


def test_nothing_is_asked_of_the_network(visit: Visit) -> None:
    """The page opens from disk with the network off, draws its map, and asks for nothing."""
    assert visit.page.get_attribute("body", "data-map") == "gl"
    visit.page.wait_for_timeout(500)
    assert visit.requests == []
    assert visit.faults == []


def test_the_page_can_be_used_at_once(browser: Browser, page_file: Path) -> None:
    """Choosing a place works before the moving map is there; well within five seconds."""
    times = []
    for _ in range(3):
        context = browser.new_context(offline=True)
        opened = open_visit(context, page_file)
        times.append(opened.page.evaluate("performance.now()"))
        context.close()
    assert min(times) < 5000


def test_a_click_tells_the_schools_of_a_place(visit: Visit, packet: Packet) -> None:
    """Today's school and each option's, with the way to each."""
    block = a_moved_block(packet)
    visit.page.mouse.click(*centre_of(visit, block))
    said = visit.answer()
    assert block in said
    expect_schools(packet, said, block)
    assert re.search(r"\d\.\d\smi", said)
    assert "changes" in said


def test_an_address_is_found_without_a_server(visit: Visit, packet: Packet) -> None:
    """Typed, chosen with the keyboard, answered."""
    number = 7
    visit.page.fill("#find", f"{100 + number} church")
    visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("Enter")
    said = visit.answer()
    assert f"{100 + number} Church Hill" in said
    expect_schools(packet, said, str(packet.district.blocks.index[number]))


def test_a_street_is_found_with_everything_along_it(visit: Visit, packet: Packet) -> None:
    """Where a street has several outcomes, each is told with the number of blocks."""
    names = packet.lookup.streets
    name = max(names, key=lambda n: len(names[n]))
    visit.page.fill("#find", name.lower())
    visit.page.locator("#found li", has_text=name).first.click()
    said = visit.answer()
    assert name in said
    level = packet.levels[0]
    for block in names[name]:
        assert packet.unit_name(packet.today[level].iloc[block]) in said


def test_an_unknown_street_says_so(visit: Visit) -> None:
    """And says what else to try."""
    visit.page.fill("#find", "zzzz lane")
    assert "Nothing found" in visit.page.inner_text("#find-note")


STREETS = ["Steele Ln", "Brookwood Ave", "4th St", "O'Farrell Rd", "Peñaloza St", "W 9th St",
           "St. Francis Dr", "N Dr. King Blvd"]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "street"),
    [
        ("steele lane", "Steele Ln"), ("steele l", "Steele Ln"), ("STEELE LN.", "Steele Ln"),
        ("brookwood avenue", "Brookwood Ave"), ("brookwood av", "Brookwood Ave"),
        ("brook wood", "Brookwood Ave"), ("4th street", "4th St"), ("fourth st", "4th St"),
        ("O’Farrell", "O'Farrell Rd"), ("o farrell road", "O'Farrell Rd"),
        ("ofarrell", "O'Farrell Rd"), ("penaloza", "Peñaloza St"), ("west ninth", "W 9th St"),
        ("saint francis drive", "St. Francis Dr"), ("north doctor king", "N Dr. King Blvd"),
        ("7 4th street", "7 4th St"), ("7 Brookwood Avenue, Santa Rosa CA", "7 Brookwood Ave"),
        ("7 brookwood ave apt 2", "7 Brookwood Ave"), ("8 brookwood ave", "Brookwood Ave"),
    ],
)  # fmt: skip
def test_streets_are_found_as_people_type_them(
    simple_visit: Visit, typed: str, street: str
) -> None:
    """Long or short, with or without accents and apostrophes, with what follows an address."""
    found = simple_visit.page.evaluate(
        """([names, typed]) => {
          const addresses = Object.fromEntries(names.map((name, at) => [name, [["7", at]]]));
          const data = { streets: {}, addresses }, input = document.getElementById("find");
          const lookup = new hearing.lookup.constructor(data, () => {}, () => {});
          input.value = typed;
          lookup.search();
          return [lookup.found[0]?.name, document.getElementById("find-note").textContent];
        }""",
        [STREETS, typed],
    )
    words = load_words("en")
    one = typed[0] == "8" or not typed.startswith("7")
    note = words.plural("page.find", 1 if one else 2)
    assert found == [street, words("page.find_street") if typed[0] == "8" else note]


def test_a_street_with_two_spellings_is_one(simple_visit: Visit) -> None:
    """Its addresses and the blocks along it are told together."""
    found = simple_visit.page.evaluate(
        """() => {
          const data = { streets: { "Oak Ln": [1, 2] }, addresses: { "OAK LANE": [["5", 1]] } };
          return new hearing.lookup.constructor(data, () => {}, () => {}).streets;
        }"""
    )
    assert [(each["name"], each["blocks"], each["numbers"]) for each in found] == [
        ("Oak Ln", [1, 2], [["5", 1]])
    ]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_what_is_not_found_leaves_no_answer_standing(
    visit: Visit, packet: Packet, lang: str
) -> None:
    """Nothing of the place before is told or outlined; one outside the district is called so."""
    words, page = load_words(lang), visit.page
    page.click(f"[data-lang={lang}]")
    page.fill("#find", "107 church hill")
    page.keyboard.press("Enter")
    assert visit.answer()
    page.fill("#find", "118 zzzz")
    page.keyboard.press("Enter")
    assert page.inner_text("#find-note") == words("page.find_none")
    assert visit.answer() == ""
    assert page.evaluate("hearing.map.chosen") == []
    page.mouse.click(*centre_of(visit, a_moved_block(packet)))
    page.click("#whole")
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    assert visit.answer().strip() == words("page.place_outside")
    assert page.evaluate("hearing.map.chosen") == []


@pytest.mark.parametrize("lang", ["es", "en"])
def test_how_to_move_the_map_is_said_across_it(visit: Visit, phone: Visit, lang: str) -> None:
    """The hint covers the map, on a desk and a phone, and follows the language of the page."""
    words = load_words(lang)
    for page, said in ((visit.page, words("page.map_scroll", button="Ctrl")),
                       (phone.page, words("page.map_touch"))):  # fmt: skip
        page.click(f"[data-lang={lang}]")
        hint, board = (
            page.locator(name).first for name in (".maplibregl-cooperative-gesture-screen", "#map")
        )
        assert hint.inner_text().strip() == said
        inner, outer = hint.bounding_box(), board.bounding_box()
        assert inner is not None
        assert outer is not None
        assert inner["width"] > outer["width"] - 4
        assert inner["height"] > outer["height"] - 4


def test_the_whole_view_shows_every_school(visit: Visit, simple_visit: Visit) -> None:
    """Also one that stands outside the blocks, on either map and on paper."""
    move = """() => {
      const level = hearing.level, [west, south, east, north] = level.frame;
      level.frame = [west - (east - west) / 2, south, east, north + (north - south) / 3];
      hearing.paper();
      hearing.map.reset();
      const p = hearing.data.projection, corner = [level.frame[0], level.frame[3]];
      const inside = ([left, top, width, height]) => {
        const [x, y] = p.xy(corner);
        return x > left + width / 100 && x < left + width && y > top + height / 100;
      };
      const paper = document.querySelector(".paper svg[role=img]").viewBox.baseVal;
      const map = hearing.map.maps?.[0], host = document.getElementById("map");
      const at = map?.project(corner);
      return [
        map ? at.x > 10 && at.y > 10 && at.y < host.clientHeight : inside(hearing.map.box),
        inside([paper.x, paper.y, paper.width, paper.height]),
      ];
    }"""
    for each in (visit, simple_visit):
        assert each.page.evaluate(move) == [True, True]


def test_the_key_is_shown_whole(visit: Visit) -> None:
    """However many schools there are, none is hidden in a frame without a scroll bar."""
    cut = visit.page.evaluate(
        """() => {
          const key = document.getElementById("key");
          key.innerHTML = key.innerHTML.repeat(8);
          return key.scrollHeight - key.clientHeight;
        }"""
    )
    assert cut <= 0


def test_comparing_keeps_the_option_that_is_looked_at(visit: Visit) -> None:
    """From what an option changes, or its zones, to that option beside today."""
    for view in (">B", "B"):
        visit.page.select_option("#view", view)
        visit.page.check("#compare")
        assert visit.page.input_value("#view") == ""
        assert visit.page.input_value("#with") == "B"
        visit.page.uncheck("#compare")


def test_two_plans_side_by_side(visit: Visit) -> None:
    """The line between them moves with mouse and keyboard."""
    visit.page.check("#compare")
    visit.page.wait_for_timeout(300)
    over = visit.page.locator("#map .pane.over")
    assert over.is_visible()
    visit.page.focus("#slider")
    visit.page.keyboard.press("Home")
    assert "0%" in (over.get_attribute("style") or "")
    visit.page.keyboard.press("End")
    assert "100%" in (over.get_attribute("style") or "")
    assert visit.page.locator("#divide span").all_inner_texts() == ["Today", "Option A"]
    visit.page.uncheck("#compare")
    assert not over.is_visible()


def test_views_are_switched(visit: Visit) -> None:
    """Today, every option, what changes: each with its own words and alternative."""
    options = visit.page.locator("#view option").all_inner_texts()
    assert len(options) == 5
    seen = set()
    for option in options:
        visit.page.select_option("#view", label=option)
        seen.add(visit.page.text_content("#map-alt"))
    assert len(seen) == len(options)


def test_numbers_that_have_no_room_are_found_by_zooming(visit: Visit) -> None:
    """The map on the screen says so where it shows changes; paper, which cannot, does not."""
    for lang in ("en", "es"):
        words = load_words(lang)
        visit.page.click(f"[data-lang={lang}]")
        visit.page.select_option("#view", ">A")
        told = visit.page.inner_text("#map-about")
        assert words("map.how_changes") in told
        assert words("map.zoom_in_for_more") in told
        visit.page.select_option("#view", "A")
        assert words("map.zoom_in_for_more") not in visit.page.inner_text("#map-about")
        paper = visit.page.locator(f".lang[lang={lang}] .paper")
        assert words("map.zoom_in_for_more") not in (paper.text_content() or "")


def test_the_adopted_option_is_shown_first(
    browser: Browser, packet: Packet, tmp_path: Path
) -> None:
    """The map opens on the plan the board has adopted, and only its card is marked."""
    adopted = open_packet([o.run for o in packet.options], day=packet.day, adopted="B")
    path = tmp_path / "index.html"
    path.write_text(render_page(adopted, Figures(adopted)), encoding="utf-8")
    context = browser.new_context(offline=True)
    page = open_visit(context, path, fragment="#simple").page
    assert page.input_value("#view") == ">B"
    page.check("#compare")
    assert page.input_value("#with") == "B"
    marked = page.locator(".lang[lang=en] .card", has=page.locator(".state.adopted"))
    assert marked.count() == 1
    assert marked.locator("h3").inner_text().startswith("Option B")
    context.close()


def test_the_language_is_switched(visit: Visit) -> None:
    """All of the page, numbers included; nothing of the other language stays."""
    visit.page.click("[data-lang=es]")
    assert visit.page.get_attribute("html", "lang") == "es"
    text = visit.page.inner_text("body")
    words, english = load_words("es"), load_words("en")
    for key in ("page.title", "page.find", "page.worse", "page.sure", "page.map_help"):
        assert words.texts[key] in text
        assert english.texts[key] not in text
    assert re.search(r"\d\.\d\smi / \d\.\d\skm", text)
    assert "{" not in text
    visit.page.click("[data-lang=en]")
    assert english.texts["page.title"] in visit.page.inner_text("body")


def test_no_text_is_left_open(visit: Visit) -> None:
    """No field in braces, no key of a words file shows on the page, in any language."""
    keys = set(load_words("en").texts)
    for lang in ("en", "es"):
        visit.page.click(f"[data-lang={lang}]")
        text = visit.page.inner_text("body")
        assert "{" not in text
        assert not [key for key in keys if "." in key and re.search(rf"\b{re.escape(key)}\b", text)]


def test_everything_is_reached_with_the_keyboard(visit: Visit, packet: Packet) -> None:
    """Tab goes through the controls in order; the map moves, zooms and answers."""
    visit.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached = []
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        reached.append(
            visit.page.evaluate("document.activeElement.id || document.activeElement.className")
        )
        if "map" in reached and "whole" in reached:
            break
    assert reached[0] == "skip lang"
    wanted = ["find", "view", "compare", "map", "zoom-in", "zoom-out", "whole"]
    assert [name for name in reached if name in wanted] == wanted
    visit.page.focus("#map")
    before = visit.page.evaluate("hearing.map.centre()")
    for key in ("ArrowRight", "ArrowDown", "+", "-", "ArrowLeft"):
        visit.page.keyboard.press(key)
    assert visit.page.evaluate("hearing.map.centre()") != before
    visit.page.keyboard.press("Enter")
    assert packet.levels
    assert "Block" in visit.answer()


def test_focus_can_be_seen(visit: Visit) -> None:
    """Whatever has the focus has a thick outline."""
    for name in ("#find", "#view", "#map", "#whole", "nav a"):
        visit.page.locator(name).first.focus()
        visit.page.keyboard.press("Shift+Tab")
        visit.page.keyboard.press("Tab")
        width = visit.page.evaluate(
            "parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
        )
        assert width >= 2


def test_without_webgl_there_is_a_simpler_map(simple_visit: Visit, packet: Packet) -> None:
    """It says so, and clicks, look-ups and comparison work all the same."""
    assert simple_visit.page.get_attribute("body", "data-map") == "svg"
    assert simple_visit.page.locator("#simple").is_visible()
    block = a_moved_block(packet)
    simple_visit.page.mouse.click(*centre_of(simple_visit, block))
    expect_schools(packet, simple_visit.answer(), block)
    simple_visit.page.check("#compare")
    assert simple_visit.page.locator("#map .pane.over path").count() > 5
    assert simple_visit.requests == []
    assert simple_visit.faults == []


def test_paper_shows_every_map_and_no_buttons(visit: Visit, packet: Packet) -> None:
    """Today, each plan and each change as pictures with alternatives; tables in full."""
    visit.page.emulate_media(media="print")
    pictures = visit.page.locator(".lang[lang=en] .paper figure")
    assert pictures.count() == 1 + 2 * len(packet.options)
    assert pictures.first.is_visible()
    assert not visit.page.locator("#widget").is_visible()
    assert not visit.page.locator("[data-lang=es]").is_visible()
    for picture in visit.page.locator(".lang[lang=en] .paper svg[role=img]").all():
        assert len(picture.get_attribute("aria-label") or "") > 20
    for sample in visit.page.locator(".lang[lang=en] .paper .key svg").all():
        assert (sample.bounding_box() or {})["width"] < 40  # beside its school's name
    assert len(visit.page.pdf(format="Letter")) > 20_000


@pytest.mark.parametrize("lang", ["en", "es"])
def test_paper_says_where_the_maps_are(browser: Browser, page_file: Path, lang: str) -> None:
    """In place of the search, also where it is printed before the page has drawn its own maps."""
    context = browser.new_context(offline=True, java_script_enabled=lang == "es")
    page = context.new_page()
    page.goto(page_file.as_uri())
    told = page.locator(f"section#{lang}-find", has_text=load_words(lang)("page.on_paper"))
    if lang == "es":
        page.click("[data-lang=es]")
    assert load_words(lang)("page.on_paper") not in page.inner_text("main")
    page.emulate_media(media="print")
    assert load_words(lang)("page.on_paper") in told.inner_text()
    context.close()


def test_without_scripts_the_tables_stand(browser: Browser, page_file: Path) -> None:
    """Where programs are switched off, the words, tables and a pointer to the maps are there."""
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    text = page.inner_text("body")
    assert load_words("en").texts["page.noscript"] in text
    assert page.locator(".lang[lang=en] table").count() > 5
    context.close()


def test_axe_finds_nothing(visit: Visit) -> None:
    """WCAG 2.1 AA by automatic audit: as opened, after an answer, compared, in Spanish."""
    assert faults_of(visit) == []
    visit.page.fill("#find", "church")
    assert faults_of(visit) == []
    visit.page.keyboard.press("Enter")
    visit.page.check("#compare")
    assert faults_of(visit) == []
    visit.page.click("[data-lang=es]")
    assert faults_of(visit) == []


def test_axe_finds_nothing_on_a_phone_nor_without_webgl(phone: Visit, simple_visit: Visit) -> None:
    """Also on a narrow screen, and with the simpler map."""
    assert faults_of(phone) == []
    assert faults_of(simple_visit) == []


def test_a_phone_needs_no_sideways_scrolling(phone: Visit) -> None:
    """Only wide tables scroll, inside their own frame."""
    assert phone.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_every_picture_has_an_alternative_and_every_table_headers(visit: Visit) -> None:
    """For those who listen."""
    page = visit.page
    assert page.evaluate(
        "[...document.querySelectorAll('svg[role=img]')].every(s => s.getAttribute('aria-label'))"
    )
    assert page.evaluate(
        "[...document.querySelectorAll('main table:not(.answer)')].every(t => t.caption && "
        "[...t.querySelectorAll('thead th')].every(h => h.scope === 'col') && "
        "[...t.tBodies[0].rows].every(r => r.cells[0].scope === 'row'))"
    )


def test_on_a_phone_the_answer_is_seen(phone: Visit, packet: Packet) -> None:
    """A tap on the map brings its answer onto the screen, right under the map."""
    x, y = centre_of(phone, a_moved_block(packet))
    phone.page.touchscreen.tap(x, y)
    phone.page.wait_for_timeout(300)
    box = phone.page.locator("#answer").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 844 - 60
    below = phone.page.evaluate("document.querySelector('#answer').closest('.board') !== null")
    assert below
    wide = "(t => t.scrollWidth > t.closest('#answer').clientWidth)"
    assert not phone.page.evaluate(f"{wide}(document.querySelector('#answer table'))")


def test_on_a_phone_tables_are_cards(phone: Visit) -> None:
    """No table is wider than its frame; each cell says what it is; titles stay put."""
    wide = phone.page.evaluate(
        "[...document.querySelectorAll('.lang:not([hidden]) .fold[open] .scroll')]"
        ".filter((frame) => frame.scrollWidth > frame.clientWidth + 1).length"
    )
    assert wide == 0
    head = phone.page.locator(".lang[lang=en] .fold td").first.get_attribute("data-head")
    assert head == "Today"
    assert phone.page.locator(".lang[lang=en] .fold > summary").first.is_visible()


def test_both_sides_of_a_comparison_say_what_they_are(visit: Visit, packet: Packet) -> None:
    """Letter, plan and state of the left and of the right map; the line follows the pointer."""
    visit.page.check("#compare")
    visit.page.select_option("#view", value="A")
    visit.page.select_option("#with", value="B")
    told = visit.page.inner_text("#map-imprint")
    for option in packet.options:
        assert f"Option {option.letter}: " in told
        assert option.imprint.plan_id in told
    visit.page.evaluate("document.getElementById('map').scrollIntoView()")
    line = visit.page.locator("#divide").bounding_box()
    assert line is not None
    x, y = line["x"], line["y"] + line["height"] / 3
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x - 200, y, steps=4)
    visit.page.mouse.up()
    assert float(visit.page.input_value("#slider")) < 40
    visit.page.wait_for_function("document.querySelector('#drawing').hidden")


def test_parts_of_a_street_are_told_by_number(visit: Visit) -> None:
    """Where addresses are known, each part of a street has its house numbers and its ways."""
    visit.page.fill("#find", "church hill")
    visit.page.locator("#found li", has_text="Church Hill").first.click()
    assert re.search(r"Numbers \d+", visit.answer())
    visit.page.locator("#answer summary").first.click()
    said = visit.answer()
    assert re.search(r"\d\.\d\skm – \d\.\d\smi", said)
    assert not said.rstrip().endswith(":")
    assert visit.page.locator("#answer svg.tint").count() > 2


def test_a_street_of_many_parts_is_folded(phone: Visit) -> None:
    """Each part says its schools in a line; the table of its ways is opened, also by keyboard."""
    phone.page.fill("#find", "Church Hill")
    phone.page.keyboard.press("Enter")
    parts = phone.page.locator("#answer details")
    assert parts.count() > 3
    first = parts.nth(0)
    table, school = first.locator("table"), first.locator("td").nth(0)
    assert school.text_content().strip() in first.locator("summary").inner_text()
    assert not table.is_visible()
    first.locator("summary").press("Enter")
    assert table.is_visible()


def test_long_tables_are_folded_and_printed(visit: Visit) -> None:
    """The first tables are open, the others open on demand, all of them on paper."""
    shut = visit.page.locator(".lang[lang=en] details.fold:not([open])")
    assert shut.count() > 2
    visit.page.emulate_media(media="print")
    assert visit.page.locator(".lang[lang=en] details.fold table").last.is_visible()
    visit.page.emulate_media(media="screen")
    visit.page.locator(".lang[lang=en] #en-schools [data-unfold]").click()
    assert visit.page.locator("#en-schools details.fold:not([open])").count() == 0


def test_moved_areas_look_like_their_new_school_in_a_frame(simple_visit: Visit) -> None:
    """The simple map fills what moves as the key does, frames it, and leaves the rest pale."""
    simple_visit.page.select_option("#view", ">A")
    drawn = simple_visit.page.evaluate(
        """() => {
          const fill = (path) => {
            const id = path.getAttribute('fill').slice(5, -1);
            const pattern = document.getElementById(id);
            return [pattern.querySelector('rect').getAttribute('fill'), pattern.children.length];
          };
          const svg = document.querySelector('#map svg'), level = hearing.level;
          const paths = [...svg.querySelectorAll('path[fill^=url]')].map(fill);
          const swatches = level.changed.A.map((area) => level.owners[area.after].swatch);
          return {
            moved: paths.slice(level.shapes.A.length).map((found) => found[0]),
            stays: paths.slice(0, level.shapes.A.length),
            wanted: swatches.map((at) => hearing.data.patterns[at][0]),
            frames: svg.querySelectorAll('path[clip-path]').length,
          };
        }"""
    )
    assert drawn["moved"] == drawn["wanted"]
    assert drawn["frames"] == len(drawn["wanted"]) > 0
    assert all(parts == 1 for _, parts in drawn["stays"])


def test_a_piece_apart_has_the_number_of_its_school(simple_visit: Visit) -> None:
    """A piece of a zone that has neither the school nor the zone's name is numbered."""
    simple_visit.page.select_option("#view", "")
    before, after, number = simple_visit.page.evaluate(
        """() => {
          const [zone, other] = hearing.level.shapes[''];
          const number = hearing.level.owners[zone.owner].numbers;
          const names = () => [...document.querySelectorAll('#map .names text')];
          const count = () => names().filter((text) => text.textContent === number).length;
          const before = count();
          zone.pieces = [...zone.pieces, ...other.pieces];
          hearing.map.draw();
          return [before, count(), number];
        }"""
    )
    assert after == before + 1, number


CLOSE_A_SCHOOL = """() => {
  const level = hearing.level, zones = level.shapes[''];
  const school = level.owners[zones[0].owner].schools[0];
  level.shapes[''] = zones.filter((zone) => !level.owners[zone.owner].schools.includes(school));
  hearing.left = '';
  hearing.draw();
  return String(level.schools.find((each) => each.id === school).number);
}"""


def test_a_closed_school_keeps_its_number_and_is_in_the_key(
    simple_visit: Visit, visit: Visit
) -> None:
    """Both maps cross its disc out behind the number; the key shows the same mark."""
    number = simple_visit.page.evaluate(CLOSE_A_SCHOOL)
    crossed = simple_visit.page.locator("#map g:has(> circle):has(> path)")
    assert crossed.all_text_contents() == [number]
    in_key = simple_visit.page.locator("#key li", has=simple_visit.page.locator("em"))
    assert in_key.locator("svg circle").count() == 1
    assert visit.page.evaluate(CLOSE_A_SCHOOL) == number
    crosses = visit.page.evaluate(
        """async () => {
          const map = hearing.map.maps[0];
          await new Promise((done) => { map.once('idle', () => done()); map.triggerRepaint(); });
          const seen = map.queryRenderedFeatures({ layers: ['crosses'] });
          return seen.map((mark) => mark.properties.text);
        }"""
    )
    assert set(crosses) == {number}


def test_first_printed_page_says_what_was_decided(visit: Visit) -> None:
    """On paper the state keeps its ground, and options that need more than a page begin at once."""
    visit.page.emulate_media(media="print")
    style = "e => getComputedStyle(e).getPropertyValue('{}')"
    state, card = visit.page.locator("header .state").first, visit.page.locator(".card").first
    assert state.evaluate(style.format("print-color-adjust")) == "exact"
    assert card.evaluate(style.format("break-inside")) == "auto"
