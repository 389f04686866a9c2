"""Pass 2, linear forms: a tree of sums becomes one sum of terms and of products.

`((b + w0 * x0) + w1 * x1)` is four nodes, but one thought: a bias and a dot product of
two pairs. An addition whose result is used only once, by another addition, is absorbed
by that one; a product used only once, by an addition, becomes one of its pairs.

>>> from micrograd_nn import Value
>>> from micrograd_nn.compiler.tape import read_graph
>>> b, w, x = Value(1.0), Value(2.0), Value(3.0)
>>> y = b + w * x - b
>>> forms = find_linear_forms(read_graph([y], [b, w, x]))
>>> forms.singles.operands, forms.singles.signs, forms.pairs.operands
(array([0, 0]), array([ 1., -1.]), array([[1, 2]]))
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compiler.algebra import is_product, signs
from micrograd_nn.compiler.tape import Ids, Mask, Tape

Floats = NDArray[np.float64]


@dataclass
class Terms:
    """The terms of one kind of all linear forms, sorted by form.

    Attributes:
        forms: The node that each term belongs to.
        signs: 1 or -1 for each term.
        operands: The id of each term; of a product two ids, one row a term.
    """

    forms: Ids
    signs: Floats
    operands: Ids


@dataclass
class LinearForms:
    """Every node that adds, and what it adds, after sums of sums were merged.

    Attributes:
        is_form: Whether a node is a linear form.
        inner: Whether a node is now inside a form: an addition or a product.
        singles: The terms that are one node.
        pairs: The terms that are a product of two nodes.
        constants: What each form adds that is the same in every run, by node.
        owners: For each node the form that it is inside of, or itself.
    """

    is_form: Mask
    inner: Mask
    singles: Terms
    pairs: Terms
    constants: Floats
    owners: Ids


def find_linear_forms(tape: Tape) -> LinearForms:
    """The linear forms of a tape; time and memory are linear in its length."""
    nodes, positions, operands = tape.edges
    edge_signs = _edge_signs(tape, nodes, positions)
    adds = np.zeros(len(tape), bool)
    adds[nodes] = edge_signs != 0.0
    adds &= ~tape.constant
    consumer = _sole_consumer(tape, nodes, operands)
    merges = (consumer >= 0) & adds[consumer]
    alike = tape.batched == tape.batched[consumer]
    absorbed = adds & merges & alike
    folded = _products(tape) & merges & (alike | _have_constants(tape, nodes, operands))
    node_signs = np.ones(len(tape))
    node_signs[operands[absorbed[operands]]] = edge_signs[absorbed[operands]]
    form, sign = _outermost(consumer, absorbed, node_signs)
    kept = adds[nodes] & ~absorbed[operands]
    owners = nodes[kept]
    terms = Terms(form[owners], sign[owners] * edge_signs[kept], operands[kept])
    found = _sorted_out(tape, adds & ~absorbed, absorbed, folded, terms)
    found.owners = np.where(folded, form[consumer], form)
    return found


def _sorted_out(
    tape: Tape, is_form: Mask, absorbed: Mask, folded: Mask, terms: Terms
) -> LinearForms:
    """Tell terms that are constant, single and products apart."""
    terms = _chosen(terms, np.argsort(terms.forms, kind="stable"))
    fixed, product = tape.constant[terms.operands], folded[terms.operands]
    constants = np.zeros(len(tape))
    numbers = terms.signs * tape.data[terms.operands]
    with np.errstate(all="ignore"):  # inf - inf is nan, as when the graph is built
        np.add.at(constants, terms.forms[fixed], numbers[fixed])
    pairs = _chosen(terms, product)
    starts = tape.starts[pairs.operands]
    factors = [tape.operands[starts], tape.operands[starts + 1]]
    pairs.operands = np.stack(factors, axis=1)
    singles = _chosen(terms, ~fixed & ~product)
    itself = np.arange(len(tape))
    return LinearForms(is_form, absorbed | folded, singles, pairs, constants, itself)


def _chosen(terms: Terms, which: Ids | Mask) -> Terms:
    return Terms(terms.forms[which], terms.signs[which], terms.operands[which])


def _edge_signs(tape: Tape, nodes: Ids, positions: Ids) -> Floats:
    """1 or -1 where the node adds or subtracts the operand, 0 at other ops."""
    found = np.zeros(len(nodes))
    counts = np.diff(tape.starts)
    for code, op in enumerate(tape.ops):
        for count in np.unique(counts[tape.codes == code]).tolist():
            factors = signs(op, count)
            if factors:
                here = (tape.codes[nodes] == code) & (counts[nodes] == count)
                found[here] = np.take(factors, positions[here])
    return found


def _products(tape: Tape) -> Mask:
    known = np.array([*map(is_product, tape.ops), False])  # the last is for leaves
    return known[tape.codes] & ~tape.constant


def _have_constants(tape: Tape, nodes: Ids, operands: Ids) -> Mask:
    # As the weight · 0 of a padded image: one more pair of a product, not a term apart.
    found = np.zeros(len(tape), bool)
    found[nodes[tape.constant[operands]]] = True
    return found


def _sole_consumer(tape: Tape, nodes: Ids, operands: Ids) -> Ids:
    """The node that uses each node, or -1 if none does, several do, or a user does."""
    uses = np.bincount(operands, minlength=len(tape))
    uses[tape.roots] += 2
    consumer = np.full(len(tape), -1)
    consumer[operands] = nodes
    return np.where(uses == 1, consumer, -1)


def _outermost(consumer: Ids, absorbed: Mask, signs: Floats) -> tuple[Ids, Floats]:
    """The form that each node ends up in, and its sign there.

    Each round doubles how far every node looks, so a chain of a million takes twenty.
    """
    found = np.where(absorbed, consumer, np.arange(len(consumer)))
    while True:
        further = found[found]
        if np.array_equal(further, found):
            return found, signs
        signs, found = signs * signs[found], further
