"""Train N-HiTS, NLinear and DLinear on the Exchange data and keep the loss of every test window.

`make repro-nhits` trains what is not in `results/exchange` yet: one model, horizon and seed after
another, each written as a whole when it is done, so that a run that was stopped, by Ctrl-C or by
``kill -9``, goes on with the one it was at. 96 steps ahead come first. What is there is read
before anything is trained, and a file that cannot be read, or is of another recipe, is refused
by name. On two cores this takes an hour or more, with one of them busy.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.exchange import HORIZONS, Losses, read_panel
from benchmarks.exchange_networks import RECIPES, facts, losses_on_test, plain, trained
from workbench.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.exchange import Panel
    from benchmarks.exchange_networks import Recipe

FOLDER = Path(__file__).resolve().parent / "results" / "exchange"
SEEDS = (1, 2, 3, 4, 5)
NEWS_SECONDS = 30.0
"""From one line about a training to the next."""


@dataclass(frozen=True)
class Unit:
    """What is trained and kept as a whole."""

    model: str
    horizon: int
    seed: int

    def __str__(self) -> str:
        return f"{self.model}, {self.horizon} steps ahead, seed {self.seed}"

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.model.lower().replace('-', '')}-{self.horizon}-{self.seed}.npz"


def units(
    models: Iterable[str] = tuple(RECIPES),
    horizons: Iterable[int] = HORIZONS,
    seeds: Iterable[int] = SEEDS,
) -> list[Unit]:
    """Return all of them in their order: the shortest horizon whole, then seed after seed."""
    models, seeds = list(models), list(seeds)
    first, *later = sorted(horizons)
    order = [(first, seed) for seed in seeds]
    order += [(horizon, seed) for seed in seeds for horizon in later]
    return [Unit(model, horizon, seed) for horizon, seed in order for model in models]


class Store:
    """The losses of every unit, a file each.

    Parameters
    ----------
    folder : pathlib.Path
        Where they are.
    recipes : mapping
        Model → recipe; a file that was made by another is refused.
    """

    def __init__(self, folder: Path = FOLDER, recipes: Mapping[str, Recipe] = RECIPES) -> None:
        self.folder = folder
        self.recipes = recipes

    def has(self, unit: Unit) -> bool:
        """Whether it was trained."""
        return (self.folder / unit.file).is_file()

    def write(self, unit: Unit, losses: Losses, how: dict[str, Any]) -> None:
        """Keep a unit, whole or not at all; float32, as the networks compute."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / unit.file
        half = path.with_suffix(".half")
        with half.open("wb") as file:
            np.savez_compressed(
                file,
                mse=losses.mse.astype(np.float32),
                mae=losses.mae.astype(np.float32),
                facts=np.array(json.dumps(how)),
            )
        half.replace(path)

    def read(self, unit: Unit, windows: int) -> tuple[Losses, dict[str, Any]]:
        """Return what was kept, if it is whole and of this recipe.

        Parameters
        ----------
        unit : Unit
            One that is there.
        windows : int
            How many losses there must be.

        Returns
        -------
        tuple
            The losses, and the facts of the training.

        Raises
        ------
        StoreError
            If the file cannot be read, has not one finite loss for each window, or was made by
            another recipe.
        """
        path = self.folder / unit.file
        try:
            with np.load(path) as kept:
                mse, mae = kept["mse"].astype(float), kept["mae"].astype(float)
                how = json.loads(str(kept["facts"]))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise _refused(path, "is damaged", error) from None
        if mse.shape != (windows,) or mae.shape != (windows,):
            raise _refused(path, f"has not the losses of {windows:,} windows", mse.shape)
        if not (np.isfinite(mse).all() and np.isfinite(mae).all()):
            raise _refused(path, "has losses that are no numbers", int((~np.isfinite(mse)).sum()))
        if how["recipe"] != plain(self.recipes[unit.model]):
            raise _refused(path, "was trained by another recipe", how["recipe"])
        return Losses(mse, mae), how


def _refused(path: Path, why: str, seen: object) -> StoreError:
    return StoreError(
        f"The stored training {path.name} {why}",
        seen=seen,
        cure=f"Delete {path} and run make repro-nhits, which trains it again",
    )


def run(unit: Unit, panel: Panel, recipe: Recipe) -> tuple[Losses, dict[str, Any]]:
    """Train one unit, tell how long it takes, and judge it by every test window."""
    pace = _Pace(unit)
    network = trained(recipe, panel, unit.horizon, unit.seed, pace)
    how = {**facts(recipe), "steps": pace.done, "step_ms": round(1e3 * pace.seconds, 2)}
    return losses_on_test(network, panel), how


class _Pace:
    """Counts steps; tells the pace soon after the first, and then from time to time."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.done = 0
        self.seconds = 0.0

    def __call__(self, done: int, most: int) -> None:
        now = time.perf_counter()
        if done == 1:
            self.first, self.tells = now, now + 3
        else:
            self.seconds = (now - self.first) / (done - 1)
        self.done = done
        if now >= self.tells:
            self.tells = now + NEWS_SECONDS
            left = self.seconds * (most - done) / 60
            pace = f"{done:,} of {most:,} steps at {1e3 * self.seconds:.1f} ms"
            print(f"  {self.unit}: {pace}, {left:.1f} minutes left at most", flush=True)


def train_missing(panel: Panel, wanted: Iterable[Unit], store: Store) -> int:
    """Train what is not there; return how many that were."""
    wanted = list(wanted)
    there = [unit for unit in wanted if store.has(unit)]
    for unit in there:
        store.read(unit, len(panel.origins(unit.horizon)))
    left = [unit for unit in wanted if unit not in there]
    print(f"{len(there)} of {len(wanted)} trainings are there", flush=True)
    for unit in left:
        losses, how = run(unit, panel, store.recipes[unit.model])
        store.write(unit, losses, how)
        error = f"MSE {losses.mse.mean():.4f}, MAE {losses.mae.mean():.4f}"
        minutes = how["steps"] * how["step_ms"] / 60_000
        print(f"{unit}: {error}, {minutes:.1f} minutes", flush=True)
    return len(left)


def main() -> int:
    """Train what is left of the models, horizons and seeds that were asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.repro_nhits", description=__doc__)
    parser.add_argument("--models", nargs="+", choices=RECIPES, default=list(RECIPES))
    parser.add_argument("--horizons", nargs="+", type=int, choices=HORIZONS, default=HORIZONS)
    parser.add_argument("--seeds", nargs="+", type=int, choices=SEEDS, default=SEEDS)
    chosen = parser.parse_args()
    try:
        train_missing(read_panel(), units(chosen.models, chosen.horizons, chosen.seeds), Store())
    except KeyboardInterrupt:
        print("\nstopped; `make repro-nhits` goes on from here")
        return 1
    print("`make bench W=W8` makes the table of them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
