"""Attention, positions, blocks and GPT; what all layers share is in the contract."""

import math
import random
import statistics

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value, nn, trees
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import (
    GPT,
    Embedding,
    MultiheadAttention,
    PositionalEmbedding,
    PositionalEncoding,
    TransformerBlock,
)
from micrograd_nn.nn.generation import generate
from tests.compiled import assert_close, assert_same
from tests.layer_cases import weighted

HIDDEN = [[False, True, False], [True, False, False], [False, False, True]]


def numbers(tree):
    return [x.data for x in trees.leaves(tree)]


def steps(count, features, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-2.0, 2.0, (count, features)).tolist()


def as_values(tree):
    return trees.rebuilt(tree, iter([Value(x) for x in trees.leaves(tree)]))


def randomized(module):
    rng = random.Random(2)
    for value in module.parameters():
        value.data = rng.uniform(-1.0, 1.0)
    return module


def small_gpt(**options):
    random.seed(0)
    return GPT(5, 4, n_layer=2, n_head=2, n_embd=4, **options)


# PyTorch ------------------------------------------------------------------------------


def load(torch, theirs, ours):
    """Give PyTorch's module our parameters, by their names."""
    weights = {k: t.data for k, t in ours.named_tensors().items()}
    tensors = {k: torch.tensor(x, dtype=torch.float64) for k, x in weights.items()}
    theirs.double().load_state_dict(tensors)


def assert_same_gradients(ours, theirs, values, tensors):
    for value, tensor in zip(values, tensors, strict=True):
        assert_close([v.grad for v in trees.leaves(value)], tensor.grad.flatten())
    for name, parameter in theirs.named_parameters():
        leaves = trees.leaves(ours.named_tensors()[name].values)
        assert_close([v.grad for v in leaves], parameter.grad.flatten())


def total(torch, tensors):
    """What `weighted` is for Values."""
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    places = 3.0 * torch.arange(len(flat), dtype=torch.float64) + 1.0
    return (flat * torch.cos(places)).sum()


@pytest.mark.oracle
@pytest.mark.parametrize("average", [True, False], ids=["mean", "each head"])
@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize(
    ("lengths", "mask"),
    [
        ((3, 3, 3), None),
        ((3, 3, 3), HIDDEN),
        ((3, 3, 3), "causal"),
        ((2, 3, 3), None),
    ],
    ids=["all", "masked", "causal", "across"],
)
def test_attention_is_that_of_pytorch(lengths, mask, heads, average):
    torch = pytest.importorskip("torch")
    ours = randomized(MultiheadAttention(4, heads))
    theirs = torch.nn.MultiheadAttention(4, heads)
    load(torch, theirs, ours)
    inputs = [steps(n, 4, seed) for seed, n in enumerate(lengths)]
    values = as_values(inputs)
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    causal = mask == "causal"
    later = torch.ones(3, 3).triu(1).bool() if causal else mask and torch.tensor(mask)
    outputs = ours(
        *values,
        attn_mask=None if causal else mask,
        is_causal=causal,
        average_attn_weights=average,
    )
    found = theirs(*tensors, attn_mask=later, average_attn_weights=average)
    weighted(outputs).backward()
    total(torch, found).backward()

    for ours_of_it, theirs_of_it in zip(outputs, found, strict=True):
        assert np.shape(ours_of_it) == tuple(theirs_of_it.shape)
        assert_close(numbers(ours_of_it), theirs_of_it.detach().flatten())
    assert_same_gradients(ours, theirs, values, tensors)


@pytest.mark.oracle
def test_attention_without_biases_loads_from_pytorch():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.MultiheadAttention(4, 2, bias=False).double()
    ours = MultiheadAttention(4, 2, bias=False)
    ours.load_tensors({k: t.tolist() for k, t in theirs.state_dict().items()})
    x = torch.tensor(steps(3, 4), dtype=torch.float64)
    outputs, weights = ours(steps(3, 4))
    expected = theirs(x, x, x)

    assert_close(numbers(outputs), expected[0].detach().flatten())
    assert_close(numbers(weights), expected[1].detach().flatten())


