"""Every schedule: PyTorch's learning rates, resumed exactly, eager and compiled."""

import json
import math
import random

import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.optim import (
    SCHEDULES,
    SGD,
    Adam,
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)
from micrograd_nn.optim.schedules import EpochSchedule, Schedule

STEPS = 50
WARM_UP = ("LinearLR", {"start_factor": 0.1, "total_iters": 5})
# Every schedule with settings under which each of them is at work.
CASES = {
    "step": ("StepLR", {"step_size": 7, "gamma": 0.5}),
    "milestones": ("MultiStepLR", {"milestones": [30, 4, 11, 11], "gamma": 0.5}),
    "exponential": ("ExponentialLR", {"gamma": 0.9}),
    "cosine": ("CosineAnnealingLR", {"T_max": 20, "eta_min": 0.01}),
    "one wave": ("CosineAnnealingLR", {"T_max": 50}),
    "linear": ("LinearLR", {"start_factor": 0.25, "total_iters": 8}),
    "falling": (
        "LinearLR",
        {"start_factor": 1.0, "end_factor": 0.2, "total_iters": 30},
    ),
    "warm-up": (
        "SequentialLR",
        {"schedulers": [WARM_UP, ("ExponentialLR", {"gamma": 0.9})], "milestones": [5]},
    ),
    "three turns": (
        "SequentialLR",
        {
            "schedulers": [
                WARM_UP,
                ("CosineAnnealingLR", {"T_max": 15, "eta_min": 0.001}),
                ("StepLR", {"step_size": 4, "gamma": 0.5}),
            ],
            "milestones": [5, 20],
        },
    ),
    "one cycle": ("OneCycleLR", {"max_lr": 0.5, "total_steps": 60}),
    "one cycle, linear": (
        "OneCycleLR",
        {
            "max_lr": 0.5,
            "total_steps": 51,
            "pct_start": 0.45,
            "anneal_strategy": "linear",
            "div_factor": 10.0,
            "final_div_factor": 100.0,
        },
    ),
    "one cycle by epochs": (
        "OneCycleLR",
        {"max_lr": 0.5, "epochs": 6, "steps_per_epoch": 10},
    ),
    "plateau": (
        "ReduceLROnPlateau",
        {"factor": 0.5, "patience": 2, "threshold": 0.1, "cooldown": 3},
    ),
    "plateau, rising": (
        "ReduceLROnPlateau",
        {"mode": "max", "factor": 0.5, "patience": 0, "min_lr": 0.003},
    ),
    "plateau, differences": (
        "ReduceLROnPlateau",
        {
            "factor": 0.7,
            "patience": 1,
            "threshold": 0.2,
            "threshold_mode": "abs",
            "eps": 0.02,
        },
    ),
    "plateau, rising by differences": (
        "ReduceLROnPlateau",
        {
            "mode": "max",
            "patience": 3,
            "factor": 0.9,
            "threshold": 0.3,
            "threshold_mode": "abs",
        },
    ),
}
EPOCHS = (0, 1, 5, 10, 20, 30, 50)
# The learning rates of those epochs that PyTorch 2.13 gives.
GOLDEN = {
    "step": [0.1, 0.1, 0.1, 0.05, 0.025, 0.00625, 0.00078125],
    "milestones": [0.1, 0.1, 0.05, 0.05, 0.0125, 0.00625, 0.00625],
    "exponential": [
        0.1,
        0.09000000000000001,
        0.05904900000000002,
        0.03486784401000002,
        0.01215766545905694,
        0.004239115827521626,
        0.0005153775207320121,
    ],
    "cosine": [
        0.1,
        0.0994459753267812,
        0.08681980515339464,
        0.055,
        0.01,
        0.05499999999999998,
        0.05500000000000001,
    ],
    "one wave": [
        0.1,
        0.09990133642141358,
        0.09755282581475767,
        0.09045084971874737,
        0.06545084971874736,
        0.03454915028125265,
        0.0,
    ],
    "linear": [
        0.025,
        0.034375,
        0.071875,
        0.09999999999999999,
        0.09999999999999999,
        0.09999999999999999,
        0.09999999999999999,
    ],
    "falling": [
        0.1,
        0.09733333333333334,
        0.08666666666666668,
        0.07333333333333336,
        0.04666666666666669,
        0.020000000000000004,
        0.020000000000000004,
    ],
    "warm-up": [
        0.010000000000000002,
        0.028000000000000004,
        0.1,
        0.05904900000000002,
        0.020589113209464913,
        0.007178979876918534,
        0.0008727963568087724,
    ],
    "three turns": [
        0.010000000000000002,
        0.028000000000000004,
        0.1,
        0.07525,
        0.1,
        0.025,
        0.00078125,
    ],
    "one cycle": [
        0.020000000000000018,
        0.02408645607586357,
        0.11536768726897845,
        0.3256791176172999,
        0.49373200311754367,
        0.3908304511958474,
        0.05454391121447502,
    ],
    "one cycle, linear": [
        0.05,
        0.070501138952164,
        0.15250569476082004,
        0.2550113895216401,
        0.46002277904328015,
        0.35664973262032085,
        0.0005000000000000004,
    ],
    "one cycle by epochs": [
        0.020000000000000018,
        0.02408645607586357,
        0.11536768726897845,
        0.3256791176172999,
        0.49373200311754367,
        0.3908304511958474,
        0.05454391121447502,
    ],
    "plateau": [0.1, 0.1, 0.1, 0.1, 0.025, 0.0125, 0.00078125],
    "plateau, rising": [0.1, 0.1, 0.00625, 0.003, 0.003, 0.003, 0.003],
    "plateau, differences": [
        0.1,
        0.1,
        0.1,
        0.048999999999999995,
        0.048999999999999995,
        0.048999999999999995,
        0.048999999999999995,
    ],
    "plateau, rising by differences": [
        0.1,
        0.1,
        0.09000000000000001,
        0.08100000000000002,
        0.06561000000000002,
        0.04782969000000002,
        0.028242953648100012,
    ],
}
every_case = pytest.mark.parametrize("case", CASES)
every_epoch_case = pytest.mark.parametrize(
    "case", [case for case in CASES if "plateau" not in case]
)


