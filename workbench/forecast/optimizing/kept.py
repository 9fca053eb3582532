"""The trials of a search on disk, so that one that was killed goes on."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.forecast.optimizing.ranges import Point

__all__ = ["Kept", "Tried"]

FORMAT = 1


@dataclass(frozen=True)
class Tried:
    """One suggestion and what came of it.

    Parameters
    ----------
    point : dict
        Parameter → value.
    state : str
        ``complete``, ``pruned`` (not worth its end), ``failed`` (it diverged, or a window of
        its length does not move), ``impossible`` (the values contradict one another or the
        data) or ``known`` (tried before). The last two are no trials: nothing was trained.
    value : float or None
        The metric on the validation part; None unless it is complete.
    losses : tuple of float
        Of each epoch, on the validation part, as a share of that of repeat-last.
    seconds : float
        Of the training; NaN unless it is complete.
    reason : str
        Why it is impossible or failed.
    """

    point: Point
    state: str
    value: float | None = None
    losses: tuple[float, ...] = ()
    seconds: float = field(default=math.nan, compare=False)
    reason: str = field(default="", compare=False)

    @property
    def is_trial(self) -> bool:
        """Whether something was trained."""
        return self.state in ("complete", "pruned", "failed")

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Tried:
        """A suggestion as JSON gives it back: lists become tuples."""
        point = {k: tuple(v) if isinstance(v, list) else v for k, v in values["point"].items()}
        return cls(**{**values, "point": point, "losses": tuple(values["losses"])})


class Kept:
    """The place of one search: what it has tried, and the state of the trial under way.

    Parameters
    ----------
    folder : Path
        Where it is kept.
    name : str
        Of the search.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._path = folder / f"{name}.json"

    def checkpoint(self, number: int | str) -> Path:
        """Where the state of one training is kept while it runs."""
        return self._folder / f"{self._name}-{number}.pt"

    def read(self) -> list[Tried]:
        """What has been tried, in order; none where nothing is kept.

        Returns
        -------
        list of Tried

        Raises
        ------
        StoreError
            If the file is damaged or of another version.
        """
        try:
            return _unpacked(json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                f"The trials of this search in {self._path} cannot be read: {error}",
                cure="Search with resume=False, which begins anew and replaces them",
            ) from error

    def write(self, tried: list[Tried]) -> None:
        """Put the trials in the place of those before; a kill leaves one of the two, whole."""
        beside = self._path.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, "tried": [asdict(one) for one in tried]}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)

    def clear(self) -> None:
        """Take everything of this search away."""
        for path in (self._path, *self._folder.glob(f"{self._name}-*.pt")):
            path.unlink(missing_ok=True)


def _unpacked(kept: dict[str, Any]) -> list[Tried]:
    if kept["format"] != FORMAT:
        raise ValueError(f"format {kept['format']}, not {FORMAT}")
    return [Tried.from_json(one) for one in kept["tried"]]
