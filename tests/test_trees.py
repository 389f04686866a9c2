from collections import namedtuple

import numpy as np
import pytest

from micrograd_nn.trees import leaves, paths, rebuilt

Point = namedtuple("Point", "x y")

TREES = {
    "a number": (1.0, ["t"]),
    "a list": ([1.0, 2.0], ["t[0]", "t[1]"]),
    "a tuple": ((1.0, 2.0), ["t[0]", "t[1]"]),
    "a named tuple": (Point(1.0, 2.0), ["t[0]", "t[1]"]),
    "a dictionary": ({"w": 1.0, 3: 2.0}, ["t['w']", "t[3]"]),
    "a nest": ([{"w": (1.0, [2.0])}, 3.0], ["t[0]['w'][0]", "t[0]['w'][1][0]", "t[1]"]),
    "nothing": ([], []),
    "an array": (np.array([1.0, 2.0]), ["t[0]", "t[1]"]),
    "a matrix": (np.ones((2, 2)), ["t[0, 0]", "t[0, 1]", "t[1, 0]", "t[1, 1]"]),
    "an array of nothing": (np.ones((0, 3)), []),
    "a number of NumPy": (np.float64(2.0), ["t"]),
    "an array of no dimension": (np.array(2.0), ["t"]),
    "an array in a dictionary": ({"w": np.ones(2)}, ["t['w'][0]", "t['w'][1]"]),
}


@pytest.mark.parametrize("case", TREES)
def test_every_leaf_has_a_path(case):
    tree, names = TREES[case]

    assert paths(tree, "t") == names
    assert len(leaves(tree)) == len(names)


@pytest.mark.parametrize("case", TREES)
def test_a_tree_of_its_own_leaves_is_the_tree(case):
    tree, _ = TREES[case]
    again = rebuilt(tree, iter(leaves(tree)))

    assert type(again) is type(tree)
    assert repr(again) == repr(tree)


def test_a_dictionary_keeps_the_order_of_its_keys():
    tree = {"b": 1.0, "a": 2.0}

    assert leaves(tree) == [1.0, 2.0]
    assert list(rebuilt(tree, iter("xy"))) == ["b", "a"]


def test_an_array_of_numbers_stays_one_of_numbers():
    array = rebuilt(np.array([1, 2]), iter([0.5, 1.5]))

    assert array.dtype == float
    assert array.tolist() == [0.5, 1.5]


def test_an_array_of_anything_else_is_one_of_objects():
    array = rebuilt(np.ones((2, 1)), iter([{"a": 1}, (1, 2)]))

    assert array.shape == (2, 1)
    assert array[0, 0] == {"a": 1}
    assert array[1, 0] == (1, 2)


def test_arrays_in_an_array_are_its_further_axes():
    rows = [np.full((3,), float(i)) for i in range(4)]
    array = rebuilt(np.ones((2, 2)), iter(rows))

    assert array.shape == (2, 2, 3)
    assert array.dtype == float
    assert array[1, 0].tolist() == [2.0, 2.0, 2.0]
