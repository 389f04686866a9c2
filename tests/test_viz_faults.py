"""Faults put in on purpose: really there inside, found by gradcheck, gone outside."""

import asyncio
import contextvars
import threading

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value, faulty_pass
from micrograd_nn.gradcheck import Verdict, gradcheck
from micrograd_nn.nn import MLP
from micrograd_nn.viz.faults import FAULTS, Fault, faulty_steps, inject
from micrograd_nn.viz.steps import steps
from micrograd_nn.viz.way import RIGHT, Way
from tests.test_viz_steps import GRAPHS, overwriting, state_of

p = Value(2.0, label="p")
kept = (p * p) * 3.0  # a graph that is used in every call of `of_a_kept_graph`


def of_a_kept_graph(x):
    """`x` times the slope of `kept`, with the zero_grad that one is taught to write."""
    p.grad = 0.0
    kept.backward()
    return x * p.grad


def product(x, y):
    return x * y + x.tanh()


def fork(x):
    return x * x + x


def two_lengths(x):
    """Breadth first, `y` passes on what came by the short path, before the long one."""
    y = x.exp()
    return y + (y * 2.0).sin()


def chain(x):
    return (x * 2.0).sin()


# A function on which gradcheck must find the fault, and a point.
CAUGHT_BY = {
    "overwrite": (fork, 3.0),
    "wrong_order": (two_lengths, 0.5),
    "forgotten_reverse": (chain, 0.5),
    "forgotten_zero_grad": (of_a_kept_graph, 0.5),
    "forgotten_upstream": (chain, 0.5),
    "wrong_rule": (product, 0.5, 2.0),
}


