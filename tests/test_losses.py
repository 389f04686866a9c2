import math

import numpy as np
import pytest
from mpmath import mp

from micrograd_nn import Value, detect_anomaly, gradcheck, log_softmax
from micrograd_nn.losses import (
    LOSSES,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge_loss,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    multi_margin_loss,
    nll_loss,
)

# A batch for every loss: outputs, targets and the loss of each, worked out by hand.
BATCHES = {
    "mse_loss": ([1.5, -2.0, 0.0], [1.0, 1.0, 0.0], [0.25, 9.0, 0.0]),
    "l1_loss": ([1.5, -2.0, 0.25], [1.0, 1.0, 0.0], [0.5, 3.0, 0.25]),
    "huber_loss": ([1.5, -2.0, 0.25], [1.0, 1.0, 0.0], [0.125, 2.5, 0.03125]),
    "nll_loss": (
        [[-0.5, -1.0], [-2.0, -0.25], [-0.75, -0.125]],
        [1, 0, 0],
        [1.0, 2.0, 0.75],
    ),
    "multi_margin_loss": (
        [[2.0, 1.5, 0.0], [0.0, 0.25, -2.0], [1.0, 2.0, 3.5]],
        [0, 0, 2],
        [0.5 / 3.0, 1.25 / 3.0, 0.0],
    ),
    "kl_div": (
        [-0.5, -1.0, -2.0],
        [0.5, 0.0, 1.0],
        [0.5 * (math.log(0.5) + 0.5), 0.0, 2.0],
    ),
    "hinge_loss": ([3.0, 0.25, -2.0], [1, -1, 1], [0.0, 1.25, 3.0]),
    "binary_cross_entropy_with_logits": (
        [0.0, 2.0, -1.0],
        [1, 0, 0.25],
        [
            math.log(2.0),
            math.log(1.0 + math.exp(2.0)),
            math.log(1.0 + math.exp(-1.0)) + 0.25,
        ],
    ),
    "cross_entropy": (
        [[0.0, 0.0], [1.0, 3.0], [2.0, 2.0]],
        [1, 0, 0],
        [math.log(2.0), math.log(1.0 + math.exp(2.0)), math.log(2.0)],
    ),
}

every_loss = pytest.mark.parametrize(
    ("loss", "batch"), [(LOSSES[name], BATCHES[name]) for name in LOSSES], ids=LOSSES
)
OF_CLASSES = ("cross_entropy", "nll_loss", "multi_margin_loss")
PAIRED = {name: LOSSES[name] for name in LOSSES if name not in OF_CLASSES}
every_paired_loss = pytest.mark.parametrize("loss", PAIRED.values(), ids=PAIRED)


def values_of(tree):
    return [values_of(x) for x in tree] if isinstance(tree, list) else Value(tree)


def leaves_of(tree):
    return [x for t in tree for x in leaves_of(t)] if isinstance(tree, list) else [tree]


def data_of(tree):
    return [data_of(x) for x in tree] if isinstance(tree, list) else tree.data


# For every loss -----------------------------------------------------------------------


@every_loss
def test_one_loss_for_each_example(loss, batch):
    inputs, targets, expected = batch

    assert data_of(loss(inputs, targets, reduction="none")) == pytest.approx(
        expected, rel=1e-15
    )


@every_loss
def test_the_mean_is_what_you_get_unless_you_ask_for_the_sum(loss, batch):
    inputs, targets, expected = batch
    total = math.fsum(expected)

    assert loss(inputs, targets).data == pytest.approx(total / 3, rel=1e-15)
    assert loss(inputs, targets, "mean").data == loss(inputs, targets).data
    assert loss(inputs, targets, "sum").data == pytest.approx(total, rel=1e-15)


@every_loss
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_one_example_alone_has_a_loss_of_its_own(loss, batch, reduction):
    inputs, targets, expected = batch

    for x, t, wanted in zip(inputs, targets, expected, strict=True):
        assert loss(x, t, reduction).data == pytest.approx(wanted, rel=1e-15)


