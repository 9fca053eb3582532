"""Take the pictures of the README again: ``python tests/browser/pictures.py [name ...]``."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from conftest import (
    PATIENCE_MS,
    ROOT,
    lab_server,
    pages_server,
    quick_notebook,
    run_all_cells,
)
from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = ROOT / "dashboards" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def keep(page: Any, name: str) -> None:
    """Write what a window shows with a palette of 256 colours, a third of the bytes."""
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
        path, optimize=True
    )


def research(page: Any, folder: Path) -> None:
    with pages_server(folder / "pages.log") as url:
        page.goto(f"{url}/research")
        page.get_by_text("Skill against repeat-last").wait_for()
        page.wait_for_timeout(3_000)  # until every figure is drawn
        keep(page, "research")
        page.goto(f"{url}/catalogue?operation=run_backtest")
        page.get_by_role("button", name="Run", exact=True).wait_for()
        page.wait_for_timeout(1_000)
        keep(page, "operation")


def backtest(page: Any, folder: Path) -> None:
    with pages_server(folder / "pages.log") as url:
        page.goto(f"{url}/backtest")
        page.get_by_text("The deepest falls").wait_for()
        page.wait_for_timeout(3_000)  # until every figure is drawn
        keep(page, "backtest")


def data(page: Any, folder: Path) -> None:
    """Prices as traded: splits that nobody has recorded."""
    with pages_server(folder / "pages.log") as url:
        page.goto(f"{url}/data")
        page.get_by_role("gridcell", name="us-tech-5").click()
        page.get_by_text("nothing speaks against any").wait_for()
        page.get_by_label("Adjusted", exact=True).click()
        page.locator("[role=listbox]").get_by_text("not: as traded").click()
        page.get_by_role("button", name="Check", exact=True).click()
        page.get_by_role("gridcell", name="2005-02-28").first.click()
        page.mouse.move(0, 0)  # no tooltip and no row under the pointer
        page.wait_for_timeout(3_000)
        keep(page, "data")


def models(page: Any, folder: Path) -> None:
    """A network that has learned a series which is repeat-last, or nearly so."""
    with pages_server(folder / "pages.log") as url:
        page.goto(f"{url}/models")
        page.get_by_text("None is trained yet").wait_for()
        for kind in ("NLinear", "GRU", "NHITS"):
            page.get_by_label("Kind", exact=True).click()
            page.locator("[role=listbox]").get_by_text(kind, exact=True).click()
            page.get_by_role("button", name="Train", exact=True).click()
            page.get_by_role("gridcell", name=kind, exact=True).wait_for()
        page.mouse.move(0, 0)
        page.wait_for_timeout(3_000)  # until every figure is drawn
        keep(page, "models")


def notebook(page: Any, folder: Path) -> None:
    copied = quick_notebook(folder)
    with lab_server(folder, folder.with_suffix(".log")) as url:
        page.goto(url)
        run_all_cells(page, copied)
        page.get_by_role("heading", name="3 · The backtest").scroll_into_view_if_needed()
        page.locator(".bk-Figure").nth(1).wait_for()
        page.locator(".bk-Figure").nth(1).scroll_into_view_if_needed()
        page.wait_for_timeout(3_000)
        keep(page, "notebook")


TAKES = ((research, 1300), (backtest, 1500), (data, 1740), (models, 1400), (notebook, 900))
"""What is taken, and how high its window is."""


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as driver:
        for name in ("WORKBENCH_HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
            os.environ[name] = f"{made}/{name.lower()}"
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for take, height in TAKES:
            if sys.argv[1:] and take.__name__ not in sys.argv[1:]:
                continue
            page = browser.new_page(viewport={"width": 1360, "height": height})
            page.set_default_timeout(PATIENCE_MS)
            folder = Path(made) / take.__name__
            folder.mkdir()
            take(page, folder)
        browser.close()


if __name__ == "__main__":
    main()
