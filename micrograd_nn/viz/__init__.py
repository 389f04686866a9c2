"""Pictures of graphs: `draw_dot(loss)` in a notebook, `.save("loss.svg")` anywhere.

From a Value a `scene` is taken (what to show), a `layout` finds places for it (by
Graphviz or our own code), and `picture` draws it as SVG.
"""

from micrograd_nn.viz.draw import Drawing, draw_dot, trace
from micrograd_nn.viz.notebook import repr_mimebundle

__all__ = ["Drawing", "draw_dot", "repr_mimebundle", "trace"]
