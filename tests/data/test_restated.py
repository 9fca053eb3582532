"""A restated figure, as it was known, also after the lake was compacted and vacuumed."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from workbench.context import Context, Resources
from workbench.data.fundamentals import facts_of_frame, load_facts, store_facts
from workbench.data.upkeep import compact_lake, vacuum_lake, verify_lake
from workbench.store import DeltaLake

pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")


def statement(value, filed):
    """Net income of the year 2023, as a filing of some day states it."""
    row = {
        "symbol": "AAA",
        "item": "NetIncomeLoss",
        "period_start": "2023-01-01",
        "period_end": "2023-12-31",
        "value": value,
        "unit": "USD",
        "form": "10-K" if filed < "2024-06" else "10-K/A",
        "filed": filed,
    }
    return facts_of_frame(pd.DataFrame([row]))


def test_a_restatement_never_reaches_back(own_home):
    lake = DeltaLake(str(own_home / "lake"))
    context = Context(resources=Resources(lake=lake))
    recorded = datetime.fromisoformat("2024-12-01")
    store_facts(lake, "mine", statement(100.0, "2024-02-20"), recorded_at=recorded)
    store_facts(lake, "mine", statement(80.0, "2024-08-05"), recorded_at=recorded)

    def known(day):
        moment = datetime.fromisoformat(day)
        return load_facts(lake, ["AAA"], as_of=moment).sort_by("filed_at")["value"].to_pylist()

    def seen():
        return [known(day) for day in ("2024-02-22", "2024-08-05", "2024-08-07")]

    assert seen() == [[100.0], [100.0], [100.0, 80.0]]
    compact_lake(context=context)
    vacuum_lake(hours=0, dry_run=False, context=context)
    assert verify_lake(context=context).is_sound
    assert len(lake.files("fundamentals")) == 1
    assert seen() == [[100.0], [100.0], [100.0, 80.0]]