def test_there_is_a_function_for_every_fault():
    assert sorted(CAUGHT_BY) == sorted(FAULTS)
    assert [fault.name for fault in FAULTS.values()] == list(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_gradcheck_finds_the_fault_while_it_is_there(fault):
    f, *point = CAUGHT_BY[fault]
    assert gradcheck(f, *point)
    with inject(fault):
        report = gradcheck(f, *point)

    assert not report
    assert gradcheck(f, *point)


@pytest.mark.parametrize("fault", ["overwrite", "wrong_order", "wrong_rule"])
def test_a_graph_that_does_not_show_a_fault_passes(fault):
    with inject(fault):
        assert gradcheck(lambda x: x.exp().sin(), 0.5)


def test_gradcheck_names_the_op_with_the_wrong_rule():
    with inject("wrong_rule"):
        report = gradcheck(lambda x, y: x * y, 0.5, 2.0)
        tanh = gradcheck(lambda x: x.tanh(), 0.5)

    assert (report.wrong_op.op, report.wrong_op.position) == ("*", 0)
    assert any("each other's value" in note for note in report.notes)
    assert tanh.wrong_op.op == "tanh"


def test_gradcheck_names_no_op_where_the_rules_are_right():
    with inject("overwrite"):
        assert gradcheck(fork, 3.0).wrong_op is None


def test_gradients_that_pile_up_make_results_depend_on_history():
    with inject("forgotten_zero_grad"):
        report = gradcheck(of_a_kept_graph, 0.5)

    assert report.verdict is Verdict.NONDETERMINISTIC


# What `backward()` does inside


def grads(root):
    return [node.grad for node in steps(root).graph.order]


def of_fork():
    x = Value(3.0, label="x")
    return x * x + x, x


def test_overwrite_keeps_what_came_last():
    root, x = of_fork()
    with inject("overwrite"):
        root.backward()
        assert x.grad == 3.0
        root.backward()

    assert x.grad == 3.0


def test_wrong_order_passes_a_gradient_on_too_early():
    x = Value(0.0)
    y = x * 5.0
    root = y + y * 2.0
    with inject("wrong_order"):
        root.backward()

    assert (y.grad, x.grad) == (3.0, 5.0)


def test_forgotten_reverse_reaches_the_operands_of_the_root_alone():
    x = Value(3.0)
    y = x * 2.0
    root = y * 5.0
    with inject("forgotten_reverse"):
        root.backward()

    assert (y.grad, x.grad) == (5.0, 0.0)


def test_forgotten_zero_grad_compounds_over_passes():
    x = Value(3.0)
    y = x * 2.0
    root = y * 5.0
    with inject("forgotten_zero_grad"):
        root.backward()
        assert (y.grad, x.grad) == (5.0, 10.0)
        root.backward()

    assert (y.grad, x.grad) == (10.0, 30.0)


def test_forgotten_upstream_adds_partials_alone():
    x = Value(3.0)
    root = (x * 2.0) * 5.0
    with inject("forgotten_upstream"):
        root.backward()

    assert x.grad == 2.0


def test_wrong_rule_swaps_the_partials_of_a_product():
    x, y = Value(3.0), Value(4.0)
    root = x * y
    with inject("wrong_rule"):
        root.backward()
        assert root._local_grads == (3.0, 4.0)

    assert (x.grad, y.grad) == (3.0, 4.0)
    assert root._local_grads == (4.0, 3.0)


@pytest.mark.parametrize("fault", ["wrong_order", "forgotten_reverse", "wrong_rule"])
def test_leaves_still_add_up_over_passes_with(fault):
    once, x = of_fork()
    with inject(fault):
        once.backward()
        first = x.grad
        once.backward()

    assert x.grad == 2 * first


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("make", [m for m in GRAPHS if m.__name__ != "not_finite"])
def test_backward_leaves_the_grads_that_the_faulty_steps_show(make, fault):
    root = make()
    found = faulty_steps(root, fault)
    with inject(fault):
        root.backward()

    assert grads(root) == [grad or 0.0 for grad in found.grads]


def test_a_whole_network_learns_wrong_and_then_right_again():
    model = MLP(3, [4, 1])
    loss = model([0.5, -1.0, 2.0]) ** 2
    loss.backward()
    right = [q.grad for q in model.parameters()]
    model.zero_grad()
    with inject("wrong_rule"):
        loss.backward()
    wrong = [q.grad for q in model.parameters()]
    model.zero_grad()
    loss.backward()

    assert wrong != right
    assert [q.grad for q in model.parameters()] == right


def test_data_that_changed_is_refused_as_ever():
    x = Value(3.0, label="x")
    y = x * x
    x.data = 4.0
    with (
        inject("overwrite"),
        pytest.raises(RuntimeError, match="data changed since it was used"),
    ):
        y.backward()


# Right again, whatever happens


class MyError(Exception):
    pass


def is_right():
    root, x = of_fork()
    root.backward()
    return x.grad == 7.0


@pytest.mark.parametrize("fault", FAULTS)
def test_all_is_right_again_after_an_error(fault):
    with pytest.raises(MyError), inject(fault):
        raise MyError

    assert is_right()


def test_an_error_in_a_step_by_hand_leaves_grads_as_they_were():
    x = Value(3.0)
    out = Value(9.0, (x,), "broken")

    def step():
        raise MyError

    out._backward = step
    root = out * 2.0
    x.grad = 5.0
    with inject("overwrite"), pytest.raises(MyError):
        root.backward()

    assert x.grad == 5.0
    assert is_right()


def test_the_inner_one_of_two_faults_counts():
    root, x = of_fork()
    with inject("forgotten_reverse"):
        with inject("overwrite"):
            root.backward()
            assert x.grad == 3.0
        x.grad = 0.0
        root.backward()
        assert x.grad == 1.0

    assert is_right()


def test_it_decorates_a_function_too():
    @inject("overwrite")
    def train():
        return is_right()

    assert not train()
    assert not train()
    assert is_right()


def test_another_thread_is_right_meanwhile():
    found = []
    with inject("overwrite"):
        thread = threading.Thread(target=lambda: found.append(is_right()))
        thread.start()
        thread.join()
        assert not is_right()

    assert found == [True]


def test_another_task_is_right_meanwhile():
    async def faulty(entered, done):
        with inject("overwrite"):
            entered.set()
            await done.wait()
            return is_right()

    async def both():
        entered, done = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(faulty(entered, done))
        await entered.wait()
        meanwhile = is_right()
        done.set()
        return meanwhile, await task

    assert asyncio.run(both()) == (True, False)


def test_no_fault_is_on_outside():
    with inject("overwrite"):
        assert faulty_pass.current() is not None
        assert contextvars.copy_context().run(is_right) is False

    assert faulty_pass.current() is None


# What is not affected


def test_steps_grad_and_programs_stay_right_inside():
    x = Value(3.0)
    root = x * x + x
    w = Value(2.0)
    program = mn.compile(lambda t: (w * t) ** 2)
    with inject("wrong_rule"):
        assert steps(root).grads[0] == 7.0
        assert mn.grad(lambda t, u: t * u)(2.0, 5.0) == 5.0
        program.backward(np.array([3.0]))

    assert w.grad == 36.0


# The steps of a pass with a fault


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_steps_change_nothing_of_the_graph(fault):
    root = overwriting()
    before = repr(state_of(root))
    str(faulty_steps(root, fault))

    assert repr(state_of(root)) == before


FIRST_WRONG = {
    "overwrite": ("x", 3.0, 4.0),
    "forgotten_reverse": ("x", 0.0, 3.0),
    "forgotten_upstream": (None, None, None),
    "wrong_order": (None, None, None),
    "forgotten_zero_grad": (None, None, None),
    "wrong_rule": (None, None, None),  # of x * x, it swaps x and x
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_first_wrong_step_is_found(fault):
    root, _ = of_fork()
    found = faulty_steps(root, fault)
    name, after, should_be = FIRST_WRONG[fault]

    assert found.should_be == should_be
    if name is None:
        assert found.first_wrong is None
        assert str(found).endswith("the fault does not show in this graph.")
    else:
        step = found[found.first_wrong]
        assert (found.names[step.operand], step.after) == (name, after)
        last = f"step is {step.index + 1}: x.grad should be {should_be:g} there."
        assert str(found).endswith(last)


def test_a_held_gradient_shows_in_the_first_step_that_adds_to_it():
    x = Value(3.0, label="x")
    root = (x * 2.0) * 5.0
    root.backward()
    found = faulty_steps(root, "forgotten_zero_grad")
    step = found[found.first_wrong]

    assert (step.before, step.after, found.should_be) == (5.0, 10.0, 5.0)


def test_early_passing_on_is_found_where_it_happens():
    x = Value(0.0, label="x")
    y = x * 5.0
    found = faulty_steps(y + y * 2.0, "wrong_order")

    assert "x.grad should be 15 there" in str(found)


def test_the_wrong_rule_is_what_the_table_shows():
    x, y = Value(0.5, label="x"), Value(1.0, label="y")
    found = faulty_steps((x * y).tanh(), "wrong_rule")

    assert "v2.grad += v3.grad × (1 − v3) = 1 × 0.5379" in str(found)
    assert "x.grad += v2.grad × x = " in str(found)
    assert "y.grad += v2.grad × y = " in str(found)


@pytest.mark.parametrize("make", [m for m in GRAPHS if m is not overwriting])
def test_a_pass_without_a_fault_has_no_wrong_step(make):
    with mn.anomaly.ignore_anomaly():
        found = faulty_steps(make(), Fault("none", "nothing is wrong", Way()))

    assert found.first_wrong is None


def test_a_fault_of_ones_own_can_be_injected():
    fault = Fault("no exp", "", rules={"exp": (lambda xp, y, x: x,)})
    root = Value(2.0).exp()
    with inject(fault):
        root.backward()

    assert root.operands[0].grad == 2.0
    assert fault.way is RIGHT


def test_the_right_way_is_that_of_steps():
    root = overwriting()

    assert faulty_steps(root, Fault("none", "")).records == steps(root).records


@pytest.mark.parametrize("fault", ["no such", "", None, 3, ("overwrite",)])
@pytest.mark.parametrize("enter", [inject, lambda f: faulty_steps(Value(1.0), f)])
def test_an_unknown_fault_is_refused(enter, fault):
    with pytest.raises(
        ValueError, match=r"no such fault: got .*; expected one of over"
    ):
        enter(fault)


@pytest.mark.parametrize("fault", [["x"], None, 3])
def test_what_is_no_fault_is_refused(fault):
    with pytest.raises(ValueError, match="no such fault: got fault="):
        inject(fault)