def metrics():
    """A loss that falls, noisily, and then does not."""
    rng = random.Random(7)
    return [3.0 / (1 + min(i, 20)) + rng.uniform(0.0, 0.3) for i in range(STEPS)]


def made(module, name, optimizer, options):
    """A schedule of ours or of PyTorch: names and arguments are the same."""
    given = dict(options)
    if "schedulers" in given:
        given["schedulers"] = [
            made(module, inner, optimizer, settings)
            for inner, settings in given["schedulers"]
        ]
    if name == "OneCycleLR" and module is not SCHEDULES:
        given["cycle_momentum"] = False
    kind = module[name] if module is SCHEDULES else getattr(module, name)
    return kind(optimizer, **given)


def started(case, lr=0.1):
    name, options = CASES[case]
    return made(SCHEDULES, name, SGD([Value(1.0)], lr=lr), options)


def follow(schedule, steps):
    """The learning rates of the optimizer, before the first step and after each."""
    found = [schedule.optimizer.lr]
    for metric in steps:
        schedule.step(*[metric] * isinstance(schedule, ReduceLROnPlateau))
        found.append(schedule.optimizer.lr)
    return found


# PyTorch ------------------------------------------------------------------------------


@every_case
def test_learning_rates_are_those_recorded_of_pytorch(case):
    found = follow(started(case), metrics())

    assert [found[i] for i in EPOCHS] == pytest.approx(
        GOLDEN[case], rel=1e-12, abs=1e-12
    )


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore:Detected call of:UserWarning")
@pytest.mark.filterwarnings("ignore:The epoch parameter in:UserWarning")
@every_case
def test_fifty_learning_rates_are_those_of_pytorch(case):
    torch = pytest.importorskip("torch")
    name, options = CASES[case]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    reference = made(torch.optim.lr_scheduler, name, optimizer, options)
    theirs = [optimizer.param_groups[0]["lr"]]
    for metric in metrics():
        optimizer.step()
        reference.step(*[metric] * (name == "ReduceLROnPlateau"))
        theirs.append(optimizer.param_groups[0]["lr"])

    assert follow(started(case), metrics()) == pytest.approx(
        theirs, rel=1e-12, abs=1e-12
    )


# For every schedule -------------------------------------------------------------------


def test_every_schedule_has_a_case():
    assert {name for name, _ in CASES.values()} == set(SCHEDULES)
    assert all(issubclass(kind, Schedule) for kind in SCHEDULES.values())


