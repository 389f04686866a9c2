"""How often `gradcheck` is wrong. The full table is in the benchmarks."""

import sys
from pathlib import Path

import pytest


@pytest.fixture
def quality(monkeypatch):
    folder = Path(__file__).parent.parent / "benchmarks"
    if not folder.exists():
        pytest.skip("the benchmarks are not part of the source distribution")
    monkeypatch.syspath_prepend(str(folder))
    yield pytest.importorskip("gradcheck_quality")
    for name in [name for name in sys.modules if name.startswith("gradcheck_")]:
        del sys.modules[name]


def check_rates(quality, cases, seed, false_alarms, missed, undecided):
    tally = quality.measure(cases, seed, compared=False)[quality.OURS]

    assert tally.correct.total() > 0.9 * cases
    assert tally.wrong.total() > 5 * cases
    assert tally.correct.share("fail") <= false_alarms
    assert tally.wrong.share("pass") <= missed
    assert tally.correct.share("inconclusive") <= undecided
    assert tally.wrong.share("inconclusive") <= undecided


def test_hundreds_of_random_gradients_are_judged_rightly(quality):
    check_rates(quality, 400, 2001, false_alarms=0.0, missed=0.0, undecided=0.015)


@pytest.mark.slow
def test_thousands_of_random_gradients_are_judged_rightly(quality):
    check_rates(quality, 6000, 2002, false_alarms=0.001, missed=0.001, undecided=0.006)


@pytest.mark.slow
def test_a_wrong_op_in_a_random_graph_is_named(quality):
    found = quality.end_to_end(300, 2003)

    assert found.correct["fail"] == 0
    assert found.wrong["fail"] >= 0.99 * found.wrong.total()
    assert found.named >= 0.99 * found.wrong.total()
