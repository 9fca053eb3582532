"""A browser, and the servers that it opens: the workbench's pages and JupyterLab."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
SERVE = "from workbench.pages import serve; serve(port={port})"
TOKEN = "a-token-of-this-test"  # noqa: S105  of a server that lives as long as the test
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
PATIENCE_MS = 90_000
"""A cold start compiles kernels and fills the lake, on a machine that may be busy."""

OWN_STRATEGY = '''"""Hold everything, always."""
import xarray as xr
from workbench import strategy


@strategy("hold_all")
def hold_all(bars: xr.Dataset, *, share: float = 0.5) -> xr.DataArray:
    """Hold an equal part of a share of the account in each symbol."""
    return xr.full_like(bars["close"], share / bars.sizes["symbol"])
'''


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def running(command: list[str], url: str, log: Path) -> Iterator[None]:
    """Run a server until the block ends; fail with its log if it does not answer."""
    with log.open("wb") as sink:
        process = subprocess.Popen(command, cwd=ROOT, stdout=sink, stderr=sink)
    try:
        wait_for(url, process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=10).close()  # noqa: S310  our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"{url} does not answer:\n{log.read_text(errors='replace')[-3000:]}")


@contextmanager
def pages_server(log: Path) -> Iterator[str]:
    """Serve the pages; yield their address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running([sys.executable, "-c", SERVE.format(port=port)], url, log):
        yield url


@contextmanager
def lab_server(folder: Path, log: Path) -> Iterator[str]:
    """Serve JupyterLab on a folder; yield the address of its research notebook."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
        f"--ServerApp.port={port}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={folder}",
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with running(command, f"{base}/api", log):
        yield f"{base}/lab/tree/research.ipynb?token={TOKEN}"


def quick_notebook(folder: Path) -> Path:
    """Copy the research notebook into a folder, with a training of a moment."""
    text = (ROOT / "notebooks" / "research.ipynb").read_text(encoding="utf-8")
    quick = text.replace("train_seconds: float = 30.0", "train_seconds: float = 3.0")
    assert quick != text
    notebook = folder / "research.ipynb"
    notebook.write_text(quick, encoding="utf-8")
    return notebook


def run_all_cells(page: Any, notebook: Path) -> list[dict[str, Any]]:
    """Run the notebook that JupyterLab shows; return its outputs when all cells have run."""
    refuse = page.get_by_role("button", name="No", exact=True)  # news of Jupyter
    page.add_locator_handler(refuse, refuse.click)
    lost = page.get_by_role("button", name="Close", exact=True)  # a busy server was given up
    page.add_locator_handler(lost, lost.click)
    page.locator(IDLE).wait_for()
    for tick in range(200):
        if tick % 30 == 0 and not _has_run(notebook):  # a lost connection takes the request along
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.locator("[data-jp-item-name=save]").click()
        page.wait_for_timeout(2_000)
        cells = _code_cells(notebook)
        outputs = [output for cell in cells for output in cell["outputs"]]
        failed = any(output["output_type"] == "error" for output in outputs)
        if failed or all(cell["execution_count"] for cell in cells):
            return outputs
    return pytest.fail("JupyterLab has not run every cell")


def _code_cells(notebook: Path) -> list[dict[str, Any]]:
    return [c for c in json.loads(notebook.read_text())["cells"] if c["cell_type"] == "code"]


def _has_run(notebook: Path) -> bool:
    return any(cell["execution_count"] for cell in _code_cells(notebook))


@pytest.fixture(scope="module")
def pages_url(workbench_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages of the workbench, with a strategy of the user's own."""
    own = workbench_home / "strategies" / "hold_all.py"
    own.parent.mkdir(exist_ok=True)
    own.write_text(OWN_STRATEGY)
    with pages_server(tmp_path_factory.mktemp("pages") / "log") as url:
        yield url
    own.unlink()


@pytest.fixture
def lab(workbench_home: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address and the file of the research notebook."""
    folder = tmp_path / "lab"
    folder.mkdir()
    notebook = quick_notebook(folder)
    with lab_server(folder, tmp_path / "log") as url:
        yield url, notebook


@pytest.fixture
def run_all() -> Callable[[Any, Path], list[dict[str, Any]]]:
    """`run_all_cells`, for the tests."""
    return run_all_cells


@pytest.fixture(scope="module")  # Playwright's loop must not outlive it: other tests run their own
def browser(chromium: str, chromium_flags: list[str]) -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium, args=chromium_flags)
        yield launched
        launched.close()


@pytest.fixture
def page(browser, request: pytest.FixtureRequest) -> Iterator[object]:
    """A window; errors of its console fail the test, and its last sight is kept."""
    window = browser.new_page(viewport={"width": 1360, "height": 900})
    window.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    window.on("pageerror", lambda error: errors.append(str(error)))
    yield window
    window.screenshot(path=pictures_folder() / f"{request.node.name}.png")
    window.close()
    assert not errors, errors


def pictures_folder() -> Path:
    """Where the last sight of every test is kept; git ignores it."""
    folder = Path(os.environ.get("WORKBENCH_SCREENSHOTS") or ROOT / "build" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
