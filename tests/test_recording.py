import asyncio
import contextvars
import threading

import pytest

import micrograd_nn as mn
from micrograd_nn import Value, grad, hessian, no_grad, recording
from micrograd_nn.op import CONSTANT, LEAF


def records():
    return bool((Value(1.0) * 2).operands)


@pytest.fixture(autouse=True)
def _nothing_stays_paused():
    yield
    assert recording.pauses == 0
    assert records()


@pytest.mark.parametrize(
    "make",
    [
        lambda a: a * 2,
        lambda a: 2 - a,
        lambda a: a**3,
        lambda a: a.exp(),
        lambda a: mn.sum([a, a]),
        lambda a: mn.maximum(a, 1.0),
        lambda a: mn.where(True, a, 0.0),
    ],
)
def test_no_op_records_inside(make):
    a = Value(2.0)
    want = make(a).data
    with no_grad():
        y = make(a)

    assert y.data == want
    assert y.operands == ()
    assert y.op is CONSTANT


def test_a_value_made_inside_is_a_leaf():
    with no_grad():
        a = Value(2.0)
    (a * 3).backward()

    assert a.op is LEAF
    assert a.grad == 3.0


@pytest.mark.parametrize("rule", ["triple", (3.0,)])
def test_an_op_by_hand_is_not_recorded_either(rule):
    a = Value(2.0)
    with no_grad():
        y = Value(6.0, (a,), rule)
        y._backward = lambda: pytest.fail("a constant has no step")
    y.backward()

    assert (y.data, y.operands, a.grad) == (6.0, (), 0.0)


def test_a_graph_recorded_before_keeps_its_gradient():
    a = Value(3.0)
    y = a * a
    with no_grad():
        y.backward()

    assert a.grad == 6.0


def test_blocks_may_nest():
    with no_grad():
        with no_grad():
            assert not records()
        assert not records()
    assert records()


def test_recording_may_resume_inside():
    with no_grad():
        with recording.resumed():
            assert records()
            with no_grad():
                assert not records()
            assert records()
        assert not records()


def test_an_exception_ends_it():
    with pytest.raises(KeyError), no_grad():
        raise KeyError

    assert records()


def test_it_may_decorate_a_function_and_be_used_again():
    @no_grad()
    def predict(a):
        """Twice as much."""
        if a.data < 0:
            raise ValueError("negative")
        return a * 2

    assert predict(Value(1.0)).operands == ()
    with pytest.raises(ValueError, match="negative"):
        predict(Value(-1.0))
    assert predict(Value(1.0)).operands == ()
    assert predict.__doc__ == "Twice as much."
    assert records()


def test_it_may_be_left_out_of_order():
    first, second = no_grad(), no_grad()
    first.__enter__()
    second.__enter__()
    second.__exit__(None, None, None)
    assert not records()
    first.__exit__(None, None, None)


def test_other_threads_go_on_recording():
    inside, checked, found = threading.Event(), threading.Event(), []

    def work():
        with no_grad():
            inside.set()
            checked.wait(10)
            found.append(records())
        found.append(records())

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    here = records()
    checked.set()
    thread.join()

    assert here
    assert found == [False, True]


def test_a_new_thread_records_though_its_maker_does_not():
    found = []
    with no_grad():
        thread = threading.Thread(target=lambda: found.append(records()))
        thread.start()
        thread.join()

        assert not records()
    assert found == [True]


def test_the_count_of_blocks_survives_many_threads():
    def work():
        for _ in range(200):
            with no_grad():
                assert not records()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert recording.pauses == 0


def test_tasks_do_not_affect_each_other():
    async def quiet():
        with no_grad():
            await asyncio.sleep(0)
            return records()

    async def loud():
        await asyncio.sleep(0)
        return records()

    async def both():
        return await asyncio.gather(quiet(), loud(), quiet(), loud())

    assert asyncio.run(both()) == [False, True, False, True]


def test_a_copied_context_keeps_the_pause():
    with no_grad():
        context = contextvars.copy_context()
        assert context.run(records) is False
    assert records()


def test_gradients_can_be_taken_inside():
    with no_grad():
        assert grad(lambda x: x**3)(2.0) == 12.0
        assert grad(grad(lambda x: x**3))(2.0) == 12.0
        assert hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0]) == [[10, 6], [6, 0]]
        assert not records()


def test_gradients_of_functions_that_pause_are_those_of_constants():
    def f(x):
        with no_grad():
            scale = x * 2
        return x * scale

    assert grad(f)(3.0) == 6.0
