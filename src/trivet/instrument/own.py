"""Rule files that are not ours: the program's own, and what installed packages bring.

`shop_rules.py` holds a tuple `RULES` about the library `shop`. Such files are found where the setting `rules` names
them or their folder, and in every folder `trivet_rules` on Python's path: beside the program, or in site-packages.
A file about a library that has rules here takes their place.
"""

import importlib.util
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trivet import faults
from trivet.instrument.kit import Custom, Rule

logger = logging.getLogger("trivet.sdk")

SUFFIX = "_rules.py"
FOLDER = "trivet_rules"


@dataclass(frozen=True, slots=True)
class RuleFile:
    """`name` is the library's: `shop` of `shop_rules.py`."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(SUFFIX)

    def load(self) -> tuple[Rule, ...]:
        """Whatever its code raises, and AttributeError where there are no RULES."""
        spec = importlib.util.spec_from_file_location(f"{FOLDER}.{self.path.stem}", self.path)
        assert spec is not None and spec.loader is not None  # of a name that ends in .py
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return tuple(module.RULES)


def module_of(rule: Rule) -> str:
    """The module whose import brings the rule."""
    return rule.module if isinstance(rule, Custom) else rule.target.partition(":")[0]


def rule_files(setting: str = "") -> list[RuleFile]:
    """What `setting` names (comma-separated) first: of two files about one library the first one counts."""
    found: dict[str, RuleFile] = {}
    for path in [*_named(setting), *_on_the_path()]:
        file = RuleFile(path)
        found.setdefault(file.name, file)
    return list(found.values())


def _named(setting: str) -> Iterator[Path]:
    for name in filter(None, map(str.strip, setting.split(","))):
        path = Path(name).expanduser().absolute()
        files = [path] if path.is_file() and path.name.endswith(SUFFIX) else sorted(_in(path))
        if not files:
            logger.warning("Trivet: no rules in %s: wanted a file *%s, or a folder of such", path, SUFFIX)
        yield from files


def _on_the_path() -> Iterator[Path]:
    for entry in sys.path:
        yield from sorted(_in(Path(entry, FOLDER)))


def _in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith("test_"))


def loaded(files: list[RuleFile]) -> dict[str, tuple[Rule, ...]]:
    """The rules by library; a file that fails is told of and left out."""
    rules = {}
    for file in files:
        try:
            rules[file.name] = file.load()
        except Exception as error:
            logger.warning("Trivet: %s does not work: %s: %s", file.path, type(error).__name__, error)
            faults.swallow(error, "instrument")
    return rules