def changes_of(name, given):
    """Another value for a setting, that makes as much sense."""
    if isinstance(given, str):
        pairs = [("min", "max"), ("rel", "abs"), ("cos", "linear")]
        others = {a: b for one in pairs for a, b in (one, one[::-1])}
        return others[given]
    if isinstance(given, list):
        return [x + 1 for x in given]
    return given + 3 if isinstance(given, int) else given / 2 + 1e-3


SETTINGS = sorted(
    {
        (CASES[case][0], name)
        for case in CASES
        for name in started(case).settings
        if name != "schedulers"
    }
)


@pytest.mark.parametrize(("kind", "name"), SETTINGS)
def test_every_setting_makes_a_difference(kind, name):
    differences = []
    for case, (of, _) in CASES.items():
        if of == kind:
            plain, changed = started(case), started(case)
            setattr(changed, name, changes_of(name, getattr(plain, name)))
            if isinstance(plain, EpochSchedule):
                pair = ([x.lr_at(i) for i in range(STEPS)] for x in (plain, changed))
            else:
                pair = (follow(x, metrics()) for x in (plain, changed))
            differences += [abs(a - b) for a, b in zip(*pair, strict=True)]

    assert max(differences) > 1e-4


@every_case
def test_a_schedule_goes_on_from_a_saved_state_exactly(case):
    whole = follow(started(case), metrics())
    for stop in (0, 3, 21):
        first = started(case)
        follow(first, metrics()[:stop])
        saved = json.loads(json.dumps(first.state_dict()))
        second = started(case, lr=7.0)
        second.load_state_dict(saved)

        assert follow(second, metrics()[stop:]) == whole[stop:]
        assert second.last_epoch == STEPS


@every_case
def test_optimizer_and_schedule_are_restored_in_any_order(case):
    first = started(case)
    follow(first, metrics()[:13])
    saved = first.optimizer.state_dict(), first.state_dict()
    rest = follow(first, metrics()[13:])
    for order in (0, 1):
        second = started(case, lr=7.0)
        owners = second.optimizer, second
        for i in (order, 1 - order):
            owners[i].load_state_dict(saved[i])

        assert follow(second, metrics()[13:]) == rest


@every_case
def test_a_saved_state_is_a_copy(case):
    schedule = started(case)
    before = json.dumps(schedule.state_dict())
    saved = schedule.state_dict()
    for entry in saved.values():
        if isinstance(entry, list):
            entry.clear()
    follow(schedule, metrics()[:9])
    schedule.load_state_dict(json.loads(before))

    assert json.dumps(schedule.state_dict()) == before


