"""Evaluating a KPI by its name."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from core.period import Period
from kpis.definitions import Definition, definition
from kpis.queries import deliveries, rates, stock
from kpis.queries.explained import explained
from kpis.queries.readings import GROUPS, Question, Reading
from kpis.queries.sources import Sources, selected

READERS = {
    "pass_rate": rates.read,
    "lot_acceptance_rate": rates.read,
    "ppm": rates.read,
    "ppm_delivered": deliveries.read_ppm_delivered,
    "turnover": stock.read,
    "days_of_inventory": stock.read,
    "chain_turnover": stock.read,
    "on_time_delivery": deliveries.read_on_time,
}


CHOICES = {
    "average": stock.AVERAGES,
    "prices": ("period", "constant"),
    "scope": ("own", "chain"),
    "unit": ("lines", "quantity"),
}


class QuestionMakesNoSense(ValueError):
    """The KPI cannot be asked for like this."""


def evaluate(
    name: str,
    *,
    period: Period,
    base: Period | None = None,
    by: Sequence[str] | str = (),
    stage: str | None = None,
    customer: str | None = None,
    suppliers: Collection[str] | None = None,
    parts: Collection[str] | None = None,
    sources: Sources | None = None,
    explain: bool = True,
    **options: str,
) -> list[Reading]:
    """Read a KPI from the sums of what the open scope holds.

    Parameters
    ----------
    name : str
        One of `kpis.definitions.names()`.
    period, base : Period
        Days of the customer's calendar, and those to compare with.
    by : sequence of str, or str
        Groups: supplier, customer, part, month, in any combination; ``stage`` alone is the same as no stage.
    stage : str, optional
        ``outgoing`` (reported), ``incoming``, or ``corrected`` for the pass rate; without one a reading
        for each.
    customer : str, optional
        Code of the customer; without one all partnerships in the scope, whoever the customer is.
    suppliers, parts : collection of str, optional
        Codes and part numbers. What is not open means nothing, as what does not exist.
    sources : Sources, optional
        What the page has read so far: figures that are made of the same read it once.
    explain : bool
        Whether to say which data requests each reading waits for; a line of months does without.
    **options
        ``average`` (daily, snapshots, ends), ``prices`` (period, constant), ``scope`` (own, chain) of
        stock; ``unit`` (lines, quantity) of deliveries.

    Returns
    -------
    list of Reading
        One a stage and group. The number of queries does not depend on the number of rows or groups.

    Raises
    ------
    UnknownKpi
        If there is no such KPI.
    QuestionMakesNoSense
        If a stage, group or option is not one of this KPI, or the days are more than ten years.
    """
    question = ask(
        name, period=period, base=base, by=by, stage=stage, customer=customer, suppliers=suppliers,
        parts=parts, sources=sources, **options,
    )  # fmt: skip
    readings = READERS[name](question)
    return explained(question, readings) if explain else readings


def ask(
    name: str,
    *,
    period: Period,
    base: Period | None = None,
    by: Sequence[str] | str = (),
    stage: str | None = None,
    customer: str | None = None,
    suppliers: Collection[str] | None = None,
    parts: Collection[str] | None = None,
    sources: Sources | None = None,
    **options: str,
) -> Question:
    """Check a question and find what it speaks of; parameters and errors as of `evaluate`."""
    groups = (by,) if isinstance(by, str) else tuple(by)
    groups = tuple(group for group in groups if group != "stage")
    _check(definition(name), groups, [days for days in (period, base) if days], stage, options)
    sources = sources or Sources()
    return Question(
        name=name,
        selection=selected(sources, customer=customer, suppliers=suppliers, parts=parts),
        period=period,
        base=base,
        by=groups,
        stage=stage,
        sources=sources,
        **options,  # type: ignore[arg-type]  # checked above
    )


def _check(
    kpi: Definition,
    groups: Sequence[str],
    periods: Sequence[Period],
    stage: str | None,
    options: dict[str, str],
) -> None:
    name = {"kpi": kpi.title}
    strange = [group for group in groups if group not in GROUPS or groups.count(group) > 1]
    if strange:
        raise QuestionMakesNoSense(
            _("%(kpi)s cannot be grouped by %(by)s.") % (name | {"by": ", ".join(strange)})
        )
    if not all(days.may_be_meant for days in periods):
        raise QuestionMakesNoSense(_("A period has at most ten years, between 1990 and 2199."))
    if stage is not None and stage not in kpi.stages:
        raise QuestionMakesNoSense(_("%(kpi)s has no stage %(stage)s.") % (name | {"stage": stage}))
    for option, value in options.items():
        if option not in kpi.options or value not in CHOICES[option]:
            said = f"{option} = {value}"
            raise QuestionMakesNoSense(_("%(kpi)s has no choice %(choice)s.") % (name | {"choice": said}))
