"""What decides how much of a strategy is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["Sizer"]


class Sizer(Protocol):
    """Sizes the weights of a strategy by what the strategy itself has returned."""

    @property
    def window(self) -> int:
        """Past returns that one decision needs."""

    def size(
        self, weights: npt.NDArray[np.float64], returns: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """The weights to hold.

        `weights` has shape ``(time, symbol)``: what the strategy wants. Row t of `returns`, shape
        ``(time, window)``, holds its unsized returns up to bar t, the latest last and NaN before
        the first. The answer has the shape of `weights`; row t depends on rows t only.
        """
