"""From a name or a thing to a function of bars."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from workbench.errors import InvalidInput, UnknownName
from workbench.features import Feature
from workbench.features.compute import feature_of
from workbench.registry import checked, lookup, names
from workbench.strategies.declaration import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Subject", "subject_of"]

FITTED_ON = 3
"""A pipeline is fitted on one part in so many, and judged on the others."""
FITTED = (
    "The pipeline was fitted on the first third of the bars and judged on the others."
    " To judge fit_transform on the whole sample, give a function that calls it."
)


@dataclass(frozen=True)
class Subject:
    """What is checked.

    Parameters
    ----------
    name : str
        What it is called.
    function : callable
        Takes bars and returns values along time.
    takes_bars : bool
        Whether it needs a Dataset, or takes a frame of any kind as it is given.
    is_weights : bool
        Whether it returns weights, so that the prices they trade at can be judged.
    is_fitted : bool
        Whether the function takes ``until``, the time before which it is fitted.
    notes : tuple of str
        What the reader should know about how it is asked.
    beginnings : tuple of Subject
        Of a pipeline of steps: its first step, its first two steps, and so on.
    """

    name: str
    function: Callable[..., Any]
    takes_bars: bool = False
    is_weights: bool = False
    is_fitted: bool = False
    notes: tuple[str, ...] = ()
    beginnings: tuple[Subject, ...] = ()

    def on(self, frame: Any) -> Callable[[Any], Any]:
        """The function to ask about this frame."""
        if not self.is_fitted:
            return self.function
        times = (
            frame.indexes["time"] if isinstance(frame, xr.Dataset) else pd.DataFrame(frame).index
        )
        return functools.partial(self.function, until=times[len(times) // FITTED_ON])


def subject_of(thing: Any, parameters: Mapping[str, Any]) -> Subject:
    """The function of bars that a name or a thing means.

    Parameters
    ----------
    thing : object
        As `check_leaks` takes it, but for notebooks and tables.
    parameters : mapping
        Of a strategy, a feature or a function.

    Returns
    -------
    Subject
        A partial function of what was given, so that all it holds can be copied.

    Raises
    ------
    UnknownName
        If neither a strategy nor a feature has this name, or a parameter does not exist.
    InvalidInput
        If it is nothing that can be asked about bars.
    """
    if isinstance(thing, str):
        thing = _named(thing)
    if isinstance(thing, Strategy):
        function = functools.partial(_targets, strategy=thing, values=thing.checked(parameters))
        return Subject(f"strategy {thing.name}", function, takes_bars=True, is_weights=True)
    if isinstance(thing, Feature):
        values = checked(thing.parameters, parameters, f"feature {thing.name!r}")
        function = functools.partial(_computed, feature=thing, values=dict(values))
        return Subject(f"feature {thing.name}", function, takes_bars=True)
    if _is_steps(thing):
        return _of_steps(list(thing))
    if isinstance(thing, list | tuple | dict) and len(thing):
        return _of_several(thing)
    if _is_estimator(thing):
        return _of_pipeline(thing)
    if callable(thing):
        title = getattr(thing, "__name__", type(thing).__name__)
        return Subject(title, functools.partial(thing, **parameters) if parameters else thing)
    raise InvalidInput(
        "This cannot be checked for leaks",
        seen=type(thing).__name__,
        cure="Give a strategy, a feature, a function of bars, a pipeline, or a notebook's path",
    )


def _named(name: str) -> Any:
    kind, colon, rest = name.partition(":")
    if colon and kind in {"strategy", "feature"}:
        return lookup(kind, rest)
    for kind in ("strategy", "feature"):
        if name in names(kind):
            return lookup(kind, name)
    raise UnknownName("strategy or feature", name, [*names("strategy"), *names("feature")])


def _of_several(thing: Any) -> Subject:
    """A pair (entries, exits), a list of features, or named functions."""
    if isinstance(thing, dict):
        named = {str(key): one for key, one in thing.items()}
    elif len(thing) == 2 and isinstance(thing, tuple):
        named = dict(zip(("entries", "exits"), thing, strict=True))
    else:
        named = {_title(one): one for one in thing}
    features = any(isinstance(one, str | Feature) for one in named.values())
    made = {
        key: feature_of(one) if isinstance(one, str | Feature) else one
        for key, one in named.items()
    }
    wrong = [one for one in made.values() if not callable(one)]
    if wrong:
        raise InvalidInput(
            "Of several things to check each must be a function of bars",
            seen=type(wrong[0]).__name__,
            cure="Give functions that make the entries and exits, not tables of them",
        )
    title = ", ".join(named)
    return Subject(title, functools.partial(_each, functions=made), takes_bars=features)


def _title(one: Any) -> str:
    return one if isinstance(one, str) else getattr(one, "name", getattr(one, "__name__", "?"))


def _is_estimator(thing: Any) -> bool:
    """Whether this is fitted before it is used."""
    return hasattr(thing, "fit") and (hasattr(thing, "transform") or hasattr(thing, "predict"))


def _is_steps(thing: Any) -> bool:
    """Whether these are the steps of a pipeline: pairs of a name and what is done."""
    return (
        isinstance(thing, list | tuple)
        and len(thing) > 0
        and all(isinstance(one, tuple) and len(one) == 2 for one in thing)
        and all(isinstance(one[0], str) for one in thing)
    )


def _of_steps(steps: list[tuple[str, Any]], *, whole: bool = True) -> Subject:
    """A pipeline: each step takes what the one before it made."""
    for name, done in steps:
        if not (callable(done) or _is_estimator(done) or isinstance(done, str)):
            raise InvalidInput(
                f"The step {name!r} of the pipeline cannot be called",
                seen=type(done).__name__,
                cure="Give a function of what the step before makes, or an object with fit",
            )
    made = [(name, _step(done, name, first=at == 0)) for at, (name, done) in enumerate(steps)]
    fitted = any(_is_estimator(done) for _, done in made)
    first = steps[0][1]
    beginnings = [_of_steps(steps[:count], whole=False) for count in range(1, len(steps))]
    return Subject(
        f"pipeline {' → '.join(name for name, _ in steps)}",
        functools.partial(_through, steps=made),
        takes_bars=isinstance(first, str | Feature | Strategy),
        is_fitted=fitted,
        notes=(FITTED,) if fitted else (),
        beginnings=tuple(beginnings) if whole else (),
    )


def _step(done: Any, name: str, *, first: bool) -> Any:
    if not isinstance(done, str | Feature | Strategy):
        return done
    if not first:
        raise InvalidInput(
            f"The step {name!r} takes bars, and only the first step gets them",
            seen=done if isinstance(done, str) else done.name,
            cure="Put it first, or give a function",
        )
    return subject_of(done, {}).function


def _through(bars: Any, *, steps: list[tuple[str, Any]], until: Any = None) -> Any:
    """What the last step makes; from `until` on, where a step was fitted before it."""
    made = bars
    for _, done in steps:
        made = _fitted_step(made, done, until) if _is_estimator(done) else done(made)
    return made if until is None else _from(made, until)


def _fitted_step(made: Any, estimator: Any, until: Any) -> pd.DataFrame:
    rows = _rows(made)
    known = rows[rows.index < until].dropna()
    estimator.fit(known)
    ask = getattr(estimator, "transform", None) or estimator.predict
    whole = rows.dropna()
    return pd.DataFrame(ask(whole), index=whole.index)


def _from(made: Any, until: Any) -> Any:
    if isinstance(made, xr.DataArray | xr.Dataset):
        return made.sel(time=slice(until, None))
    return made[made.index >= until]


def _rows(made: Any) -> pd.DataFrame:
    if isinstance(made, xr.Dataset):
        return made["close"].to_pandas()
    return made.to_pandas() if isinstance(made, xr.DataArray) else pd.DataFrame(made)


def _of_pipeline(pipeline: Any) -> Subject:
    return Subject(
        f"pipeline {type(pipeline).__name__}",
        functools.partial(_walked_forward, pipeline=pipeline),
        is_fitted=True,
        notes=(FITTED,),
    )


def _targets(bars: xr.Dataset, *, strategy: Strategy, values: Any) -> xr.DataArray:
    return strategy.targets(bars, values)


def _computed(bars: xr.Dataset, *, feature: Feature[Any, Any], values: dict[str, Any]) -> Any:
    return feature(bars, **values)


def _each(bars: Any, *, functions: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return {name: function(bars) for name, function in functions.items()}


def _walked_forward(bars: Any, *, pipeline: Any, until: Any) -> pd.DataFrame:
    """What a pipeline makes of later rows once it is fitted on those before `until`."""
    rows = _rows(bars)
    early = rows.index < until
    pipeline.fit(rows[early])
    ask = getattr(pipeline, "transform", None) or pipeline.predict
    return pd.DataFrame(ask(rows[~early]), index=rows.index[~early])
