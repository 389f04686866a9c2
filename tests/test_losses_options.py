"""What options of losses do, eager, compiled and in PyTorch."""

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.losses import LOSSES, cross_entropy
from micrograd_nn.nn import MLP
from micrograd_nn.optim import Adam
from tests.compiled import assert_close, assert_same

OF_CLASSES = ("cross_entropy", "nll_loss", "multi_margin_loss")


def values_of(tree):
    return [values_of(x) for x in tree] if isinstance(tree, list) else Value(tree)


def data_of(tree):
    return [data_of(x) for x in tree] if isinstance(tree, list) else tree.data


RNG = np.random.default_rng(3)
LOGITS = 5.0 * RNG.normal(size=(7, 4))
NUMBERS, SHARES = RNG.normal(size=(7, 4)), RNG.uniform(size=(7, 4))
CLASSES, MIXED = RNG.integers(4, size=7), RNG.dirichlet(np.ones(4), size=7)
WEIGHT = [0.5, 2.0, 0.0, 1.25]
# Every loss that PyTorch has, with every option, and the mean that PyTorch 2.13 gives.
CASES = {
    "mse": ("mse_loss", NUMBERS, {}, 32.4510011511537),
    "l1": ("l1_loss", NUMBERS, {}, 3.972627946342946),
    "huber": ("huber_loss", NUMBERS, {}, 3.506271584813151),
    "huber, wide": ("huber_loss", NUMBERS, {"delta": 4.0}, 9.935752398573198),
    "binary": ("binary_cross_entropy_with_logits", SHARES, {}, 2.133250027616398),
    "binary, weighted": (
        "binary_cross_entropy_with_logits",
        SHARES,
        {"pos_weight": [0.5, 2.0, 1.0, 3.0]},
        2.972889236997186,
    ),
    "binary, one weight": (
        "binary_cross_entropy_with_logits",
        SHARES,
        {"pos_weight": 3.0},
        4.528760122531369,
    ),
    "classes": ("cross_entropy", CLASSES, {}, 8.64180902317929),
    "classes, weighted": (
        "cross_entropy",
        CLASSES,
        {"weight": WEIGHT},
        11.666829547733585,
    ),
    "classes, smooth": (
        "cross_entropy",
        CLASSES,
        {"label_smoothing": 0.2},
        8.249323877324969,
    ),
    "classes, both": (
        "cross_entropy",
        CLASSES,
        {"weight": WEIGHT, "label_smoothing": 0.2},
        11.854349206129756,
    ),
    "shares": ("cross_entropy", MIXED, {}, 7.7829024085548975),
    "shares, weighted": ("cross_entropy", MIXED, {"weight": WEIGHT}, 9.92902719120381),
    "shares, smooth": (
        "cross_entropy",
        MIXED,
        {"label_smoothing": 1.0},
        6.679383293907681,
    ),
    "shares, both": (
        "cross_entropy",
        MIXED,
        {"weight": WEIGHT, "label_smoothing": 0.2},
        9.203664536934493,
    ),
    "likelihood": ("nll_loss", CLASSES, {}, 1.7864373795685553),
    "likelihood, weighted": (
        "nll_loss",
        CLASSES,
        {"weight": WEIGHT},
        2.3142680915006433,
    ),
    "margin": ("multi_margin_loss", CLASSES, {}, 3.7748157575078087),
    "margin, squared": ("multi_margin_loss", CLASSES, {"p": 2}, 44.780765140378726),
    "margin, both": (
        "multi_margin_loss",
        CLASSES,
        {"p": 2, "margin": 4.0},
        71.92472692284043,
    ),
    "margin, wide": ("multi_margin_loss", CLASSES, {"margin": 4.0}, 5.353872662315786),
    "margin, weighted": (
        "multi_margin_loss",
        CLASSES,
        {"weight": WEIGHT},
        2.296675168695887,
    ),
    "divergence": ("kl_div", MIXED, {}, -0.03928759124501013),
    "divergence of logarithms": (
        "kl_div",
        MIXED,
        {"log_target": True},
        0.593019774220262,
    ),
}
every_case = pytest.mark.parametrize(
    ("name", "target", "options", "golden"), CASES.values(), ids=CASES
)


@every_case
def test_options_give_the_recorded_means_of_pytorch(name, target, options, golden):
    found = LOSSES[name](LOGITS, target, **options)

    assert found.data == pytest.approx(golden, rel=1e-13)


@every_case
def test_every_option_makes_a_difference(name, target, options, golden):
    found = LOSSES[name](LOGITS, target, **options)
    plain = LOSSES[name](LOGITS, target)

    assert (found.data != pytest.approx(plain.data, rel=1e-3)) == bool(options)


