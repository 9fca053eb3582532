"""A forecast that follows a stream: a new calibrated fan at each completed bar."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.data.calendars import ALWAYS
from workbench.errors import InvalidInput
from workbench.forecast.calibration import calibrated_fan, check_calibration, watch
from workbench.forecast.live.keeping import read, written
from workbench.forecast.live.results import LiveFan
from workbench.forecast.live.streams import as_utc
from workbench.forecast.live.voices import OWN, Voice, of_model, of_repeat_last
from workbench.forecast.series import Series, future_times, load_series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from workbench.forecast.calibration import CalibrationReport, Watch
    from workbench.forecast.models import TrainedModel
    from workbench.forecast.serving import ModelServer

    Floats = npt.NDArray[np.float64]

__all__ = ["LEVELS", "LiveForecast"]

LEVELS = (0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True, eq=False)
class _Past:
    """All that a fan is made of: the bars, and what the model said at each."""

    series: Series
    said: Floats = field(repr=False)
    """Lower end, median and upper end, shape (time, horizon, 3)."""


class LiveForecast:
    """A fan of the next bars, made anew at each completed one.

    At each bar the model is asked for its medians; intervals around them are calibrated by the
    errors of what was published before, as they become known, a step later for each step ahead
    (`calibrated_fan`). Two watches look at the interval of 90% that the model itself gives, one
    bar and all bars ahead: when outcomes leave it too often or too rarely, an alarm is raised
    and the model is demoted, that is, repeat-last is published in its place, until 20 windows
    have passed without another (`watch`). A fan is a function of the bars until it and of nothing
    else, so that a stream that is replayed gives the same fans.

    Parameters
    ----------
    history : str, frame or Series
        Bars of one symbol before the stream begins. An interval of 99% needs 1,000 errors.
    model : str or TrainedModel, optional
        A name or id in `server`, or a model; repeat-last by default.
    server : ModelServer, optional
        Where a name is looked up, at each bar: a swapped version speaks from the next bar on.
    horizon : int
        Bars ahead.
    levels : sequence of float
        Of the central intervals, increasing.

    Raises
    ------
    InvalidInput
        If the history cannot be used, or a name is given without a server.
    OutOfRange
        If the model does not reach the horizon.

    Examples
    --------
    >>> live = LiveForecast(hours[:3000], horizon=12)  # doctest: +SKIP
    >>> for fan in live.follow(replayed(hours[3000:])):  # doctest: +SKIP
    ...     print(fan.time, fan.lower[1][-1], fan.upper[1][-1])
    """

    def __init__(
        self,
        history: Any,
        *,
        model: str | TrainedModel | None = None,
        server: ModelServer | None = None,
        horizon: int = 12,
        levels: Sequence[float] = LEVELS,
    ) -> None:
        series = history if isinstance(history, Series) else load_series(history)
        self._begin(_voice(model, server, horizon), horizon, levels)
        self._past = _Past(series, self._voice.over(series.closes, horizon))

    @property
    def last_time(self) -> np.datetime64:
        """When the last bar that is known began."""
        time: np.datetime64 = self._past.series.times[-1]
        return time

    def update(self, time: Any, close: float) -> LiveFan:
        """Take in the next completed bar.

        Parameters
        ----------
        time : datetime-like
            When it began; without a zone it is UTC.
        close : float
            Its close.

        Returns
        -------
        LiveFan

        Raises
        ------
        InvalidInput
            If the close is missing or infinite, or the bar is not the next one; what is known
            stays as it was.
        TooLittleHistory
            If the widest interval needs more errors than there are.
        """
        stamp = np.datetime64(as_utc(time), "ns")
        self._must_be_next(stamp, close)
        series = self._past.series
        longer = replace(
            series, closes=np.append(series.closes, close), times=np.append(series.times, stamp)
        )
        newest = self._voice.over(longer.closes[-self._voice.input_size :], self._horizon)[-1:]
        past = _Past(longer, np.concatenate([self._past.said, newest]))
        fan = self._fan(past)
        self._past = past
        return fan

    def follow(self, stream: Iterable[tuple[Any, float]]) -> Iterator[LiveFan]:
        """Take in a stream bar by bar; bars that are known already are passed over.

        Parameters
        ----------
        stream : iterable of (time, close)
            Completed bars in order, as `replayed` and `completed` give them.

        Yields
        ------
        LiveFan
            One for each new bar.
        """
        for time, close in stream:
            if np.datetime64(as_utc(time), "ns") > self.last_time:
                yield self.update(time, close)

    def fan(self) -> LiveFan:
        """The forecast from the last bar that is known.

        Returns
        -------
        LiveFan
        """
        return self._fan(self._past)

    def check(self, level: float = OWN, steps: Sequence[int] | None = None) -> CalibrationReport:
        """How often outcomes came inside the intervals that were published, or would have been.

        Parameters
        ----------
        level : float
            Of the central interval.
        steps : sequence of int, optional
            Bars ahead; one and all by default.

        Returns
        -------
        CalibrationReport
        """
        published = self._published(self._past)[0]
        chosen = steps or sorted({1, self._horizon})
        return check_calibration(self._past.series.closes, chosen, level, medians=published)

    def save(self, path: str | Path) -> None:
        """Write down all that the next fan depends on.

        Parameters
        ----------
        path : str or Path
            A file; replaced as a whole if it is there.
        """
        names = {"model": self._voice.name(), "levels": self._levels, "horizon": self._horizon}
        written(path, self._past.series, self._past.said, names)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        model: str | TrainedModel | None = None,
        server: ModelServer | None = None,
    ) -> LiveForecast:
        """Go on where another process has stopped.

        Parameters
        ----------
        path : str or Path
            As `save` has written it.
        model, server : optional
            As they were given there.

        Returns
        -------
        LiveForecast
            Its next fans are those that the other one would have given.

        Raises
        ------
        StoreError
            If the file is missing, damaged or of another version.
        InvalidInput
            If it was saved with another model.
        """
        series, said, names = read(path)
        horizon = int(names["horizon"])
        voice = _voice(model, server, horizon)
        if voice.name() != names["model"]:
            raise InvalidInput(
                f"This forecast was saved with the model {names['model']}",
                seen=voice.name(),
                cure="Give the same model, or begin anew with the other one",
            )
        made = cls.__new__(cls)
        made._begin(voice, horizon, names["levels"])  # noqa: SLF001  its own
        made._past = _Past(series, said)  # noqa: SLF001  its own
        return made

    def _begin(self, voice: Voice, horizon: int, levels: Sequence[float]) -> None:
        self._voice, self._horizon, self._levels = voice, horizon, [float(one) for one in levels]
        ends = [round(0.5 + sign * level / 2, 12) for level in self._levels for sign in (-1, 1)]
        self._probabilities = sorted({0.5, *ends})

    def _fan(self, past: _Past) -> LiveFan:
        published, watches = self._published(past)
        closes = past.series.closes
        quantiles = pd.DataFrame(
            calibrated_fan(closes, self._horizon, self._probabilities, medians=published),
            index=pd.DatetimeIndex(future_times(past.series, self._horizon), name="time"),
            columns=pd.Index(self._probabilities, name="quantile"),
        )
        ends = [[round(0.5 + sign * one / 2, 12) for one in self._levels] for sign in (-1, 1)]
        lower, upper = ([quantiles[one].tolist() for one in side] for side in ends)
        return LiveFan(
            symbol=past.series.symbol,
            time=pd.Timestamp(past.series.times[-1]).to_pydatetime(),
            last=float(closes[-1]),
            model=self._voice.name(),
            is_demoted=any(one.is_demoted for one in watches.values()),
            alarm=any(_is_new(one, step) for step, one in watches.items()),
            times=[time.to_pydatetime() for time in quantiles.index],
            median=quantiles[0.5].tolist(),
            levels=self._levels,
            lower=lower,
            upper=upper,
            statement=_statement(self._voice.name(), watches),
            history=past.series.to_pandas(),
            quantiles=quantiles,
        )

    def _published(self, past: _Past) -> tuple[Floats, dict[int, Watch]]:
        """Medians as they were published at each time, and what the watches say now."""
        closes = past.series.closes
        speaks = np.isfinite(past.said[:, 0, 1])
        watches = {}
        for step in sorted({1, self._horizon}):
            low, _, high = past.said[: len(closes) - step, step - 1].T
            known = np.isfinite(low)
            if not known.any():
                continue
            actual = closes[step:]
            begin = int(np.argmax(known))
            missed = ((actual < low) | (actual > high))[begin:]
            watches[step] = watch(missed, step, 1 - OWN)
            speaks[begin:] &= ~watches[step].demoted
        medians = np.where(speaks[:, None], past.said[:, :, 1], closes[:, None])
        return medians, watches

    def _must_be_next(self, stamp: np.datetime64, close: float) -> None:
        series = self._past.series
        if not np.isfinite(close):
            raise InvalidInput(
                f"The close of the bar at {stamp.astype('datetime64[s]')} is missing or infinite",
                seen=float(close),
                cure="Wait for its value; nothing has been taken in",
            )
        expected = future_times(series, 1)[0]
        has_closed_hours = str(series.bars["calendar"].to_numpy()[0]) not in ALWAYS
        if stamp == expected or (has_closed_hours and stamp > expected):
            return
        raise InvalidInput(
            f"The next bar begins at {expected.astype('datetime64[s]')}",
            seen=str(stamp.astype("datetime64[s]")),
            cure="Give every bar once and in order; fetch those that the stream has lost",
        )


def _voice(model: str | TrainedModel | None, server: ModelServer | None, horizon: int) -> Voice:
    if model is None:
        return of_repeat_last(horizon)
    return of_model(model, horizon, server.model if server is not None else None)


def _is_new(seen: Watch, step: int) -> bool:
    """Whether the newest outcome raised an alarm."""
    newest = len(seen.demoted) - step - 1
    return bool(seen.alarms) and seen.alarms[-1] == newest


def _statement(name: str, watches: dict[int, Watch]) -> str:
    if not watches:
        return f"It is {name} with intervals calibrated by its own past errors."
    parts = [
        f"{step} bar{'s' if step > 1 else ''} ahead: {seen.statement}"
        for step, seen in watches.items()
    ]
    demoted = any(seen.is_demoted for seen in watches.values())
    who = f"Repeat-last stands in for {name}" if demoted else f"It is {name}"
    return f"{who}, with calibrated intervals. Its own interval of {OWN:.0%}, {'; '.join(parts)}."
