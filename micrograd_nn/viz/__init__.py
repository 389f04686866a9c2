"""Graphs to look at: pictures, the debugger, exercises.

`draw_dot(loss)` draws a graph, `debug(loss)` steps through its chain rule. `steps` are
the records behind it; `why`, `nudge`, `worksheet` and `inject` are for lessons. Plots
of training are in `viz.plots`.

From a Value a `snapshot` is taken (the numbers), a `scene` made of it (what to show), a
`layout` finds places for that (by Graphviz or our own code), and `picture` draws it.
"""

from micrograd_nn.viz.debug import Debugger, debug
from micrograd_nn.viz.draw import Drawing, draw_dot, trace
from micrograd_nn.viz.faults import FAULTS, Fault, faulty_steps, inject
from micrograd_nn.viz.names import label_all
from micrograd_nn.viz.notebook import repr_mimebundle
from micrograd_nn.viz.nudge import Nudge, nudge
from micrograd_nn.viz.steps import Step, Steps, steps
from micrograd_nn.viz.why import Path, Paths, why
from micrograd_nn.viz.worksheet import Worksheet, worksheet

__all__ = [
    "FAULTS",
    "Debugger",
    "Drawing",
    "Fault",
    "Nudge",
    "Path",
    "Paths",
    "Step",
    "Steps",
    "Worksheet",
    "debug",
    "draw_dot",
    "faulty_steps",
    "inject",
    "label_all",
    "nudge",
    "repr_mimebundle",
    "steps",
    "trace",
    "why",
    "worksheet",
]
