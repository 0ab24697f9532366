"""How an array that a student's function returned is read and compared."""

import math

import numpy as np
import pytest

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import Complaint, NotANumber


def test_lists_of_numbers_and_booleans_become_an_array():
    got = array([[1, 2.5], [True, False]], (2, 2), "weights")
    assert np.array_equal(got, [[1, 2.5], [1, 0]])
    assert array([3.0], (), "loss") == 3.0
    assert array([], (0,), "found").shape == (0,)


@pytest.mark.parametrize(
    ("value", "shape", "says"),
    [
        ([1, 2], (3,), r"x has shape \(2,\), expected \(3,\)"),
        ([[1, 2], [3]], (2, 2), "The rows of x differ in length: 2, 1"),
        ([1, [2]], (2,), "The rows of x differ in length: none, 1"),
        (None, (2,), "is the return missing"),
        (["a"], (1,), "should hold numbers, and a str came"),
        ([1.0, 2.0], (), r"x has shape \(2,\), expected \(\)"),
    ],
)
def test_what_is_no_array_of_the_shape_is_said(value, shape, says):
    with pytest.raises(Complaint, match=says):
        array(value, shape, "x")


def test_the_first_wrong_place_is_named():
    compare(np.array([1.0, math.inf]), [1.0, math.inf], "x")
    with pytest.raises(Complaint, match=r"x\[1, 0\]: you returned 3, expected 5") as complaint:
        compare(np.array([[1.0, 2.0], [3.0, 4.0]]), [[1, 2], [5, 4]], "x")
    assert "All of it" in str(complaint.value)
    with pytest.raises(Complaint, match=r"^x: you returned 3, expected 0\.$"):
        compare(np.array(3.0), -0.0, "x")
    with pytest.raises(NotANumber, match=r"x\[0\] is nan"):
        compare(np.array([math.nan]), [0.0], "x")


def test_floats_of_32_bits_are_right_where_large_numbers_cancel():
    expected = np.array([1000.0, 0.001])
    compare(np.array([1000.0, 0.0018]), expected, "x")
    with pytest.raises(Complaint):
        compare(np.array([1000.0, 0.003]), expected, "x")
    with pytest.raises(Complaint):
        compare(np.array([0.0018]), np.array([0.001]), "x")


def test_two_numbers_that_differ_are_written_so():
    with pytest.raises(Complaint, match=r"returned 2\.49312, expected 2\.49306"):
        compare(np.array(2.49312), 2.49306, "x")
