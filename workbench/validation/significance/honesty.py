"""Which corrections lie: every one of them on simulated studies whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import NoData, UnknownName
from workbench.validation.significance.corrections import (
    CORRECTIONS,
    Study,
    simulate_study,
    theory,
)
from workbench.validation.significance.designs import DESIGNS
from workbench.validation.significance.results import CorrectionRow, Corrections, SimulatedDesign
from workbench.validation.significance.verdicts import LEVEL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["measured_corrections", "summarised", "which_corrections_lie"]

_ROOM = Path(__file__).resolve().parents[2]
_MEASURED = (_ROOM / "_share/benchmarks/FDR.json", _ROOM.parent / "benchmarks/results/FDR.json")


def which_corrections_lie(
    generator: np.random.Generator,
    *,
    designs: Sequence[str] = tuple(DESIGNS),
    trials: int = 500,
    bars: int = 1_260,
    studies: int = 50,
    sharpes: Sequence[float] = (2.0, 2.5),
    progress: Callable[[int, int, str], None] | None = None,
) -> Corrections:
    """Simulate studies without skill and with a little, and ask every correction.

    Parameters
    ----------
    generator : numpy.random.Generator
        Where randomness comes from.
    designs : sequence of str
        Of ``independent``, ``fat tails``, ``look-backs`` and ``variants``.
    trials, bars : int
        Size of a study, 252 bars a year.
    studies : int
        Of each design; a share of s is known to ``√(s·(1 − s)/studies)``.
    sharpes : sequence of float
        True annual Sharpe ratios that one trial is given, with all others noise.
    progress : callable, optional
        Is told what is done, such as ``context.progress``.

    Returns
    -------
    Corrections
        How often each takes noise for skill, and how often it finds skill.

    Raises
    ------
    UnknownName
        If a design is not one of them.

    Notes
    -----
    `measured_corrections` has the table at full size: it takes half an hour.
    """
    for name in designs:
        if name not in DESIGNS:
            raise UnknownName("design", name, tuple(DESIGNS))
    told: dict[str, list[Study]] = {name: [] for name in designs}
    for done in range(studies):
        for at, name in enumerate(told):
            made = simulate_study(name, generator, trials=trials, bars=bars, sharpes=sharpes)
            told[name].append(made)
            if progress is not None:
                progress(done * len(told) + at + 1, studies * len(told), name)
    return summarised(told, trials=trials, bars=bars, sharpes=sharpes)


def measured_corrections() -> Corrections:
    """The table at full size, as ``make validate-fdr`` measured it for this release.

    Returns
    -------
    Corrections
        5,000 trials over 2,520 bars, 400 studies of each design.

    Raises
    ------
    NoData
        If the file of the measurement is not there.
    """
    for path in _MEASURED:
        if path.exists():
            facts = json.loads(path.read_text(encoding="utf-8"))
            return Corrections(**{name: facts[name] for name in Corrections.model_fields})
    raise NoData("The measured table is not here", cure="Run `make validate-fdr` in the clone")


def summarised(
    studies: Mapping[str, Sequence[Study]], *, trials: int, bars: int, sharpes: Sequence[float]
) -> Corrections:
    """What studies come to, design by design.

    Parameters
    ----------
    studies : mapping
        Design → its studies; one without any is left out.
    trials, bars, sharpes
        As they were simulated.

    Returns
    -------
    Corrections
        Shares of the studies.
    """
    told = {name: list(of) for name, of in studies.items() if of}
    return Corrections(
        trials=trials,
        bars=bars,
        level=LEVEL,
        sharpes=list(sharpes),
        designs=[_design(name, of, trials, bars, sharpes) for name, of in told.items()],
        rows=[
            _row(name, correction, of) for name, of in told.items() for correction in CORRECTIONS
        ],
    )


def _design(
    name: str, studies: list[Study], trials: int, bars: int, sharpes: Sequence[float]
) -> SimulatedDesign:
    counted = float(np.median([one.effective_trials for one in studies]))
    independent = trials if name in ("independent", "fat tails") else counted
    return SimulatedDesign(
        design=name,
        studies=len(studies),
        effective_trials=counted,
        critical=float(np.median([one.critical for one in studies])),
        theory=[theory(sharpe, independent, bars) for sharpe in sharpes],
    )


def _row(name: str, correction: str, studies: list[Study]) -> CorrectionRow:
    return CorrectionRow(
        design=name,
        correction=correction,
        rejects=float(np.mean([one.rejects[correction] for one in studies])),
        finds=np.mean([one.finds[correction] for one in studies], axis=0).tolist(),
    )
