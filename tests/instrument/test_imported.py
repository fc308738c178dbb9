import importlib
import sys

import pytest

from trivet.instrument import imported
from trivet.instrument.imported import when_imported


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that nobody has imported yet."""
    (tmp_path / "hooked").mkdir()
    (tmp_path / "hooked" / "__init__.py").write_text("value = 1\n")
    (tmp_path / "hooked" / "part.py").write_text("value = 2\n")
    (tmp_path / "hooked" / "broken.py").write_text("raise RuntimeError('its own')\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield "hooked"
    for name in [name for name in sys.modules if name.startswith("hooked")]:
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, imported._Finder)]
    imported._waiting.clear()


def test_a_module_that_is_there_at_once():
    seen = []
    when_imported("sys", seen.append)
    assert seen == [sys]


def test_a_module_that_comes_later_after_its_own_code(package):
    seen = []
    when_imported("hooked", lambda module: seen.append(module.value))
    when_imported("hooked.part", lambda module: seen.append(module.value))
    assert not seen
    module = importlib.import_module("hooked.part")
    assert seen == [1, 2]
    assert "exec_module" not in vars(module.__spec__.loader), "the loader looks as it did"
    importlib.reload(module)
    assert seen == [1, 2]


def test_a_hook_finds_the_module_in_its_package(package):
    seen = []
    when_imported("hooked.part", lambda module: seen.append(sys.modules["hooked"].part.value))
    importlib.import_module("hooked.part")
    assert seen == [2]


def test_a_module_that_does_not_exist_and_one_that_fails_are_the_apps_affair(package):
    when_imported("hooked.missing", lambda module: None)
    when_imported("hooked.broken", lambda module: None)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("hooked.missing")
    with pytest.raises(RuntimeError, match="its own"):
        importlib.import_module("hooked.broken")


def test_a_hook_that_fails_is_ours(package, monkeypatch):
    monkeypatch.setenv("TRIVET_RAISE", "0")

    def fail(module):
        raise RuntimeError("hook")

    when_imported("hooked", fail)
    assert importlib.import_module("hooked").value == 1