@every_case
def test_a_compiled_example_costs_what_it_does_in_eager_mode(
    name, target, options, golden
):
    reduction = (
        "sum" if "weight" in options else "mean"
    )  # in a mean of one, they cancel

    def loss(x, t):
        if not mn.recording.is_symbolic():
            t = int(t) if name in OF_CLASSES and target is CLASSES else data_of(t)
        return LOSSES[name](x, t, reduction, **options)

    scale = [[Value(1.5)] * 4]
    assert_same(
        lambda x, t: loss([w * xi for w, xi in zip(scale[0], x, strict=True)], t),
        scale[0][:1],
        LOGITS,
        target,
    )


# As PyTorch says of its own "mean", which is what ours is.
no_warning = pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")


@pytest.mark.oracle
@no_warning
@pytest.mark.parametrize("reduction", ["mean", "sum", "none", "batchmean"])
@every_case
def test_losses_and_gradients_are_those_of_pytorch(
    name, target, options, golden, reduction
):
    torch = pytest.importorskip("torch")
    if reduction == "batchmean" and name != "kl_div":
        return
    given = {
        key: torch.tensor(x, dtype=torch.float64) if "weight" in key else x
        for key, x in options.items()
    }
    theirs = torch.tensor(LOGITS, requires_grad=True)
    expected = getattr(torch.nn.functional, name)(
        theirs, torch.tensor(target), reduction=reduction, **given
    )
    expected.sum().backward()
    ours = values_of(LOGITS.tolist())
    found = LOSSES[name](ours, target, reduction=reduction, **options)
    sum(mn.trees.leaves(found)).backward()

    assert np.array(data_of(found)) == pytest.approx(
        expected.detach().numpy(), rel=1e-12, abs=1e-13
    )
    assert [x.grad for x in mn.trees.leaves(ours)] == pytest.approx(
        theirs.grad.flatten().tolist(), rel=1e-12, abs=1e-13
    )


@pytest.mark.oracle
@no_warning
@every_case
def test_an_example_alone_costs_what_it_does_in_pytorch(name, target, options, golden):
    torch = pytest.importorskip("torch")
    given = {
        key: torch.tensor(x, dtype=torch.float64) if "weight" in key else x
        for key, x in options.items()
    }
    expected = getattr(torch.nn.functional, name)(
        torch.tensor(LOGITS[0]), torch.tensor(target[0]), **given
    )

    assert LOSSES[name](LOGITS[0], target[0], **options).data == pytest.approx(
        expected.item(), rel=1e-12, abs=1e-13
    )


# Weights of examples and of classes --------------------------------------------------

X, Y = RNG.normal(size=(8, 3)), RNG.integers(3, size=8)
SAMPLE_WEIGHT = RNG.uniform(0.0, 2.0, size=8)


def weighted(model):
    """The loss of one example that counts as much as it is told to."""
    symbolic = mn.recording.is_symbolic
    return lambda x, y, w: w * cross_entropy(model(x), y if symbolic() else int(y))


def test_an_example_of_weight_zero_might_as_well_be_left_out():
    model = MLP(3, [4, 3], activation="tanh")
    program = mn.compile(weighted(model))
    weight = np.where(np.arange(8) < 5, 1.0, 0.0)
    loss, grad = program.value_and_grad(X, Y, weight)
    fewer = program.value_and_grad(X[:5], Y[:5], np.ones(5))

    assert_close(loss, fewer[0] * 5 / 8)
    assert_close(grad, fewer[1] * 5 / 8)


def test_weights_of_examples_train_as_in_eager_mode():
    models = [MLP(3, [4, 3], activation="tanh") for _ in range(2)]
    for pair in zip(*(model.parameters() for model in models), strict=True):
        pair[0].data = pair[1].data
    mine, eager = (Adam(model.parameters(), lr=0.05) for model in models)
    with mn.compile(weighted(models[0])).training(mine) as train:
        for _ in range(20):
            eager.zero_grad()
            losses = cross_entropy([models[1](x) for x in X], Y, "none")
            both = zip(SAMPLE_WEIGHT, losses, strict=True)
            loss = mn.sum([w * one for w, one in both]) / len(losses)
            loss.backward()
            eager.step()

            assert_close(train.step(X, Y, SAMPLE_WEIGHT), loss.data)

    assert_close([p.data for p in mine.params], [p.data for p in eager.params])


def test_the_weighted_mean_over_a_batch_is_one_of_weighted_examples():
    weight = [0.5, 2.0, 1.0]
    model = MLP(3, [4, 3], activation="tanh")
    of_example = np.array(weight)[Y]
    found = mn.compile(weighted(model)).value_and_grad(
        X, Y, of_example / of_example.mean()
    )[0]
    expected = cross_entropy([model(x) for x in X], Y, weight=weight)

    assert_close(found, expected.data)
