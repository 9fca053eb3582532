"""Operations that print, fail, take long and return what cannot be written in JSON."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from workbench.context import Context, current
from workbench.domain import Number, Result
from workbench.errors import TooLittleHistory
from workbench.registry import operation

print("an import that prints")  # noqa: T201  the point


class Ratio(Result):
    """A ratio that may be undefined, and a table that stays behind."""

    value: Number
    careless: float
    table: Any = None


class Refusal(Result):
    """The other form of an answer; its status is its own."""

    status: str
    reason: str


@operation(effect="read")
def noisy_shout(word: str, *, context: Context | None = None) -> str:
    """Print in every way there is."""
    print(word)  # noqa: T201
    print('{"jsonrpc": "2.0", "id": 1, "result": {}}', flush=True)  # noqa: T201
    os.write(1, b"from a C extension\n")
    subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
    return word


@operation(effect="read")
def noisy_ratio(*, context: Context | None = None) -> Ratio:
    """Return NaN and infinity, in a field that allows it and in one that does not say so."""
    return Ratio(value=math.nan, careless=math.inf)


@operation(effect="read")
def noisy_either(refuse: bool = False, *, context: Context | None = None) -> Ratio | Refusal:
    """Return one of two results."""
    return Refusal(status="refused", reason="asked to") if refuse else Ratio(value=1, careless=2)


@operation(effect="read", resources="noisy://said/{word}?times=2")
def noisy_repeated(word: str, times: int = 1, *, context: Context | None = None) -> str:
    """Say a word several times."""
    return " ".join(times * [word])


@operation(effect="read", resources="noisy://numbers")
def noisy_plain(*, context: Context | None = None) -> dict[str, list[float]]:
    """Return a mapping with a NaN in it."""
    return {"values": [1.0, math.nan]}


@operation(effect="read")
def noisy_nothing(*, context: Context | None = None) -> None:
    """Return nothing."""


@operation(effect="compute")
def noisy_count(steps: int, stopped: str, *, context: Context | None = None) -> int:
    """Count slowly; leave a file when the count is stopped."""
    context = context or current()
    try:
        for step in range(steps):
            context.progress(step, steps, f"step {step}")
            time.sleep(0.02)
    except Exception as error:
        Path(stopped).write_text(type(error).__name__)
        raise
    context.progress(steps, steps, "done")
    return steps


@operation(effect="read")
def noisy_short(*, context: Context | None = None) -> int:
    """Fail as a workbench fails."""
    raise TooLittleHistory(200, 12, "strategy 'momentum'")


@operation(effect="read")
def noisy_defect(*, context: Context | None = None) -> int:
    """Fail as nothing should."""
    return 1 // 0


@operation(effect="read")
def noisy_exit(*, context: Context | None = None) -> int:
    """Try to end the process."""
    sys.exit(3)


@operation(effect="write")
def noisy_write(*, context: Context | None = None) -> str:
    """Change something."""
    return "written"


@operation(effect="trade", resources="noisy://traded")
def noisy_trade(*, context: Context | None = None) -> str:
    """Move money."""
    return "traded"
