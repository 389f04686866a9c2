"""What the lessons about sequences promise: `make test-slow` runs them.

Each prints what it measured: `pytest -m slow -s tests/test_curriculum_sequences.py`.
"""

import math
import time

import pytest

from micrograd_nn.compiler import compile
from micrograd_nn.nn import GRU, LSTM, RNN
from tests.curriculum.sequences import Names, language, nats, recall, reversal

pytestmark = pytest.mark.slow


def report(text, start):
    print(f"\n{text}, {time.perf_counter() - start:.1f} s", end=" ")


# Memory -------------------------------------------------------------------------------


def accuracies_of_recall(make, seeds, **options):
    """Of unseen sequences of 40 symbols, for nets that start differently."""
    start = time.perf_counter()
    lessons = [recall(make, seed, **options) for seed in seeds]
    for lesson in lessons:
        lesson.fit()
    found = [lesson.score() for lesson in lessons]
    report(f"{lessons[0].model.recurrent}: {found} right", start)
    return found


@pytest.mark.parametrize(
    ("make", "options"), [(LSTM, {"forget_bias": 2}), (GRU, {"update_bias": 2})]
)
def test_gates_that_start_open_remember_over_40_steps(make, options):
    assert min(accuracies_of_recall(make, range(3), **options)) >= 0.98


@pytest.mark.parametrize("make", [LSTM, GRU])
def test_without_open_gates_the_same_steps_teach_nothing(make):
    assert max(accuracies_of_recall(make, range(2))) < 0.65


def test_whether_a_net_without_gates_remembers_is_luck():
    found = accuracies_of_recall(RNN, range(4))

    assert min(found) < 0.65
    assert max(found) > 0.98


# Attention ----------------------------------------------------------------------------


def test_one_head_of_attention_reverses_symbols_by_looking_at_their_mirror_images():
    start = time.perf_counter()
    lesson = reversal()
    lesson.fit()
    weights = compile(lambda x: lesson.model.gathered(x)[1])(lesson.test[0]).mean(0)
    mirror = weights[range(5), range(4, -1, -1)]
    size = len(lesson.model.parameters())
    report(f"{size} parameters: {lesson.score():.4f}, {mirror.round(3)}", start)

    assert size < 400
    assert lesson.score() == 1.0
    assert mirror.min() > 0.9


# Language -----------------------------------------------------------------------------


@pytest.mark.parametrize("locale", [None, "en_US"], ids=["any names", "first names"])
def test_a_gpt_learns_names_better_than_bigrams(locale):
    if locale:
        pytest.importorskip("faker")
    start = time.perf_counter()
    names = Names(locale)
    lesson = language(names)
    lesson.fit()
    seen, unseen = (nats(lesson.model, names, x) for x in (names.train, names.test))
    report(f"{seen:.3f} nats a character, {unseen:.3f} of unseen names", start)
    made = lesson.model.gpt.generate([[0]] * 8, names.X.shape[1], seed=0)
    texts = ["".join(names.data.vocabulary.decode(row[1:])) for row in made]
    report(", ".join(text.split(".")[0] for text in texts), start)

    assert seen < names.nats_of_bigrams(names.train) - 0.05
    assert unseen < names.nats_of_bigrams(names.test) - 0.05
    assert unseen < math.log(names.size) - 0.6
    if locale:
        assert max(seen, unseen) < 2.3  # bigrams of all first names: 2.38
