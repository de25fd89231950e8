"""The rules and the dashboard of deploy/prometheus speak of what is really exposed, and work."""

import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.sources import ROOT
from tests.needs import missing
from tests.web.scraping import scrape, watched_site

FOLDER = ROOT / "deploy" / "prometheus"
RULES = FOLDER / "paper-digest.rules.yml"
DASHBOARD = FOLDER / "grafana-dashboard.json"
TESTS = Path(__file__).parent / "rules.test.yml"
# names that Prometheus itself makes
OWN = {"up", "ALERTS"}
_STRING = re.compile(r'"[^"]*"')
_NAME = re.compile(r"\b[a-zA-Z_][a-zA-Z0-9_]*\b(?!\s*\()")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring)\s*\([^)]*\)")
_WORDS = {"and", "or", "unless", "by", "without", "le"}


def names_in(expression: str) -> set[str]:
    """Return the metric names of an expression."""
    bare = _STRING.sub("", expression)
    bare = _GROUPING.sub("", re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare))
    return {name for name in _NAME.findall(bare) if name not in _WORDS}


def labels_in(expression: str) -> dict[str, set[str]]:
    """Return the labels that an expression selects, by metric."""
    found: dict[str, set[str]] = {}
    for name, inner in re.findall(r"([a-zA-Z_]+)\{([^}]*)\}", expression):
        found.setdefault(name, set()).update(re.findall(r"(\w+)\s*[=!]", _STRING.sub("", inner)))
    return found


def alerts() -> list[dict[str, Any]]:
    """Return the alerts of the rules."""
    return [
        rule
        for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"]
        for rule in group["rules"]
    ]


def dashboard() -> dict[str, Any]:
    """Return the dashboard."""
    found: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    return found


def expressions() -> dict[str, str]:
    """Return every expression by the alert's or panel's name."""
    found = {alert["alert"]: alert["expr"] for alert in alerts()}
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            found[f"{panel['title']} {target['refId']}"] = target["expr"]
    return found


def promtool(*words: str | Path, told: str = "") -> subprocess.CompletedProcess[str]:
    found = shutil.which("promtool")
    if found is None:
        missing("no promtool: install prometheus")
    return subprocess.run([found, *words], input=told, capture_output=True, text=True, check=False)


def test_names_are_found_in_an_expression() -> None:
    told = 'sum by (le, a) (rate(m_bucket{a="x y"}[5m])) > 2 and on (b) n{c=~"d"} or vector(0)'
    assert names_in(told) == {"m_bucket", "n"}
    assert labels_in(told) == {"m_bucket": {"a"}, "n": {"c"}}


async def test_every_metric_and_label_asked_for_is_exposed(tmp_path: Path) -> None:
    async with watched_site(tmp_path) as client:
        exposed = await scrape(client)
    for where, expression in expressions().items():
        wanted = names_in(expression)
        assert wanted, where
        assert wanted - OWN <= exposed.keys(), where
        for name, labels in labels_in(expression).items():
            known = exposed.get(name, set()) | {"job", "alertname", "alertstate"}
            assert labels <= known, (where, name)


def test_promtool_takes_rules_and_scrape_example(tmp_path: Path) -> None:
    done = promtool("check", "rules", RULES)
    assert done.returncode == 0, done.stderr
    for file in (RULES, FOLDER / "scrape.yml"):
        shutil.copy(file, tmp_path)
    done = promtool("check", "config", tmp_path / "scrape.yml")
    assert done.returncode == 0, done.stderr


async def test_promtool_finds_no_fault_with_what_is_exposed(tmp_path: Path) -> None:
    async with watched_site(tmp_path) as client:
        told = await client.get("/metrics")
    done = await asyncio.to_thread(promtool, "check", "metrics", told=told.text)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_each_alert_fires_when_it_should_and_not_before() -> None:
    done = promtool("test", "rules", TESTS)
    assert done.returncode == 0, done.stdout + done.stderr
    told = TESTS.read_text("utf-8")
    assert [a["alert"] for a in alerts() if f"alertname: {a['alert']}}}" not in told] == []


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: str(alert["alert"]))
def test_every_alert_says_what_is_wrong_and_how_bad_that_is(alert: dict[str, Any]) -> None:
    assert set(alert["annotations"]) == {"summary", "description"}
    assert alert["labels"]["severity"] in ("critical", "warning")


def test_the_panels_lie_side_by_side_and_ask_the_chosen_source() -> None:
    board = dashboard()
    places: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        }
        assert not cells & places, panel["title"]
        assert all(0 <= x < 24 for x, _ in cells)
        places |= cells
        for target in panel.get("targets", ()):
            assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert [one["name"] for one in board["templating"]["list"]] == ["datasource"]
