"""What every test stands on: a home of its own, and what a machine may or may not have.

A test that needs something says so by a fixture (`chromium`, `postgres_url`, `shared`) or a marker
(`network`, `gpu`). Where it is absent the test is skipped with the reason, or fails if
WORKBENCH_REQUIRE (a list such as "browser,shared,network,postgres") names it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# In CI the same examples every time: a rare one is found where somebody can look at it.
settings.register_profile("ci", derandomize=True, print_blob=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MARKER_OF_FIXTURE = {"chromium": "browser", "postgres_url": "postgres", "shared": "shared"}


def find_browser() -> str:
    """Return the path of a Chromium; empty where there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), "")


def find_shared() -> str:
    """Return the folder of shared test material; empty where there is none."""
    folder = Path(os.environ.get("WORKBENCH_SHARED") or ROOT.parent / "shared").resolve()
    return str(folder) if (folder / "fixtures").is_dir() else ""


def find_postgres() -> str:
    """Return the URL of a database that tests may fill; empty where none is named."""
    return os.environ.get("WORKBENCH_TEST_POSTGRES", "")


@cache
def find_network() -> str:
    """Return a word if pip reaches its package index; empty where it does not."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "--retries",
        "0",
        "--timeout",
        "10",
        "index",
        "versions",
    ]
    answer = subprocess.run([*command, "lazy-loader"], capture_output=True, check=False)
    return "" if answer.returncode else "reached"


@cache
def find_gpu() -> str:
    """Return a word if CuPy sees a CUDA device; empty where it does not."""
    try:
        import cupy
    except ImportError:
        return ""
    return "cuda" if cupy.cuda.is_available() else ""


NEEDS: dict[str, tuple[Callable[[], str], str]] = {
    "browser": (find_browser, f"none of {', '.join(BROWSERS)} is installed"),
    "gpu": (find_gpu, "there is no CUDA device"),
    "network": (find_network, "pip does not reach its package index"),
    "postgres": (find_postgres, "WORKBENCH_TEST_POSTGRES names no database"),
    "shared": (find_shared, "there is no shared material at WORKBENCH_SHARED or ../shared"),
}


def need(name: str) -> str:
    """Return what was found under a name of `NEEDS`; skip, or fail where it is required."""
    find, reason = NEEDS[name]
    found = find()
    if not found:
        required = os.environ.get("WORKBENCH_REQUIRE", "").split(",")
        (pytest.fail if name in required else pytest.skip)(f"needs {name}: {reason}")
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--backends", default="cpu", help="where the tests of kernels run: cpu, cuda or cpu,cuda"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        marks = {"cuda": [pytest.mark.gpu]}
        names = metafunc.config.getoption("--backends").split(",")
        metafunc.parametrize("backend", [pytest.param(n, marks=marks.get(n, [])) for n in names])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark a test by what its fixtures need, so that `-m "not browser"` finds them all."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKER_OF_FIXTURE:
                item.add_marker(MARKER_OF_FIXTURE[fixture])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in NEEDS:
        if item.get_closest_marker(name):
            need(name)


@pytest.fixture(scope="session", autouse=True)
def workbench_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The WORKBENCH_HOME of the run: nothing a test does reaches the user's own.

    It is shared, because the lake and the compiled kernels in it take seconds to make; a test
    that changes settings, strategies or the journal takes `own_home` instead.
    """
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("home")
        for name in [name for name in os.environ if name.startswith("WORKBENCH_")]:
            if name not in {"WORKBENCH_REQUIRE", "WORKBENCH_SHARED", "WORKBENCH_TEST_POSTGRES"}:
                patch.delenv(name)
        patch.setenv("WORKBENCH_HOME", str(folder))
        (folder / "jupyter").mkdir()
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, str(folder / "jupyter" / name.lower()))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        yield folder


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A WORKBENCH_HOME that only this test sees, empty."""
    folder = tmp_path / "own-home"
    folder.mkdir()
    monkeypatch.setenv("WORKBENCH_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded payloads and real data samples."""
    return Path(need("shared"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser's executable."""
    return need("browser")


@pytest.fixture(scope="session")
def chromium_flags() -> list[str]:
    """The flags that keep a headless Chromium on this machine, also as root."""
    return [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The URL of a PostgreSQL database that tests may fill and empty."""
    return need("postgres")


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> str:
    """The URL of the PostgreSQL database with nothing in it."""
    import sqlalchemy as sa

    engine = sa.create_engine(sa.make_url(postgres_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return postgres_url
