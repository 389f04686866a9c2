import copy
import inspect
import json
import math
import pickle

import numpy as np
import pytest

from micrograd_nn import Value
from micrograd_nn.nn import MLP
from micrograd_nn.optim import OPTIMIZERS, SGD, Adagrad, Adam, AdamW, RMSprop

START = [3.0, -2.0, 0.5]
# Every optimizer, with arguments under which each of its terms is at work; and where
# PyTorch 2.13 has the parameters after 50 steps down the bowl from the start.
VARIANTS = {
    "sgd": (SGD, {"lr": 0.02}),
    "momentum": (SGD, {"lr": 0.02, "momentum": 0.9}),
    "dampening": (SGD, {"lr": 0.02, "momentum": 0.9, "dampening": 0.5}),
    "nesterov": (SGD, {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    "sgd with decay": (SGD, {"lr": 0.02, "momentum": 0.5, "weight_decay": 0.1}),
    "adam": (Adam, {"lr": 0.1}),
    "adam with all": (
        Adam,
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1},
    ),
    "adamw": (AdamW, {"lr": 0.1}),
    "adamw with all": (
        AdamW,
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.5},
    ),
    "rmsprop": (RMSprop, {"lr": 0.02}),
    "centered": (RMSprop, {"lr": 0.01, "alpha": 0.9, "centered": True}),
    "rmsprop with all": (
        RMSprop,
        {
            "lr": 0.01,
            "alpha": 0.9,
            "eps": 1e-3,
            "weight_decay": 0.1,
            "momentum": 0.5,
            "centered": True,
        },
    ),
    "adagrad": (Adagrad, {"lr": 0.5}),
    "adagrad with all": (
        Adagrad,
        {
            "lr": 1.0,
            "lr_decay": 1e-3,
            "weight_decay": 0.1,
            "initial_accumulator_value": 0.5,
            "eps": 1e-3,
        },
    ),
}
GOLDEN = {
    "sgd": [0.03610815343614638, 0.5098002451356936, 7.750486796945695e-06],
    "momentum": [-0.04625065846345977, 0.5001363377501463, -0.021589640534028058],
    "dampening": [-0.24538670923869232, 1.4816975252575857, -0.03184498198579491],
    "nesterov": [-0.024584914030779895, 0.9593631581631007, -3.8635594843145056e-05],
    "sgd with decay": [
        -0.017743558483261458,
        0.7203807662418253,
        1.0384293813616146e-08,
    ],
    "adam": [-0.17583427939406013, 0.3880783826361085, 0.022150997418031053],
    "adam with all": [
        -0.026792079806681416,
        0.2503769444780597,
        -0.0021625584261391034,
    ],
    "adamw": [-0.18121277280199136, 0.389388078951794, 0.021107438834493113],
    "adamw with all": [
        0.0003970424275469748,
        0.23298391068278482,
        0.0002940991357983112,
    ],
    "rmsprop": [0.8848674239220347, -0.4081779702425738, 1.1391556608162797e-11],
    "centered": [1.3174117689356377, -0.8376141586749456, 0.0019521318300213296],
    "rmsprop with all": [
        0.6450209100030116,
        -0.4136579886889096,
        -3.526598111933979e-07,
    ],
    "adagrad": [0.034584624830000826, 0.18840082209237066, -3.7739999141998504e-57],
    "adagrad with all": [
        -0.010815210390500098,
        0.46509723687103877,
        4.879703075869601e-18,
    ],
}
every_optimizer = pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=OPTIMIZERS)
every_variant = pytest.mark.parametrize(
    ("kind", "options"), VARIANTS.values(), ids=VARIANTS
)


def bowl(x, y, z):
    """A function of three numbers with slopes of very different size."""
    return (
        2.0 * x * x + 0.5 * (y - 1.0) ** 4 + 0.1 * x * y + 10.0 * (z * z + 1.0) ** 0.5
    )


def trajectory(optimizer, steps):
    """The parameters after each step down the bowl."""
    path = []
    for _ in range(steps):
        optimizer.zero_grad()
        bowl(*optimizer.params).backward()
        optimizer.step()
        path.append([p.data for p in optimizer.params])
    return path


def started(kind, options):
    return kind(map(Value, START), **options)


def with_grads(kind, grads, **options):
    optimizer = kind([Value(1.0) for _ in grads], **options)
    for p, grad in zip(optimizer.params, grads, strict=True):
        p.grad = grad
    return optimizer


def without_decay(kind):
    has_decay = "weight_decay" in inspect.signature(kind).parameters
    return {"weight_decay": 0.0} if has_decay else {}