@every_case
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"last_epoch": -1}, ValueError, "got last_epoch=-1 .*expected a whole number"),
        ({"last_epoch": 1.5}, TypeError, "got last_epoch=1.5"),
        ({"last_lr": "x"}, TypeError, "not a number: got last_lr='x'"),
        ({"base_lr": None}, TypeError, "not a number: got base_lr=None"),
        ({"more": 1}, ValueError, r"missing=\[\], unexpected=\['more'\]"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(case, change, error, message):
    schedule = started(case)
    follow(schedule, metrics()[:9])
    before = json.dumps(schedule.state_dict()), schedule.optimizer.lr
    other = started(case).state_dict() | change

    with pytest.raises(error, match=message):
        schedule.load_state_dict(other)
    assert (json.dumps(schedule.state_dict()), schedule.optimizer.lr) == before


def test_a_sequence_whose_parts_do_not_fit_changes_nothing():
    schedule = started("warm-up")
    before = json.dumps(schedule.state_dict())
    parts = started("three turns").state_dict()["schedulers"]
    for wrong, message in [
        (parts, "wrong length: got schedulers="),
        ([parts[0], parts[1]], r"missing=\['gamma'\], unexpected=\['T_max', 'eta_min'"),
    ]:
        state = started("warm-up").state_dict() | {"schedulers": wrong}
        with pytest.raises(ValueError, match=message):
            schedule.load_state_dict(state)

    assert json.dumps(schedule.state_dict()) == before


@every_epoch_case
def test_a_formula_tells_the_learning_rate_of_any_epoch(case):
    schedule = started(case)
    expected = [schedule.lr_at(epoch) for epoch in range(STEPS + 1)]

    assert follow(schedule, metrics()) == expected
    assert schedule.get_last_lr() == expected[-1:]


@every_case
def test_a_schedule_says_what_it_does(case):
    schedule = started(case)
    name, options = CASES[case]
    text = repr(schedule)

    assert text.startswith(f"{name}(")
    for setting, given in options.items():
        shown = {"milestones": sorted(given)} if setting == "milestones" else {}
        if setting not in ("schedulers", "epochs", "steps_per_epoch"):
            assert f"{setting}={shown.get(setting, given)!r}" in text


@every_case
def test_compiled_training_follows_the_schedule(case):
    name, options = CASES[case]
    weights = [Value(1.0), Value(1.0)]
    mine, eager = (Adam([w], lr=0.1) for w in weights)
    schedules = [made(SCHEDULES, name, x, options) for x in (mine, eager)]
    program = mn.compile(lambda x: (weights[0] * x - 3.0) ** 2)
    with program.training(mine) as train:
        for metric in metrics()[:20]:
            eager.zero_grad()
            ((weights[1] * 2.0 - 3.0) ** 2).backward()
            eager.step()
            train.step([2.0])
            for schedule in schedules:
                follow(schedule, [metric])

    assert mine.lr == eager.lr
    assert weights[0].data == pytest.approx(weights[1].data, rel=1e-12)


@every_epoch_case
def test_a_learning_rate_that_somebody_else_changed_is_not_overwritten(case):
    schedule = started(case)
    schedule.optimizer.lr = 0.3
    kind = type(schedule).__name__

    with pytest.raises(RuntimeError, match=rf"rate was changed: got lr=0.3 .*{kind}"):
        schedule.step()
    assert (schedule.optimizer.lr, schedule.last_epoch) == (0.3, 0)


# Each by itself -----------------------------------------------------------------------


def test_a_second_schedule_reckons_from_where_the_first_began():
    optimizer = SGD([Value(1.0)], lr=0.8)
    LinearLR(optimizer, 0.25)

    assert optimizer.lr == 0.2
    assert StepLR(optimizer, 3).base_lr == 0.8


def test_a_plateau_starts_from_the_learning_rate_that_there_is():
    optimizer = SGD([Value(1.0)], lr=0.8)
    follow(LinearLR(optimizer, 0.25, total_iters=1), [0.0])
    schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    optimizer.lr = 0.4

    assert follow(schedule, [1.0, 1.0]) == [0.4, 0.4, 0.2]


def test_a_metric_that_is_nan_is_no_improvement():
    schedule = ReduceLROnPlateau(SGD([Value(1.0)], lr=0.8), factor=0.5, patience=1)

    assert follow(schedule, [math.nan] * 4) == [0.8, 0.8, 0.4, 0.4, 0.2]


@pytest.mark.parametrize("metric", [Value(1.0), None, "1"])
def test_a_metric_is_a_number(metric):
    schedule = started("plateau")
    before = schedule.state_dict()

    with pytest.raises(TypeError, match="not a number: got metric="):
        schedule.step(metric)
    assert schedule.state_dict() == before


def test_a_cycle_ends():
    schedule = OneCycleLR(SGD([Value(1.0)]), max_lr=1.0, total_steps=4)
    follow(schedule, range(4))

    with pytest.raises(ValueError, match=r"the cycle is over: got step 5 .*at most 4"):
        schedule.step()
    assert schedule.last_epoch == 4


@pytest.mark.parametrize("pct_start", [0.0, 0.1, 1.0])
def test_a_cycle_may_have_one_phase_alone(pct_start):
    schedule = OneCycleLR(
        SGD([Value(1.0)]), max_lr=1.0, total_steps=10, pct_start=pct_start
    )
    found = follow(schedule, range(9))

    assert max(found) == pytest.approx(1.0, abs=0.03)
    assert all(0.0 < lr <= 1.0 for lr in found)


def test_after_the_last_step_of_a_cycle_the_learning_rate_stays_above_zero():
    schedule = OneCycleLR(
        SGD([Value(1.0)]), max_lr=1.0, total_steps=10, anneal_strategy="linear"
    )
    found = follow(schedule, range(10))

    assert found[10] == found[9] == pytest.approx(1.0 / 25.0 / 1e4)


def test_a_schedule_of_ones_own_is_a_formula():
    class Halving(EpochSchedule):
        def lr_at(self, epoch):
            return self.base_lr / 2**epoch

    assert follow(Halving(SGD([Value(1.0)], lr=8.0)), range(3)) == [8.0, 4.0, 2.0, 1.0]
    with pytest.raises(NotImplementedError, match="EpochSchedule has no lr_at"):
        EpochSchedule(SGD([Value(1.0)]))


OPTIMIZER = SGD([Value(1.0)], lr=0.1)
OTHER = StepLR(SGD([Value(1.0)]), 3)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: StepLR([Value(1.0)], 3),
            TypeError,
            r"not an optimizer: got optimizer=\[Value.*\(list\); expected one whose lr",
        ),
        (
            lambda: StepLR(OPTIMIZER, 0),
            ValueError,
            r"no such count: got step_size=0 \(int\); expected a whole number, 1 or",
        ),
        (lambda: StepLR(OPTIMIZER, 2.5), TypeError, "got step_size=2.5"),
        (lambda: StepLR(OPTIMIZER, 3, -1.0), ValueError, "out of range: got gamma=-1"),
        (lambda: MultiStepLR(OPTIMIZER, [3, -1]), ValueError, r"got milestones\[1\]="),
        (lambda: ExponentialLR(OPTIMIZER, "x"), TypeError, "not a number: got gamma="),
        (lambda: CosineAnnealingLR(OPTIMIZER, 0), ValueError, "got T_max=0"),
        (
            lambda: CosineAnnealingLR(OPTIMIZER, 3, -0.1),
            ValueError,
            "out of range: got eta_min=-0.1",
        ),
        (
            lambda: LinearLR(OPTIMIZER, 0.0),
            ValueError,
            "got start_factor=0.0 .*; expected 0 < start_factor <= 1",
        ),
        (lambda: LinearLR(OPTIMIZER, 0.5, 2.0), ValueError, "got end_factor=2.0"),
        (lambda: LinearLR(OPTIMIZER, total_iters=0), ValueError, "got total_iters=0"),
        (
            lambda: SequentialLR(OPTIMIZER, [StepLR(OPTIMIZER, 1)], [3]),
            ValueError,
            r"not the milestones of 1 schedules: got milestones=\[3\]",
        ),
        (
            lambda: SequentialLR(OPTIMIZER, [StepLR(OPTIMIZER, 1)] * 3, [3, 3]),
            ValueError,
            r"not the milestones of 3 schedules: .*1 or more and rising",
        ),
        (lambda: SequentialLR(OPTIMIZER, [], []), ValueError, "of 0 schedules"),
        (
            lambda: SequentialLR(OPTIMIZER, [OTHER], []),
            ValueError,
            r"another optimizer's schedule: got schedulers\[0\]=StepLR\(",
        ),
        (
            lambda: SequentialLR(OPTIMIZER, [ReduceLROnPlateau(OPTIMIZER)], []),
            TypeError,
            r"not a schedule of epochs: got schedulers\[0\]=ReduceLROnPlateau\(",
        ),
        (lambda: OneCycleLR(OPTIMIZER, 0.0, 10), ValueError, "got max_lr=0.0"),
        (
            lambda: OneCycleLR(OPTIMIZER, 1.0, epochs=3),
            ValueError,
            "how long is the cycle: got epochs=3 and steps_per_epoch=None",
        ),
        (
            lambda: OneCycleLR(OPTIMIZER, 1.0, 10, anneal_strategy="sine"),
            ValueError,
            "unknown anneal_strategy: got anneal_strategy='sine' .*'cos', 'linear'",
        ),
        (
            lambda: OneCycleLR(OPTIMIZER, 1.0, 10, pct_start=1.5),
            ValueError,
            "out of range: got pct_start=1.5",
        ),
        (
            lambda: OneCycleLR(OPTIMIZER, 1.0, 10, div_factor=0.0),
            ValueError,
            "out of range: got div_factor=0.0",
        ),
        (
            lambda: ReduceLROnPlateau(OPTIMIZER, mode="less"),
            ValueError,
            "unknown mode: got mode='less' .*; expected one of 'min', 'max'",
        ),
        (
            lambda: ReduceLROnPlateau(OPTIMIZER, threshold_mode="x"),
            ValueError,
            "unknown threshold_mode: got threshold_mode='x'",
        ),
        (
            lambda: ReduceLROnPlateau(OPTIMIZER, factor=1.0),
            ValueError,
            "got factor=1.0 .*; expected 0 <= factor < 1",
        ),
        (
            lambda: ReduceLROnPlateau(OPTIMIZER, patience=-1),
            ValueError,
            "got patience=-1",
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
