"""What was asked, through a whole server: kept over its end, and not at all where that is turned off."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from trivet.testing.server import running_server


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)


def test_it_is_there_after_a_restart_and_says_how_to_ask_again(tmp_path: Path):
    with running_server(tmp_path / "data") as server:
        get(f"{server.url}/api/logs?filter=severity:error&start=now-2h")
        get(f"{server.url}/api/logs?filter=severity:error&start=now-2h")
        assert get(f"{server.url}/api/status")["asked"] == {"recorded": 1, "dropped": 0}
    with running_server(tmp_path / "data") as server:
        [row] = get(f"{server.url}/api/asked")["asked"]
        assert (row["call"], row["text"], row["times"], row["who"]) == ("logs", "severity:error", 2, "loopback")
        assert row["link"].startswith("/logs?filter=severity%3Aerror&range=")


def test_it_is_turned_off_by_a_setting(tmp_path: Path):
    with running_server(tmp_path / "data", keep_asked=False) as server:
        get(f"{server.url}/api/logs")
        assert get(f"{server.url}/api/status")["asked"] == {"recorded": 0, "dropped": 0}
        assert get(f"{server.url}/api/asked")["asked"] == []
