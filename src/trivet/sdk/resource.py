"""Who is speaking: the attributes that every span, log record and metric of this process shares.

Found out from the process, the host, the container and the platform's own variables and files, never by asking the
network. `OTEL_RESOURCE_ATTRIBUTES` wins over what is found, arguments win over both. Names are OpenTelemetry's
semantic conventions.
"""

import json
import os
import platform
import re
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

from trivet.sdk.naming import guess_service
from trivet.sdk.values import Attributes, clean_all
from trivet.version import __version__

Found = dict[str, str | int]
CONTAINER_ID = re.compile(r"(?:^|[/:-])([0-9a-f]{64})(?:[./]|$)")
POD_UID = re.compile(r"pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})")
NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"


class Resource:
    """Immutable; reads like the official SDK's, which exporters of that one expect."""

    __slots__ = ("attributes", "schema_url")

    def __init__(self, attributes: Attributes, schema_url: str = ""):
        self.attributes: Attributes = MappingProxyType(dict(clean_all(attributes, None, None)[0]))
        self.schema_url = schema_url

    def merge(self, other: "Resource") -> "Resource":
        """What `other` says wins."""
        return Resource({**self.attributes, **other.attributes}, other.schema_url or self.schema_url)

    def to_json(self, indent: int | None = 4) -> str:
        return json.dumps({"attributes": dict(self.attributes), "schema_url": self.schema_url}, indent=indent)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and (self.attributes, self.schema_url) == (
            other.attributes,
            other.schema_url,
        )

    def __hash__(self) -> int:
        return hash((tuple(sorted(self.attributes)), self.schema_url))


def detect(service: str = "", environ: Mapping[str, str] = os.environ, root: Path = Path("/")) -> Resource:
    """This process's resource; `root` is where `proc`, `etc` and `var` are looked for."""
    given = _given(environ)
    found: Found = {"telemetry.sdk.name": "trivet", "telemetry.sdk.language": "python"}
    found["telemetry.sdk.version"] = __version__
    for part in (_host(root), _container(root), _kubernetes(environ, root), _platform(environ), _version(environ)):
        found.update(part)
    found.update(given)
    found["service.name"] = service or service_name(environ)
    return Resource({**found, **process(given)})


def service_name(environ: Mapping[str, str], command: Sequence[str] = sys.orig_argv) -> str:
    return _given(environ).get("service.name") or guess_service(command, environ)


def process(given: Mapping[str, str] = MappingProxyType({})) -> Found:
    """What a fork changes: a process is its `service.instance.id`."""
    return {
        "service.instance.id": given.get("service.instance.id") or str(uuid.uuid4()),
        "process.pid": os.getpid(),
        "process.executable.name": os.path.basename(sys.executable) or "python",
        "process.command": os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else "python",
        "process.runtime.name": sys.implementation.name,
        "process.runtime.version": platform.python_version(),
    }


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    """`OTEL_RESOURCE_ATTRIBUTES`: comma-separated pairs, percent-encoded."""
    pairs = (pair.partition("=") for pair in environ.get("OTEL_RESOURCE_ATTRIBUTES", "").split(","))
    return {name.strip(): unquote(value.strip()) for name, equals, value in pairs if equals and name.strip()}


def _host(root: Path) -> Found:
    found: Found = {"host.name": os.uname().nodename, "host.arch": _arch(), "os.type": sys.platform}
    machine = _read(root / "etc/machine-id").strip()
    if machine:
        found["host.id"] = machine
    return found


def _arch() -> str:
    machine = os.uname().machine
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def _container(root: Path) -> Found:
    """cgroup v1 names the container in our own cgroup, v2 only in the mounts of its files."""
    for line in _read(root / "proc/self/cgroup").splitlines():
        if match := CONTAINER_ID.search(line):
            return {"container.id": match[1]}
    for line in _read(root / "proc/self/mountinfo").splitlines():
        if "/hostname" in line and (match := CONTAINER_ID.search(line)):
            return {"container.id": match[1]}
    return {}


def _kubernetes(environ: Mapping[str, str], root: Path) -> Found:
    if "KUBERNETES_SERVICE_HOST" not in environ:
        return {}
    found = {
        "k8s.pod.name": environ.get("POD_NAME") or environ.get("K8S_POD_NAME") or environ.get("HOSTNAME", ""),
        "k8s.namespace.name": environ.get("POD_NAMESPACE") or _read(root / NAMESPACE_FILE[1:]).strip(),
        "k8s.node.name": environ.get("NODE_NAME") or environ.get("K8S_NODE_NAME", ""),
        "k8s.container.name": environ.get("CONTAINER_NAME", ""),
    }
    mounts = _read(root / "proc/self/mountinfo") + _read(root / "proc/self/cgroup")
    if match := POD_UID.search(mounts):
        found["k8s.pod.uid"] = match[1].replace("_", "-")
    return {name: value for name, value in found.items() if value}


