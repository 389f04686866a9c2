"""Check gradients against finite differences: of functions, models and your own ops.

>>> from micrograd_nn import Value
>>> from micrograd_nn.gradcheck import gradcheck
>>> def f(x, y):
...     return x * Value(y.data) + y  # .data cuts the path from y to the product
>>> print(gradcheck(f, 1.5, 4.0))
gradcheck: FAIL, 1 of 2 gradients are right
FAIL  df/dy: analytic 1, numeric 2.5 ± ..., ratio 0.4, relative error 0.6
...
to repeat: gradcheck(f, 1.5, 4.0)

`finite_difference` tells how the numeric side is found and how far it is trusted,
`verdict` what follows from that, `op_by_op` and `steps` how a guilty op is found.
"""

from micrograd_nn.gradcheck.check import assert_gradcheck, gradcheck
from micrograd_nn.gradcheck.report import GradcheckReport, WrongOp
from micrograd_nn.gradcheck.verdict import Comparison, Verdict

__all__ = [
    "Comparison",
    "GradcheckReport",
    "Verdict",
    "WrongOp",
    "assert_gradcheck",
    "gradcheck",
]
