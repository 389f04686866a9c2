"""A new op is one record: registered here, it works in everything that reads ops."""

import copy
import math
import pickle

import numpy as np
import pytest

from micrograd_nn import OPS, Op, Value, apply, detect_anomaly, grad, hessian, register
from micrograd_nn.gradcheck import gradcheck
from micrograd_nn.namespaces import read_floats
from micrograd_nn.viz import draw_dot


@pytest.fixture
def hypot():
    op = register(
        Op(
            "hypot",
            forward=lambda xp, a, b: xp.sqrt(a * a + b * b),
            partials=(lambda xp, y, a, b: a / y, lambda xp, y, a, b: b / y),
            symbol="√",
        )
    )
    yield op
    del OPS[op.name]


@pytest.fixture
def softabs():
    """A unary op with a param of its own, and a choice in its formula."""
    op = register(
        Op(
            "softabs",
            forward=lambda xp, x: xp.where(abs(x) > 2.0, abs(x), 1.0 + 0.25 * x * x),
            partials=(lambda xp, y, x: xp.where(abs(x) > 2.0, xp.sign(x), 0.5 * x),),
            params=(2.0,),
        )
    )
    yield op
    del OPS["softabs(2.0)"]


@pytest.fixture
def norm():
    """An op over a sequence."""
    op = register(
        Op(
            "norm",
            forward=lambda xp, xs: xp.sqrt(xp.sum([x * x for x in xs])),
            partials=(lambda xp, y, xs: [x / y for x in xs],),
            nary=True,
        )
    )
    yield op
    del OPS[op.name]


def test_it_records_and_differentiates(hypot):
    a, b = Value(3.0), Value(4.0)
    y = apply(hypot, a, b)
    (y * 2).backward()

    assert y.data == 5.0
    assert y.operands == (a, b)
    assert (a.grad, b.grad) == (1.2, 1.6)
    assert (y._op, y.op) == ("√", hypot)


def test_it_takes_any_number_of_operands(norm):
    xs = [Value(x) for x in (2.0, 3.0, 6.0)]
    y = apply(norm, *xs)
    y.backward()

    assert y.data == 7.0
    assert [x.grad for x in xs] == [2 / 7, 3 / 7, 6 / 7]
    assert norm.rule(1, "a", "b") == "b / y"


def test_its_edges_follow_ieee(hypot):
    assert read_floats(hypot.forward, math.inf, 1.0) == math.inf
    assert math.isnan(read_floats(hypot.partials[0], 0.0, 0.0, 0.0))
    a = Value(0.0)
    with pytest.warns(RuntimeWarning, match="through hypot is nan"):
        apply(hypot, a, 0.0).backward()
    with detect_anomaly(), pytest.raises(FloatingPointError, match="hypot gave inf"):
        apply(hypot, 1e200, 1.0)


def test_it_writes_itself(hypot, softabs):
    assert hypot.formula("u", "v") == "sqrt(u * u + v * v)"
    assert hypot.rule(1, "u", "v", output="w") == "v / w"
    assert softabs.formula("x") == "|x| if |x| > 2 else 1 + 0.25 * x * x"
    assert softabs.rule(0, "x") == "sign(x) if |x| > 2 else 0.5 * x"


def test_it_has_derivatives_of_any_order(hypot, softabs, norm):
    curved = hessian(lambda x: apply(hypot, x[0], x[1]))([3.0, 4.0])
    wide = hessian(lambda x: apply(norm, *x))([3.0, 4.0])
    third = grad(grad(grad(lambda x: apply(hypot, x, 4.0))))(3.0)

    want = [[16 / 125, -12 / 125], [-12 / 125, 9 / 125]]
    assert np.array(curved) == pytest.approx(np.array(want), rel=1e-12)
    assert np.array(wide) == pytest.approx(np.array(want), rel=1e-12)
    assert third == pytest.approx(-3 * 3 * 16 / 5**5, rel=1e-12)
    assert grad(grad(lambda x: apply(softabs, x)))(1.0) == 0.5


def test_it_is_copied_and_pickled(hypot, softabs):
    a = Value(3.0)
    y = apply(softabs, apply(hypot, a, 4.0))
    for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        twin.backward()

        assert twin.data == 5.0
        assert twin.op == softabs
        assert twin.operands[0].operands[0].grad == 0.6
    assert a.grad == 0.0


def test_it_works_with_arrays(hypot):
    a, b = np.array([3.0, 6.0]), np.array([4.0, 8.0])

    assert hypot.forward(np, a, b).tolist() == [5.0, 10.0]


def test_it_notices_stale_data(hypot):
    a = Value(3.0)
    y = apply(hypot, a, 4.0)
    a.data = 4.0
    with pytest.raises(RuntimeError, match="after op '√' ran"):
        y.backward()


def test_it_is_gone_afterwards():
    assert not {"hypot", "softabs(2.0)", "norm"} & set(OPS)


def test_it_is_checked(hypot, norm):
    assert gradcheck(lambda a, b: apply(hypot, a, b), 3.0, 4.0, order=2)
    assert gradcheck(lambda xs: apply(norm, *xs), [2.0, 3.0, 6.0])


def test_a_wrong_rule_of_it_is_named():
    wrong = Op(
        "slip",
        lambda xp, a, b: xp.sqrt(a * a + b * b),
        (lambda xp, y, a, b: a / y, lambda xp, y, a, b: a / y),
    )

    report = gradcheck(lambda a, b: apply(wrong, a, b) * 2, 3.0, 4.0)

    assert not report
    assert (report.wrong_op.op, report.wrong_op.position) == ("slip", 1)


def test_it_is_drawn(hypot):
    drawing = draw_dot(apply(hypot, Value(3.0), Value(4.0)))

    assert "√" in drawing.svg
    assert "√" in drawing.source
