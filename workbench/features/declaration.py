"""The decorator that makes a function a named feature."""

from __future__ import annotations

import functools
import re
import sys
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from workbench.errors import InvalidInput
from workbench.features.parameters import parameter_model
from workbench.features.sources import source_hash
from workbench.registry import checked, register

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

__all__ = ["Feature", "feature"]

Parameters = ParamSpec("Parameters")
Computed = TypeVar("Computed")

_NAME = re.compile(r"^[a-z][a-z0-9_]{0,63}$")


class Feature(Generic[Parameters, Computed]):
    """A function of bars with a name and checked parameters.

    It is called like the function it was made of; the keyword arguments are checked first.

    Parameters
    ----------
    name : str
        Its name on every surface: lower-case letters, digits and ``_``.
    function : callable
        Takes bars (`xarray.Dataset` or `xarray.DataArray` with the dimension ``time``) and
        keyword-only parameters; returns a DataArray or a Dataset along the same time. Row t
        depends on rows up to t only.

    Attributes
    ----------
    parameters : type of pydantic.BaseModel
        The model of the keyword-only arguments.

    Raises
    ------
    InvalidInput
        If the name cannot be used.
    ConfigurationError
        If an annotation of a parameter is missing or cannot be resolved.
    """

    def __init__(self, name: str, function: Callable[Parameters, Computed]) -> None:
        if not _NAME.match(name):
            raise InvalidInput(
                "This is no name for a feature",
                seen=name,
                cure="Begin with a lower-case letter; use letters, digits and _ (64 at most)",
            )
        functools.update_wrapper(self, function)
        self.name = name
        self.function = function
        self.parameters: type[BaseModel] = parameter_model(function, self._title)

    def __call__(self, *bars: Parameters.args, **parameters: Parameters.kwargs) -> Computed:
        """Check the parameters and compute."""
        values = checked(self.parameters, parameters, self._title)
        return self.function(*bars, **dict(values))

    @property
    def source_hash(self) -> str:
        """A hash that changes when the function does something else."""
        return source_hash(self.function)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (self.__doc__ or "").strip().partition("\n")[0]

    @property
    def _title(self) -> str:
        return f"feature {self.name!r}"

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Travel by name where the module can be imported, else by value."""
        module = sys.modules.get(self.__module__)
        name = self.function.__qualname__
        if self.__module__ != "__main__" and getattr(module, name, None) is self:
            return name
        return Feature, (self.name, self.function)

    def __repr__(self) -> str:
        shown = ", ".join(
            name if field.is_required() else f"{name}={field.default!r}"
            for name, field in self.parameters.model_fields.items()
        )
        return f"<feature {self.name}({shown})>"


def feature(
    name: str = "",
) -> Callable[[Callable[Parameters, Computed]], Feature[Parameters, Computed]]:
    """Declare a function of bars as a feature, known by name on every surface.

    Parameters
    ----------
    name : str
        Its name; empty means the function's own. A later feature of the same name
        replaces the earlier.

    Returns
    -------
    callable
        Takes the function and returns a `Feature`.

    Examples
    --------
    >>> from typing import Annotated
    >>> from pydantic import Field
    >>> from workbench.features import closes, feature
    >>> @feature("gap_from_high")
    ... def gap_from_high(bars, *, window: Annotated[int, Field(ge=2)] = 20):
    ...     close = closes(bars)
    ...     return close / close.rolling(time=window).max() - 1
    >>> gap_from_high
    <feature gap_from_high(window=20)>
    """

    def declare(function: Callable[Parameters, Computed]) -> Feature[Parameters, Computed]:
        declared = Feature(name or function.__name__, function)
        register("feature", declared.name, declared)
        return declared

    return declare
