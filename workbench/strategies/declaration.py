"""A strategy: what to hold after each bar, in one of two forms, with checked parameters."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from workbench.errors import ConfigurationError, InvalidInput
from workbench.features.parameters import parameter_model
from workbench.features.sources import source_hash
from workbench.registry import checked, register
from workbench.strategies.membership import only_members
from workbench.strategies.stepping import Memory, Observe, advance, run_steps
from workbench.strategies.weights import weights_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import xarray as xr
    from pydantic import BaseModel

__all__ = ["Form", "Strategy", "as_strategy", "strategy"]

Form = Literal["targets", "step"]


class Strategy:
    """What to hold after each bar.

    Parameters
    ----------
    name : str
        Its name on every surface.
    function : callable
        Form ``targets``: ``function(bars, *, <parameters>)`` returns weights, dims
        (time, symbol); row t depends on rows up to t only; NaN leaves a holding as it is.
        Form ``step``: ``function(state, observation, position, *, <parameters>)`` returns
        ``(state, intent)``, all scalars, for one symbol and bar; it is compiled.
    form : {"targets", "step"}
        Which of the two.
    warm_up : int or callable
        How many bars, the current one included, a decision needs; a function of the
        parameters where it depends on them.
    inputs : mapping, optional
        Form ``step``: name → ``function(bars, parameters)``, a causal feature with dims
        (time, symbol); the step sees it as ``observation.<name>``.
    initial : float or tuple of float
        Form ``step``: the state before the first bar.
    signal : callable, optional
        Form ``step``: ``signal(observation, *, <parameters>) -> int``, a small number without
        memory. The step is then asked only at bars where it differs from the bar before (0
        before the first), and sees it as ``observation.signal``. Long sweeps are fastest so.
    valid : callable, optional
        ``valid(parameters)``: whether these parameters make sense together. A sweep leaves out
        and counts those that do not, `checked` refuses them. Written with comparisons and
        ``&`` it is asked once for a whole grid, else once for each combination.

    Attributes
    ----------
    parameters : type of pydantic.BaseModel
        The model of the keyword-only arguments, with their ranges.

    Notes
    -----
    An intent is the exposure wanted in one symbol, from −1 (short) to 1 (long), a share of the
    capital that is divided equally among the symbols; NaN keeps what is held. ``position`` is
    the exposure that the last order wanted, and 0 after a protective exit. No order is placed
    while the intent stays the same. A step that protects its positions returns a
    `workbench.market.Bracket` as its intent, always: the exposure with the prices of a stop and a
    target and the distance of a trailing stop. They are watched from the fill on; the same
    exposure with other levels moves them from the next bar on.
    """

    kind: ClassVar[str] = "strategy"

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        form: Form = "targets",
        *,
        warm_up: int | Callable[[Any], int] = 1,
        inputs: Mapping[str, Observe] | None = None,
        initial: float | tuple[float, ...] = 0.0,
        signal: Callable[..., int] | None = None,
        valid: Callable[[Any], Any] | None = None,
    ) -> None:
        if form == "step" and not inputs:
            raise ConfigurationError(
                f"The step strategy {name!r} declares no inputs",
                cure='Name what it observes: inputs={"z": lambda bars, p: zscore(bars)}',
            )
        functools.update_wrapper(self, function)
        self.name = name
        self.function = function
        self.form = form
        self.inputs: Mapping[str, Observe] = dict(inputs or {})
        self.initial = initial
        self.signal = signal
        self.valid = valid
        self.parameters: type[BaseModel] = parameter_model(function, self._title)
        self._warm_up = warm_up

    @property
    def source_hash(self) -> str:
        """A hash that changes when the strategy does something else."""
        if self.form == "targets":
            return source_hash(self.function)
        beside = {} if self.signal is None else {"signal": self.signal}
        return source_hash(self.function, inputs=self.inputs, initial=self.initial, **beside)

    @property
    def description(self) -> str:
        """The docstring."""
        return inspect.getdoc(self.function) or ""

    def checked(self, parameters: Mapping[str, Any] | BaseModel | None = None) -> BaseModel:
        """Parameter values, checked, defaults filled in.

        Parameters
        ----------
        parameters : mapping, optional
            Parameter → value.

        Returns
        -------
        pydantic.BaseModel
            Of the type `parameters`.

        Raises
        ------
        UnknownName
            If a parameter does not exist.
        OutOfRange
            If a value lies outside its bounds.
        InvalidInput
            If a value is of the wrong kind, or the values make no sense together.
        """
        values = checked(self.parameters, parameters or {}, self._title)
        if self.valid is not None and not self.valid(values):
            raise InvalidInput(
                f"These parameters of {self._title} make no sense together",
                seen=", ".join(f"{name}={value}" for name, value in values),
                cure="Read what the strategy asks of them: get_strategy_info",
            )
        return values

    @property
    def warm_up_rule(self) -> Callable[[Any], int]:
        """`warm_up` as a function of parameters that were checked."""
        rule = self._warm_up
        return rule if callable(rule) else lambda _: rule

    def warm_up(self, parameters: Mapping[str, Any] | BaseModel | None = None) -> int:
        """Bars, the current one included, that a decision needs."""
        return self.warm_up_rule(self.checked(parameters))

    def targets(
        self, bars: xr.Dataset, parameters: Mapping[str, Any] | BaseModel | None = None
    ) -> xr.DataArray:
        """Weights to hold after each bar.

        Parameters
        ----------
        bars : xarray.Dataset
            Bars with dims (time, symbol).
        parameters : mapping, optional
            Parameter → value.

        Returns
        -------
        xarray.DataArray, dims (time, symbol)
            Fractions of the account; NaN leaves a holding as it is.

        Raises
        ------
        UnusableFrame
            If the function returns something that is no table of weights.
        """
        return self.orders(bars, parameters)[0]

    def orders(
        self,
        bars: xr.Dataset,
        parameters: Mapping[str, Any] | BaseModel | None = None,
        *,
        fills_at: str | None = None,
    ) -> tuple[xr.DataArray, npt.NDArray[np.float64] | None]:
        """Weights to hold after each bar, and the exits that stops and targets make in between.

        Parameters
        ----------
        bars : xarray.Dataset
            Bars with dims (time, symbol).
        parameters : mapping, optional
            Parameter → value.
        fills_at : {"next open", "next close", "same close"}, optional
            When orders fill: exits are watched from then on. By default the next open, or
            the next close where the bars have no opens.

        Returns
        -------
        weights : xarray.DataArray, dims (time, symbol)
            As `targets`.
        exits : ndarray, shape (time, symbol), or None
            The price at which a whole position is closed inside a bar, NaN for none; None for
            a strategy without brackets.

        Raises
        ------
        UnusableFrame
            If the function returns something that is no table of weights.
        """
        values = self.checked(parameters)
        if self.form == "step":
            steps = run_steps(self, bars, values, fills_at)
            return bars["close"].copy(data=steps.wanted / bars.sizes["symbol"]), steps.exits
        found = self.function(bars, **dict(values))
        wanted = weights_on(bars, found, f"What {self._title} returns")
        return only_members(wanted, bars), None

    def advance(
        self,
        window: xr.Dataset,
        memory: Memory | None = None,
        parameters: Mapping[str, Any] | BaseModel | None = None,
    ) -> tuple[xr.DataArray, Memory | None]:
        """The weights after the last bar of a window: what a live run asks at each bar.

        Parameters
        ----------
        window : xarray.Dataset
            At least the last `warm_up` bars.
        memory : Memory, optional
            What the previous call returned; None before the first bar.
        parameters : mapping, optional
            Parameter → value.

        Returns
        -------
        weights : xarray.DataArray, dims (symbol,)
            Equal to the last row of `targets` over the whole history.
        memory : Memory or None
            For the next call; None for the form ``targets``, which needs none.
        """
        values = self.checked(parameters)
        if self.form == "targets":
            return self.targets(window, values).isel(time=-1), None
        before = memory or Memory.initial(self.initial, window.sizes["symbol"])
        after = advance(self, window, before, values)
        changed = np.array([held.wanted for held in after.holdings])
        last = window["close"].isel(time=-1)
        return last.copy(data=changed / window.sizes["symbol"]), after

    def __call__(self, bars: xr.Dataset, **parameters: Any) -> xr.DataArray:
        """`targets`, with the parameters as keywords."""
        return self.targets(bars, parameters)

    @property
    def _title(self) -> str:
        return f"strategy {self.name!r}"

    def __repr__(self) -> str:
        shown = ", ".join(
            name if field.is_required() else f"{name}={field.default!r}"
            for name, field in self.parameters.model_fields.items()
        )
        return f"<strategy {self.name}({shown}), {self.form} form>"


def strategy(
    name: str = "",
    *,
    form: Form = "targets",
    warm_up: int | Callable[[Any], int] = 1,
    inputs: Mapping[str, Observe] | None = None,
    initial: float | tuple[float, ...] = 0.0,
    signal: Callable[..., int] | None = None,
    valid: Callable[[Any], Any] | None = None,
) -> Callable[[Callable[..., Any]], Strategy]:
    """Declare a function as a strategy, known by name on every surface.

    Parameters
    ----------
    name : str
        Its name; empty means the function's own. A later strategy of the same name
        replaces the earlier.
    form, warm_up, inputs, initial, signal, valid
        As in `Strategy`.

    Returns
    -------
    callable
        Makes a `Strategy` of a function.

    Examples
    --------
    >>> from workbench.strategies import strategy
    >>> @strategy("above_average", warm_up=lambda p: p.window)
    ... def above_average(bars, *, window: int = 50):
    ...     close = bars["close"]
    ...     above = close > close.rolling(time=window).mean()
    ...     return above / close.sizes["symbol"]
    >>> above_average
    <strategy above_average(window=50), targets form>
    """

    def declare(function: Callable[..., Any]) -> Strategy:
        made = Strategy(
            name or function.__name__,
            function,
            form,
            warm_up=warm_up,
            inputs=inputs,
            initial=initial,
            signal=signal,
            valid=valid,
        )
        register("strategy", made.name, made)
        return made

    return declare


def as_strategy(thing: Any) -> Strategy:
    """A strategy as it is; any other callable of bars as a strategy of that name.

    Parameters
    ----------
    thing : Strategy or callable
        ``function(bars)`` that returns weights; its annotated keyword-only arguments are
        parameters.

    Returns
    -------
    Strategy
        Not registered by this.

    Raises
    ------
    InvalidInput
        If it is neither.
    """
    if isinstance(thing, Strategy):
        return thing
    if not callable(thing):
        raise InvalidInput(
            "This is no strategy",
            seen=type(thing).__name__,
            cure="Give a name, a @strategy, a function of bars, or a table of weights",
        )
    return Strategy(getattr(thing, "__name__", type(thing).__name__).strip("<>"), thing)