# The formulas -------------------------------------------------------------------------


def slopes(x, y, z):
    return [
        4.0 * x + 0.1 * y,
        2.0 * (y - 1.0) ** 3 + 0.1 * x,
        10.0 * z / math.sqrt(z * z + 1.0),
    ]


def test_sgd_goes_against_the_gradient():
    point = START
    for found in trajectory(started(SGD, {"lr": 0.02}), 50):
        point = [p - 0.02 * g for p, g in zip(point, slopes(*point), strict=True)]

        assert found == pytest.approx(point, rel=1e-12)


def test_momentum_adds_up_gradients_in_a_velocity():
    options = {"lr": 0.02, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}
    point, velocity = START, None
    for found in trajectory(started(SGD, options), 50):
        grads = [g + 0.1 * p for p, g in zip(point, slopes(*point), strict=True)]
        if velocity is None:
            velocity = grads
        else:
            pairs = zip(velocity, grads, strict=True)
            velocity = [0.9 * v + 0.5 * g for v, g in pairs]
        point = [p - 0.02 * v for p, v in zip(point, velocity, strict=True)]

        assert found == pytest.approx(point, rel=1e-12)


def test_nesterov_looks_one_velocity_ahead():
    optimizer = with_grads(SGD, [2.0], lr=0.1, momentum=0.5, nesterov=True)
    (p,) = optimizer.params
    optimizer.step()  # velocity 2, and ahead 2 + 1/2 * 2
    first = p.data
    optimizer.step()  # velocity 1 + 2, and ahead 2 + 1/2 * 3

    assert first == pytest.approx(1.0 - 0.1 * 3.0)
    assert p.data == pytest.approx(first - 0.1 * 3.5)


def test_adam_divides_the_mean_gradient_by_its_root_mean_square():
    lr, (b1, b2), eps, decay = 0.1, (0.8, 0.95), 1e-3, 0.1
    options = {"lr": lr, "betas": (b1, b2), "eps": eps, "weight_decay": decay}
    point = START
    history = []
    for found in trajectory(started(Adam, options), 50):
        history.append(
            [g + decay * p for p, g in zip(point, slopes(*point), strict=True)]
        )
        # The means with their weights written out, in place of running ones.
        ages = range(len(history) - 1, -1, -1)
        w1, w2 = ([b**age for age in ages] for b in (b1, b2))
        columns = list(zip(*history, strict=True))
        means = [np.average(column, weights=w1) for column in columns]
        squares = [np.average(np.square(column), weights=w2) for column in columns]
        point = [
            p - lr * m / (math.sqrt(s) + eps)
            for p, m, s in zip(point, means, squares, strict=True)
        ]

        assert found == pytest.approx(point, rel=1e-10)


@pytest.mark.parametrize("name", VARIANTS)
def test_fifty_steps_end_where_pytorch_was_recorded_to_end(name):
    kind, options = VARIANTS[name]
    path = trajectory(started(kind, options), 50)

    assert path[-1] == pytest.approx(GOLDEN[name], rel=1e-10, abs=1e-10)


@pytest.mark.oracle
@every_variant
def test_fifty_steps_are_those_of_pytorch(kind, options):
    torch = pytest.importorskip("torch")
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
    reference = getattr(torch.optim, kind.__name__)(theirs, **options)
    for found in trajectory(started(kind, options), 50):
        reference.zero_grad()
        bowl(*theirs).backward()
        reference.step()

        assert found == pytest.approx([x.item() for x in theirs], rel=1e-10, abs=1e-10)


@pytest.mark.oracle
@every_optimizer
def test_arguments_and_defaults_are_those_of_pytorch(kind):
    torch = pytest.importorskip("torch")
    theirs = inspect.signature(getattr(torch.optim, kind.__name__)).parameters
    ours = inspect.signature(kind).parameters

    assert list(ours) == list(theirs)[: len(ours)]
    assert [p.default for p in ours.values()] == [theirs[k].default for k in ours]


# For every optimizer ------------------------------------------------------------------


def test_every_optimizer_has_a_variant():
    assert {kind for kind, _ in VARIANTS.values()} == set(OPTIMIZERS.values())


@every_variant
def test_it_finds_the_bottom_of_the_bowl(kind, options):
    options = {**options, "weight_decay": 0.0}
    path = trajectory(started(kind, options), 400)

    assert slopes(*path[-1]) == pytest.approx([0.0, 0.0, 0.0], abs=0.1)


