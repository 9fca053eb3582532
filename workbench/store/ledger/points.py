"""Sets of trials: how many of many points were never tried before, in little memory.

A point is parameters with values. Each (parameter, value) has a fixed 64-bit key, and the hash
of a point is the sum of its keys, so that the points of a grid are hashed in bulk. A grid is
never listed: whether a point lies in it is asked of its axes, and what it skipped is one bit a
point. Two different points share a hash with probability 2⁻⁶⁴.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.errors import InvalidInput
from workbench.ports import Grid, Points
from workbench.store.sql import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "PointSet",
    "among",
    "fresh",
    "hash_of",
    "inside",
    "packed",
    "point_set",
    "unpacked",
    "written",
]

CHUNK = 1 << 18
"""Points looked at together: some megabytes."""

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class PointSet:
    """Points as codes into the different values of each parameter.

    Parameters
    ----------
    values : dict
        Parameter → its different values, written.
    size : int
        Positions, skipped ones included.
    columns : dict, optional
        Parameter → code of each point; None is the product of all values.
    skipped : array of uint8, optional
        One bit a position, set where it was not tried.
    """

    values: Mapping[str, tuple[str, ...]]
    size: int
    columns: Mapping[str, Codes] | None = None
    skipped: npt.NDArray[np.uint8] | None = None

    @property
    def count(self) -> int:
        """How many points were tried."""
        return self.size - (
            0 if self.skipped is None else int(np.bitwise_count(self.skipped).sum())
        )

    def codes(self, start: int, stop: int) -> dict[str, Codes]:
        """Parameter → code, of the positions from `start` to `stop`."""
        if self.columns is not None:
            return {name: codes[start:stop] for name, codes in self.columns.items()}
        found: dict[str, Codes] = {}
        at, stride = np.arange(start, stop), self.size
        for name, values in self.values.items():
            stride //= len(values)
            found[name] = at // stride % len(values)
        return found

    def tried(self, positions: Codes) -> Mask:
        """Which of some positions were tried."""
        if self.skipped is None:
            return np.ones(positions.shape, np.bool_)
        bits = self.skipped[positions >> 3] >> (7 - (positions & 7)).astype(np.uint8)
        tried: Mask = (bits & 1) == 0
        return tried

    def hashes(self) -> Hashes:
        """The hashes of all points that were tried, sorted; 8 bytes each."""
        whole = self.hashed(self.codes(0, self.size))
        return np.unique(whole[self.tried(np.arange(self.size))])

    def hashed(self, codes: Mapping[str, Codes]) -> Hashes:
        """The hashes of points, by their codes."""
        size = len(next(iter(codes.values()))) if codes else self.size
        total = np.zeros(size, np.uint64)
        for name, code in codes.items():
            total += self._keys[name][code]
        return total

    @cached_property
    def _keys(self) -> dict[str, Hashes]:
        return {
            name: np.array([_key(name, value) for value in values], np.uint64)
            for name, values in self.values.items()
        }


def point_set(points: Grid | Points) -> PointSet:
    """A set of points from what a sweep tells of them.

    Parameters
    ----------
    points : Grid or Points
        What was tried.

    Returns
    -------
    PointSet
        A repeated point of `Points` is skipped.

    Raises
    ------
    InvalidInput
        If an axis holds a value twice, or columns differ in length.
    """
    if isinstance(points, Grid):
        return _grid(points.axes, points.skipped)
    lengths = {len(column) for column in points.columns.values()}
    if len(lengths) > 1:
        raise InvalidInput(
            "The columns of points differ in length",
            seen=sorted(lengths),
            cure="Give each point a value of each parameter",
        )
    size = lengths.pop() if lengths else 0
    values, columns = {}, {}
    for name, column in points.columns.items():
        texts = written(column)
        values[name] = tuple(dict.fromkeys(texts))
        place = {text: code for code, text in enumerate(values[name])}
        columns[name] = np.array([place[text] for text in texts], np.int64)
    found = PointSet(values, size, columns)
    first = np.unique(found.hashed(columns), return_index=True)[1]
    repeated = np.ones(size, np.bool_)
    repeated[first] = False
    if not repeated.any():
        return found  # it knows its keys by now
    return PointSet(values, size, columns, np.packbits(repeated))


def fresh(new: PointSet, grids: Sequence[PointSet], hashes: Hashes) -> Iterator[tuple[slice, Mask]]:
    """Which points were never tried before, chunk by chunk.

    Parameters
    ----------
    new : PointSet
        What was tried now.
    grids : sequence of PointSet
        Products tried before.
    hashes : array of uint64
        The hashes, sorted, of other points tried before.

    Yields
    ------
    tuple of (slice, array of bool)
        Positions, and which of them are new.
    """
    earlier = [found for grid in grids if (found := _Membership.of(grid, new))]
    for start in range(0, new.size, CHUNK):
        stop = min(start + CHUNK, new.size)
        codes = new.codes(start, stop)
        mask = new.tried(np.arange(start, stop))
        for grid in earlier:
            mask &= ~grid.holds(codes)
        if hashes.size:
            mask &= ~among(new.hashed(codes), hashes)
        yield slice(start, stop), mask


def among(hashes: Hashes, known: Hashes) -> Mask:
    """Which hashes are among some that are sorted and at least one."""
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    found: Mask = known[at] == hashes
    return found


def inside(grid: PointSet, points: PointSet) -> Mask:
    """Which points lie in an earlier set, shape (points,)."""
    membership = _Membership.of(grid, points)
    if membership is None:
        return np.zeros(points.size, np.bool_)
    return membership.holds(points.codes(0, points.size))


def hash_of(parameters: Mapping[str, Any]) -> int:
    """The hash of one point, as a signed 64-bit number."""
    total = sum(_key(name, written([value])[0]) for name, value in parameters.items())
    return int(np.uint64(total % 2**64).astype(np.int64))


def written(values: Sequence[Any] | npt.NDArray[Any]) -> list[str]:
    """Values as canonical text: 20 and 20.0 are one value, true is not 1."""
    listed = values.tolist() if isinstance(values, np.ndarray) else values
    return [_text(value) for value in listed]


def _text(value: Any) -> str:
    """Canonical JSON; numbers, of which there may be millions, are written as JSON writes them."""
    plain = value.item() if isinstance(value, np.generic) else value
    if type(plain) is float and math.isfinite(plain):
        return str(int(plain)) if plain.is_integer() else repr(plain)
    return str(plain) if type(plain) is int else to_json(plain)


def _key(name: str, value: str) -> int:
    digest = hashlib.blake2b(f"{name}\0{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _grid(axes: Mapping[str, Sequence[Any]], skipped: Any) -> PointSet:
    values = {name: tuple(written(list(axis))) for name, axis in axes.items()}
    for name, axis in values.items():
        if len(set(axis)) < len(axis):
            raise InvalidInput(
                f"The axis {name!r} of a grid holds a value twice",
                seen=axis,
                cure="Give each value once",
            )
    size = int(np.prod([len(axis) for axis in values.values()], dtype=np.int64))
    if skipped is None or not len(skipped):
        return PointSet(values, size)
    bits = np.zeros(-(-size // 8), np.uint8)
    at = np.unique(np.asarray(skipped, np.int64))
    np.bitwise_or.at(bits, at >> 3, (128 >> (at & 7)).astype(np.uint8))
    return PointSet(values, size, None, bits)


@dataclass(frozen=True)
class _Membership:
    """Whether points, by their codes, lie in an earlier grid."""

    grid: PointSet
    places: Mapping[str, Codes]
    """Parameter → for each value of the points its place in the grid's axis, −1 outside."""

    @classmethod
    def of(cls, grid: PointSet, new: PointSet) -> _Membership | None:
        """The question for these two sets; None when they cannot share a point."""
        if set(grid.values) != set(new.values):
            return None
        places = {}
        for name, axis in grid.values.items():
            at = {value: place for place, value in enumerate(axis)}
            places[name] = np.array([at.get(value, -1) for value in new.values[name]], np.int64)
            if (places[name] < 0).all():
                return None
        return cls(grid, places)

    def holds(self, codes: Mapping[str, Codes]) -> Mask:
        size = len(next(iter(codes.values()))) if codes else 1
        inside: Mask = np.ones(size, np.bool_)
        position: Codes = np.zeros(size, np.int64)
        for name, axis in self.grid.values.items():
            place = self.places[name][codes[name]]
            inside = inside & (place >= 0)
            position = position * len(axis) + place
        if self.grid.skipped is None:
            return inside
        return inside & self.grid.tried(np.where(inside, position, 0))


def packed(bits: npt.NDArray[np.uint8] | None) -> bytes | None:
    """What a grid skipped, compressed."""
    return None if bits is None else zlib.compress(bits.tobytes())


def unpacked(data: bytes | None) -> npt.NDArray[np.uint8] | None:
    """What `packed` made."""
    return None if data is None else np.frombuffer(zlib.decompress(data), np.uint8)
