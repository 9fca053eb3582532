from __future__ import annotations

import pytest

from workbench.errors import ConfigurationError, UnknownName
from workbench.settings import home, load_settings, masked, shipped, shipped_folders, show_settings


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_environment_wins_over_the_file(own_home, monkeypatch):
    (own_home / "config.toml").write_text("seed = 4\nmcp_port = 9000\n")
    monkeypatch.setenv("WORKBENCH_SEED", "5")
    settings = load_settings()
    assert (settings.seed, settings.mcp_port, settings.app_port) == (5, 9000, 5006)
    sources = {row.name: row.source for row in show_settings()}
    assert sources["seed"] == "environment"
    assert sources["mcp_port"] == "config.toml"
    assert sources["app_port"] == "default"


def test_trading_is_paper_unless_a_person_says_live(monkeypatch):
    assert load_settings().trading == "paper"
    monkeypatch.setenv("WORKBENCH_TRADING", "LIVE!")
    with pytest.raises(ConfigurationError, match="WORKBENCH_TRADING"):
        load_settings()


def test_a_wrong_value_names_the_setting_and_the_cure(monkeypatch):
    monkeypatch.setenv("WORKBENCH_MCP_PORT", "70000")
    with pytest.raises(ConfigurationError, match=r"mcp_port.*70000.*WORKBENCH_MCP_PORT"):
        load_settings()


def test_a_file_that_is_no_toml_is_named(own_home):
    (own_home / "config.toml").write_text("seed = = 4")
    with pytest.raises(ConfigurationError, match=r"config\.toml"):
        load_settings()


def test_secrets_are_never_shown(monkeypatch):
    monkeypatch.setenv("WORKBENCH_MCP_TOKEN", "hunter2")
    monkeypatch.setenv("WORKBENCH_JOURNAL_URL", "postgresql://me:hunter2@db/journal")
    shown = repr(show_settings()) + repr(load_settings().mcp_token)
    assert "hunter2" not in shown
    assert "postgresql://me:********@db/journal" in shown
    assert load_settings().mcp_token.get_secret_value() == "hunter2"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///a.db", "sqlite:///a.db"),
        ("postgresql://u:p@h/d", "postgresql://u:********@h/d"),
        ("postgresql://u:p:with:colons@h/d", "postgresql://u:********@h/d"),
        (None, ""),
    ],
)
def test_a_password_in_a_url_is_masked(url, shown):
    assert masked(url) == shown


def test_a_secret_comes_from_the_keyring_when_there_is_one(monkeypatch):
    keyring = pytest.importorskip("keyring")
    monkeypatch.setattr(keyring, "get_password", lambda service, name: f"{service}-{name}")
    assert load_settings().mcp_token.get_secret_value() == "workbench-mcp_token"
    assert {row.name: row.source for row in show_settings()}["mcp_token"] == "keyring"  # noqa: S105


def test_a_machine_without_a_keyring_still_works(monkeypatch):
    keyring = pytest.importorskip("keyring")

    def fail(*_):
        raise keyring.errors.NoKeyringError

    monkeypatch.setattr(keyring, "get_password", fail)
    assert load_settings().mcp_token is None


def test_shipped_files_come_from_the_nearest_folder(own_home, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    assert shipped("datasets", "README.md").parent.name == "datasets"
    mine = own_home / "datasets"
    mine.mkdir()
    (mine / "README.md").write_text("mine")
    assert shipped("datasets", "README.md").read_text() == "mine"
    nearer = elsewhere / "datasets"
    nearer.mkdir()
    (nearer / "README.md").write_text("nearer")
    assert shipped("datasets", "README.md").read_text() == "nearer"
    assert shipped_folders("datasets")[:2] == [nearer, mine]


def test_an_unknown_file_or_kind_lists_what_there_is(own_home):
    (own_home / "notebooks").mkdir()
    (own_home / "notebooks" / "mine.ipynb").write_text("{}")
    with pytest.raises(UnknownName, match=r"mine\.ipynb"):
        shipped("notebooks", "your.ipynb")
    with pytest.raises(UnknownName, match="pipelines"):
        shipped("secrets", "x")


def test_home_is_absolute(monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", "~/elsewhere")
    assert home().is_absolute()
    monkeypatch.delenv("WORKBENCH_HOME")
    assert home().name == ".workbench"


@pytest.mark.parametrize("name", ["WORKBENCH_POLYGON_API_KEY", "POLYGON_API_KEY"])
def test_a_vendors_key_is_found_under_its_usual_name(name, monkeypatch):
    monkeypatch.setenv(name, "hunter2")
    assert load_settings().polygon_api_key.get_secret_value() == "hunter2"
    shown = {row.name: row for row in show_settings()}["polygon_api_key"]
    assert (shown.value, shown.source) == ("********", "environment")


def test_a_vendors_key_may_stand_in_the_file(own_home):
    (own_home / "config.toml").write_text('alpaca_secret_key = "hunter2"\n')
    assert load_settings().alpaca_secret_key.get_secret_value() == "hunter2"
    shown = {row.name: row for row in show_settings()}["alpaca_secret_key"]
    assert (shown.value, shown.source) == ("********", "config.toml")


def test_a_vendors_key_may_stand_in_the_keyring(monkeypatch):
    import keyring

    monkeypatch.setattr(keyring, "get_password", lambda service, name: f"{service}-{name}")
    assert load_settings().polygon_api_key.get_secret_value() == "workbench-polygon_api_key"
    assert load_settings(polygon_api_key="given").polygon_api_key.get_secret_value() == "given"


def test_a_wrong_secret_is_not_shown(own_home):
    (own_home / "config.toml").write_text("polygon_api_key = 4711\n")
    with pytest.raises(ConfigurationError, match="polygon_api_key") as caught:
        load_settings()
    assert "4711" not in str(caught.value)