def changes_of(given):
    """Other values for a hyper-parameter."""
    if isinstance(given, bool):
        return [not given]
    if isinstance(given, tuple):
        return [(given[0] / 2, given[1]), (given[0], given[1] / 2)]
    return [given / 2 + 1e-3]


def ends(kind, options):
    """Where a few steps lead, or None if the options do not go together."""
    try:
        return trajectory(started(kind, options), 3)[-1]
    except ValueError:
        return None


@pytest.mark.parametrize(
    ("kind", "name", "position"),
    [
        (kind, name, i)
        for kind in OPTIMIZERS.values()
        for name, given in started(kind, {}).hyperparameters.items()
        for i in range(len(changes_of(given)))
    ],
)
def test_every_hyperparameter_makes_a_difference_to_every_parameter(
    kind, name, position
):
    largest = 0.0
    for variant, options in VARIANTS.values():
        if variant is kind:
            given = started(kind, options).hyperparameters
            change = {name: changes_of(given[name])[position]}
            before, after = ends(kind, given), ends(kind, given | change)
            if after is not None:
                pairs = zip(before, after, strict=True)
                largest = max(largest, min(abs(a - b) for a, b in pairs))

    assert largest > 1e-9


@every_variant
def test_the_rule_reads_arrays_as_it_reads_floats(kind, options):
    optimizer = started(kind, options)
    hyperparameters = optimizer.hyperparameters
    param = np.array(START)
    state = [np.array(numbers) for numbers in optimizer.state.values()]
    for t, found in enumerate(trajectory(optimizer, 5), 1):
        param, *state = kind.rule(
            np, param, np.array(slopes(*param)), *state, t=t, **hyperparameters
        )

        assert param.tolist() == pytest.approx(found, rel=1e-13)


@every_variant
def test_what_it_remembers_is_not_on_the_parameters(kind, options):
    optimizer = started(kind, options)
    before = [set(vars(p)) for p in optimizer.params]
    trajectory(optimizer, 2)

    assert [set(vars(p)) - {"_changed"} for p in optimizer.params] == before
    assert list(optimizer.state) == list(optimizer.state_names)
    assert {len(numbers) for numbers in optimizer.state.values()} == {len(START)}


@every_variant
def test_the_learning_rate_may_change_between_steps(kind, options):
    optimizer = started(kind, options)
    trajectory(optimizer, 2)
    before = [p.data for p in optimizer.params]
    optimizer.lr = 0.0
    (after,) = trajectory(optimizer, 1)

    assert after == before


@every_variant
@pytest.mark.parametrize("bad", ["x", Value(1.0), [1.0]])
def test_a_step_that_fails_moves_nothing(kind, options, bad):
    optimizer = with_grads(kind, [1.0, 1.0], **options)
    before = optimizer.state_dict()
    optimizer.params[1].grad = bad

    with pytest.raises(TypeError, match="not a number: got grad="):
        optimizer.step()
    assert [p.data for p in optimizer.params] == [1.0, 1.0]
    assert optimizer.state_dict() == before


def test_a_learning_rate_that_is_no_number_moves_nothing():
    optimizer = with_grads(SGD, [1.0, 1.0])
    optimizer.lr = "0.1"

    with pytest.raises(TypeError, match="multiply"):
        optimizer.step()
    assert [p.data for p in optimizer.params] == [1.0, 1.0]
    assert optimizer.steps == 0


@every_optimizer
def test_a_gradient_of_none_counts_as_zero(kind):
    optimizer = with_grads(kind, [None, 1.0], **without_decay(kind))
    optimizer.step()
    still, moved = optimizer.params

    assert still.data == 1.0
    assert moved.data < 1.0


@every_optimizer
def test_a_gradient_that_is_nan_steps_as_in_pytorch(kind):
    optimizer = with_grads(kind, [math.nan, 1.0])
    optimizer.step()

    assert math.isnan(optimizer.params[0].data)
    assert optimizer.params[1].data < 1.0


@every_variant
def test_an_optimizer_says_what_it_does(kind, options):
    text = repr(started(kind, options))

    assert text.startswith(f"{kind.__name__}(3 parameters, lr={options['lr']!r}, ")
    for name, given in options.items():
        assert f"{name}={given!r}" in text


def test_adamw_shrinks_every_parameter_alike_whatever_its_gradient():
    optimizer = AdamW([Value(8.0), Value(8.0)], lr=0.1, weight_decay=0.5)
    still = AdamW([Value(8.0), Value(8.0)], lr=0.1, weight_decay=0.0)
    for kind in (optimizer, still):
        for p, grad in zip(kind.params, [1.0, 1e6], strict=True):
            p.grad = grad
        kind.step()

    for p, other in zip(optimizer.params, still.params, strict=True):
        assert p.data == pytest.approx(other.data - 0.05 * 8.0)


