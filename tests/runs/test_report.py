"""The page of a run: whole, quiet about code, and without a network."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

_FIGURE = """from bokeh.io import output_notebook, show
from bokeh.plotting import figure
from bokeh.resources import INLINE
output_notebook(INLINE, hide_banner=True)
made = figure(height=200)
made.line([1, 2, 3], [1, 4, 9])
show(made)"""


class Loads(HTMLParser):
    """Every address that opening the page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        named = dict(attrs)
        keys = {"script": "src", "img": "src", "iframe": "src", "link": "href"}
        address = named.get(keys.get(tag, ""), "")
        if address and not address.startswith("data:"):
            self.found.append(address)


@pytest.fixture(scope="module")
def page(run_once) -> Path:
    return Path(run_once(_FIGURE, "{'answer': 42}").report)


def test_the_page_is_whole_and_below_ten_megabytes(page):
    text = page.read_text()
    parser = Loads()
    parser.feed(text)
    assert parser.found == []
    assert not re.search(r"@import|url\(\s*['\"]?https?:", text)
    assert len(text) < 10_000_000


def test_the_page_tells_what_was_run(page):
    text = page.read_text()
    assert "<h1>A tiny notebook</h1>" in text
    assert 'class="status completed"' in text
    assert "<dt>x</dt><dd>5</dd>" in text
    assert "bars 3, features 0" in text
    assert "{'answer': 42}" in text


def test_code_is_folded_away_and_there(page):
    text = page.read_text()
    assert text.count('<details class="code">') == 4
    assert '<details class="code" open' not in text
    assert "output_notebook" in text


def test_bokeh_stands_once_in_the_head(page):
    text = page.read_text()
    head, _, body = text.partition("</head>")
    assert head.count("BEGIN bokeh.min.js") == 1
    assert "BEGIN bokeh.min.js" not in body
