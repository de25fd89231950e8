"""The manifests, rendered by kustomize: valid, shut in, watched over, and with true settings."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from digest.parts import Part
from digest.scheduler import LONGEST_FINISH_S
from tests.deploy.containers import SECRETS, is_command, settings_from
from tests.deploy.tools import tool
from tests.house.sources import ROOT

OVERLAYS = ("base", "overlays/example")
PARTS = {"web": Part.WEB, "scheduler": Part.SCHEDULER, "worker": Part.SENDER}
MOUNT = "/run/secrets/paper-digest"
VERSION = "1.32"


@cache
def rendered(folder: str) -> str:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        # Debian's is too old for it, so that no set-up can be asked to have one
        pytest.skip("no kubectl: the manifests are not rendered")
    ran = subprocess.run(
        [kubectl, "kustomize", str(ROOT / "deploy" / "kubernetes" / folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def objects(folder: str = "overlays/example", *kinds: str) -> list[dict[str, Any]]:
    every = [one for one in yaml.safe_load_all(rendered(folder)) if one]
    return [one for one in every if not kinds or one["kind"] in kinds]


def the(kind: str, name: str) -> dict[str, Any]:
    [found] = [one for one in objects("overlays/example", kind) if one["metadata"]["name"] == name]
    return found


def pod_of(item: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = item["spec"]["template"]["spec"]
    return found


def containers_of(item: dict[str, Any]) -> list[dict[str, Any]]:
    pod = pod_of(item)
    return [*pod.get("initContainers", ()), *pod["containers"]]


def words_of(container: dict[str, Any]) -> list[str]:
    return [str(word) for word in container["args"]]


@pytest.mark.parametrize("folder", OVERLAYS)
def test_kubernetes_would_take_every_object(folder: str, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(rendered(folder), "utf-8")
    words = [tool("kubernetes-validate"), "-k", VERSION, "--strict", str(file)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count(" passed ") >= len(objects(folder)), ran.stdout


def test_a_field_that_there_is_not_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    text = rendered("base").replace("replicas:", "replica:")
    assert text != rendered("base")
    file.write_text(text, "utf-8")
    words = [tool("kubernetes-validate"), "-k", VERSION, "--strict", str(file)]
    assert subprocess.run(words, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("folder", OVERLAYS)
def test_every_container_is_shut_in(folder: str) -> None:
    items = objects(folder, "StatefulSet", "Job")
    assert len(items) == len(PARTS) + 1
    for item in items:
        pod = pod_of(item)
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 1000
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for one in containers_of(item):
            assert one["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"cpu", "memory"} <= one["resources"]["requests"].keys()
            assert "memory" in one["resources"]["limits"]


def test_the_user_is_that_of_the_image() -> None:
    image = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    for item in objects("base", "StatefulSet", "Job"):
        context = pod_of(item)["securityContext"]
        assert f"\nUSER {context['runAsUser']}:{context['runAsGroup']}\n" in image


def test_the_namespace_asks_for_what_is_given() -> None:
    [namespace] = objects("base", "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {one["metadata"].get("namespace", "paper-digest") for one in objects("base")} == {
        "paper-digest"
    }


@pytest.mark.parametrize("name", list(PARTS))
def test_every_part_is_a_command_with_probes_of_that_part(name: str) -> None:
    [container] = pod_of(the("StatefulSet", name))["containers"]
    assert is_command(words_of(container))
    part = PARTS[name]
    assert part.value in container["args"] or container["args"][0] == "worker"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["timeoutSeconds"] >= 5
        if part is Part.WEB:
            assert "httpGet" in container[probe] or probe == "livenessProbe"
        else:
            command = container[probe]["exec"]["command"]
            assert command == ["digest", "healthcheck", "--only", part.value]
            assert is_command(command[1:])
    if part is Part.WEB:
        assert container["livenessProbe"]["tcpSocket"] == {"port": "http"}
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


@pytest.mark.parametrize("name", list(PARTS))
def test_every_part_keeps_its_data_and_is_given_time(name: str) -> None:
    item = the("StatefulSet", name)
    pod = pod_of(item)
    assert pod["terminationGracePeriodSeconds"] > LONGEST_FINISH_S + 8
    [claim] = item["spec"]["volumeClaimTemplates"]
    mounts = {m["name"]: m["mountPath"] for m in pod["containers"][0]["volumeMounts"]}
    assert mounts[claim["metadata"]["name"]] == "/data"
    assert item["spec"]["persistentVolumeClaimRetentionPolicy"]["whenScaled"] == "Retain"
    named = {volume["name"] for volume in pod["volumes"]} | {claim["metadata"]["name"]}
    assert set(mounts) == named
    assert item["spec"]["serviceName"] == the("Service", name)["metadata"]["name"]


@pytest.mark.parametrize("name", list(PARTS))
def test_a_node_that_is_drained_leaves_one_of_each_part(name: str) -> None:
    budget = the("PodDisruptionBudget", name)["spec"]
    item = the("StatefulSet", name)["spec"]
    labels = item["template"]["metadata"]["labels"]
    assert budget["selector"]["matchLabels"].items() <= labels.items()
    assert item["selector"]["matchLabels"].items() <= labels.items()
    assert 1 <= budget["minAvailable"] < item["replicas"]
    others = [
        one["spec"]["template"]["metadata"]["labels"]
        for one in objects("overlays/example", "StatefulSet")
        if one["metadata"]["name"] != name
    ]
    assert all(not budget["selector"]["matchLabels"].items() <= other.items() for other in others)


def test_the_pages_are_led_to_the_web_alone() -> None:
    ingress, service = the("Ingress", "web"), the("Service", "web")
    [rule] = ingress["spec"]["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend["name"] == "web"
    assert backend["port"]["name"] in [port["name"] for port in service["spec"]["ports"]]
    assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"]]
    web = the("StatefulSet", "web")["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= web.items()
    told = variables("overlays/example", pod_of(the("StatefulSet", "web"))["containers"][0])
    assert told["DIGEST_BASE_URL"] == f"https://{rule['host']}"


def test_the_database_is_upgraded_by_a_job_that_the_parts_wait_for() -> None:
    [job] = objects("overlays/example", "Job")
    [container] = containers_of(job)
    assert container["args"] == ["db", "upgrade"]
    assert is_command(container["args"])
    for name in PARTS:
        [waits] = pod_of(the("StatefulSet", name))["initContainers"]
        assert waits["command"][-1] == "until digest db current; do sleep 5; done"
        assert waits["image"] == container["image"] == "registry.example.org/paper-digest:0.1.0"
    assert is_command(["db", "current"])


def test_whoever_is_named_by_a_network_policy_is_there() -> None:
    [everybody] = [
        one
        for one in objects("overlays/example", "NetworkPolicy")
        if one["metadata"]["name"] == "all"
    ]
    assert everybody["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in everybody["spec"]
    for policy in objects("overlays/example", "NetworkPolicy"):
        selector = policy["spec"]["podSelector"]
        component = selector.get("matchLabels", {}).get("app.kubernetes.io/component")
        wanted = {component} if component else set()
        for expression in selector.get("matchExpressions", ()):
            wanted |= set(expression["values"])
        assert wanted <= PARTS.keys()


def variables(folder: str, container: dict[str, Any]) -> dict[str, str]:
    maps = {one["metadata"]["name"]: one["data"] for one in objects(folder, "ConfigMap")}
    told: dict[str, str] = {}
    for source in container["envFrom"]:
        told |= maps[source["configMapRef"]["name"]]
    return told | {pair["name"]: pair["value"] for pair in container["env"]}


@pytest.mark.parametrize("folder", OVERLAYS)
def test_every_container_is_told_true_settings(folder: str, tmp_path: Path) -> None:
    for item in objects(folder, "StatefulSet", "Job"):
        for container in containers_of(item):
            chosen = settings_from(variables(folder, container), MOUNT, tmp_path)
            assert chosen.database_url.startswith("postgresql")
            assert chosen.secret_key is not None
            assert chosen.relays[0].password is not None
            mounts = [m["mountPath"] for m in container["volumeMounts"]]
            assert MOUNT in mounts


def test_the_example_secret_has_what_is_mounted() -> None:
    [secret] = objects("overlays/example", "Secret")
    assert secret["stringData"].keys() == SECRETS.keys()
    for item in objects("overlays/example", "StatefulSet", "Job"):
        [volume] = [v for v in pod_of(item)["volumes"] if v["name"] == "secrets"]
        assert volume["secret"]["secretName"] == secret["metadata"]["name"]