@pytest.mark.oracle
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("causal", [False, True])
def test_a_block_is_the_encoder_layer_of_pytorch_with_the_norm_first(
    causal, activation
):
    torch = pytest.importorskip("torch")
    ours = randomized(TransformerBlock(4, 2, 6, 0.0, activation, 0.01))
    theirs = torch.nn.TransformerEncoderLayer(
        4, 2, 6, 0.0, activation, 0.01, norm_first=True
    )
    load(torch, theirs, ours)
    x = as_values(steps(3, 4))
    tensor = torch.tensor(steps(3, 4), dtype=torch.float64, requires_grad=True)
    outputs = ours(x, is_causal=causal)
    mask = torch.ones(3, 3).triu(1).bool() if causal else None
    found = theirs(tensor, src_mask=mask)
    weighted(outputs).backward()
    total(torch, [found]).backward()

    assert_close(numbers(outputs), found.detach().flatten())
    assert_same_gradients(ours, theirs, [x], [tensor])


def gpt_of_torch(torch, layers):
    """The same net of PyTorch's parts, by the same names."""

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.wte, self.wpe = torch.nn.Embedding(5, 4), torch.nn.Embedding(4, 4)
            self.h = torch.nn.ModuleList(
                torch.nn.TransformerEncoderLayer(4, 2, 16, 0.0, norm_first=True)
                for _ in range(layers)
            )
            self.ln_f = torch.nn.LayerNorm(4)
            self.lm_head = torch.nn.Linear(4, 5, bias=False)

        def forward(self, tokens):
            x = self.wte(tokens) + self.wpe(torch.arange(len(tokens)))
            mask = torch.ones(len(tokens), len(tokens)).triu(1).bool()
            for block in self.h:
                x = block(x, src_mask=mask)
            return self.lm_head(self.ln_f(x))

    return Net()


@pytest.mark.oracle
def test_a_gpt_is_that_of_pytorchs_parts():
    torch = pytest.importorskip("torch")
    ours, theirs = randomized(small_gpt()), gpt_of_torch(torch, 2)
    load(torch, theirs, ours)
    tokens, targets = [3, 1, 4], [1, 4, 0]
    loss = cross_entropy(ours(tokens), targets)
    logits = theirs(torch.tensor(tokens))
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor(targets))
    loss.backward()
    expected.backward()

    assert_close(loss.data, expected.item())
    assert_same_gradients(ours, theirs, [], [])


# Attention ----------------------------------------------------------------------------


def test_the_name_is_pytorchs_and_the_papers_is_the_same():
    assert nn.MultiHeadAttention is MultiheadAttention