# The first variable says that this is the platform; the rest are attributes and the variables that hold them.
PLATFORMS: tuple[tuple[str, Found, dict[str, str]], ...] = (
    (
        "K_SERVICE",
        {"cloud.provider": "gcp", "cloud.platform": "gcp_cloud_run"},
        {"faas.name": "K_SERVICE", "faas.version": "K_REVISION", "gcp.cloud_run.configuration": "K_CONFIGURATION"},
    ),
    (
        "CLOUD_RUN_JOB",
        {"cloud.provider": "gcp", "cloud.platform": "gcp_cloud_run"},
        {
            "faas.name": "CLOUD_RUN_JOB",
            "gcp.cloud_run.job.execution": "CLOUD_RUN_EXECUTION",
            "gcp.cloud_run.job.task_index": "CLOUD_RUN_TASK_INDEX",
            "gcp.cloud_run.job.task_attempt": "CLOUD_RUN_TASK_ATTEMPT",
        },
    ),
    (
        "AWS_LAMBDA_FUNCTION_NAME",
        {"cloud.provider": "aws", "cloud.platform": "aws_lambda"},
        {
            "faas.name": "AWS_LAMBDA_FUNCTION_NAME",
            "faas.version": "AWS_LAMBDA_FUNCTION_VERSION",
            "faas.instance": "AWS_LAMBDA_LOG_STREAM_NAME",
            "cloud.region": "AWS_REGION",
        },
    ),
    (
        "FUNCTIONS_WORKER_RUNTIME",
        {"cloud.provider": "azure", "cloud.platform": "azure_functions"},
        {"faas.name": "WEBSITE_SITE_NAME", "faas.instance": "WEBSITE_INSTANCE_ID", "cloud.region": "REGION_NAME"},
    ),
    ("DYNO", {"cloud.provider": "heroku"}, {"heroku.app.id": "HEROKU_APP_ID", "heroku.dyno": "DYNO"}),
    ("FLY_APP_NAME", {"cloud.provider": "fly"}, {"cloud.region": "FLY_REGION", "host.id": "FLY_MACHINE_ID"}),
)


def _platform(environ: Mapping[str, str]) -> Found:
    for mark, fixed, variables in PLATFORMS:
        if environ.get(mark):
            return fixed | {name: environ[variable] for name, variable in variables.items() if environ.get(variable)}
    return {}


COMMIT_VARIABLES = ("GIT_COMMIT", "GIT_SHA", "GITHUB_SHA", "SOURCE_VERSION", "HEROKU_SLUG_COMMIT", "RENDER_GIT_COMMIT")


def _version(environ: Mapping[str, str]) -> Found:
    """`service.version`: the deployment's word, the running package's version, the commit that is checked out."""
    named = next((environ[name] for name in COMMIT_VARIABLES if environ.get(name)), "")
    commit = named or _checked_out(_home())
    version = environ.get("TRIVET_SERVICE_VERSION") or _package_version() or commit[:12]
    found = {"service.version": version, "vcs.ref.head.revision": commit}
    return {name: value for name, value in found.items() if value}


def _home() -> Path:
    """Where the program lives: its script's directory, or the working directory when that is only a `bin`."""
    script = Path(sys.argv[0]).resolve() if sys.argv and sys.argv[0] else None
    return script.parent if script and script.is_file() and script.parent.name != "bin" else Path.cwd()


def _package_version() -> str:
    """Of the package that runs as `python -m package`, when it was installed."""
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    package = spec.name.split(".")[0] if spec and spec.name else ""
    if not package or package == "__main__" or package in sys.stdlib_module_names:
        return ""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _checked_out(directory: Path) -> str:
    """The commit of the git checkout that `directory` is in, read from its files."""
    for candidate in (directory, *directory.parents):
        git = candidate / ".git"
        if not git.exists():
            continue
        if git.is_file():  # a worktree or submodule: `gitdir: /path`
            git = candidate / _read(git).removeprefix("gitdir:").strip()
        head = _read(git / "HEAD").strip()
        return _resolve(git, head.removeprefix("ref:").strip()) if head.startswith("ref:") else head
    return ""


def _resolve(git: Path, reference: str) -> str:
    common = git / _read(git / "commondir").strip()
    loose = _read(git / reference).strip() or _read(common / reference).strip()
    if loose:
        return loose
    for line in _read(common / "packed-refs").splitlines():
        commit, _, name = line.partition(" ")
        if name == reference:
            return commit
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
