"""Graphs to debug, and the debugger of one, for the tests of its text and its page."""

import dataclasses

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.viz.debug import debug
from micrograd_nn.viz.scene import Scene

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "</SCRIPT ><script>alert(1)</script>",
    "<!--<script>",
    "<b>bold</b>",
    "\"'`quotes",
    "back\\slash \\u003c \\",
    "new\nline\r\x00\x07",
    "\u2028\u2029",
    "\ud800 lone",
    "\u202eright to left\u200f",
    "$style ${script} {{data}}",
    "&lt;b&gt;&amp;",
    "]]>",
    "nan",
]


def expression():
    """Twelve Values: used twice, a constant, and a function that levels off."""
    w, x, b = (Value(n, label=s) for n, s in ((-1.5, "w"), (3.0, "x"), (5.0, "b")))
    p = w * x
    p.label = "p"
    h = (p + b).tanh()
    h.label = "h"
    return ((h * x).relu() - 2.0) ** 2 + h


def hostile():
    return mn.sum([Value(float(i), label=label) for i, label in enumerate(HOSTILE)])


def dbg(root, **kwargs):
    kwargs.setdefault("engine", "python")
    return debug(root, **kwargs)


def grouped(scene, nodes, name="a group"):
    """`scene` with one card for all of `nodes`, which shows what leaves it."""
    cards = [x for i, x in enumerate(scene.cards) if i not in nodes]
    members = [x for i, x in enumerate(scene.members) if i not in nodes]
    last = scene.cards[max(nodes)]
    at = sum(i < max(nodes) for i in range(len(scene.cards)) if i not in nodes)
    cards.insert(at, last._replace(name=name, kind="group", symbol=""))
    members.insert(at, tuple(sorted(nodes)))
    card_of = {i: card for card, inside in enumerate(members) for i in inside}
    edges, edge_of = [], {}
    for pair, edge in scene.edge_of.items():
        ends = tuple(card_of[i] for i in scene.edges[edge])
        if ends[0] != ends[1]:
            edge_of[pair] = len(edges)
            edges.append(ends)
    return Scene(cards, edges, members, edge_of)


def with_group():
    """The debugger of `expression`, its tanh and what is before it in one card."""
    debugger = dbg(expression())
    names = debugger.steps.names
    nodes = {names.index(name) for name in ("w", "p", "b", "v4", "h") if name in names}
    return dataclasses.replace(debugger, scene=grouped(debugger.scene, nodes))


def bundle(root=None):
    return dbg(root or expression())._repr_mimebundle_()
