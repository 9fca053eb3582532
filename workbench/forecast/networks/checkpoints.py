"""The state of a training on disk: whole or not at all."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

import torch

from workbench.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Checkpoint"]

FORMAT = 1
_PARTS = frozenset(
    {
        "format",
        "members",
        "optimizer",
        "best",
        "train_losses",
        "valid_losses",
        "seconds",
        "generator",
        "generator_of_device",
    }
)


class Checkpoint:
    """One file that a training writes after every epoch and takes away when it is done.

    Parameters
    ----------
    path : Path or None
        Its place; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def write(self, state: dict[str, Any]) -> None:
        """Put a state in the place of the last; a kill leaves one of the two, whole.

        Parameters
        ----------
        state : dict
            Numbers, texts and tensors.

        Raises
        ------
        StoreError
            If it cannot be written, on a full disk for example; the last one stays.
        """
        if self._path is None:
            return
        packed = io.BytesIO()
        torch.save({"format": FORMAT, **state}, packed)
        beside = self._path.with_suffix(f".{os.getpid()}.new")  # two processes may train the same
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(packed.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            raise StoreError(
                f"The checkpoint {self._path} of this training cannot be written: {error.strerror}",
                cure="Make room there, or set WORKBENCH_HOME elsewhere; asked for again, the"
                " training goes on from the last whole checkpoint",
            ) from error

    def read(self, device: str) -> dict[str, Any] | None:
        """The last state, or None; only numbers are read, no code.

        Parameters
        ----------
        device : str
            Where its arrays are wanted.

        Returns
        -------
        dict or None

        Raises
        ------
        StoreError
            If the file is damaged or of another version.
        """
        if self._path is None or not self._path.exists():
            return None
        try:
            state = torch.load(self._path, map_location=device, weights_only=True)
        except (RuntimeError, UnpicklingError, EOFError, OSError, ValueError, KeyError) as error:
            raise self._refused(str(error).partition("\n")[0]) from error
        if not isinstance(state, dict) or state.get("format") != FORMAT or set(state) != _PARTS:
            raise self._refused("it is of another version of the workbench")
        found: dict[str, Any] = state
        return found

    def clear(self) -> None:
        """Take the file away."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _refused(self, reason: str) -> StoreError:
        return StoreError(
            f"The checkpoint {self._path} of this training cannot be read: {reason}",
            cure="Train with resume=False, which begins anew and replaces it",
        )
