"""A file of facts, in whichever of the known shapes it is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.adding import read_file
from workbench.data.fundamentals.companyfacts import facts_of_companyfacts
from workbench.data.fundamentals.polygon_financials import facts_of_polygon
from workbench.data.fundamentals.tables import facts_of_frame
from workbench.errors import InvalidInput, NoData, UnusableFrame

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FactsFile", "content_of", "read_facts"]


@dataclass(frozen=True)
class FactsFile:
    """What a file of facts held.

    Parameters
    ----------
    source : str
        ``polygon``, ``sec`` or ``own``, by its shape.
    facts : pyarrow.Table
        In `FUNDAMENTAL_COLUMNS`.
    content : str
        The short hash of the file.
    """

    source: str
    facts: pa.Table
    content: str


def read_facts(path: str, symbol: str = "") -> FactsFile:
    """Read the body of a Polygon or SEC answer, or a table of facts.

    Parameters
    ----------
    path : str
        A .json file of ``/vX/reference/financials`` or of ``companyfacts``; or a CSV, Parquet or
        Feather file with a row for each fact.
    symbol : str
        The company, where the file does not name it.

    Returns
    -------
    FactsFile
        The facts, and what kind of file it was.

    Raises
    ------
    NoData
        If there is no such file.
    InvalidInput
        If the symbol is needed and not given.
    UnusableFrame, BadAnswer
        If the file has another shape.
    """
    file = Path(path).expanduser()
    if ".json" not in [suffix.lower() for suffix in file.suffixes]:
        return FactsFile("own", facts_of_frame(read_file(file), symbol), content_of(file))
    if not file.is_file():
        raise NoData("There is no such file", seen=path, cure="Give the path of a JSON file")
    body = _body(file)
    if isinstance(body, dict) and "facts" in body:
        return FactsFile("sec", facts_of_companyfacts(body, _needed(symbol)), content_of(file))
    reports = body.get("results", []) if isinstance(body, dict) else body
    if not isinstance(reports, list) or not reports or "financials" not in reports[0]:
        raise UnusableFrame(
            "The JSON file holds neither financial reports nor company facts",
            seen=file.name,
            cure="Give an answer of /vX/reference/financials or of api/xbrl/companyfacts",
        )
    symbol = symbol if reports[0].get("tickers") else _needed(symbol)
    return FactsFile("polygon", facts_of_polygon(reports, symbol), content_of(file))


def content_of(file: Path) -> str:
    """The short hash that marks the rows of a file in the lake."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _body(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes())
    except ValueError as error:
        raise UnusableFrame(
            f"The file is no JSON: {error}", seen=file.name, cure="Save the answer again, whole"
        ) from None


def _needed(symbol: str) -> str:
    if not symbol:
        raise InvalidInput(
            "The file does not name the company's symbol", seen=symbol, cure="Say symbol='AAPL'"
        )
    return symbol
