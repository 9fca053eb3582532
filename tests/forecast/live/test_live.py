"""A live forecast knows nothing of the future, keeps its promise, and goes on after a restart."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from workbench.errors import InvalidInput, OutOfRange, StoreError, TooLittleHistory, UnknownName
from workbench.forecast import LiveForecast, ModelServer, TrainedModel, completed, replayed
from workbench.forecast.calibration import adaptive_quantiles

NORMAL = {0.05: -1.645, 0.5: 0.0, 0.95: 1.645}


def hourly(length, seed=0):
    """GARCH(1, 1) with fat tails, hour by hour."""
    rng = np.random.default_rng(seed)
    shocks = rng.standard_t(5, length) / math.sqrt(5 / 3)
    steps, variance = np.empty(length), 4e-5
    for at in range(length):
        steps[at] = math.sqrt(variance) * shocks[at]
        variance = 8e-7 + 0.08 * steps[at] ** 2 + 0.90 * variance
    return framed(steps)


def framed(steps):
    index = pd.date_range("2024-01-01", periods=len(steps), freq="h", name="time", tz="UTC")
    return pd.DataFrame({"COIN": 100 * np.exp(np.cumsum(steps))}, index=index)


@dataclass(frozen=True, eq=False)
class Steady:
    """Knows that a move of one hour is about `width`, and believes in a small drift."""

    width: float = 0.0066
    drift: float = 0.0
    input_size: int = 4
    horizon: int = 12
    architecture: object = field(default_factory=lambda: SimpleNamespace(quantiles=(0.05, 0.95)))

    def predict(self, history, quantiles):
        steps = np.arange(1, self.horizon + 1)[None, :, None]
        scores = np.array([NORMAL[one] for one in quantiles])
        moves = self.drift * steps + self.width * np.sqrt(steps) * scores
        return history[:, -1, None, None] * np.exp(moves)


def model_of(forecaster, model_id="steady"):
    return TrainedModel(
        model_id=model_id,
        model_type="NHITS",
        series="frame:COIN",
        forecaster=forecaster,
        trained_at=datetime(2024, 1, 1, tzinfo=UTC),
        trained_until=date(2024, 1, 1),
        closes="",
        evaluation={},
        parameters={},
    )


@pytest.fixture(scope="module")
def hours():
    return hourly(1_500)


def test_every_fan_is_what_is_known_then_and_nothing_else(hours):
    """Quantiles of the whole series, future included, are the answer at each bar."""
    live = LiveForecast(hours[:1_480])
    fans = list(live.follow(replayed(hours[1_480:])))
    assert len(fans) == 20
    closes = hours["COIN"].to_numpy()
    tails = (0.005, 0.1, 0.9, 0.995)
    for step in (1, 2, 12):
        whole = adaptive_quantiles(closes, step, tails)
        for at, fan in enumerate(fans, start=1_480):
            assert fan.last == closes[at]
            ends = [fan.lower[3], fan.lower[0], fan.upper[0], fan.upper[3]]
            np.testing.assert_allclose([end[step - 1] for end in ends], whole[at], rtol=1e-9)
    assert fans[0].times[0] == fans[1].time
    assert fans[0].median == [fans[0].last] * 12


def test_what_comes_later_changes_no_fan(hours):
    changed = hours.copy()
    changed.iloc[1_490:] *= 1.5
    model = model_of(Steady(drift=1e-4))
    before, after = (
        list(LiveForecast(one[:1_480], model=model).follow(replayed(one[1_480:1_492])))
        for one in (hours, changed)
    )
    before, after = ([one.model_dump() for one in fans] for fans in (before, after))
    assert before[:10] == after[:10]
    assert before[10] != after[10]


def test_the_replay_covers_what_it_promised():
    live = LiveForecast(hourly(6_000, seed=5), model=model_of(Steady(drift=2e-5)))
    for level in (0.8, 0.9, 0.95):
        for step in live.check(level, (1, 6, 12)).steps:
            assert step.coverage == pytest.approx(level, abs=0.02), (level, step.step)


def test_the_fan_stands_around_the_medians_of_the_model(hours):
    fan = LiveForecast(hours, model=model_of(Steady(drift=1e-3))).fan()
    expected = hours.iloc[-1, 0] * np.exp(1e-3 * np.arange(1, 13))
    np.testing.assert_allclose(fan.median, expected)
    for narrow, wide in zip(fan.lower, fan.lower[1:], strict=False):
        assert (np.array(wide) <= narrow).all()
    assert (np.array(fan.lower[0]) <= fan.median).all()
    assert (np.array(fan.upper[0]) >= fan.median).all()
    assert "kept its band" in fan.statement


def test_a_model_that_leaves_its_band_is_demoted_and_repeat_last_stands_in():
    steps = np.random.default_rng(2).normal(0, Steady.width, 1_600)
    steps[1_500:] *= 4
    hours = framed(steps)
    live = LiveForecast(hours[:1_500], model=model_of(Steady(drift=1e-4)))
    assert not live.fan().is_demoted
    fans = list(live.follow(replayed(hours[1_500:])))
    first = next(at for at, fan in enumerate(fans) if fan.is_demoted)
    assert fans[first].alarm
    assert first < 40
    assert fans[first - 1].median[0] != fans[first - 1].last
    assert fans[first].median == [fans[first].last] * 12
    assert fans[first].statement.startswith("Repeat-last stands in for steady")
    widths = [fan.upper[1][0] / fan.lower[1][0] - 1 for fan in fans]
    assert widths[-1] > 2 * widths[0], "the intervals have followed the market"


def test_a_restart_gives_the_same_fans(hours, tmp_path):
    model = model_of(Steady(drift=1e-4))
    live = LiveForecast(hours[:1_480], model=model, levels=(0.8, 0.9))
    live.update(hours.index[1_480], hours.iloc[1_480, 0])
    path = tmp_path / "live.npz"
    live.save(path)
    again = LiveForecast.load(path, model=model)
    assert again.fan().model_dump() == live.fan().model_dump()
    rest = hours[1_470:1_490]  # bars that it knows are passed over
    fans = [[fan.model_dump() for fan in one.follow(replayed(rest))] for one in (again, live)]
    assert len(fans[0]) == 9
    assert fans[0] == fans[1]
    with pytest.raises(InvalidInput, match="model steady"):
        LiveForecast.load(path)


@pytest.mark.parametrize("content", [None, b"", b"nothing", "cut"])
def test_a_damaged_state_is_named(hours, tmp_path, content):
    path = tmp_path / "live.npz"
    if content == "cut":
        LiveForecast(hours).save(path)
        path.write_bytes(path.read_bytes()[:-200])
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match="begin anew"):
        LiveForecast.load(path)


def test_a_version_that_is_swapped_speaks_from_the_next_bar_on(hours):
    models = {
        "up": model_of(Steady(drift=1e-3), "up"),
        "down": model_of(Steady(drift=-1e-3), "down"),
    }
    server = ModelServer(models.__getitem__)
    server._shelf._load = models.__getitem__  # these have no graphs that could be tried
    server._shelf._held.update(models)
    server._shelf._named["coin"] = models["up"]
    live = LiveForecast(hours[:-2], model="coin", server=server)
    first = live.update(hours.index[-2], hours.iloc[-2, 0])
    server._shelf._named["coin"] = models["down"]
    second = live.update(hours.index[-1], hours.iloc[-1, 0])
    assert (first.model, second.model) == ("up", "down")
    assert first.median[0] > first.last
    assert second.median[0] < second.last


@pytest.mark.parametrize(
    ("place", "close", "words"),
    [
        (1, 100.0, "next bar begins at 2024-03-03T12:00"),
        (-1, 100.0, "next bar begins"),
        (0, math.nan, "missing or infinite"),
        (0, math.inf, "missing or infinite"),
    ],
)
def test_a_bar_that_is_not_the_next_is_refused_and_nothing_is_taken_in(hours, place, close, words):
    live = LiveForecast(hours)
    before = live.fan().model_dump()
    time = hours.index[-1] + pd.Timedelta(hours=1 + place)
    with pytest.raises(InvalidInput, match=words):
        live.update(time, close)
    assert live.fan().model_dump() == before


def test_it_refuses_what_it_cannot_promise(hours):
    with pytest.raises(TooLittleHistory, match=r"interval of 0\.99"):
        LiveForecast(hours[:900]).fan()
    assert LiveForecast(hours[:900], levels=(0.9,)).fan().levels == [0.9]
    with pytest.raises(OutOfRange, match="from 1 to 12"):
        LiveForecast(hours, model=model_of(Steady()), horizon=13)
    with pytest.raises(InvalidInput, match="server"):
        LiveForecast(hours, model="steady")
    narrow = replace(Steady(), architecture=SimpleNamespace(quantiles=(0.1, 0.9)))
    with pytest.raises(OutOfRange, match="own interval"):
        LiveForecast(hours, model=model_of(narrow))


def test_the_table_and_the_picture(hours):
    fan = LiveForecast(hours, levels=(0.8, 0.9)).fan()
    table = fan.to_frame()
    assert list(table.columns) == ["median", "lower 80%", "upper 80%", "lower 90%", "upper 90%"]
    assert len(table) == 12
    assert "LiveFan  COIN after 2024-03-03 11:00" in repr(fan)
    assert fan.plot().renderers


def test_trades_become_bars_once_a_later_one_comes():
    trades = [
        ("2024-01-01 00:10", 1.0),
        ("2024-01-01 00:59:59", 2.0),
        ("2024-01-01 03:00+02:00", 3.0),
        ("2024-01-01 03:30", 4.0),
    ]
    bars = list(completed(trades))
    assert bars == [
        (np.datetime64("2024-01-01T00:00"), 2.0),
        (np.datetime64("2024-01-01T01:00"), 3.0),
    ]
    with pytest.raises(InvalidInput, match="before the one"):
        list(completed(trades[::-1]))
    with pytest.raises(InvalidInput, match="calendar"):
        list(completed(trades, "1d"))


def test_an_unknown_name_is_the_servers_to_name(hours):
    def nothing(model_id):
        raise UnknownName("model", model_id, [])

    with pytest.raises(UnknownName):
        LiveForecast(hours, model="nhits", server=ModelServer(nothing))
