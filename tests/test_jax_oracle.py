"""Gradients and Hessians of whole functions, against JAX where it is installed."""

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value

pytestmark = pytest.mark.oracle

FUNCTIONS = {
    "neuron": (
        lambda m, x: m.tanh(x[0] * x[1] + x[2]),
        lambda x: (x[0] * x[1] + x[2]).tanh(),
    ),
    "softplus of a product": (
        lambda m, x: m.logaddexp(x[0] * x[1] * x[2], 0.0),
        lambda x: (x[0] * x[1] * x[2]).softplus(),
    ),
    "logsumexp": (
        lambda m, x: m.log(m.sum(m.exp(x))),
        mn.logsumexp,
    ),
    "quotients and powers": (
        lambda m, x: (x[0] ** 2 + 1) ** x[1] / (m.exp(x[2]) + 1),
        lambda x: (x[0] ** 2 + 1) ** x[1] / (x[2].exp() + 1),
    ),
}
POINT = [0.7, -1.3, 0.4]


@pytest.fixture(scope="module")
def jax():
    module = pytest.importorskip("jax")
    module.config.update("jax_enable_x64", True)
    return module


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value_gradient_and_hessian_are_those_of_jax(jax, name):
    theirs, ours = FUNCTIONS[name]
    point = jax.numpy.array(POINT)

    def f(x):
        return theirs(jax.numpy, x)

    value, gradient = mn.value_and_grad(ours)(POINT)
    curvature = mn.hessian(ours)(POINT)

    assert value == pytest.approx(float(f(point)), rel=1e-12)
    assert gradient == pytest.approx(np.array(jax.grad(f)(point)), rel=1e-12)
    wanted = np.array(jax.hessian(f)(point))
    assert np.array(curvature) == pytest.approx(wanted, rel=1e-11, abs=1e-13)


def test_backward_gives_what_grad_gives():
    leaves = [Value(x) for x in POINT]
    mn.logsumexp(leaves).backward()

    assert [v.grad for v in leaves] == mn.grad(mn.logsumexp)(POINT)
