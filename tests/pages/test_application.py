"""One process answers for the dashboards, the catalogue and MCP, to its own name only."""

import socket

import pytest

pytest.importorskip("panel_material_ui")

from starlette.testclient import TestClient

from workbench.errors import ConfigurationError
from workbench.pages import application, dashboards, serve

EVERYWHERE = "::"


@pytest.fixture
def client(own_home):
    folder = own_home / "dashboards"
    folder.mkdir()
    (folder / "mine.py").write_text(
        '"""My own board."""\nimport panel as pn\npn.Row().servable()\n'
    )
    (folder / "_draft.py").write_text("")
    with TestClient(application(), base_url="http://127.0.0.1:5006") as made:
        yield made


def test_every_page_answers(client):
    for path in ("/", "/catalogue", "/data", "/research", "/mine"):
        assert client.get(path).status_code == 200, path


def test_the_scripts_of_the_pages_are_served_from_here(client):
    assert client.get("/static/js/bokeh.min.js").status_code == 200
    bundle = "/static/extensions/panel-material-ui/panel-material-ui.bundle.js"
    assert client.get(bundle).status_code == 200


def test_a_dashboard_of_the_users_own_is_listed_with_its_first_line(client):
    found = {item.name: item.summary for item in dashboards()}
    assert found["mine"] == "My own board."
    assert "research" in found
    assert "_draft" not in found


def test_mcp_answers_beside_the_pages(client):
    asked = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    headers = {"Accept": "application/json, text/event-stream"}
    answer = client.post("/mcp", json=asked, headers=headers)
    assert answer.status_code == 200
    assert "serverInfo" in answer.text


def test_another_host_name_is_refused(client):
    assert client.get("/", headers={"Host": "elsewhere.example"}).status_code == 400


def test_a_taken_port_says_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigurationError, match="cannot be listened on"):
            serve(port=taken.getsockname()[1])


def test_other_machines_need_a_token(own_home, monkeypatch):
    with pytest.raises(ConfigurationError, match="WORKBENCH_MCP_TOKEN"):
        application(EVERYWHERE)
    monkeypatch.setenv("WORKBENCH_MCP_TOKEN", "a-secret")
    monkeypatch.setenv("WORKBENCH_HOME", str(own_home / "other"))
    with TestClient(application(EVERYWHERE), base_url="http://elsewhere") as client:
        assert client.post("/mcp", json={}).status_code == 401
