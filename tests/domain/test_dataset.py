from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain import DatasetName
from workbench.errors import InvalidInput

NAMES = st.from_regex(r"[a-z0-9][a-z0-9_.\-]{0,20}", fullmatch=True)
SYMBOLS = st.lists(st.from_regex(r"[A-Z0-9./=\-]{1,8}", fullmatch=True), max_size=5)


@given(NAMES, SYMBOLS)
def test_what_is_written_is_read_again(name, symbols):
    dataset = DatasetName(name, tuple(symbols))
    assert DatasetName.parse(str(dataset)) == dataset


def test_spaces_around_symbols_do_not_matter():
    assert DatasetName.parse(" sp500-20: AAPL , MSFT ").symbols == ("AAPL", "MSFT")


@pytest.mark.parametrize("text", ["", "SP 500", "sp500-20:", "../secret", "x" * 80, ":AAPL"])
def test_other_texts_are_refused(text):
    with pytest.raises(InvalidInput, match="dataset name"):
        DatasetName.parse(text)
