"""Warnings as lists, pages and mails read them, under the open scope."""

from collections.abc import Collection

from django.db.models import Case, CharField, Count, Prefetch, Q, QuerySet, Value, When

from core.text import folded
from improvement.models import RaisedWarning, WarningEvent, WarningEvidence, WarningRule, WarningState
from suppliers.access import Person

# A switch follows from the standard; what many lots say together comes before what one piece or one lot says.
BY_CERTAINTY = (
    WarningRule.SEVERITY,
    WarningRule.PASS_RATE,
    WarningRule.CAPABILITY,
    WarningRule.OUT_OF_LIMITS,
    WarningRule.RUN_RULE,
    WarningRule.PLAUSIBILITY,
)


def warnings_to_list(organisation_id: int) -> QuerySet[RaisedWarning]:
    """Return visible warnings with how each stands for an organisation, the last made first: `state`, `finds`.

    One query, and one for the evidence that still holds.
    """
    evidence = WarningEvidence.objects.select_related("lot").filter(gone_at=None).order_by("day", "lot_id")
    return (
        with_state(RaisedWarning.objects.all(), organisation_id)
        .select_related(
            "partnership__customer",
            "partnership__supplier",
            "part",
            "characteristic_version__characteristic",
            "task",
            "explained_by__user",
        )
        .prefetch_related(Prefetch("evidence", evidence, to_attr="holding"))
        .annotate(
            finds=Count("evidence", filter=Q(evidence__gone_at=None)),
        )
        .order_by("-pk")
    )


def new_first(warnings: QuerySet[RaisedWarning]) -> QuerySet[RaisedWarning]:
    """Put new ones first, then by their latest day."""
    rank = Case(*[When(state=state, then=Value(place)) for place, state in enumerate(WarningState.values)])
    return warnings.alias(rank=rank).order_by("rank", "-last_day", "-number", "-pk")


def most_certain_first(warnings: QuerySet[RaisedWarning]) -> QuerySet[RaisedWarning]:
    """Put what the surest rules found first, then by latest day: where a few stand for all."""
    rank = Case(*[When(rule=rule, then=Value(place)) for place, rule in enumerate(BY_CERTAINTY)])
    return warnings.alias(rank=rank).order_by("rank", "-last_day", "-number", "-pk")


def with_state(warnings: QuerySet[RaisedWarning], organisation_id: int) -> QuerySet[RaisedWarning]:
    """Annotate how each warning stands for an organisation; a guest sees what the customer has seen."""
    of_supplier = Q(partnership__supplier=organisation_id)
    unseen = (of_supplier & Q(supplier_seen_at=None)) | (~of_supplier & Q(customer_seen_at=None))
    return warnings.annotate(
        state=Case(
            When(task__isnull=False, then=Value(WarningState.TASK.value)),
            When(explained_at__isnull=False, then=Value(WarningState.EXPLAINED.value)),
            When(unseen, then=Value(WarningState.NEW.value)),
            default=Value(WarningState.SEEN.value),
            output_field=CharField(),
        )
    )


def of_side(warnings: QuerySet, organisation_id: int, *, as_customer: bool) -> QuerySet:
    """Return the warnings about one's suppliers (what a grant opens is among them), or about oneself."""
    about_self = Q(partnership__supplier=organisation_id)
    return warnings.exclude(about_self) if as_customer else warnings.filter(about_self)


def new_warnings(
    organisation_id: int,
    *,
    as_customer: bool,
    suppliers: Collection[str] | None = None,
    customer: str | None = None,
    parts: Collection[str] | None = None,
) -> QuerySet[RaisedWarning]:
    """Return what is new for one side, the most certain first.

    Of some suppliers and of a customer, by their codes, and of some parts, by their numbers, or of all.
    """
    rows = of_side(warnings_to_list(organisation_id), organisation_id, as_customer=as_customer)
    if suppliers is not None:
        rows = rows.filter(partnership__supplier__code__in=suppliers)
    if customer is not None:
        rows = rows.filter(partnership__customer__code=customer)
    if parts is not None:
        rows = rows.filter(part__number_key__in=[folded(number) for number in parts])
    return most_certain_first(rows.filter(state=WarningState.NEW))


def count_new(organisation_id: int, *, as_customer: bool) -> int:
    """Return how many warnings are new for one side; one query."""
    unsettled = RaisedWarning.objects.filter(task=None, explained_at=None)
    rows = of_side(unsettled, organisation_id, as_customer=as_customer)
    return rows.filter(**{"customer_seen_at" if as_customer else "supplier_seen_at": None}).count()


def counts_of(warnings: QuerySet) -> dict[str, int]:
    """Return how many warnings are in each state; one query."""
    rows = warnings.prefetch_related(None).order_by().values("state").annotate(n=Count("pk", distinct=True))
    return dict(rows.values_list("state", "n"))


def warning_or_none(warning_id: int, person: Person) -> RaisedWarning | None:
    """Return a visible warning with what its page says."""
    return warnings_to_list(person.organisation_id).filter(pk=warning_id).first()


def evidence_of(warning: RaisedWarning) -> list[WarningEvidence]:
    """Return all that was found, the latest first, also what the data no longer hold."""
    rows = WarningEvidence.objects.filter(warning=warning).select_related("lot")
    return list(rows.order_by("-day", "-lot_id"))


def history_of(warning: RaisedWarning) -> list[WarningEvent]:
    """Return what happened to a warning, the latest first."""
    rows = WarningEvent.objects.filter(warning=warning).select_related("by__user", "by__organisation")
    return list(rows.order_by("-pk"))
