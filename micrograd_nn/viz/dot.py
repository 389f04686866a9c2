r"""A scene in the DOT language, for Graphviz and other tools.

>>> print(quoted(r'say "hi" & <b>bye</b>\ '))
"say \"hi\" &amp; <b>bye</b>\\ "
"""

from __future__ import annotations

from micrograd_nn.viz.scene import Card, Scene

# Why no record shapes: with them dot 2.43 loses edges (1,252 drawn of 1,253).
HEADER = """\
digraph {{
  rankdir={rankdir} ordering=in
  node [shape=box fontname=monospace fontsize=11 margin="0.1,0.05"]
  edge [color="#666666" arrowsize=0.7]
"""
LOOKS = {"constant": ' color="#999999" fontsize=9', "group": " peripheries=2"}


def dot_source(scene: Scene, rankdir: str) -> str:
    """The scene in the DOT language, one box for each card and one for its op."""
    lines = [line for i, card in enumerate(scene.cards) for line in _nodes(i, card)]
    for tail, head in scene.edges:
        entry = f"op{head}" if scene.cards[head].symbol else f"n{head}"
        lines.append(f"n{tail} -> {entry}")
    body = "".join(f"  {line}\n" for line in lines)
    return HEADER.format(rankdir=rankdir) + body + "}\n"


def _nodes(i: int, card: Card) -> list[str]:
    rows = [f"{row.word} {row.text}" for row in card.rows]
    text = "\\n".join(quoted(part)[1:-1] for part in [card.label, *rows] if part)
    lines = [f'n{i} [label="{text}"{LOOKS.get(card.kind, "")}]']
    if card.symbol:
        lines.append(f"op{i} [shape=ellipse width=0.4 label={quoted(card.symbol)}]")
        lines.append(f"op{i} -> n{i} [weight=9]")
    return lines


def quoted(text: str) -> str:
    """`text` as a DOT string that shows it as it is.

    Quotes, backslashes and entities are what DOT reads in such a string; none is left.
    """
    plain = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
