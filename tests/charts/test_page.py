"""The page holds everything it shows, escapes what it is given, and asks no network."""

import re

import numpy as np
import pandas as pd
import pytest
from bokeh.document import Document

from workbench import charts
from workbench.errors import StoreError, UnusableFrame

EQUITY = pd.DataFrame({"strategy": [1.0, 1.1]}, index=pd.date_range("2024-01-01", periods=2))


def test_the_page_stands_alone(tmp_path):
    path = charts.save_html(
        charts.equity_curve(EQUITY), tmp_path / "new" / "page.html", "Momentum", subtitle="2024"
    )
    html = path.read_text(encoding="utf-8")
    assert "<h1>Momentum</h1>" in html
    assert "Bokeh" in html
    markup = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//""", markup)
    assert "<link" not in markup
    assert not re.search(r"<script[^>]+src=", html)


def test_sections_hold_words_tables_cards_and_figures():
    html = charts.report_html(
        "Run",
        sections=[
            ("Words", "first\n\nsecond <b>"),
            ("Table", EQUITY.rename_axis("time")),
            ("Cards", {"Sharpe": 1.25, "Trades": 1234, "Survivors only": True}),
            ("Both", ["text", charts.drawdown(EQUITY)]),
        ],
        cards={"Skill": np.nan, "Start": pd.Timestamp("2024-01-01")},
        notes=["Survivors only"],
    )
    for part in ("second &lt;b&gt;", "2024-01-02", "1.1000", "1,234", "yes", "<dd>–</dd>"):
        assert part in html
    assert html.count("<section>") == 4
    assert "<aside>Survivors only</aside>" in html


def test_a_page_without_a_figure_carries_no_script():
    assert "<script" not in charts.report_html("Words only", sections=[("", "hello")])


def test_a_figure_that_is_shown_elsewhere_can_be_saved_too():
    figure = charts.equity_curve(EQUITY)
    shown = Document()
    shown.add_root(figure)
    assert "<h1>again</h1>" in charts.report_html("again", sections=[("", figure)])
    assert figure.document is shown


def test_what_is_unknown_and_what_cannot_be_written_say_so(tmp_path):
    with pytest.raises(UnusableFrame, match="cannot be shown"):
        charts.report_html("x", sections=[("", object())])
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="could not be written"):
        charts.save_html([], tmp_path / "file" / "page.html")
