"""The debugger's page in a real browser: what it shows, and how one moves in it."""

import html
import json
import math
import random
import shutil
import struct

import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.nn import MLP
from micrograd_nn.viz import rules
from micrograd_nn.viz.faults import faulty_steps
from micrograd_nn.viz.page import asset
from micrograd_nn.viz.page_scene import shown_on
from micrograd_nn.viz.rules import bracketed
from micrograd_nn.viz.snapshot import snapshot
from micrograd_nn.viz.steps import recorded
from micrograd_nn.viz.text import number
from micrograd_nn.viz.way import Way
from tests.debugged import HOSTILE, bundle, dbg, expression, hostile, with_group

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
WINDOWS = {
    "light": {"viewport": {"width": 1200, "height": 700}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1200, "height": 700}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
}
# What every card displays, and of which colour its numbers are.
CARDS = """const nodes = [...document.querySelectorAll("#graph .mg-node")];
const cards = () => nodes.map(node =>
  ["data", "grad"].map(word => {
    const text = node.querySelector(`.mg-value.mg-${word}`);
    const chip = node.querySelector(`.mg-chip.mg-${word}`);
    if (!text) return null;
    const fill = chip ? getComputedStyle(chip).fill : "";
    const sign = {"rgb(0, 114, 178)": 1, "rgb(213, 94, 0)": -1}[fill] || 0;
    return [text.textContent, chip ? sign : 0];
  }))"""