def test_rmsprop_takes_the_variance_when_it_is_centered():
    plain, centered = (
        with_grads(RMSprop, [2.0], alpha=0.5, eps=0.0, centered=flag, lr=1.0)
        for flag in (False, True)
    )
    plain.step()
    centered.step()

    assert plain.params[0].data == pytest.approx(1.0 - 2.0 / math.sqrt(2.0))
    assert centered.params[0].data == pytest.approx(1.0 - 2.0 / math.sqrt(2.0 - 1.0))


def test_rmsprop_stays_finite_where_rounding_leaves_a_negative_variance():
    optimizer = with_grads(RMSprop, [0.1], alpha=0.1, centered=True)
    for _ in range(200):
        optimizer.step()

    assert math.isfinite(optimizer.params[0].data)


def test_adagrad_starts_its_sums_at_the_given_number():
    optimizer = with_grads(Adagrad, [3.0], lr=1.0, initial_accumulator_value=16.0)

    assert optimizer.state == {"sum": [16.0]}
    optimizer.step()
    assert optimizer.params[0].data == pytest.approx(1.0 - 3.0 / 5.0)
    assert optimizer.state == {"sum": [25.0]}


def test_adam_survives_gradients_whose_squares_overflow():
    optimizer = with_grads(Adam, [1e200])
    optimizer.step()

    assert optimizer.params[0].data == 1.0


def test_adam_without_eps_gives_nan_for_no_gradient_as_in_pytorch():
    optimizer = with_grads(Adam, [0.0], eps=0.0)
    optimizer.step()

    assert math.isnan(optimizer.params[0].data)


@every_optimizer
def test_zero_grad_clears_gradients(kind):
    optimizer = with_grads(kind, [3.0, None])
    optimizer.zero_grad()

    assert [p.grad for p in optimizer.params] == [0.0, 0.0]


@every_optimizer
def test_backward_after_a_step_is_that_of_the_new_parameters(kind):
    optimizer = started(kind, {"lr": 0.1})
    trajectory(optimizer, 1)
    optimizer.zero_grad()
    bowl(*optimizer.params).backward()

    assert [p.grad for p in optimizer.params] == pytest.approx(
        slopes(*(p.data for p in optimizer.params))
    )


@every_optimizer
def test_a_network_and_its_optimizer_are_copied_together(kind):
    net = MLP(2, [2, 1])
    for again in (copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
        twin, optimizer = again((net, kind(net.parameters())))

        assert optimizer.params == twin.parameters()
        assert set(optimizer.params).isdisjoint(net.parameters())


# State --------------------------------------------------------------------------------


@every_variant
def test_training_goes_on_from_a_saved_state_as_if_never_stopped(kind, options):
    whole = trajectory(started(kind, options), 6)
    first = started(kind, options)
    trajectory(first, 3)
    saved = json.loads(json.dumps(first.state_dict()))
    second = kind([Value(p.data) for p in first.params], lr=9.0)
    second.load_state_dict(saved)

    assert trajectory(second, 3) == whole[3:]
    assert second.hyperparameters == first.hyperparameters
    assert second.steps == 6


def test_a_saved_state_is_a_copy():
    optimizer = with_grads(SGD, [1.0], momentum=0.9)
    saved = optimizer.state_dict()
    optimizer.step()
    later = optimizer.state_dict()
    later["momentum_buffer"][0] = 7.0

    assert saved["momentum_buffer"] == [0.0]
    assert optimizer.state["momentum_buffer"] == [1.0]


GOOD = SGD([Value(1.0), Value(2.0)], momentum=0.9).state_dict()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"steps": -1}, ValueError, "out of range: got steps=-1"),
        ({"steps": "3"}, TypeError, "not a number: got steps='3'"),
        ({"lr": -1.0}, ValueError, "out of range: got lr=-1.0"),
        ({"momentum_buffer": [0.0]}, ValueError, "wrong length: got momentum_buffer="),
        ({"momentum_buffer": 0.0}, ValueError, "expected a list of 2 numbers"),
        ({"momentum_buffer": [0.0, "x"]}, TypeError, r"got momentum_buffer\[1\]='x'"),
        ({"exp_avg": []}, ValueError, r"missing=\[\], unexpected=\['exp_avg'\]"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, error, message):
    optimizer = SGD([Value(1.0), Value(2.0)], lr=0.25)
    before = optimizer.state_dict()

    with pytest.raises(error, match=message):
        optimizer.load_state_dict({**GOOD, "lr": 0.5, **change})
    assert optimizer.state_dict() == before


