"""Alembic: a run of migrations, and in it each step up or down; their statements are SQLAlchemy's spans."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from trivet.instrument.kit import Custom, Teller, Wrap
from trivet.instrument.patch import Patches, dressed
from trivet.instrument.wrapped import wrapped


def _step(step: Any) -> Wrap:
    direction, revision = "upgrade" if step.is_upgrade else "downgrade", step.revision.revision
    about = {"alembic.direction": direction, "alembic.revision": revision, "alembic.message": step.doc or ""}
    return Wrap("", name=f"{direction} {revision}", attributes=lambda call: about)


def _install(module: ModuleType, patches: Patches, teller: Teller) -> None:
    def made(function: Callable) -> Callable:
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            function(self, *args, **kwargs)
            self.migration_fn = wrapped(_step(self), teller)(self.migration_fn)

        return dressed(__init__, function)

    patches.wrap(module, "RevisionStep.__init__", made)


RULES = (
    Wrap("alembic.runtime.migration:MigrationContext.run_migrations", name="alembic"),
    Custom("alembic.runtime.migration", install=_install),
)
