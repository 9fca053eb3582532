"""SQL over the lake answers what is there, and an agent's query can do nothing else."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from workbench.context import Context, Resources
from workbench.data.knowledge import latest, upsert
from workbench.data.sql import connect, query_data
from workbench.data.ticks.kinds import KINDS
from workbench.errors import Cancelled, InvalidInput
from workbench.store import MemoryLake
from workbench.store.lake import DeltaLake

ENDLESS = """
    SELECT count(*) FROM range(10_000_000) a, range(10_000_000) b
    WHERE (a.range ^ 2) % 7 = b.range % 3
"""
NOW = datetime(2024, 6, 1, tzinfo=UTC)
LATER = datetime.fromisoformat("2024-07-01")


def rows(closes, symbol="A"):
    times = np.datetime64("2024-01-02", "us") + np.arange(len(closes)) * np.timedelta64(1, "D")
    columns = {
        "symbol": pa.array([symbol] * len(closes)),
        "time": pa.array(times),
    }
    return pa.table({**columns, "close": pa.array(closes, pa.float64())})


def write(lake, table, closes, at, dataset="mine", symbol="A"):
    upsert(lake, table, dataset, rows(closes, symbol), keys=("symbol", "time"), recorded_at=at)


LAKES = {
    "files": lambda folder: DeltaLake(str(folder)),
    "object store": lambda folder: DeltaLake(f"file://{folder}"),
    "a folder with a quote": lambda folder: DeltaLake(f"{folder}/it's"),
    "memory": lambda _: MemoryLake(),
}


def filled(lake):
    now = NOW.replace(tzinfo=None)
    write(lake, "bars_1d", [10.0, 11.0, 12.0], now)
    write(lake, "bars_1d", [10.0, 11.5], LATER)
    write(lake, "bars_1M", [7.0], now)
    write(lake, "bars_1m", [8.0], now)
    return Context(resources=Resources(lake=lake), clock=lambda: NOW)


@pytest.fixture
def context():
    return filled(MemoryLake())


@pytest.mark.parametrize("kind", LAKES)
def test_a_view_has_the_newest_value_and_another_every_revision(kind, tmp_path):
    context = filled(LAKES[kind](tmp_path))
    newest = query_data("SELECT time, close FROM bars_1d ORDER BY time", context=context)
    assert [row["close"] for row in newest.records] == [10.0, 11.5, 12.0]
    assert newest.records[0]["time"] == "2024-01-02T00:00:00"
    every = query_data(
        "SELECT close, known_at FROM bars_1d_all ORDER BY time, known_at NULLS FIRST",
        context=context,
    )
    assert [(row["close"], row["known_at"]) for row in every.records] == [
        (10.0, None), (11.0, None), (11.5, "2024-07-01T00:00:00"), (12.0, None),
    ]  # fmt: skip


def test_the_view_agrees_with_the_knowledge_of_the_lake(tmp_path):
    lake, rng = DeltaLake(str(tmp_path)), np.random.default_rng(5)
    for month in range(1, 6):
        for dataset in ("one", "two"):
            closes = rng.integers(1, 4, 10).astype(float)
            write(
                lake,
                "bars_1d",
                closes,
                LATER + timedelta(days=30 * month),
                dataset,
                "AB"[month % 2],
            )
    lake.append("bars_1d", lake.read("bars_1d").slice(0, 4))  # by two writers at once
    held = lake.read("bars_1d")
    expected = latest(held, ("dataset", "symbol", "time")).select(
        ["dataset", "symbol", "time", "close"]
    )
    found = connect(Context(resources=Resources(lake=lake))).sql(
        "SELECT dataset, symbol, time, close FROM bars_1d ORDER BY ALL"
    )
    assert found.to_arrow_table().equals(
        expected.sort_by([(n, "ascending") for n in expected.column_names[:3]])
    )


@pytest.mark.parametrize("kind", LAKES)
def test_the_tables_are_those_of_the_lake_and_their_revisions(kind, tmp_path):
    names = query_data("SHOW TABLES", context=filled(LAKES[kind](tmp_path))).to_frame()["name"]
    lengths = ("1d", "1m", "1mo")
    assert set(names) == {f"bars_{one}{also}" for one in lengths for also in ("", "_all")}
    shown = query_data("DESCRIBE bars_1d", context=filled(LAKES[kind](tmp_path / "other")))
    assert {row["column_name"] for row in shown.records} == {
        "dataset", "symbol", "time", "close", "content", "known_at", "recorded_at",
    }  # fmt: skip


def test_months_and_minutes_are_told_apart_where_case_is_not(context):
    both = "SELECT (SELECT close FROM bars_1mo) AS month, (SELECT close FROM bars_1m) AS minute"
    assert query_data(both, context=context).records == [{"month": 7.0, "minute": 8.0}]


def test_a_table_that_is_older_than_the_columns_of_the_lake_is_read(tmp_path):
    lake = DeltaLake(str(tmp_path))
    embedded = rows([1.0]).append_column("dataset", pa.array(["old"]))
    lake.append("bars_1d", embedded.append_column("content", pa.array(["hash"])))
    context = Context(resources=Resources(lake=lake))
    answer = query_data("SELECT close, known_at, recorded_at FROM bars_1d", context=context)
    assert answer.records == [{"close": 1.0, "known_at": None, "recorded_at": None}]
    write(lake, "bars_1d", [2.0], LATER)
    assert query_data("SELECT sum(close) AS s FROM bars_1d", context=context).records == [
        {"s": 3.0}
    ]


def test_a_corrected_trade_is_one_trade(tmp_path):
    lake, keys = DeltaLake(str(tmp_path)), KINDS["trades"].keys
    row = {"symbol": "A", "time": LATER, "nanosecond": 7, "sequence": 1, "price": 10.0}
    for price in (10.0, 10.5):
        tick = pa.Table.from_pylist([{**row, "price": price}], schema=KINDS["trades"].schema)
        upsert(lake, "trades", "mine", tick, keys=keys, recorded_at=LATER)
    context = Context(resources=Resources(lake=lake))
    assert query_data("SELECT price FROM trades", context=context).records == [{"price": 10.5}]
    assert query_data("FROM trades_all", context=context).rows == 2


def test_one_row_more_than_the_limit_is_told(context):
    four = query_data("FROM range(5)", limit=4, context=context)
    assert (four.rows, four.has_more) == (4, True)
    assert query_data("FROM range(5)", limit=5, context=context).has_more is False


def test_values_are_those_of_json_on_the_wire(context):
    answer = query_data(
        "SELECT 'nan'::DOUBLE AS nan, sum(i) AS whole, 1.5::DECIMAL(9, 2) AS cents, "
        " DATE '2024-01-02' AS day, INTERVAL 1 DAY AS span, [1, NULL] AS list,"
        " {'a': TIME '09:30'} AS struct, 'x'::BLOB AS blob,"
        " 2::HUGEINT ** 100 AS large, 1 AS twice, 2 AS twice FROM range(4) t(i)",
        context=context,
    )
    assert json.loads(answer.model_dump_json())["records"] == [
        {
            "nan": None, "whole": 6, "cents": 1.5, "day": "2024-01-02", "span": "P0M1DT0S",
            "list": [1, None], "struct": {"a": "09:30:00"}, "blob": "78", "large": 2.0**100,
            "twice": 1, "twice_1": 2,
        }
    ]  # fmt: skip
    assert answer.columns["whole"] == "HUGEINT"
    (row,) = query_data("SELECT max(9e18::HUGEINT * 9) AS large", context=context).records
    assert row == {"large": 81e18}
    assert answer.to_frame()["whole"].tolist() == [6]


@pytest.mark.parametrize(
    "sql",
    [
        "SHOW TABLES",
        "DESCRIBE bars_1d",
        "SUMMARIZE bars_1d",
        "VALUES (1)",
        "FROM bars_1d",
        "WITH x AS (SELECT 1 AS a) SELECT * FROM x UNION ALL SELECT 2 ORDER BY a -- a comment",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) FROM r;",
        "PIVOT bars_1d ON symbol IN ('A') USING first(close) GROUP BY time",
        "SELECT unnest(list(close)) FROM bars_1d",
    ],
)
def test_a_query_is_answered(context, sql):
    assert query_data(sql, context=context).rows > 0


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM '/etc/passwd.csv'",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT (SELECT content FROM read_text('/etc/passwd'))",
        "SELECT 1 WHERE EXISTS (FROM read_text('/etc/passwd'))",
        "WITH x AS (FROM read_text('/etc/passwd')) FROM x",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('bars_1d')",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "SELECT * FROM python_arrow_scan(1, 2, 3)",
        "SELECT * FROM arrow_scan(1, 2, 3)",
        "SELECT * FROM enable_logging(storage := 'file', storage_path := '{folder}/log')",
        "SELECT * FROM enable_profiling(save_location := '{folder}/profile')",
        "COPY bars_1d TO '{folder}/stolen.csv'",
        "COPY (SELECT 1) TO '{folder}/stolen.csv'",
        "EXPORT DATABASE '{folder}/stolen'",
        "ATTACH '{folder}/other.db'",
        "ATTACH ':memory:' AS other",
        "USE memory",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "PRAGMA enable_profiling",
        "SET memory_limit = '100GB'",
        "RESET lock_configuration",
        "CALL pragma_version()",
        "CREATE TABLE mine (a INT)",
        "CREATE SECRET mine (TYPE s3)",
        "CREATE MACRO f(a) AS a",
        "INSERT INTO bars_1d VALUES (1)",
        "WITH x AS (INSERT INTO bars_1d VALUES (1) RETURNING *) SELECT * FROM x",
        "WITH x AS (DELETE FROM bars_1d RETURNING *) SELECT * FROM x",
        "UPDATE bars_1d SET close = 0",
        "DELETE FROM bars_1d",
        "DROP VIEW bars_1d",
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY (SELECT 1) TO '{folder}/stolen.csv'",
        "EXPLAIN ANALYZE SELECT 1",
        "PREPARE p AS SELECT 1",
        "BEGIN",
        "CHECKPOINT",
        "",
        "-- nothing",
        "FETCH 1",
        "SELECT * FROM secret",
        "SELECT * FROM bars_1d WHERE no_column = 1",
        "SELECT '" + "x" * 10 + "'::POINTER",
        "SELECT " + "(" * 3_000 + "1" + ")" * 3_000,
        "SELECT " + "-".join(["1"] * 600),
        "SELECT " + "-".join(["1"] * 5_000),
    ],
)  # fmt: skip
def test_nothing_but_a_query_of_the_lake_is_answered(tmp_path, sql):
    secret = pa.table({"key": [1]})  # noqa: F841  DuckDB would find it by its name
    lake = DeltaLake(str(tmp_path / "lake"))
    write(lake, "bars_1d", [10.0], LATER)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InvalidInput) as caught:
        query_data(sql.format(folder=tmp_path), context=Context(resources=Resources(lake=lake)))
    assert "root:" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_files_of_the_lake_cannot_be_written_over(tmp_path):
    lake = DeltaLake(str(tmp_path))
    write(lake, "bars_1d", [10.0], LATER)
    file = Path(lake.files("bars_1d")[0])
    held = file.read_bytes()
    for sql in (
        f"COPY (SELECT 1) TO '{file}'",
        f"FROM enable_logging(storage := 'file', storage_path := '{file}')",
        f"FROM enable_profiling(save_location := '{file}')",
    ):
        with pytest.raises(InvalidInput):
            query_data(sql, context=Context(resources=Resources(lake=lake)))
    assert file.read_bytes() == held


def test_a_refusal_has_the_words_of_duckdb_and_the_tables(context):
    with pytest.raises(
        InvalidInput, match=r"Table with name bars_2d does not exist.*bars_1d, bars_1m"
    ):
        query_data("SELECT * FROM bars_2d", context=context)
    with pytest.raises(InvalidInput, match=r"(?i)syntax error at or near"):
        query_data("SELECT FROM FROM", context=context)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT repeat('x', 2_000)", "too large to be sent"),
        ("SELECT list(range) FROM range(20_000_000)", "more than 100MB of memory"),
    ],
)
def test_a_query_has_its_size(sql, said, monkeypatch):
    monkeypatch.setattr("workbench.data.sql.duckdb.MEMORY", "100MB")
    monkeypatch.setattr("workbench.data.sql.duckdb.MOST_BYTES", 1_000)
    context = Context(resources=Resources(lake=MemoryLake()))
    with pytest.raises(InvalidInput, match=said):
        query_data(sql, context=context)


def test_a_query_has_its_time():
    context = Context(resources=Resources(lake=MemoryLake()))
    with pytest.raises(InvalidInput, match="longer than 1 seconds"):
        query_data(ENDLESS, timeout_seconds=1, context=context)


def test_a_query_ends_when_the_caller_stops_it():
    context = Context(resources=Resources(lake=MemoryLake()))
    threading.Timer(0.3, context.stop.set).start()
    with pytest.raises(Cancelled):
        query_data(ENDLESS, context=context)


def test_an_empty_lake_says_so():
    context = Context(resources=Resources(lake=MemoryLake()))
    with pytest.raises(InvalidInput, match="none yet"):
        query_data("FROM bars_1d", context=context)


def test_a_table_without_rows_is_a_view_all_the_same(tmp_path):
    lake = DeltaLake(str(tmp_path))
    write(lake, "bars_1d", [10.0], LATER)
    lake.replace("bars_1d", lake.read("bars_1d").slice(0, 0), where={})
    context = Context(resources=Resources(lake=lake))
    assert query_data("SELECT count(*) AS n FROM bars_1d", context=context).records == [{"n": 0}]


def test_the_connection_of_a_notebook_can_do_what_duckdb_can(context, tmp_path):
    connection = connect(context)
    assert isinstance(connection, duckdb.DuckDBPyConnection)
    mine = pa.table({"symbol": ["A"], "name": ["Alpha"]})  # noqa: F841  found by its name
    joined = connection.sql(
        "SELECT name, max(close) FROM bars_1d JOIN mine USING (symbol) GROUP BY 1"
    )
    assert joined.fetchall() == [("Alpha", 12.0)]
