"""What trainings hand over as numbers, arrays, steps and tags."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runglass.writer.values import LONGEST_TAG, to_array, to_number, to_step, to_tag, to_wall_time


class TorchLike:
    """A tensor with torch's methods: numpy() only without gradient, on the host, dense, of a type that numpy has."""

    def __init__(self, values: Any, **traits: Any) -> None:
        self.values = np.asarray(values)
        self.traits = {"grad": False, "device": "cpu", "bfloat16": False, "layout": "torch.strided", **traits}
        self.shape, self.layout = self.values.shape, self.traits["layout"]

    def _with(self, **traits: Any) -> TorchLike:
        return TorchLike(self.values, **{**self.traits, **traits})

    def detach(self) -> TorchLike:
        return self._with(grad=False)

    def cpu(self) -> TorchLike:
        return self._with(device="cpu")

    def to_dense(self) -> TorchLike:
        return self._with(layout="torch.strided")

    def float(self) -> TorchLike:
        return self._with(bfloat16=False)

    def numpy(self) -> Any:
        if self.traits["grad"]:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        if self.traits["device"] != "cpu" or self.traits["layout"] != "torch.strided":
            raise TypeError("can't convert this tensor to numpy")
        if self.traits["bfloat16"]:
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.values

    def __float__(self) -> float:
        raise AssertionError("asked for a float instead of for an array")


class TensorFlowLike:
    """An eager tensor: numpy() gives an array, or a scalar of numpy for no dimensions."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)
        self.shape = self.values.shape

    def numpy(self) -> Any:
        return self.values[()]


@pytest.mark.parametrize(
    "value, expected",
    [
        (True, 1.0),
        (3, 3.0),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        (Decimal("0.5"), 0.5),
        (Fraction(1, 4), 0.25),
        (np.float16(0.5), 0.5),
        (np.bool_(True), 1.0),
        (np.longdouble("1e4000"), math.inf),
        (np.uint64(2**63), float(2**63)),
        (np.array(4.0), 4.0),
        (np.array([[5]]), 5.0),
        ([6.5], 6.5),
        (math.nan, math.nan),
        (TorchLike(7, grad=True, device="cuda"), 7.0),
        (TorchLike([8.0], bfloat16=True), 8.0),
        (TensorFlowLike(9), 9.0),
        (TensorFlowLike([[9.5]]), 9.5),
    ],
)
def test_one_number(value: Any, expected: float) -> None:
    np.testing.assert_equal(to_number(value), expected)


@pytest.mark.parametrize("value", [None, "1", b"2", 1j, np.complex64(1), object(), {}, [], [1, 2], np.zeros((0,)), "x"])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        to_number(value)


def test_arrays_of_every_library() -> None:
    plain = np.arange(6.0).reshape(2, 3)
    for value in (
        plain,
        plain.tolist(),
        TorchLike(plain),
        TorchLike(plain, grad=True, device="cuda", bfloat16=True, layout="torch.sparse_coo"),
        TensorFlowLike(plain),
        [TorchLike(plain[0], grad=True), TorchLike(plain[1])],
    ):
        array = to_array(value)
        assert array.dtype.kind == "f"
        np.testing.assert_array_equal(array, plain)


def test_arrays_of_objects_that_are_numbers() -> None:
    np.testing.assert_array_equal(to_array([1, 10**30]), [1.0, 1e30])
    for value in (["a"], [None], [1j], np.array(["2020-01-01"], "M8[D]"), np.zeros(1, [("a", "f4")])):
        with pytest.raises(TypeError):
            to_array(value)


@pytest.mark.parametrize(
    "value, expected",
    [
        (5, 5),
        (np.int32(5), 5),
        (True, 1),
        (5.0, 5),
        (5.9, 5),
        (-3, -3),
        (2**63 - 1, 2**63 - 1),
        (np.array([7]), 7),
        (TorchLike(7, device="cuda"), 7),
        (TensorFlowLike(7), 7),
    ],
)
def test_steps(value: Any, expected: int) -> None:
    step = to_step(value)
    assert type(step) is int
    assert step == expected


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, math.nan, math.inf, "5", 1e30, [1, 2], object()])
def test_what_is_no_step_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        to_step(value)


def test_wall_times() -> None:
    assert to_wall_time(np.float32(12.5)) == 12.5
    assert to_wall_time(None) > 1e9
    with pytest.raises(ValueError, match="nan"):
        to_wall_time(math.nan)


@given(st.text(min_size=1, max_size=50))
def test_a_tag_can_be_written_and_shown(tag: str) -> None:
    shown = to_tag(tag)
    assert shown.encode()
    assert not any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in shown)
    assert len(shown) == len(tag)


@pytest.mark.parametrize("tag", ["", None, 5, b"x", "x" * (LONGEST_TAG + 1)])
def test_what_is_no_tag_is_refused(tag: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        to_tag(tag)