# The same at the start and after each step that `move` makes, `count` times.
WALK = (
    CARDS
    + """;
const walk = (move, count) => {
  const found = [cards()];
  for (let i = 0; i < count; i++) { move(); found.push(cards()); }
  return found;
};"""
)
# What `look` gives at the start and after each step.
EVERY = "look => steps.map((_, time) => { show(time); return look(time); })"
CLICK = "name => () => document.getElementById(name).click()"


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as p:
        running = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def opened(browser):
    """Opens HTML; at the end nothing was logged, and nothing was asked of a network."""
    noise, contexts = [], []

    def open_page(markup, window="light", **options):
        context = browser.new_context(**{**WINDOWS[window], **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("dialog", lambda dialog: noise.append(dialog.message))
        context.route(
            "**/*", lambda route: (noise.append(route.request.url), route.abort())
        )
        page.set_content(markup)
        return page

    yield open_page
    for context in contexts:
        context.close()

    assert noise == []


def slow(parameter):
    return pytest.param(parameter, marks=pytest.mark.slow)


def small_mlp():
    random.seed(7)
    net = MLP(2, [3, 1])
    return (net([1.0, -2.0]) - 1.0) ** 2


def sign(x):
    return 0 if x is None else (x > 0) - (x < 0)


def expected(steps, time):
    """For each Value the texts and signs of its data and grad after `time` steps."""
    computed = {s.node for s in steps[:time] if s.phase == "forward"}
    grads = steps.grads_after(time - 1)
    shown = []
    for i, data in enumerate(steps.graph.data):
        known = i in computed or not steps.graph.operands[i]
        pairs = [data if known else None, grads[i]]
        shown.append([[number(x), sign(x)] for x in pairs])
        if steps.graph.is_constant(i):  # its card has a number and no tint
            shown[-1] = [[number(data), 0], None]
    return shown


def assert_shown(debugger, time, cards):
    """That `cards` show the state after `time` steps: those of one Value each."""
    wanted = expected(debugger.steps, time)
    for nodes, card in zip(debugger.scene.members, cards, strict=True):
        if len(nodes) == 1:
            name = debugger.steps.names[nodes[0]]

            assert card == wanted[nodes[0]], (time, name)


def shown(page):
    """What every card of the page displays now."""
    return page.evaluate(f"() => {{ {CARDS}; return cards(); }}")


def walked(page, button, count):
    """The same after each of `count` clicks, and before the first."""
    script = f"([name, n]) => {{ {WALK} return walk(({CLICK})(name), n); }}"
    return page.evaluate(script, [button, count])


def rule(page):
    """The lines of the rule box: a left and a right side each."""
    return page.eval_on_selector_all(
        "#rule :is(dt, dd)", "all => all.map(one => one.textContent)"
    )


def time_of(page):
    return int(page.input_value("#slider"))


# What is shown


@pytest.mark.parametrize("window", ["light", slow("dark"), slow("narrow")])
@pytest.mark.parametrize("make", [expression, slow(hostile), slow(small_mlp)])
def test_every_card_shows_the_records_at_every_step_forward_and_back(
    opened, make, window
):
    debugger = dbg(make())
    page = opened(debugger.html, window)
    last = len(debugger.steps)

    for time, cards in enumerate(walked(page, "next", last)):
        assert_shown(debugger, time, cards)
    for time, cards in enumerate(walked(page, "back", last)):
        assert_shown(debugger, last - time, cards)


@pytest.mark.slow
def test_a_jump_shows_what_walking_there_shows(opened):
    debugger = dbg(small_mlp())
    walking, jumping = opened(debugger.html), opened(debugger.html)
    times = random.Random(3).sample(range(len(debugger.steps) + 1), 12)

    for time in times:
        jumping.evaluate("time => show(time)", time)
        while time_of(walking) != time:
            walking.keyboard.press(
                "ArrowRight" if time > time_of(walking) else "ArrowLeft"
            )
        for selector in ("#graph", "#ledger", "#rule", "#bar"):
            ours, theirs = walking.inner_html(selector), jumping.inner_html(selector)
            assert ours == theirs


@pytest.mark.parametrize("name", ["x1*w1 + b", "größe", "net.w[2]", "x (2)", "-x"])
def test_a_name_stands_in_a_formula_as_in_the_table(opened, name):
    x = Value(3.0, label=name)
    page = opened(dbg(x * 2.0).html)
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")

    assert rule(page)[2] == f"{rules.term(name)}.grad"


@pytest.mark.slow
def test_the_rule_box_has_the_numbers_of_every_step(opened):
    debugger = dbg(expression())
    page, names = opened(debugger.html), debugger.steps.names

    for step in debugger.steps:
        page.keyboard.press("ArrowRight")
        said = rule(page)
        if step.phase == "forward":
            assert said[0] == names[step.node]
            assert said[1].startswith(f"= {step.rule}")
            assert said[-1] == f"– → {number(step.after)}"
        elif step.phase == "backward":
            node, operand = names[step.node], names[step.operand]
            assert said[0] == f"∂{node}/∂{operand}"
            assert said[2] == said[4] == f"{operand}.grad"
            assert said[3].startswith(f"+= {node}.grad × ")
            product = f"{number(step.upstream)} × {bracketed(step.local)}"
            assert product in said[3]
            assert said[3].endswith(f" = {number(step.contribution)}")
            change = f"{number(step.before)} → {number(step.after)}"
            assert said[5].startswith(change)


def test_nothing_is_said_twice(opened):
    page = opened(dbg(Value(1.0, label="a") + Value(2.0, label="b")).html)
    page.evaluate("show(3)")

    assert rule(page)[:2] == ["∂v2/∂a", "= 1"]


def test_a_step_outlines_two_cards_in_the_colours_of_its_formula(opened):
    page = opened(dbg(expression()).html)
    looks = at_every_step(
        page,
        """time => ["up", "to"].map(role => {
          const cards = [...document.querySelectorAll(`#graph .${role} > .mg-card`)];
          const terms = [...document.querySelectorAll(`#rule b.${role}`)];
          return [cards.map(card => getComputedStyle(card).stroke),
            [...new Set(terms.map(term => getComputedStyle(term).color))]];
        })""",
    )
    backward = looks[page.evaluate("root.seed") + 1 :]

    assert len(backward) > 5
    for (upstream, its_terms), (receiver, other_terms) in backward:
        assert len(upstream) == len(receiver) == 1
        assert upstream != receiver
        assert (its_terms, other_terms) == (upstream, receiver)


@pytest.mark.slow
def test_the_active_edge_carries_the_partial_and_points_to_the_receiver(opened):
    debugger = dbg(expression())
    page = opened(debugger.html)

    for time, step in enumerate(debugger.steps, 1):
        page.keyboard.press("ArrowRight")
        hot = page.eval_on_selector_all(
            ".mg-operand-edge",
            "all => all.flatMap((e, i) => e.matches('.hot') ? i : [])",
        )
        if step.phase == "backward":
            assert hot == [debugger.scene.edge_of[step.node, step.position]]
            assert page.text_content(".tag text") == f"× {number(step.local)}"
            assert page.evaluate("!!document.querySelector('.hot.back')"), time
        elif step.phase == "forward":
            count = len(debugger.steps.graph.operands[step.node])
            assert len(hot) == count


def at_every_step(page, look):
    """What the JavaScript `look` gives at the start and after each step."""
    return page.evaluate(f"() => ({EVERY})({look})")


@pytest.mark.parametrize("window", ["narrow", slow("light")])
def test_nothing_jumps_from_step_to_step(opened, window):
    page = opened(dbg(hostile()).html, window)
    looks = at_every_step(
        page,
        """() => {
          const rule = document.getElementById("rule"), graph = rule.nextElementSibling;
          return [graph.offsetTop, rule.scrollHeight <= rule.clientHeight];
        }""",
    )

    assert len({top for top, _ in looks}) == 1
    assert all(whole for _, whole in looks)


@pytest.mark.parametrize("width", [320, slow(360), slow(700), slow(1200)])
def test_nothing_is_wider_than_the_window(opened, width):
    page = opened(dbg(hostile()).html, viewport={"width": width, "height": 700})
    looks = at_every_step(
        page,
        """() => ["bar", "rule", "ledger"].map(id => document.getElementById(id))
          .concat(document.documentElement)
          .map(box => box.scrollWidth <= box.clientWidth)""",
    )

    assert all(map(all, looks))


@pytest.mark.slow
def test_the_cards_of_a_step_are_in_view(opened):
    page = opened(dbg(small_mlp()).html, "narrow", reduced_motion="reduce")
    looks = at_every_step(
        page,
        """time => {
          const receiver = document.querySelector("#graph .to");
          if (!receiver) return time === 0;
          const [box, card] = [document.getElementById("graph"), receiver]
            .map(thing => thing.getBoundingClientRect());
          return card.left >= box.left - 1 && card.right <= box.right + 1
            && card.top >= box.top - 1 && card.bottom <= box.bottom + 1;
        }""",
    )

    assert all(looks)


@pytest.mark.slow
@pytest.mark.parametrize("rankdir", ["LR", "RL", "TB", "BT"])
@pytest.mark.parametrize("engine", ["python", "auto"])
def test_the_partial_on_an_edge_covers_neither_of_the_two_cards(
    opened, engine, rankdir
):
    page = opened(dbg(expression(), engine=engine, rankdir=rankdir).html)
    looks = at_every_step(
        page,
        """() => {
          const tag = document.querySelector(".tag rect");
          if (!tag) return true;
          const a = tag.getBoundingClientRect();
          return [...document.querySelectorAll(":is(.up, .to) > .mg-card")]
            .map(card => card.getBoundingClientRect())
            .every(b => a.right <= b.left + 2 || b.right <= a.left + 2
              || a.bottom <= b.top + 2 || b.bottom <= a.top + 2);
        }""",
    )

    assert all(looks)


# The ledger


def ledger(page):
    return page.eval_on_selector_all(
        "#ledger tr", "all => all.map(row => [...row.children].map(c => c.textContent))"
    )


def test_the_ledger_lists_what_is_still_to_come(opened):
    x = Value(3.0, label="x")
    page = opened(dbg(x * x).html)
    page.evaluate("show(3)")
    half = ledger(page)
    page.evaluate("show(4)")

    assert half[1:] == [
        ["3", "v1.grad × x", "3"],
        ["4", "v1.grad × x", "to come"],
        ["", "1 of 2, not complete yet", "3"],
    ]
    assert ledger(page)[-1] == ["", "complete", "6"]


@pytest.mark.slow
def test_the_sum_of_every_ledger_is_the_gradient_at_every_step(opened):
    debugger = dbg(expression())
    page = opened(debugger.html)

    for time, step in enumerate(debugger.steps, 1):
        page.keyboard.press("ArrowRight")
        if step.phase == "backward":
            grads = debugger.steps.grads_after(time - 1)
            assert ledger(page)[-1][-1] == number(grads[step.operand])
            assert len(ledger(page)) == 2 + len(debugger.steps.ledger(step.operand))


@pytest.mark.slow
def test_a_line_of_the_ledger_leads_to_its_step(opened):
    x = Value(3.0, label="x")
    page = opened(dbg(x * x).html)
    page.evaluate("show(3)")
    page.click("#ledger button >> text=4")

    assert time_of(page) == 4
    assert page.evaluate("document.activeElement.textContent") == "4"


@pytest.mark.slow
def test_a_pinned_ledger_stays(opened):
    page = opened(dbg(expression()).html)
    page.select_option("#jump", label="x")
    page.click("#pin")
    page.click("#first")

    assert page.inner_text("#ledger h2") == "x.grad"
    assert page.get_attribute("#pin", "aria-pressed") == "true"
    assert [row[-1] for row in ledger(page)[1:]] == ["to come", "to come", "–"]


@pytest.mark.slow
def test_a_planted_fault_shows_what_it_does(opened):
    a = Value(3.0, label="a")
    wrong = Way(add=lambda before, contribution: contribution)
    debugger = dbg(recorded(snapshot(a * a), wrong))
    page = opened(debugger.html)

    for time, cards in enumerate(walked(page, "next", len(debugger.steps))):
        assert_shown(debugger, time, cards)
    assert rule(page)[3].startswith("= v1.grad × a")
    assert rule(page)[5] == "3 → 33 is lost: = in place of +="


@pytest.mark.slow
def test_a_gradient_that_was_not_cleared_shows_in_the_ledger(opened):
    a = Value(3.0, label="a")
    held = Way(start=lambda graph: [5.0] * len(graph.order))
    page = opened(dbg(recorded(snapshot(a * a), held)).html)
    page.click("#last")

    assert [row[-1] for row in ledger(page)[1:]] == ["5", "3", "3", "11"]


def test_a_gradient_that_is_held_shows_until_something_is_added(opened):
    x = Value(2.0, label="x")
    z = x * x
    z.backward()
    page = opened(dbg(faulty_steps(z, "forgotten_zero_grad")).html)
    page.evaluate("show(root.seed)")
    held = shown(page)[0][1]
    page.evaluate("visit(0)")
    page.click("#pin")
    page.evaluate("show(root.seed)")

    assert held == ["4", 1]
    assert [row[-1] for row in ledger(page)[1:]] == ["4", "to come", "to come", "4"]


# Moving


def test_keys_move(opened):
    page = opened(dbg(expression()).html)
    last = page.evaluate("steps.length - 1")
    times = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home"):
        page.keyboard.press(key)
        times.append(time_of(page))

    assert times == [1, 2, 1, last, last, 0]


@pytest.mark.slow
def test_buttons_move(opened):
    page = opened(dbg(expression()).html)
    last = page.evaluate("steps.length - 1")
    times = []
    for button in ("next", "next", "back", "last", "next", "first", "back"):
        page.click(f"#{button}", force=True)
        times.append(time_of(page))

    assert times == [1, 2, 1, last, last, 0, 0]


def test_the_slider_moves_by_key_and_by_hand(opened):
    debugger = dbg(expression())
    page = opened(debugger.html)
    page.focus("#slider")
    page.keyboard.press("ArrowRight")
    one = time_of(page)
    page.fill("#slider", "12")

    assert one == 1
    assert_shown(debugger, 12, shown(page))
    assert page.get_attribute("#slider", "aria-valuetext") == "step 12, backward"


def test_play_runs_to_the_end_and_stops(opened):
    page = opened(dbg(Value(2.0, label="x").exp()).html)
    page.clock.install()
    page.keyboard.press(" ")
    label = page.get_attribute("#play", "aria-label")
    page.clock.run_for(1200)
    first = time_of(page)
    page.clock.run_for(9000)

    assert (label, first) == ("Pause", 1)
    assert time_of(page) == 3
    assert page.get_attribute("#play", "aria-label") == "Play"


@pytest.mark.slow
def test_moving_by_hand_pauses(opened):
    page = opened(dbg(expression()).html)
    page.clock.install()
    page.click("#play")
    page.clock.run_for(1200)
    page.keyboard.press("ArrowRight")
    page.clock.run_for(9000)

    assert time_of(page) == 2


@pytest.mark.slow
@pytest.mark.parametrize("how", ["click", "Enter"])
def test_a_card_leads_to_the_step_that_completes_its_gradient(opened, how):
    debugger = dbg(expression())
    page = opened(debugger.html)

    for node, name in enumerate(debugger.steps.names):
        card = page.locator("#graph .mg-node").nth(node)
        if how == "click":
            card.click()
        else:
            card.focus()
            page.keyboard.press(how)
        added = debugger.steps.ledger(node)
        if added:
            assert time_of(page) == added[-1].index + 1
            assert page.inner_text("#ledger h2") == f"{name}.grad"
            assert "complete" in page.inner_text("#ledger .sum")


@pytest.mark.slow
def test_one_can_jump_to_any_value_by_name(opened):
    debugger = dbg(hostile())
    page = opened(debugger.html)
    options = page.eval_on_selector_all("#jump option", "all => all.map(o => o.text)")

    for name in debugger.steps.names:
        assert " ".join(name.split()) in [" ".join(o.split()) for o in options]
    page.select_option("#jump", label="seed")
    assert debugger.steps[time_of(page) - 1].phase == "seed"
    page.keyboard.press("Escape")
    page.click("#next")
    assert page.input_value("#jump") == ""


# For everybody


def test_the_toolbar_its_buttons_and_every_card_have_names(opened):
    page = opened(dbg(expression()).html)
    unnamed = """() => [...document.querySelectorAll("button, input, select, .mg-node")]
      .filter(e => !(e.getAttribute("aria-label") || e.textContent.trim()))"""

    assert page.get_attribute("#bar", "role") == "toolbar"
    assert page.get_by_role("button", name="Next").count() == 1
    assert page.get_by_role("slider", name="Step").count() == 1
    assert page.evaluate(unnamed) == []
    assert page.get_by_role("button", name="h").count() >= 1


def test_a_live_region_speaks_the_rule(opened):
    page = opened(dbg(expression()).html)
    page.evaluate("show(root.seed + 1)")

    assert page.get_attribute("#live", "aria-live") == "polite"
    assert " ".join(rule(page)[:2]) in page.text_content("#live")


@pytest.mark.slow
def test_a_title_is_as_honest_as_its_card(opened):
    page = opened(dbg(expression()).html)
    titles = "all => all.map(t => t.textContent)"
    before = page.eval_on_selector_all("#graph .mg-node title", titles)
    page.keyboard.press("End")
    after = page.eval_on_selector_all("#graph .mg-node title", titles)

    assert before[0].splitlines()[:3] == ["w", "data = -1.5", "grad = –"]
    assert all("grad = –" in title for title in before)
    assert after[-1].splitlines()[2] == "grad = 1"


@pytest.mark.slow
def test_the_focus_is_visible(opened):
    page = opened(dbg(expression()).html)
    stops = set()
    for _ in range(24):
        page.keyboard.press("Tab")
        stops.add(page.evaluate("document.activeElement.id || 'card'"))
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width in ("2px", "3px"), stops

    assert {"first", "play", "last", "slider", "jump", "card", "pin"} <= stops


def focused(page):
    """The position of the card that has the focus; -1 for none."""
    return page.evaluate("groups.indexOf(document.activeElement)")


def tab_into_the_picture(page):
    page.focus("#jump")
    page.keyboard.press("Tab")


def test_tab_stops_at_the_card_of_the_step_and_leaves_the_picture(opened):
    random.seed(1)
    debugger = dbg(MLP(2, [4, 1])([1.0, 2.0]), collapse="none")
    page = opened(debugger.html)
    for time in (0, 1, len(debugger.steps)):
        page.evaluate("time => show(time)", time)
        tab_into_the_picture(page)
        step = debugger.steps[time - 1] if time else None
        receiver = step.node if step and step.operand is None else -1
        if step and step.operand is not None:
            receiver = step.operand
        assert focused(page) == receiver % len(debugger.scene.cards)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "pin"

    assert page.locator("#graph [tabindex='0']").count() == 1


def test_up_and_down_lead_from_card_to_card(opened):
    page = opened(dbg(expression()).html)
    last = page.evaluate("groups.length - 1")
    tab_into_the_picture(page)
    visited = [focused(page)]
    for key in ("ArrowDown", "ArrowUp", "ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
        visited.append(focused(page))
    page.keyboard.press("Enter")

    assert visited == [last, last, last - 1, last - 2, last - 2]
    assert page.inner_text("#ledger h2").startswith(
        page.evaluate("cards[groups.length - 3].name")
    )
    assert page.locator("#graph [tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "pin"


@pytest.mark.slow
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_scrolling_honours_reduced_motion(opened, motion):
    page = opened(dbg(small_mlp()).html, "narrow", reduced_motion=motion)
    page.evaluate(
        """() => {
          window.asked = [];
          document.getElementById("graph").scrollBy = o => asked.push(o.behavior);
        }"""
    )
    at_every_step(page, "() => 0")

    assert ("smooth" in page.evaluate("asked")) == (motion != "reduce")
    assert page.evaluate("asked.length") > 3


@pytest.mark.slow
def test_marks_are_words_on_the_card_and_in_the_ledger(opened):
    x = Value(-20.0, label="x")
    y = x.tanh()
    page = opened(dbg(y).html)
    page.keyboard.press("Home")

    assert page.text_content("#graph .mark text") == "saturated"
    page.evaluate("show(1)")
    assert "its input −20 is where tanh is flat" in page.inner_text("#ledger .remark")


@pytest.mark.slow
def test_hostile_labels_are_shown_as_text(opened):
    debugger = dbg(hostile())
    page = opened(debugger.html)
    for _ in range(len(debugger.steps)):
        page.keyboard.press("ArrowRight")
    options = page.eval_on_selector_all("#jump option", "all => all.map(o => o.text)")

    assert page.evaluate("document.images.length") == 0
    assert page.evaluate("document.scripts.length") == 2
    assert page.evaluate("document.querySelectorAll('b:not(.up,.to)').length") == 0
    assert HOSTILE[0] in options


# The formatter


def floats():
    """Ties, borders, extremes, and many at random."""
    table = [0.0, -0.0, 1.0, -2.5, 0.5, 2.0625, 2.1875, 10.125, 1000.5, 1001.5, 12344.5]
    table += [12345.5, 9999.5, 9999.4999, 99999.5, 99999.4999, 100000.0, 123456.0]
    table += [1e-4, 9.9999e-5, 9.99949e-5, 9.9995e-5, 0.00012345, 0.000123449, 1e-5]
    table += [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e22, 1e21, 1e-7]
    table += [math.nan, math.inf, -math.inf, 0.1 + 0.2, 1 / 3, 2 / 3, 999.95, 99.995]
    chance = random.Random(0)
    table += [chance.randrange(1 << 14) / 2**k for k in range(14) for _ in range(60)]
    table += [
        chance.uniform(-1, 1) * 10.0 ** chance.randrange(-9, 9) for _ in range(900)
    ]
    bits = (struct.pack("<Q", chance.getrandbits(64)) for _ in range(900))
    return table + [struct.unpack("<d", b)[0] for b in bits]


def test_python_and_javascript_format_alike(opened):
    page = opened(f"<script>{asset('numbers.js')}</script>")
    table = floats()
    texts = [
        x if math.isfinite(x) else str(x).replace("inf", "Infinity") for x in table
    ]
    found = page.evaluate(
        "all => JSON.parse(all).map(x => [number(Number(x)), bracketed(Number(x))])",
        json.dumps(["NaN" if x == "nan" else x for x in texts]),
    )
    wanted = [[number(x), bracketed(x)] for x in table]

    assert [
        pair for pair in zip(table, found, wanted, strict=True) if pair[1] != pair[2]
    ] == []
    assert page.evaluate("[number(null), number(undefined)]") == ["–", "–"]


# In a notebook


def visible(page):
    return [
        tag
        for tag in ("iframe", "img", "pre")
        if page.is_visible(f".mg-debugger {tag}")
    ]


def test_a_cell_shows_the_frame_alone_and_two_of_them_do_not_meet(opened):
    one, two = bundle(expression()), bundle(small_mlp())
    page = opened(f"<!DOCTYPE html><body>{one['text/html']}{two['text/html']}")
    frames = page.frames[1:]
    frames[0].click("#last")

    assert len(frames) == 2
    assert visible(page) == ["iframe"]
    assert [int(frame.input_value("#slider")) for frame in frames] == [
        frames[0].evaluate("steps.length - 1"),
        0,
    ]


@pytest.mark.slow
def test_a_frame_that_is_shown_late_fits_all_the_same(opened):
    page = opened(f"<!DOCTYPE html><div hidden>{bundle()['text/html']}</div>")
    page.wait_for_timeout(200)
    page.evaluate("document.querySelector('div').hidden = false")
    page.frames[1].wait_for_function(
        "document.getElementById('rule').offsetHeight > 80", timeout=3000
    )

    assert page.frames[1].evaluate(
        "(r => r.scrollHeight <= r.clientHeight)(document.getElementById('rule'))"
    )


@pytest.mark.slow
def test_without_frame_and_style_a_cell_shows_picture_and_text(opened):
    elements = bundle()["text/html"]
    kept = elements[: elements.index("<style>")] + elements[elements.index("<img") :]
    page = opened(f"<!DOCTYPE html><body>{kept}")

    assert visible(page) == ["img", "pre"]
    assert page.evaluate("document.images[0].naturalWidth") > 300


@pytest.mark.slow
def test_an_executed_notebook_exported_as_html_has_a_working_debugger(opened, tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbconvert = pytest.importorskip("nbconvert")
    data = bundle()
    output = nbformat.v4.new_output("execute_result", data, execution_count=1)
    cell = nbformat.v4.new_code_cell("debug(L)", execution_count=1, outputs=[output])
    exporter = nbconvert.HTMLExporter(template_name="basic")
    exported, _ = exporter.from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    page = opened(exported)
    frame = page.frames[1]
    frame.click("#next")

    assert visible(page) == ["iframe"]
    assert int(frame.input_value("#slider")) == 1


@pytest.mark.slow
@pytest.mark.slow
def test_a_sanitized_notebook_still_has_the_text_of_the_steps():
    nbformat = pytest.importorskip("nbformat")
    sanitize = pytest.importorskip("nbconvert.preprocessors.sanitize")
    output = nbformat.v4.new_output("display_data", bundle())
    cell = nbformat.v4.new_code_cell("debug(L)", outputs=[output])
    kept, _ = sanitize.SanitizeHTML(strip=True).preprocess_cell(cell, {}, 0)
    markup = kept.outputs[0].data["text/html"]

    assert "<iframe" not in markup
    assert html.unescape(markup).endswith(dbg(expression()).text)


# Groups


@pytest.mark.slow
def test_a_group_shows_the_value_that_leaves_it(opened):
    debugger = with_group()
    page = opened(debugger.html)
    [card] = [i for i, nodes in enumerate(debugger.scene.members) if len(nodes) > 1]
    shows = debugger.steps.names.index("h")

    for time, cards in enumerate(walked(page, "next", len(debugger.steps))):
        assert cards[card] == expected(debugger.steps, time)[shows]
        assert_shown(debugger, time, cards)


@pytest.mark.slow
def test_a_step_inside_a_group_lights_its_card_and_says_so(opened):
    debugger = with_group()
    page = opened(debugger.html)
    names = debugger.steps.names

    for time, step in enumerate(debugger.steps, 1):
        page.keyboard.press("ArrowRight")
        if step.phase == "backward" and names[step.operand] in ("p", "b", "v4"):
            lit = page.locator("#graph .mg-group.to")
            assert lit.count() == 1, time
            assert page.locator("#graph .up, #graph .hot").count() == 0
            assert page.inner_text("#rule p").endswith(", inside a group")
            assert page.text_content(".tag text") == f"× {number(step.local)}"


@pytest.mark.slow
def test_a_step_into_a_group_says_so(opened):
    debugger = with_group()
    page = opened(debugger.html)
    names = debugger.steps.names
    [step] = [
        s
        for s in debugger.steps
        if s.phase == "backward"
        and s.operand == names.index("x")
        and names[s.node] == "p"
    ]
    page.evaluate("time => show(time)", step.index + 1)

    assert page.inner_text("#rule p").endswith(", p in a group")
    assert page.locator("#graph .mg-group.up").count() == 1


@pytest.mark.slow
def test_the_values_of_a_group_are_listed_and_lead_to_their_steps(opened):
    debugger = with_group()
    page = opened(debugger.html)
    page.locator("#graph .mg-group").click()
    page.click("#ledger summary")
    listed = page.locator("#ledger details tr").all_inner_texts()
    page.click("#ledger details button >> text=v4")

    assert [line.split()[0] for line in listed[1:]] == ["w", "p", "b", "v4", "h"]
    assert page.inner_text("#ledger h2") == "v4.grad"
    assert "complete" in page.inner_text("#ledger .sum")


# Large graphs


@pytest.mark.slow
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("level", ["neuron", "layer", "call", "sample"])
def test_a_collapsed_network_shows_its_records_at_every_step(opened, level, window):
    debugger = dbg(small_mlp(), collapse=level)
    page = opened(debugger.html, window)
    last = len(debugger.steps)
    shown = shown_on(debugger.steps, debugger.scene)
    forward = walked(page, "next", last)
    back = walked(page, "back", last)

    assert len(debugger.scene.cards) < len(debugger.steps.graph.order) / 2
    assert forward == back[::-1]
    for time, cards in enumerate(forward):
        wanted = expected(debugger.steps, time)
        for node, card in zip(shown, cards, strict=True):
            assert card == (wanted[node] if node >= 0 else [None, None])


@pytest.mark.slow
def test_a_step_among_a_thousand_values_touches_few_elements(opened):
    random.seed(1)
    net = MLP(4, [8, 8, 1])
    rows = [[Value(random.uniform(-1, 1)) for _ in range(4)] for _ in range(4)]
    debugger = dbg(mn.sum([(net(row) - 1.0) ** 2 for row in rows]), collapse="none")
    page = opened(debugger.html)
    touched = page.evaluate(
        """async () => {
          show(Math.floor(steps.length * .7));
          let count = 0;
          const watch = new MutationObserver(found => { count += found.length; });
          const all = {subtree: true, childList: true, attributes: true};
          watch.observe(svg, {...all, characterData: true});
          show(now + 1);
          await new Promise(requestAnimationFrame);
          return count;
        }"""
    )

    assert len(debugger.steps.graph.order) > 1000
    assert touched < 40