def test_a_state_of_another_kind_of_optimizer_is_refused():
    message = r"state does not fit: got missing=\['betas', .*expected the entries of Ad"
    with pytest.raises(ValueError, match=message):
        Adam([Value(1.0), Value(2.0)]).load_state_dict(GOOD)


# Arguments ----------------------------------------------------------------------------


@every_optimizer
def test_parameters_may_come_one_by_one(kind):
    values = [Value(1.0), Value(2.0)]

    assert kind(v for v in values).params == values


SHARED = Value(1.0)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        (
            [],
            ValueError,
            r"no parameters: got params=\[\] \(list\); .*Pass model\.para",
        ),
        (MLP(1, [1]), TypeError, r"no list of parameters: got params=MLP of .*\(MLP\)"),
        (SHARED, TypeError, r"no list of parameters: got params=Value\(data=1.0"),
        (["w"], TypeError, r"not a parameter: got params\[0\]='w' \(str\)"),
        ([SHARED, SHARED * 2], ValueError, r"a result, no parameter: got params\[1\]="),
        ([SHARED, Value(1.0), SHARED], ValueError, "a parameter comes twice: got para"),
    ],
    ids=["none", "module", "value", "name", "result", "twice"],
)
@every_optimizer
def test_what_is_no_list_of_parameters_is_refused(kind, params, error, message):
    with pytest.raises(error, match=message):
        kind(params)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (
            SGD,
            {"lr": -0.1},
            r"out of range: got lr=-0.1 \(float\); expected 0 <= lr < i",
        ),
        (SGD, {"lr": math.nan}, "out of range: got lr=nan"),
        (SGD, {"lr": math.inf}, "out of range: got lr=inf"),
        (SGD, {"momentum": -1}, "out of range: got momentum=-1"),
        (SGD, {"dampening": -1}, "out of range: got dampening=-1"),
        (SGD, {"weight_decay": -1}, "out of range: got weight_decay=-1"),
        (SGD, {"nesterov": True}, "Nesterov needs a full velocity: got momentum=0.0"),
        (
            SGD,
            {"nesterov": True, "momentum": 0.9, "dampening": 0.1},
            "momentum=0.9 and dampening=0.1; expected momentum > 0 and no dampening",
        ),
        (Adam, {"lr": -0.1}, "out of range: got lr=-0.1"),
        (Adam, {"eps": -1e-8}, "out of range: got eps=-1e-08"),
        (Adam, {"weight_decay": -1}, "out of range: got weight_decay=-1"),
        (
            Adam,
            {"betas": (1.0, 0.9)},
            r"got betas\[0\]=1.0 .* expected 0 <= betas\[0\] ",
        ),
        (Adam, {"betas": (0.9, -0.1)}, r"out of range: got betas\[1\]=-0.1"),
        (
            Adam,
            {"betas": 0.9},
            r"wrong length: got betas=0.9 \(float\); .*of 2 numbers",
        ),
        (Adam, {"betas": (0.9,)}, "wrong length: got betas="),
        (AdamW, {"weight_decay": -1}, "out of range: got weight_decay=-1"),
        (RMSprop, {"alpha": 1.0}, "got alpha=1.0 .*; expected 0 <= alpha < 1"),
        (RMSprop, {"momentum": -0.5}, "out of range: got momentum=-0.5"),
        (Adagrad, {"lr_decay": -1}, "out of range: got lr_decay=-1"),
        (
            Adagrad,
            {"initial_accumulator_value": -1},
            "out of range: got initial_accumulator_value=-1",
        ),
    ],
)
def test_a_hyperparameter_out_of_range_is_refused(kind, options, message):
    with pytest.raises(ValueError, match=message):
        kind([Value(1.0)], **options)


@pytest.mark.parametrize("bad", ["0.1", None, Value(0.1)])
@every_optimizer
def test_a_learning_rate_is_a_number(kind, bad):
    with pytest.raises(TypeError, match="not a number: got lr="):
        kind([Value(1.0)], lr=bad)


def test_hyperparameters_from_numpy_become_floats():
    optimizer = Adam([Value(1.0)], lr=np.float32(0.5), betas=[np.float64(0.5), 0])

    assert optimizer.hyperparameters == {
        "lr": 0.5,
        "betas": (0.5, 0.0),
        "eps": 1e-8,
        "weight_decay": 0.0,
    }
    assert type(optimizer.lr) is float
