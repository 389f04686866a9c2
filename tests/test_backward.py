import gc
import signal
import sys
import threading
import weakref
from contextlib import suppress
from pathlib import Path

import pytest

import micrograd_nn
from micrograd_nn import Op, Value, apply, detect_anomaly

PACKAGE = str(Path(micrograd_nn.__file__).parent)


def grads_after_backward(root, *leaves):
    root.backward()
    return [leaf.grad for leaf in leaves]


# Accumulation: the table "Life cycle" of the design -----------------------------------


def test_leaves_accumulate_and_other_nodes_are_fresh():
    a = Value(2.0)
    b = 3 * a
    y = b * b * a  # 9 a**3

    assert grads_after_backward(y, a, b) == [108.0, 24.0]
    assert grads_after_backward(y, a, b) == [216.0, 24.0]
    assert y.grad == 1.0


def test_twice_gives_exactly_twice():
    a, b = Value(0.1), Value(0.7)
    y = (a * b).tanh() + a / b - b.exp()
    once = grads_after_backward(y, a, b)

    assert grads_after_backward(y, a, b) == [2 * grad for grad in once]


@pytest.mark.parametrize("cleared", [0.0, 0, None])
def test_cleared_leaves_start_afresh(cleared):
    a = Value(2.0)
    y = (a * a) * 3 * 2
    y.backward()
    a.grad = cleared

    assert grads_after_backward(y, a) == [24.0]


def test_two_outputs_share_a_node():
    a = Value(2.0)
    shared = a * a
    first, second = shared * 3, shared * 4.5

    first.backward()

    assert grads_after_backward(second, a, shared) == [12.0 + 18.0, 4.5]


def test_a_leaf_may_be_the_root():
    a = Value(2.0)
    a.backward()

    assert grads_after_backward(a, a) == [2.0]


def test_the_two_edges_of_one_operand_both_count():
    a = Value(3.0)

    assert grads_after_backward(a + a, a) == [2.0]
    a.grad = 0.0
    assert grads_after_backward(a * a, a) == [6.0]
    a.grad = 0.0
    assert grads_after_backward(a - a, a) == [0.0]
    a.grad = 0.0
    assert grads_after_backward(a / a, a) == [0.0]
    a.grad = 0.0
    assert grads_after_backward(a.maximum(a), a) == [1.0]


def test_what_the_root_does_not_depend_on_keeps_its_grad():
    a, b = Value(1.0), Value(2.0)
    b.grad = 5.0
    unused = b * 3
    unused.grad = 6.0

    assert grads_after_backward(a * 2, a, b, unused) == [2.0, 5.0, 6.0]


def test_grads_are_floats():
    a = Value(2)
    y = abs(-a.relu() * 3 - 1) ** 2
    y.backward()
    one = Op("one", lambda xp, x: x + 1, (lambda xp, y, x: 1,))
    b = Value(1)
    apply(one, b).backward()

    assert {type(x.grad) for x in (a, b, y)} == {float}


def test_constants_get_grads_that_nobody_asked_for():
    a = Value(2.0)
    y = a * 3
    y.backward()

    assert y.operands[1].grad == 2.0


# Interrupts ---------------------------------------------------------------------------


class Interrupter:
    """Raises KeyboardInterrupt before the nth line of the package that runs."""

    def __init__(self, n):
        self.left = n
        self.raised = False

    def __call__(self, frame, event, arg):
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event in ("call", "line") and not self.raised:
            self.left -= 1
            if self.left < 0:
                self.raised = True
                raise KeyboardInterrupt
        return self

    def run(self, function):
        before = sys.gettrace()
        sys.settrace(self)
        try:
            function()
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(before)
        return self.raised


def a_graph():
    a, b, c = Value(0.5), Value(-2.0), Value(1.5)
    inner = micrograd_nn.logsumexp([a * b, c, a])
    by_hand = Value(3.0 * inner.data, (inner,), (3.0,))
    return [a, b, c], (by_hand + a / (c - c + 2.0)) ** 2 + micrograd_nn.max(a, b)


def test_an_interrupt_anywhere_leaves_the_leaves_and_the_next_call_is_right():
    leaves, y = a_graph()
    truth = grads_after_backward(y, *leaves)
    point = 0
    while True:
        for leaf in leaves:
            leaf.grad = 10.0
        if not Interrupter(point).run(y.backward):
            break

        assert [leaf.grad for leaf in leaves] == [10.0] * 3, f"interrupt {point}"
        assert grads_after_backward(y, *leaves) == [10.0 + g for g in truth]
        point += 1
    assert point > 100


def test_an_interrupt_while_data_is_assigned_gives_no_wrong_gradient():
    point = 0
    interrupted = True
    while interrupted:
        a = Value(2.0)
        y = a * a
        interrupted = Interrupter(point).run(lambda a=a: setattr(a, "data", 10.0))
        point += 1
        try:
            y.backward()
        except RuntimeError:
            continue

        assert a.data == 2.0
        assert a.grad == 4.0
    assert point > 3