@every_loss
def test_values_tuples_and_arrays_give_the_same_loss(loss, batch):
    inputs, targets, _ = batch
    expected = loss(inputs, targets).data

    assert loss(values_of(inputs), targets).data == expected
    assert loss(tuple(values_of(inputs)), tuple(targets)).data == expected
    assert loss(np.array(values_of(inputs)), np.array(targets)).data == expected
    assert loss(list(np.array(inputs)), list(np.array(targets))).data == expected


@every_loss
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_gradients_and_their_gradients_are_slopes(loss, batch, reduction, order):
    inputs, targets, _ = batch
    report = gradcheck(lambda x: loss(x, targets, reduction), inputs, order=order)

    assert report, str(report)


@every_loss
def test_the_losses_of_a_batch_are_added_in_one_node(loss, batch):
    inputs, targets, _ = batch
    total = loss(inputs, targets, "sum")

    assert (total.op.name, len(total.operands)) == ("sum", 3)
    assert loss(inputs, targets).operands[0].op.name == "sum"


@every_loss
def test_a_loss_needs_a_target_for_each_output(loss, batch):
    inputs, targets, _ = batch

    with pytest.raises(ValueError, match=r"shapes differ: got a list of 2 in target f"):
        loss(inputs, targets[:2])


@every_loss
def test_an_unknown_reduction_is_refused(loss, batch):
    inputs, targets, _ = batch
    message = r"no such reduction: got reduction='avg' \(str\); expected 'mean', 'sum'"

    with pytest.raises(ValueError, match=message):
        loss(inputs, targets, reduction="avg")


@every_loss
def test_a_target_that_is_no_number_is_refused(loss, batch):
    inputs, targets, _ = batch

    with pytest.raises(TypeError, match="got target 1='x'"):
        loss(inputs, [targets[0], "x", targets[2]])


@every_loss
def test_an_output_that_is_no_number_is_refused(loss, batch):
    inputs, targets, _ = batch
    broken = [["x", 1.0], *inputs[1:]] if isinstance(inputs[0], list) else ["x", 0, 0]

    with pytest.raises(TypeError, match=r"not a number: got (output|logit) 0='x'"):
        loss(broken, targets)


@every_loss
def test_there_is_no_mean_of_nothing(loss, batch):
    with pytest.raises(ValueError, match=r"got input=\[\] \(list\)"):
        loss([], [])


@every_paired_loss
def test_outputs_may_be_nested_as_long_as_targets_are_too(loss):
    outputs, targets = [[0.5], [0.25, -1.0]], [[1], [1, 1]]
    flat = loss([0.5, 0.25, -1.0], [1, 1, 1], "none")
    nested = loss(outputs, targets, "none")

    assert data_of(nested) == [[flat[0].data], [flat[1].data, flat[2].data]]
    assert loss(outputs, targets).data == loss([0.5, 0.25, -1.0], [1, 1, 1]).data


@every_paired_loss
@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        ([0.5, 1.0], 1, "got a number in target for a list of 2 in input"),
        (0.5, [1], "got a list of 1 in target for a number in input"),
        ([0.5, 1.0], [[1], [1]], "got a list of 1 in target for a number in input"),
        ([[1.0, 2.0]], [[1]], "got a list of 1 in target for a list of 2 in input"),
    ],
)
def test_outputs_and_targets_must_have_one_shape(loss, inputs, targets, message):
    with pytest.raises(ValueError, match=message):
        loss(inputs, targets)


# Each by itself -----------------------------------------------------------------------


def test_gradients_flow_into_targets_that_are_values():
    x, t = Value(3.0), Value(1.0)
    mse_loss(x, t).backward()

    assert (x.grad, t.grad) == (4.0, -4.0)


