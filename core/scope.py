"""Shared tables answer only while a scope is open, and then with what it holds.

A scope is a list of partnerships, or `EVERY` for the house's own work, opened by `suppliers.access`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import models
from django_scopes import ScopeError, get_scope

EVERY = "every partnership"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is open: partnerships by id (or `EVERY`), and the organisation that looks."""

    partnerships: Collection[int] | str
    organisation: int | None = None

    @property
    def is_everything(self) -> bool:
        return self.partnerships == EVERY

    def holds(self, partnership_id: int | None) -> bool:
        return self.is_everything or partnership_id in self.partnerships


def current() -> Scope:
    """Return the open scope.

    Raises ScopeError if none is open: forgetting fails loudly.
    """
    state = get_scope()
    if "partnership" not in state:
        raise ScopeError("No scope is open: enter suppliers.access.looking_as(person) first.")
    return Scope(state["partnership"], state.get("organisation"))


def by_partnership(scope: Scope) -> models.Q:
    return models.Q(partnership__in=scope.partnerships)


class _WritesInScope(models.QuerySet):
    """Refuses to make rows of a partnership that is not open."""

    def _check(self, rows: Collection[models.Model]) -> None:
        scope = current()
        for row in rows:
            if not scope.holds(getattr(row, "partnership_id", None)):
                raise ScopeError(f"{self.model.__name__} of a partnership outside the open scope.")

    def create(self, **values: Any) -> Any:
        if hasattr(self.model, "partnership_id"):
            self._check([self.model(**values)])
        return super().create(**values)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        objs = list(objs)
        if hasattr(self.model, "partnership_id"):
            self._check(objs)
        return super().bulk_create(objs, *args, **kwargs)


class ScopedManager(models.Manager):
    """A manager that narrows to the open scope, and raises where none is open.

    Learned from django-scopes, whose own manager fails open without a scope for `exists()`, `exclude()`,
    `select_related()`, `create()` and joins.
    """

    use_in_migrations = False
    visible: Callable[[Scope], models.Q]

    @classmethod
    def over(
        cls, queryset: type[models.QuerySet], *, visible: Callable[[Scope], models.Q] = by_partnership
    ) -> Any:  # a manager made at run time, which no type checker can follow
        """Return a manager of `queryset` whose rows are those that `visible(scope)` holds for."""
        kind = type(queryset.__name__, (_WritesInScope, queryset), {})
        base = cls.from_queryset(kind)
        # On the class, since Django makes related managers from the class alone.
        return type(base.__name__, (base,), {"visible": staticmethod(visible)})()

    def get_queryset(self) -> models.QuerySet:
        scope = current()
        rows = super().get_queryset()
        return rows if scope.is_everything else rows.filter(self.visible(scope))


def must_hold(partnership_id: int) -> None:
    """Guard a path that no manager guards: raw SQL and COPY.

    Raises ScopeError if no scope is open, or the open one does not hold this partnership.
    """
    if not current().holds(partnership_id):
        raise ScopeError("This partnership lies outside the open scope.")