def test_an_interrupt_in_an_op_leaves_the_graph_as_it_was():
    point = 0
    interrupted = True
    a, b = Value(2.0), Value(3.0)
    y = a * b
    while interrupted:
        interrupted = Interrupter(point).run(lambda: (y + a).exp() * 2 - b)
        a.grad = 0.0
        point += 1

        assert grads_after_backward(y, a) == [3.0]
    assert point > 20


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, MemoryError])
@pytest.mark.parametrize("position", range(5))
def test_an_error_in_a_partial_leaves_the_leaves(error, position):
    calls = []

    def partial(xp, y, x):
        calls.append(x)
        if len(calls) == position + 1:
            raise error("stop")
        return 2.0

    double = Op("double", lambda xp, x: 2.0 * x, (partial,))
    a = Value(1.0)
    a.grad = 7.0
    y = a
    for _ in range(5):
        y = apply(double, y)
    with pytest.raises(error, match="stop"):
        y.backward()

    assert a.grad == 7.0
    assert grads_after_backward(y, a) == [39.0]


def test_an_error_in_a_step_by_hand_leaves_the_leaves():
    a, b = Value(1.0), Value(2.0)
    a.grad, b.grad = 5.0, None
    out = Value(2.0, (a, b), "f")

    def step():
        a.grad += out.grad
        raise KeyError("stop")

    out._backward = step
    with pytest.raises(KeyError, match="stop"):
        (out * b).backward()

    assert (a.grad, b.grad) == (5.0, None)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer signal")
def test_ctrl_c_for_real_leaves_the_leaves():
    a, b = Value(0.999), Value(1e-3)
    y = a
    for _ in range(3000):
        y = y * a + b
    truth = grads_after_backward(y, a, b)
    outcomes = set()

    def interrupt(number, frame):
        raise KeyboardInterrupt

    handler = signal.signal(signal.SIGALRM, interrupt)
    try:
        for tenths in range(1, 60):
            a.grad = b.grad = 1.0
            done = False
            with suppress(KeyboardInterrupt):
                try:
                    signal.setitimer(signal.ITIMER_REAL, tenths * 1e-4)
                    y.backward()
                    done = True
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            outcomes.add(done)

            assert [a.grad, b.grad] == ([1.0 + g for g in truth] if done else [1, 1])
    finally:
        signal.signal(signal.SIGALRM, handler)
    a.grad = b.grad = 0.0

    assert False in outcomes
    assert grads_after_backward(y, a, b) == truth


def test_an_anomaly_leaves_the_leaves():
    a = Value(0.0)
    y = a.sqrt()
    a.grad = 3.0
    with detect_anomaly(), pytest.raises(FloatingPointError, match="through sqrt"):
        y.backward()
    with pytest.raises(RuntimeWarning, match="through sqrt"):
        y.backward()  # warnings are errors here

    assert a.grad == 3.0


# Memory and threads -------------------------------------------------------------------


@pytest.fixture
def _no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def one_step(a, b):
    y = (a * b + a).tanh() ** 2 - micrograd_nn.logsumexp([a, b, a / b])
    a.grad = b.grad = 0.0
    y.backward()
    a.data -= 0.01 * a.grad
    b.data -= 0.01 * b.grad


@pytest.mark.usefixtures("_no_collector")
def test_passes_keep_nothing():
    a, b = Value(0.5), Value(2.0)
    for _ in range(5):
        one_step(a, b)
    before = len(gc.get_objects())
    for _ in range(200):
        one_step(a, b)

    assert len(gc.get_objects()) - before < 20


class Sentinel:
    """Unlike a Value, it can be watched."""


@pytest.mark.usefixtures("_no_collector")
def test_nodes_are_freed_when_dropped():
    a = Value(2.0)
    watched = []
    y = a
    for f in (Value.exp, lambda v: v * a, lambda v: micrograd_nn.sum([v, a]), abs):
        y = f(y)
        y.sentinel = Sentinel()
        watched.append(weakref.ref(y.sentinel))
    y.backward()

    assert all(ref() is not None for ref in watched)
    del y
    assert all(ref() is None for ref in watched)


@pytest.mark.usefixtures("_no_collector")
def test_a_deep_graph_is_freed_when_dropped():
    a = Value(1.0)
    a.sentinel = Sentinel()
    watched = weakref.ref(a.sentinel)
    y = a
    for _ in range(100_000):
        y = y + 1.0
    y.backward()
    del a, y

    assert watched() is None


@pytest.mark.usefixtures("_no_collector")
def test_a_failed_pass_keeps_nothing():
    a = Value(0.0)
    a.sentinel = Sentinel()
    watched = weakref.ref(a.sentinel)
    with detect_anomaly(), pytest.raises(FloatingPointError) as caught:
        a.sqrt().backward()
    caught.value.__traceback__ = None
    del a, caught

    assert watched() is None


def test_threads_work_on_graphs_of_their_own():
    results = {}

    def work(number):
        a, b = Value(0.1 * number), Value(1.0)
        for _ in range(200):
            one_step(a, b)
        return a.data, b.data

    def run(number):
        results[number] = work(number)

    numbers = range(1, 7)
    expected = {number: work(number) for number in numbers}
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=run, args=(n,)) for n in numbers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert results == expected