@pytest.mark.parametrize("label", [0, 2, 0.5, float("nan")])
def test_hinge_loss_takes_the_labels_minus_one_and_one(label):
    with pytest.raises(ValueError, match=r"got target 1=.*; expected -1 or 1\. For 0"):
        hinge_loss([0.5, 0.5], [1, label])


def test_hinge_loss_is_flat_beyond_the_margin_and_at_it():
    outputs = values_of([2.0, 1.0, 0.5])
    hinge_loss(outputs, [1, 1, 1], "sum").backward()

    assert [x.grad for x in outputs] == [0.0, 0.0, -1.0]


@pytest.mark.parametrize("target", [-0.1, 1.1, float("nan"), 2])
def test_binary_targets_are_probabilities(target):
    message = r"got target 0=.*; expected a probability from 0 to 1"
    with pytest.raises(ValueError, match=message):
        binary_cross_entropy_with_logits([0.5], [target])


@pytest.mark.parametrize("x", [-1000.0, -40.0, -1.0, 0.0, 1e-9, 3.0, 40.0, 1000.0])
@pytest.mark.parametrize("t", [0.0, 0.3, 1.0])
def test_binary_cross_entropy_is_stable(x, t):
    logit = Value(x)
    loss = binary_cross_entropy_with_logits(logit, t)
    loss.backward()
    with mp.workdps(50):
        truth = mp.log(1 + mp.exp(x)) - mp.mpf(x) * mp.mpf(t)
        slope = 1 / (1 + mp.exp(-x)) - mp.mpf(t)

    assert loss.data == pytest.approx(float(truth), rel=1e-15, abs=1e-15 * abs(x))
    assert logit.grad == pytest.approx(float(slope), rel=1e-15, abs=1e-15)


def test_cross_entropies_are_exact_at_extreme_logits():
    assert binary_cross_entropy_with_logits(1000.0, 1).data == 0.0
    assert binary_cross_entropy_with_logits(1000.0, 0).data == 1000.0
    assert binary_cross_entropy_with_logits(-1000.0, 1).data == 1000.0
    assert cross_entropy([1000.0, -1000.0], 0).data == 0.0
    assert cross_entropy([1000.0, -1000.0], 1).data == 2000.0
    assert cross_entropy([-1000.0, -1000.0], 1).data == pytest.approx(math.log(2.0))


def test_the_gradient_of_cross_entropy_is_softmax_minus_the_target():
    logits = values_of([0.0, math.log(2.0), math.log(5.0)])
    cross_entropy(logits, 1).backward()

    assert [x.grad for x in logits] == pytest.approx([1 / 8, 2 / 8 - 1, 5 / 8])


def test_a_masked_class_has_no_share():
    logits = values_of([0.0, 0.0, -math.inf])
    loss = cross_entropy(logits, 0)
    loss.backward()

    assert loss.data == pytest.approx(math.log(2.0))
    assert logits[2].grad == 0.0


@pytest.mark.parametrize("index", [-1, 3, 10**30])
def test_a_class_out_of_range_is_refused(index):
    message = r"no such class: got target 1=.*\(int\); expected an integer from 0 to 2"
    with pytest.raises(ValueError, match=message):
        cross_entropy([[1.0, 2.0, 3.0]] * 2, [0, index])


@pytest.mark.parametrize("index", [1.0, None, "1", Value(1.0)])
def test_a_class_is_named_by_an_integer(index):
    message = r"no such class: got target=.*; expected an integer from 0 to 2"
    with pytest.raises(TypeError, match=message):
        cross_entropy([1.0, 2.0, 3.0], index)


def test_all_certain_probabilities_are_a_class():
    logits = [[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]]
    certain = [[0, 0, 1], [1, 0, 0]]

    assert cross_entropy(logits, certain, "none")[0].data == pytest.approx(
        cross_entropy(logits, [2, 0], "none")[0].data, rel=1e-15
    )
    assert cross_entropy(logits, certain).data == pytest.approx(
        cross_entropy(logits, [2, 0]).data, rel=1e-15
    )