def test_weights_are_shares_and_the_values_are_gathered_with_them():
    attention = MultiheadAttention(2, 1, bias=False)
    one, none = [[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]
    attention.load_tensors(
        {"in_proj_weight": [*none, *none, *one], "out_proj.weight": one}
    )
    outputs, weights = attention([[1.0, 5.0], [3.0, 7.0]])

    assert numbers(weights) == [0.5] * 4
    assert numbers(outputs) == [2.0, 6.0] * 2


def test_attention_starts_as_in_pytorch():
    attention = MultiheadAttention(24, 2)
    drawn = numbers(attention.in_proj_weight)
    bound = math.sqrt(6.0 / (24 + 3 * 24))

    assert 0.95 * bound < max(drawn) <= bound
    assert 0.95 / math.sqrt(24) < max(numbers(attention.out_proj.weight))
    assert not any(numbers([attention.in_proj_bias, attention.out_proj.bias]))


@pytest.mark.parametrize("bias", [True, False])
def test_keys_and_values_are_the_queries_unless_given(bias):
    attention, x = MultiheadAttention(4, 2, bias=bias), steps(3, 4)

    assert numbers(attention(x)) == numbers(attention(x, x, x))
    assert attention(x, need_weights=False)[1] is None


def test_no_position_depends_on_what_it_may_not_look_at():
    attention = randomized(MultiheadAttention(4, 2))
    x = as_values(steps(3, 4))
    outputs, weights = attention(x, attn_mask=HIDDEN)
    for row, hidden in zip(weights, HIDDEN, strict=True):
        assert [w.data == 0.0 for w in row] == hidden
    mn.sum(outputs[0]).backward()

    assert [any(v.grad for v in row) for row in x] == [True, False, True]


def test_dropout_leaves_out_weights_in_training():
    random.seed(0)
    attention = MultiheadAttention(2, 1, dropout=0.5)
    _, weights = attention(steps(8, 2))
    attention.eval()
    _, whole = attention(steps(8, 2))

    assert 16 < numbers(weights).count(0.0) < 48
    assert_close([sum(numbers(row)) for row in whole], [1.0] * 8)


@pytest.mark.parametrize("make", [MultiheadAttention, TransformerBlock])
def test_a_causal_position_does_not_depend_on_later_ones(make):
    module, x = make(4, 2), steps(5, 4)

    def f(x):
        found = module(x, is_causal=True)
        return found[0] if make is MultiheadAttention else found

    whole = f(x)
    for length in range(1, 5):
        assert numbers(f(x[:length])) == numbers(whole[:length])
    changed = f([*x[:2], [9.0] * 4, *x[3:]])
    assert numbers(changed[:2]) == numbers(whole[:2])
    assert all(
        numbers(a) != numbers(b) for a, b in zip(changed[2:], whole[2:], strict=True)
    )


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(
    "options",
    [{"is_causal": True}, {"attn_mask": HIDDEN}, {"average_attn_weights": False}],
    ids=str,
)
def test_a_program_computes_outputs_weights_and_gradients(options, size):
    attention = randomized(MultiheadAttention(4, 2))

    assert_same(
        lambda x: weighted(attention(x, **options)),
        attention.parameters(),
        [steps(3, 4, seed) for seed in range(size)],
    )


def test_attention_becomes_matrix_products_however_long_the_sequence():
    block = TransformerBlock(4, 2)
    found = {}
    for length in (8, 16):
        program = mn.compile(lambda x: block(x, is_causal=True))
        program([steps(length, 4)] * 2)
        found[length] = len(program.instructions)

    assert found[16] == found[8] <= 40


# Positions ----------------------------------------------------------------------------


def test_positions_are_sines_and_cosines_of_ever_slower_waves():
    table = np.array(PositionalEncoding(6).rows(50))
    angles = np.arange(50)[:, None] / 10000.0 ** (np.arange(0, 6, 2) / 6)

    np.testing.assert_allclose(table[:, ::2], np.sin(angles), atol=1e-15)
    np.testing.assert_allclose(table[:, 1::2], np.cos(angles), atol=1e-15)


def test_positions_are_added():
    x = steps(3, 2)
    encoding, embedding = PositionalEncoding(2), PositionalEmbedding(5, 2)

    assert_close(numbers(encoding(x)), np.add(x, encoding.rows(3)).ravel())
    assert_close(
        numbers(embedding(x)),
        np.add(x, embedding.named_tensors()["weight"].data[:3]).ravel(),
    )
    assert not encoding.parameters()


# GPT ----------------------------------------------------------------------------------


def test_a_gpt_starts_as_gpt_2_does():
    model = GPT(30, 20, n_layer=8, n_head=2, n_embd=16)
    block = model.h[3]

    for weight in (model.wte.weight, block.linear1.weight, model.lm_head.weight):
        assert statistics.pstdev(numbers(weight)) == pytest.approx(0.02, rel=0.15)
    for weight in (block.self_attn.out_proj.weight, block.linear2.weight):
        assert statistics.pstdev(numbers(weight)) == pytest.approx(0.005, rel=0.15)
    assert not any(numbers([block.linear1.bias, block.self_attn.in_proj_bias]))
    assert set(numbers([block.norm1.weight, model.ln_f.weight])) == {1.0}


def test_a_gpt_is_unsure_at_first():
    loss = cross_entropy(small_gpt()([1, 2, 3]), [2, 3, 4])

    assert loss.data == pytest.approx(math.log(5), rel=0.02)


def test_the_same_seed_gives_the_same_gpt():
    assert small_gpt().state_dict() == small_gpt().state_dict()


def test_the_logits_of_a_position_do_not_depend_on_later_tokens():
    model = randomized(small_gpt())
    whole = model([3, 1, 4, 2])

    for length in (1, 2, 3):
        assert numbers(model([3, 1, 4, 2][:length])) == numbers(whole[:length])
    assert numbers(model([3, 1, 0, 2])[:2]) == numbers(whole[:2])
    assert numbers(model([3, 1, 0, 2])[2]) != numbers(whole[2])


@pytest.mark.parametrize("tie_weights", [True, False])
def test_a_program_computes_a_gpt(tie_weights):
    model = randomized(small_gpt(tie_weights=tie_weights))
    tokens = [[3, 1, 4], [0, 2, 2]]
    targets = [[1, 4, 0], [2, 2, 1]]

    assert_same(
        lambda x, y: cross_entropy(model(x), y), model.parameters(), tokens, targets
    )


def test_tied_weights_are_one():
    tied, apart = small_gpt(tie_weights=True), small_gpt()

    assert tied.lm_head.weight is tied.wte.weight
    assert len(apart.parameters()) - len(tied.parameters()) == 5 * 4
    assert "lm_head.weight" in tied.named_tensors()


def test_dropout_of_a_gpt_is_everywhere():
    model = small_gpt(dropout=0.25)
    rates = [m.p for m in model.modules() if isinstance(m, nn.Dropout)]

    assert rates == [0.25] * 3
    assert {block.self_attn.dropout for block in model.h} == {0.25}
    assert numbers(model([1, 2])) != numbers(model([1, 2]))


# Generation ---------------------------------------------------------------------------


def test_the_same_seed_generates_the_same_tokens():
    model = small_gpt()
    first = model.generate([1, 2], 8, seed=3)
    random.seed(7)
    drawn = model.generate([1], 8)
    random.seed(7)

    assert first[:2] == [1, 2]
    assert len(first) == 10
    assert first == model.generate([1, 2], 8, seed=3)
    assert drawn == model.generate(np.array([1]), 8)
    assert len({tuple(model.generate([1], 8, seed=i)) for i in range(5)}) > 1


def test_at_temperature_zero_the_likeliest_token_comes_next():
    model = randomized(small_gpt())
    tokens = [3]
    for _ in range(6):
        logits = numbers(model(tokens[-4:])[-1])  # block_size is 4
        tokens.append(logits.index(max(logits)))

    assert model.generate([3], 6, temperature=0) == tokens


def test_tokens_are_drawn_as_the_model_says():
    model = Embedding(2, 2)
    model.load_tensors({"weight": [[0.0, math.log(3.0)]] * 2})
    drawn = generate(model, [[0]] * 2000, 1, block_size=1, seed=0)
    warm = generate(model, [[0]] * 2000, 1, block_size=1, seed=0, temperature=2.0)

    with pytest.raises(ValueError, match="not a size: got block_size=0"):
        generate(model, [0], 1, block_size=0)
    assert statistics.mean(row[1] for row in drawn) == pytest.approx(0.75, abs=0.03)
    assert statistics.mean(row[1] for row in warm) == pytest.approx(
        math.sqrt(3) / (1 + math.sqrt(3)), abs=0.03
    )


def test_several_prompts_go_on_at_once_whatever_their_lengths():
    model = randomized(small_gpt())
    prompts = [[3], [1, 2, 0, 4, 3, 1]]

    assert model.generate(prompts, 3, temperature=0) == [
        model.generate(prompt, 3, temperature=0) for prompt in prompts
    ]
    assert prompts == [[3], [1, 2, 0, 4, 3, 1]]


def test_generation_is_out_of_training_and_leaves_the_mode_alone():
    model = small_gpt(dropout=0.9)
    model.h[0].eval()
    modes = [module.training for module in model.modules()]
    still = model.generate([1], 5, temperature=0)

    assert still == model.generate([1], 5, temperature=0)
    assert [module.training for module in model.modules()] == modes
    with pytest.raises(ValueError, match="no such index: got tokens=9"):
        model.generate([9], 1)
    assert [module.training for module in model.modules()] == modes


# What is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MultiheadAttention(0, 1), "not a size: got embed_dim=0"),
        (
            lambda: MultiheadAttention(4, 3),
            "heads of unequal size: got num_heads=3 for",
        ),
        (lambda: MultiheadAttention(4, 2, dropout=2.0), "out of range: got dropout=2"),
        (lambda: TransformerBlock(4, 2, 0), "not a size: got dim_feedforward=0"),
        (lambda: TransformerBlock(4, 2, activation="x"), "no such activation: got"),
        (lambda: PositionalEncoding(0), "not a size: got d_model=0"),
        (lambda: PositionalEmbedding(0, 2), "not a size: got max_len=0"),
        (lambda: GPT(0, 2), "not a size: got vocab_size=0"),
        (lambda: GPT(2, 2, n_layer=0), "not a size: got n_layer=0"),
        (lambda: GPT(2, 2, n_embd=5), "heads of unequal size: got num_heads=4 for"),
    ],
)
def test_impossible_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("lengths", "message"),
    [
        ((3, 2, 3), r"wrong number of values: MultiheadAttention\(2\) got 3 values"),
        ((0, 2, 2), r"MultiheadAttention\(2\) got 1 dimensions; expected 2"),
    ],
)
def test_sequences_that_do_not_fit_are_refused(lengths, message):
    with pytest.raises(ValueError, match=message):
        MultiheadAttention(2, 1)(*(steps(n, 2) for n in lengths))


