import os
import subprocess
import sys
from pathlib import Path

import pytest

from trivet.sdk import resource
from trivet.sdk.resource import Resource, detect, process

CONTAINER = "0123456789abcdef" * 4
POD = "8a1f1e4c-6a3b-4d5e-9f00-112233445566"


def found(tmp_path: Path, environ: dict[str, str] | None = None, **files: str) -> dict:
    for name, text in files.items():
        file = tmp_path / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return dict(detect("s", environ or {}, tmp_path).attributes)


def test_a_process_on_a_host(tmp_path):
    attributes = found(tmp_path, {}, **{"etc__machine-id": "abc\n"})
    assert attributes["service.name"] == "s" and attributes["telemetry.sdk.language"] == "python"
    assert attributes["process.pid"] == os.getpid() and attributes["host.id"] == "abc"
    assert attributes["host.name"] == os.uname().nodename
    assert "container.id" not in attributes and "k8s.pod.name" not in attributes


def test_each_process_is_an_instance_of_its_own():
    assert process()["service.instance.id"] != process()["service.instance.id"]
    assert process({"service.instance.id": "fixed"})["service.instance.id"] == "fixed"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("proc__self__cgroup", f"12:cpu:/docker/{CONTAINER}\n"),
        ("proc__self__cgroup", f"0::/system.slice/docker-{CONTAINER}.scope\n"),
        ("proc__self__cgroup", f"1:name=systemd:/kubepods/besteffort/pod{POD}/{CONTAINER}\n"),
        ("proc__self__mountinfo", f"1 2 0:1 /var/lib/docker/containers/{CONTAINER}/hostname /etc/hostname rw - ext4\n"),
    ],
)
def test_a_container_is_named_by_its_cgroup_or_its_mounts(tmp_path, file, text):
    assert found(tmp_path, **{file: text})["container.id"] == CONTAINER


def test_kubernetes(tmp_path):
    environ = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "HOSTNAME": "web-7d4", "NODE_NAME": "node-1"}
    files = {
        "var__run__secrets__kubernetes.io__serviceaccount__namespace": "shop",
        "proc__self__mountinfo": f"1 2 0:1 /var/lib/kubelet/pods/pod{POD.replace('-', '_')}/etc-hosts /etc/hosts\n",
    }
    attributes = found(tmp_path, environ, **files)
    assert {name: value for name, value in attributes.items() if name.startswith("k8s.")} == {
        "k8s.pod.name": "web-7d4",
        "k8s.namespace.name": "shop",
        "k8s.node.name": "node-1",
        "k8s.pod.uid": POD,
    }


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {"K_SERVICE": "web", "K_REVISION": "web-00007", "K_CONFIGURATION": "web"},
            {"cloud.platform": "gcp_cloud_run", "faas.name": "web", "faas.version": "web-00007"},
        ),
        (
            {"CLOUD_RUN_JOB": "migrate", "CLOUD_RUN_EXECUTION": "migrate-x", "CLOUD_RUN_TASK_INDEX": "3"},
            {"faas.name": "migrate", "gcp.cloud_run.job.execution": "migrate-x", "gcp.cloud_run.job.task_index": "3"},
        ),
        (
            {"AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_REGION": "eu-west-1"},
            {"cloud.provider": "aws", "cloud.platform": "aws_lambda", "faas.name": "f", "cloud.region": "eu-west-1"},
        ),
        ({"DYNO": "web.1"}, {"cloud.provider": "heroku", "heroku.dyno": "web.1"}),
    ],
)
def test_platforms(tmp_path, environ, expected):
    assert expected.items() <= found(tmp_path, environ).items()


def test_the_environments_word_wins_over_what_is_found_and_arguments_over_both(tmp_path):
    environ = {"OTEL_RESOURCE_ATTRIBUTES": "service.name=env,host.name=my%20host,team=a,broken", "K_SERVICE": "web"}
    attributes = detect("", environ, tmp_path).attributes
    assert (attributes["service.name"], attributes["host.name"], attributes["team"]) == ("env", "my host", "a")
    assert detect("argument", environ, tmp_path).attributes["service.name"] == "argument"


def test_a_version_from_the_deployment_or_the_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(resource, "_package_version", lambda: "")
    assert resource._version({"GIT_COMMIT": "c0ffee" * 6})["service.version"] == ("c0ffee" * 6)[:12]
    assert resource._version({"TRIVET_SERVICE_VERSION": "2.1"})["service.version"] == "2.1"
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q", "-b", "main"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run([*git, *command], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
    below = tmp_path / "src" / "app"
    below.mkdir(parents=True)
    assert resource._checked_out(below) == commit
    subprocess.run([*git, "pack-refs", "--all"], check=True)
    assert resource._checked_out(below) == commit
    subprocess.run([*git, "worktree", "add", "-q", str(tmp_path / "other"), "-b", "other"], check=True)
    assert resource._checked_out(tmp_path / "other") == commit
    subprocess.run([*git, "checkout", "-q", "--detach"], check=True)
    assert resource._checked_out(below) == commit


def test_a_package_that_runs_has_its_own_version():
    code = "from trivet.sdk import resource; import sys, importlib.util\n"
    code += "sys.modules['__main__'].__spec__ = importlib.util.find_spec('pytest')\nprint(resource._package_version())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == pytest.__version__


def test_resources_merge_compare_and_print():
    merged = Resource({"a": 1, "b": 1}).merge(Resource({"b": 2}, "url"))
    assert merged == Resource({"a": 1, "b": 2}, "url") and hash(merged) == hash(Resource({"b": 2, "a": 1}, "url"))
    assert '"a": 1' in merged.to_json()
