"""What the operations of this room return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ParameterInfo", "SavedStrategy", "StrategyDetails", "StrategyInfo", "StrategyList"]


class ParameterInfo(BaseModel):
    """One parameter of a strategy.

    Parameters
    ----------
    type : str
        ``integer``, ``number``, ``boolean`` or ``string``.
    default : object
        Its default; None when it must be given.
    low, high : float or None
        The bounds, both allowed.
    choices : list or None
        The values, where there are only some.
    description : str
        What it is, from the strategy's docstring.
    """

    model_config = ConfigDict(frozen=True)

    type: str
    default: Any = None
    low: float | None = None
    high: float | None = None
    choices: list[Any] | None = None
    description: str = ""


class StrategyDetails(BaseModel):
    """A strategy in a list.

    Parameters
    ----------
    summary : str
        The first line of its docstring.
    form : str
        ``targets`` or ``step``.
    warm_up : int
        Bars that a decision needs, with the default parameters.
    family : str
        ``momentum``, ``reversion``, ``forecast``, ``combination`` or ``baseline``; empty where the
        strategy does not say.
    risk_level : str
        The label of the original: ``low``, ``medium``, ``high`` or empty.
    gpu_accelerated : bool
        Whether it has a GPU form.
    status : str
        ``operational``: its file was read and run.
    """

    model_config = ConfigDict(frozen=True)

    summary: str
    form: Literal["targets", "step"]
    warm_up: int
    family: str = ""
    risk_level: str = ""
    gpu_accelerated: bool
    status: str = "operational"


class StrategyList(Result):
    """The strategies that can be called by name."""

    repr_has_every_row: ClassVar[bool] = True

    headline: ClassVar[tuple[str, ...]] = ("count", "gpu_available")

    strategies: list[str]
    count: int
    details: dict[str, StrategyDetails]
    gpu_available: bool
    awaited: dict[str, str] = Field(
        default_factory=dict, description="Strategies that are not there yet, and why."
    )

    def to_frame(self) -> pd.DataFrame:
        """One row a strategy.

        Returns
        -------
        pandas.DataFrame
            Index ``strategy``; the columns of `StrategyDetails`.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = {name: details.model_dump() for name, details in self.details.items()}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("strategy")

    def __repr__(self) -> str:
        width = max(map(len, self.strategies), default=0)
        lines = [f"  {name:<{width}}  {self.details[name].summary}" for name in self.strategies]
        return "\n".join([f"{self.count} strategies", *lines])

    __str__ = __repr__


class SavedStrategy(Result):
    """A strategy that is kept as a file of the user's own."""

    headline: ClassVar[tuple[str, ...]] = ("strategy", "path", "source_hash")

    strategy: str = Field(description="The name under which every door knows it.")
    path: str
    source_hash: str = Field(description="That of the original: what was saved does the same.")
    replaced: bool = Field(description="Whether a file of this name was there before.")


class StrategyInfo(Result):
    """What is known of one strategy. Its performance depends on data: run a backtest."""

    headline: ClassVar[tuple[str, ...]] = (
        "strategy", "form", "family", "risk_level", "warm_up", "source_hash",
    )  # fmt: skip

    strategy: str
    details: StrategyDetails
    form: Literal["targets", "step"]
    warm_up: int
    description: str
    family: str = ""
    risk_level: str = ""
    sources: list[str] = Field(default_factory=list)
    presets: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Name → parameters, such as those of the original."
    )
    parameters: dict[str, ParameterInfo]
    inputs: list[str]
    source_hash: str
    gpu_accelerated: bool
    gpu_available: bool
    status: str = "operational"

    def to_frame(self) -> pd.DataFrame:
        """One row a parameter.

        Returns
        -------
        pandas.DataFrame
            Index ``parameter``; the columns of `ParameterInfo`.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = {name: parameter.model_dump() for name, parameter in self.parameters.items()}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("parameter")