@pytest.mark.parametrize(
    ("mask", "error", "message"),
    [
        ([[True, False]], ValueError, r"got an attn_mask of shape \(1, 2\); exp.*2, 2"),
        ([[True], [False, True]], ValueError, "got an attn_mask of shape None"),
        ([[0.0, 1.0]] * 2, TypeError, r"not a mask: got attn_mask=\[\[0.0, 1.0\], \["),
        ([[True, True], [True, False]], ValueError, "hides all keys from query 0; exp"),
    ],
)
def test_masks_that_do_not_fit_are_refused(mask, error, message):
    with pytest.raises(error, match=message):
        MultiheadAttention(2, 1)(steps(2, 2), attn_mask=mask)


def test_a_mask_may_be_an_array():
    attention = MultiheadAttention(4, 1)
    mask = np.array(HIDDEN)

    assert numbers(attention(steps(3, 4), attn_mask=mask)) == numbers(
        attention(steps(3, 4), attn_mask=HIDDEN)
    )


@pytest.mark.parametrize(
    ("tokens", "error", "message"),
    [
        ([1] * 5, ValueError, r"too long: .* got 5 positions; expected at most 4\."),
        ([], ValueError, r"PositionalEmbedding\(4, 4\) got 1 dimensions; expected 2"),
        ([5], IndexError, "no such entry: got index=5"),
        ([1.0], TypeError, "not an index: got index=1.0"),
    ],
)
def test_tokens_that_do_not_fit_are_refused(tokens, error, message):
    with pytest.raises(error, match=message):
        small_gpt()(tokens)


@pytest.mark.parametrize(
    ("prompt", "options", "error", "message"),
    [
        ([], {}, ValueError, r"nothing to go on with: got prompt=\[\] \(list\)"),
        (5, {}, ValueError, r"nothing to go on with: got prompt=5 \(int\); expected"),
        ([[1], []], {}, ValueError, "nothing to go on with: got prompt="),
        ([1], {"temperature": -1.0}, ValueError, "out of range: got temperature=-1.0"),
        ([1], {"temperature": "a"}, TypeError, "not a number: got temperature='a'"),
        ([1], {"max_new_tokens": -1}, ValueError, "no such count: got max_new_tokens"),
    ],
)
def test_a_generation_that_cannot_be_is_refused(prompt, options, error, message):
    with pytest.raises(error, match=message):
        small_gpt().generate(prompt, **{"max_new_tokens": 2, **options})
