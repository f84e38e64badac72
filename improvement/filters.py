"""What lists of tasks and warnings are narrowed by: the same on the page, in the API and in exports."""

import django_filters
from django.db.models import QuerySet

from core import clock
from core.filters import IdFilter, KeysFilter, PartFilter, PartnershipFilter
from improvement.models import TaskKind, TaskState, WarningRule, WarningState
from improvement.queries.tasks import late, waiting_for
from kpis.definitions import names
from suppliers.access import Person


class TaskFilter(PartnershipFilter):
    """Tasks by state, kind, KPI, partnership and part; mine, waiting for me, overdue."""

    state = django_filters.MultipleChoiceFilter(choices=TaskState.choices, label="states")
    kind = django_filters.MultipleChoiceFilter(choices=TaskKind.choices, label="kinds")
    kpi = django_filters.ChoiceFilter(choices=[(name, name) for name in names()], label="name of a KPI")
    part = KeysFilter(field_name="task_parts__part__number_key", label="part numbers", distinct=True)
    part_id = IdFilter(field_name="task_parts__part", label="id of a part")
    mine = django_filters.BooleanFilter(method="of_mine", label="tasks that I own on my side")
    waiting = django_filters.BooleanFilter(method="of_waiting", label="tasks that wait for me")
    overdue = django_filters.BooleanFilter(method="of_overdue", label="not done after their due date")

    def of_mine(self, tasks: QuerySet, name: str, value: bool) -> QuerySet:
        person = self._person()
        owned = tasks.filter(customer_owner=person) | tasks.filter(supplier_owner=person)
        return owned if value else tasks

    def of_waiting(self, tasks: QuerySet, name: str, value: bool) -> QuerySet:
        return waiting_for(tasks, self._person(), clock.now()) if value else tasks

    def of_overdue(self, tasks: QuerySet, name: str, value: bool) -> QuerySet:
        return tasks.filter(late(clock.now())) if value else tasks

    def _person(self) -> Person:
        request = self.request
        person = getattr(request, "person", None) or getattr(request._request, "person", None)
        assert person is not None  # page and API let nobody else in
        return person


class WarningFilter(PartFilter):
    """Warnings by how they stand for one's own organisation, rule, partnership and part."""

    state = django_filters.MultipleChoiceFilter(choices=WarningState.choices, label="states")
    rule = django_filters.MultipleChoiceFilter(choices=WarningRule.choices, label="rules")