def test_probabilities_weigh_the_losses_of_the_classes():
    logits = [1.0, -2.0, 0.5]
    by_class = [cross_entropy(logits, i).data for i in range(3)]

    assert cross_entropy(logits, [0.5, 0.2, 0.3]).data == pytest.approx(
        0.5 * by_class[0] + 0.2 * by_class[1] + 0.3 * by_class[2]
    )


def test_gradients_flow_into_probabilities_that_are_values():
    shares = values_of([0.25, 0.75])
    cross_entropy([0.0, 0.0], shares).backward()

    assert [p.grad for p in shares] == pytest.approx([math.log(2.0)] * 2)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ([0.5, 0.6], r"not a distribution: got target=\[0.5, 0.6\], which sums to 1.1"),
        ([1.5, -0.5], r"got target=1.5 \(float\); expected a probability from 0 to 1"),
        ([1, 0, 0], "shapes differ: got a list of 3 in target for a list of 2"),
    ],
)
def test_probabilities_that_are_none_are_refused(target, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy([1.0, 2.0], target)


@pytest.mark.parametrize("logits", [0.5, Value(0.5), [[1.0, 2.0], []], [[1.0], 2.0]])
def test_cross_entropy_needs_a_list_of_logits(logits):
    with pytest.raises(ValueError, match=r"no logits: got input=.*; expected a list w"):
        cross_entropy(logits, [0, 0])


def test_a_cross_entropy_of_large_logits_keeps_small_losses():
    loss = cross_entropy([Value(1e8), Value(1e8 - 20)], 0)

    assert loss.data == pytest.approx(2.061153622438558e-09, rel=1e-12)


@pytest.mark.parametrize(("logit", "target"), [(40.0, 1), (-40.0, 0)])
def test_a_confident_and_right_answer_keeps_its_small_loss_and_gradient(logit, target):
    x = Value(logit)
    loss = binary_cross_entropy_with_logits(x, target)
    loss.backward()

    assert loss.data == pytest.approx(4.248354255291589e-18, rel=1e-12)
    assert abs(x.grad) == pytest.approx(4.248354255291589e-18, rel=1e-12)


@pytest.mark.parametrize(("error", "slope"), [(2.0, 2.0), (-2.0, -2.0), (9.0, 2.0)])
def test_huber_loss_goes_straight_beyond_delta(error, slope):
    x = Value(error)
    huber_loss(x, 0.0, delta=2.0).backward()

    assert x.grad == slope


def test_l1_loss_has_the_slope_of_the_sign_and_none_where_it_is_right():
    outputs = values_of([2.0, -2.0, 1.0])
    l1_loss(outputs, [1.0, 1.0, 1.0], "sum").backward()

    assert [x.grad for x in outputs] == [1.0, -1.0, 0.0]


def test_multi_margin_loss_pulls_at_the_right_class_and_those_too_close():
    scores = values_of([2.0, 1.5, 0.0, 2.5])
    multi_margin_loss(scores, 0).backward()

    assert [x.grad for x in scores] == [-0.5, 0.25, 0.0, 0.25]


def test_a_divergence_is_the_cross_entropy_less_the_entropy_of_the_target():
    logits, shares = [0.5, -1.0, 2.0], [0.2, 0.5, 0.3]
    entropy = -math.fsum(p * math.log(p) for p in shares)
    found = kl_div([x.data for x in log_softmax(logits)], shares, "sum")

    assert found.data == pytest.approx(cross_entropy(logits, shares).data - entropy)


def test_a_share_of_zero_adds_nothing_to_a_divergence_and_has_no_slope():
    outputs = values_of([-1.0, -2.0])
    with detect_anomaly():
        loss = kl_div(outputs, [0.0, 1.0], "sum")
        loss.backward()

    assert loss.data == 2.0
    assert [x.grad for x in outputs] == [0.0, -1.0]


@pytest.mark.parametrize("target", [-0.1, 1.1])
def test_a_divergence_is_from_probabilities(target):
    with pytest.raises(ValueError, match="expected a probability from 0 to 1"):
        kl_div([-1.0], [target])


def test_the_batch_mean_of_a_divergence_is_over_examples():
    rows, shares = [[-1.0, -0.5], [-0.25, -2.0]], [[0.5, 0.5], [0.25, 0.75]]
    total = kl_div(rows, shares, "sum").data

    assert kl_div(rows, shares, "batchmean").data == total / 2
    assert kl_div(rows, shares, "mean").data == total / 4
    assert kl_div(-1.0, 0.5, "batchmean").data == kl_div(-1.0, 0.5).data
    with pytest.raises(ValueError, match="expected 'mean', 'sum', 'none' or 'batchmea"):
        kl_div(rows, shares, "avg")


def test_nll_loss_of_log_softmax_is_cross_entropy():
    logits = [[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]]
    found = nll_loss([log_softmax(row) for row in logits], [2, 0])

    assert found.data == pytest.approx(cross_entropy(logits, [2, 0]).data, rel=1e-14)


def test_losses_of_extreme_outputs_are_finite():
    with detect_anomaly():
        for x in (-1e150, -1000.0, 1000.0, 1e150):
            row = values_of([x, 0.0, -x])
            for loss in (cross_entropy, nll_loss, multi_margin_loss):
                loss(row, 1).backward()
            cross_entropy(row, 1, label_smoothing=0.1).backward()
            for loss in (mse_loss, l1_loss, huber_loss, hinge_loss):
                loss(row, [1.0, -1.0, 1.0]).backward()

            assert all(math.isfinite(value.grad) for value in row)


CLASSES = [[1.0, 2.0, 3.0]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: cross_entropy(CLASSES, [0], weight=[1.0, 2.0]),
            ValueError,
            r"not a weight for each class: got weight=\[1.0, 2.0\] \(list\); expe.* 3 ",
        ),
        (
            lambda: nll_loss(CLASSES, [0], weight=2.0),
            ValueError,
            "not a weight for each class: got weight=2.0",
        ),
        (
            lambda: multi_margin_loss(CLASSES, [0], weight=[1.0, -2.0, 0.0]),
            ValueError,
            r"out of range: got weight\[1\]=-2.0",
        ),
        (
            lambda: cross_entropy(CLASSES, [0], label_smoothing=1.5),
            ValueError,
            "got label_smoothing=1.5 .*; expected 0 <= label_smoothing <= 1",
        ),
        (
            lambda: cross_entropy(CLASSES, [0], label_smoothing="x"),
            TypeError,
            "not a number: got label_smoothing='x'",
        ),
        (
            lambda: binary_cross_entropy_with_logits(CLASSES, CLASSES, pos_weight=[1]),
            ValueError,
            r"not a weight for each output: got pos_weight=\[1\] .*a list of 3",
        ),
        (
            lambda: binary_cross_entropy_with_logits(0.0, 1, pos_weight=[1]),
            ValueError,
            r"not a weight for each output: got pos_weight=\[1\] .*a list of 1",
        ),
        (
            lambda: binary_cross_entropy_with_logits(0.0, 1, pos_weight=-1),
            ValueError,
            "out of range: got pos_weight=-1",
        ),
        (
            lambda: huber_loss(0.0, 1.0, delta=0.0),
            ValueError,
            "got delta=0.0 .*; expected 0 < delta < inf",
        ),
        (
            lambda: multi_margin_loss(CLASSES, [0], p=3),
            ValueError,
            r"no such power: got p=3 \(int\); expected 1 or 2",
        ),
        (
            lambda: multi_margin_loss(CLASSES, [0], margin=-1.0),
            ValueError,
            "out of range: got margin=-1.0",
        ),
    ],
)
def test_an_option_out_of_range_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
