"""The one tree of errors: what happened, the value seen, the cure.

Every failure that a caller can do something about is a `WorkbenchError`. It keeps
the facts as attributes and builds the sentence from them, so that a notebook, an
agent and a page show the same words. Anything else that is raised is a defect.

- WorkbenchError
  - InvalidInput
    - UnknownName          a name that nothing is registered under
    - OutOfRange           a number or a date outside what is allowed
    - AmbiguousFrame       a table that can be read in more than one way
    - UnusableFrame        a table that cannot be read as bars
  - NoData                 the request is valid and nothing is there
    - TooLittleHistory     fewer bars than the model or strategy needs
  - MissingExtra           an optional package is not installed
  - ConfigurationError     a setting has a value that cannot be used
  - StoreError             the lake, the journal or the experiments failed
    - StoreBusy            another process holds what must be written
  - RunFailed              a notebook or pipeline failed in the middle
  - WireError              a service outside the process failed
    - ServiceUnavailable   it is down or asks to wait: worth another try
    - AccessRefused        it does not accept the key
    - NotEntitled          the key is good and the plan does not include this
    - QuotaExhausted       the day's requests are used up
    - BadAnswer            it answered something that its documentation excludes
  - NotAllowed             the caller has no right to this effect
  - Cancelled              the caller stopped the run
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "AccessRefused",
    "AmbiguousFrame",
    "BadAnswer",
    "Cancelled",
    "ConfigurationError",
    "InvalidInput",
    "MissingExtra",
    "NoData",
    "NotAllowed",
    "NotEntitled",
    "OutOfRange",
    "QuotaExhausted",
    "RunFailed",
    "ServiceUnavailable",
    "StoreBusy",
    "StoreError",
    "TooLittleHistory",
    "UnknownName",
    "UnusableFrame",
    "WireError",
    "WorkbenchError",
]

_UNSEEN: Any = object()
_LONGEST_SHOWN = 120
_MOST_CHOICES = 12


class WorkbenchError(Exception):
    """A failure with its cure.

    Parameters
    ----------
    what : str
        What happened, as a sentence.
    seen : object, optional
        The value that caused it. Shown shortened; never pass a secret.
    cure : str, optional
        What the caller can do, as a sentence.
    """

    def __init__(self, what: str, *, seen: Any = _UNSEEN, cure: str = "") -> None:
        self.what = what
        self.has_seen = seen is not _UNSEEN
        self.seen = seen if self.has_seen else None
        self.cure = cure
        super().__init__(self.sentence())

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.__dict__)

    def sentence(self) -> str:
        """What happened, the value seen and the cure, in one line."""
        parts = [self.what.rstrip(".")]
        if self.has_seen:
            parts[0] += f" (got {_shortened(self.seen)})"
        if self.cure:
            parts.append(self.cure.rstrip("."))
        return ". ".join(parts) + "."

    def facts(self) -> dict[str, Any]:
        """The error as plain values, as it crosses a wire."""
        return {
            "error": type(self).__name__,
            "what": self.what,
            "seen": _shortened(self.seen) if self.has_seen else None,
            "cure": self.cure,
            "message": self.sentence(),
        }


class InvalidInput(WorkbenchError):  # noqa: N818  an error by its base, named as a quant says it
    """An argument cannot be used as it is."""


class UnknownName(InvalidInput):
    """Nothing is registered under this name.

    Parameters
    ----------
    kind : str
        What was looked for, for example ``"dataset"``.
    name : str
        The name that was given.
    choices : iterable of str
        The names that exist. The closest is suggested, the first dozen listed.
    cure : str, optional
        A cure that replaces the list of choices.
    """

    def __init__(self, kind: str, name: str, choices: Iterable[str] = (), cure: str = "") -> None:
        self.kind = kind
        self.name = name
        self.choices = sorted(choices)
        super().__init__(f"There is no {kind} of this name", seen=name, cure=cure or self._listed())

    def _listed(self) -> str:
        if not self.choices:
            return f"No {self.kind} is registered yet"
        shown = ", ".join(self.choices[:_MOST_CHOICES])
        rest = len(self.choices) - _MOST_CHOICES
        listed = f"Choose one of: {shown}" + (f" and {rest} more" if rest > 0 else "")
        close = get_close_matches(self.name, self.choices, n=1)
        return f"Did you mean {close[0]!r}? {listed}" if close else listed


class OutOfRange(InvalidInput):
    """A number or a date lies outside what is allowed.

    Parameters
    ----------
    parameter : str
        The name of the argument.
    seen : object
        The value that was given.
    low, high : object, optional
        The bounds, both allowed; None means unbounded.
    cure : str, optional
        A cure that replaces the statement of the bounds.
    """

    def __init__(
        self, parameter: str, seen: Any, low: Any = None, high: Any = None, cure: str = ""
    ) -> None:
        self.parameter = parameter
        self.low = low
        self.high = high
        super().__init__(f"{parameter} is out of range", seen=seen, cure=cure or self._bounds())

    def _bounds(self) -> str:
        if self.low is None:
            return f"Give at most {self.high}"
        if self.high is None:
            return f"Give at least {self.low}"
        return f"Give a value from {self.low} to {self.high}"


class AmbiguousFrame(InvalidInput):
    """A table can be read as bars in more than one way."""


class UnusableFrame(InvalidInput):
    """A table cannot be read as bars."""


class NoData(WorkbenchError):  # noqa: N818
    """The request is valid and there is nothing to answer it with."""


class TooLittleHistory(NoData):
    """There are fewer bars than are needed.

    Parameters
    ----------
    needs : int
        Bars needed.
    has : int
        Bars there are.
    what_for : str
        Who needs them, for example ``"strategy 'momentum'"``.
    """

    def __init__(self, needs: int, has: int, what_for: str) -> None:
        self.needs = needs
        self.has = has
        self.what_for = what_for
        super().__init__(
            f"{what_for} needs at least {needs} bars and there are {has}",
            cure="Choose an earlier start, a later end, or a smaller window",
        )


class MissingExtra(WorkbenchError):  # noqa: N818
    """An optional package is not installed.

    Parameters
    ----------
    package : str
        The import name of the package.
    purpose : str
        What it is needed for.
    extra : str
        The extra of the distribution that brings it.
    """

    def __init__(self, package: str, purpose: str, extra: str) -> None:
        self.package = package
        self.purpose = purpose
        self.extra = extra
        super().__init__(
            f"The package {package!r} is needed {purpose} and is not installed",
            cure=f"Run: pip install 'neural-trader-workbench[{extra}]'",
        )


class ConfigurationError(WorkbenchError):
    """A setting has a value that cannot be used."""


class StoreError(WorkbenchError):
    """The lake, the journal or the experiment store failed."""


class StoreBusy(StoreError):  # noqa: N818
    """Another process holds what must be written."""


class RunFailed(WorkbenchError):  # noqa: N818
    """A notebook or a pipeline failed in the middle; what it had done is kept."""


class WireError(WorkbenchError):
    """A service outside the process failed or answered nonsense."""


class ServiceUnavailable(WireError):  # noqa: N818
    """The service is down, breaks off, or asks to wait; another try may succeed.

    Parameters
    ----------
    service : str
        Its name.
    seen : object
        The status or the failure.
    retry_after_seconds : float, optional
        How long it asks to wait.
    """

    def __init__(self, service: str, seen: Any, retry_after_seconds: float | None = None) -> None:
        self.service = service
        self.retry_after_seconds = retry_after_seconds
        super().__init__(
            f"{service} does not answer or asks to wait",
            seen=seen,
            cure="Run it again later: what has arrived is kept",
        )


class AccessRefused(WireError):  # noqa: N818
    """The service does not accept the key, or there is none.

    Parameters
    ----------
    service : str
        Its name.
    setting : str
        The environment variable that holds the key.
    seen : object, optional
        What the service said; never the key.
    """

    def __init__(self, service: str, setting: str, seen: Any = _UNSEEN) -> None:
        self.service = service
        self.setting = setting
        super().__init__(
            f"{service} does not accept the key",
            seen=seen,
            cure=f"Set {setting} to a valid key, or keep it in the keyring",
        )


class NotEntitled(WireError):  # noqa: N818
    """The key is good and the plan does not include what was asked for."""


class QuotaExhausted(WireError):  # noqa: N818
    """The requests of the day or the month are used up; waiting seconds does not help."""


class BadAnswer(WireError):  # noqa: N818
    """The service answered something that its documentation excludes, such as a web page."""


class NotAllowed(WorkbenchError):  # noqa: N818
    """The caller has no right to an effect of this kind."""


class Cancelled(WorkbenchError):  # noqa: N818
    """The caller stopped the run; nothing half-done was kept."""

    def __init__(self, done: float = 0, total: float | None = None) -> None:
        self.done = done
        self.total = total
        at = f" at {done:g} of {total:g}" if total else ""
        super().__init__(f"The run was stopped{at}")


def _rebuilt(kind: type[WorkbenchError], facts: dict[str, Any]) -> WorkbenchError:
    """Make the error again in another process, whatever its own signature is."""
    error = kind.__new__(kind)
    error.__dict__.update(facts)
    Exception.__init__(error, error.sentence())
    return error


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
