"""compose.yaml and the Caddyfile: valid, shut in, and with true settings."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from digest.scheduler import LONGEST_FINISH_S
from tests.deploy.containers import is_command, settings_from, variables_of
from tests.deploy.tools import tool
from tests.house.sources import ROOT

DEPLOY = ROOT / "deploy"
OURS = ("digest", "migrate", "web", "scheduler", "worker")
EXAMPLE = DEPLOY / "digest.env.example"


def services() -> dict[str, dict[str, Any]]:
    loaded = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    found: dict[str, dict[str, Any]] = loaded["services"]
    return found


def config_of(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Return what docker-compose makes of the file, as it lies beside its example settings."""
    told = shutil.copytree(DEPLOY, folder / "deploy", dirs_exist_ok=True)
    shutil.copy(EXAMPLE, told / "digest.env")
    file = told / "compose.yaml"
    # docker-compose 1, which older systems have, knows no name
    file.write_text(file.read_text("utf-8").replace("name: paper-digest\n", ""), "utf-8")
    return subprocess.run(
        [tool("docker-compose"), *words, "config"],
        cwd=told,
        capture_output=True,
        text=True,
        check=False,
    )


def test_compose_understands_the_file_with_and_without_postgresql(tmp_path: Path) -> None:
    for words in ((), ("--profile", "postgres")):
        ran = config_of(tmp_path, *words)
        assert ran.returncode == 0, ran.stderr
    loaded = yaml.safe_load(ran.stdout)
    assert loaded["services"].keys() == services().keys()


def test_one_service_runs_where_nothing_is_chosen() -> None:
    assert [name for name, one in services().items() if "profiles" not in one] == ["digest"]
    assert {tuple(one.get("profiles", ["postgres"])) for one in services().values()} == {
        ("postgres",)
    }


@pytest.mark.parametrize("name", OURS)
def test_every_service_of_ours_is_shut_in(name: str) -> None:
    one = services()[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert [mount.partition(":")[0] for mount in one["tmpfs"]] == ["/tmp"]
    assert [volume.rpartition(":")[2] for volume in one["volumes"]] == ["/data"]
    assert int(one["stop_grace_period"].removesuffix("s")) > LONGEST_FINISH_S + 8
    assert is_command(one.get("command", ["run"]))


def test_only_the_proxy_is_reached_from_elsewhere() -> None:
    published = {name: one["ports"] for name, one in services().items() if "ports" in one}
    assert published.keys() == {"digest", "caddy"}
    assert published["digest"] == ["127.0.0.1:8000:8000"]


@pytest.mark.parametrize("name", OURS)
def test_every_service_is_told_true_settings(name: str, tmp_path: Path) -> None:
    one = services()[name]
    told = variables_of(EXAMPLE) | one["environment"]
    chosen = settings_from(told, "/run/secrets", tmp_path)
    assert chosen.database_url.startswith("sqlite" if name == "digest" else "postgresql")
    assert chosen.secret_key is not None
    for variable, value in one["environment"].items():
        if variable.endswith("_FILE"):
            assert Path(value).name in one["secrets"]
    network = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["networks"]["inside"]
    assert str(chosen.http.trusted_proxies[0]) == network["ipam"]["config"][0]["subnet"]


def test_each_part_is_asked_whether_it_lives() -> None:
    asked = {
        name: one["healthcheck"]["test"][-1]
        for name, one in services().items()
        if name in {"web", "scheduler", "worker"}
    }
    assert asked == {"web": "web", "scheduler": "scheduler", "worker": "sender"}
    for name in asked:
        test = services()[name]["healthcheck"]["test"]
        assert test[0] == "CMD"
        assert is_command(test[2:])


def test_the_parts_wait_for_the_upgrade() -> None:
    for name in ("web", "scheduler", "worker"):
        waits = services()[name]["depends_on"]["migrate"]
        assert waits == {"condition": "service_completed_successfully"}
    assert services()["migrate"]["command"] == ["db", "upgrade"]


def caddy(*words: str) -> "subprocess.CompletedProcess[str]":
    example = variables_of(EXAMPLE)
    env = os.environ | {"SITE": example["SITE"], "ACME_EMAIL": example["ACME_EMAIL"]}
    return subprocess.run(
        [tool("caddy"), *words], env=env, capture_output=True, text=True, check=False
    )


def test_caddy_takes_its_file_and_leads_to_the_web() -> None:
    file = str(DEPLOY / "Caddyfile")
    done = caddy("validate", "--adapter", "caddyfile", "--config", file)
    assert done.returncode == 0, done.stderr
    adapted = caddy("adapt", "--adapter", "caddyfile", "--config", file).stdout
    assert '"dial":"web:8000"' in adapted
    assert variables_of(EXAMPLE)["SITE"] in adapted


def test_the_example_is_of_one_mind_about_the_host() -> None:
    told = variables_of(EXAMPLE)
    assert told["DIGEST_BASE_URL"] == f"https://{told['SITE']}"
