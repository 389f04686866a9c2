"""Loss functions: one number for how far outputs are from their targets.

>>> from micrograd_nn import Value
>>> outputs = [Value(2.0), Value(-1.0)]
>>> mse_loss(outputs, [1.0, 1.0])  # the mean of 1 and 4
Value(data=2.5, grad=0.0)

All take `(input, target, reduction)`, named and ordered as in PyTorch. The input is one
output or a list of them, Values or numbers. Targets are numbers, in lists or arrays of
the same shape; where they are Values, gradients flow into them too. `reduction` is
"mean", "sum", or "none" for one loss per output. More options come by name.

In a function of one example that is compiled, an input of the program may stand for the
target. To weigh examples, multiply the loss of each by its weight:

    mn.compile(lambda x, y, weight: weight * cross_entropy(model(x), y))

`LOSSES` lists those of outputs and targets; `distillation_loss` also takes a teacher,
and `l1_penalty` and `l2_penalty` take parameters.
"""

from micrograd_nn.losses.distributions import distillation_loss, kl_div
from micrograd_nn.losses.domains import Domain
from micrograd_nn.losses.entropies import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    nll_loss,
)
from micrograd_nn.losses.margins import hinge_loss, multi_margin_loss
from micrograd_nn.losses.pairs import Loss
from micrograd_nn.losses.penalties import l1_penalty, l2_penalty
from micrograd_nn.losses.regression import huber_loss, l1_loss, mse_loss

__all__ = [
    "LOSSES",
    "Domain",
    "Loss",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "distillation_loss",
    "hinge_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "l1_penalty",
    "l2_penalty",
    "mse_loss",
    "multi_margin_loss",
    "nll_loss",
]

LOSSES: dict[str, Loss] = {
    function.__name__: function
    for function in (
        mse_loss,
        l1_loss,
        huber_loss,
        cross_entropy,
        nll_loss,
        binary_cross_entropy_with_logits,
        hinge_loss,
        multi_margin_loss,
        kl_div,
    )
}
