"""Warnings in words, in the reader's language: a title, and the evidence in one line."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from improvement.models import RaisedWarning, WarningEvidence, WarningRule
from kpis.definitions import READINGS
from quality.formulas.run_rules import Rule


@dataclass(frozen=True, slots=True)
class Told:
    """A warning as worklists and mails say it."""

    title: str
    line: str
    path: str
    task_path: str  # opens a task of it
    supplier: str
    customer: str


def told(warning: RaisedWarning) -> Told:
    """Return a warning of a list in words."""
    return Told(
        title=title_of(warning),
        line=summary(warning),
        path=reverse("warning", args=[warning.pk]),
        task_path=task_url(warning),
        supplier=warning.partnership.supplier.shown_name,
        customer=warning.partnership.customer.shown_name,
    )


def title(warning: RaisedWarning, last: WarningEvidence | None) -> str:
    """Say what was found, of which part; `last` is the latest evidence that still holds."""
    told = {
        "part": part_word(warning),
        "characteristic": characteristic_word(warning),
        "stage": stage_word(warning),
    }
    if warning.rule == WarningRule.OUT_OF_LIMITS:
        return _("%(part)s %(characteristic)s: values out of limits") % told
    if warning.rule == WarningRule.PASS_RATE:
        return _("%(part)s: the pass rate falls (%(stage)s)") % told
    if warning.rule == WarningRule.CAPABILITY:
        return _("%(part)s %(characteristic)s: not capable") % told
    if warning.rule == WarningRule.RUN_RULE:
        return _("%(part)s %(characteristic)s: signal in the control chart") % told
    details = last.details if last else {}
    if warning.rule == WarningRule.PLAUSIBILITY:
        if details.get("kind") == "copied":
            return _("%(part)s: was this lot measured itself?") % told
        return _("%(part)s: do both sides count the same?") % told
    if details.get("discontinued"):
        return _("%(part)s: acceptance inspection discontinued (%(stage)s)") % told
    if details.get("severity") == "tightened":
        return _("%(part)s: tightened inspection (%(stage)s)") % told
    return _("%(part)s: reduced inspection ended (%(stage)s)") % told


def line(warning: RaisedWarning, evidence: WarningEvidence) -> str:
    """Say what was found, and in which lot."""
    found = finding(warning, evidence)
    if evidence.rule == WarningRule.SEVERITY:  # names its lots
        return found
    return _("lot %(lot)s: %(found)s") % {"lot": evidence.lot.number, "found": found}


def finding(warning: RaisedWarning, evidence: WarningEvidence) -> str:
    """Say what was found at a lot."""
    told = evidence.details
    if evidence.rule == WarningRule.OUT_OF_LIMITS:
        return _("%(beyond)s of %(n)s values out of %(limits)s; found %(span)s") % {
            "beyond": formatting.decimal(told["beyond"]),
            "n": formatting.decimal(told["values"]),
            "limits": limits_word(warning),
            "span": formatting.span(_value(warning, told["low"]), _value(warning, told["high"])),
        }
    if evidence.rule == WarningRule.PASS_RATE:
        return _pass_rate(told)
    if evidence.rule == WarningRule.CAPABILITY:
        return _("Ppk %(ppk)s of %(n)s values in %(lots)s, surely below %(threshold)s (at most %(high)s)") % {
            "ppk": formatting.decimal(told["ppk"], 2),
            "n": formatting.decimal(told["values"]),
            "lots": formatting.lots(told["block"]),
            "threshold": formatting.decimal(told["threshold"], 2),
            "high": formatting.decimal(told["high"], 2),
        }
    if evidence.rule == WarningRule.PLAUSIBILITY:
        return _question(told)
    if evidence.rule == WarningRule.RUN_RULE:
        return _chart(warning, told)
    lots = _(", ").join(told["lots"])
    sentence = ngettext("lot %(lots)s was not accepted", "lots %(lots)s were not accepted", len(told["lots"]))
    return sentence % {"lots": lots}


def _pass_rate(told: dict[str, Any]) -> str:
    """Say what the lots since the last quiet one found, and what was to be expected of them."""
    return _("%(x)s nonconforming of %(n)s in the last %(lots)s, expected %(expected)s") % {
        "x": formatting.decimal(told["nonconforming"]),
        "n": formatting.pieces(told["inspected"]),
        "lots": formatting.lots(told["lots"]),
        "expected": formatting.decimal(told["expected_rate"] * told["inspected"], 1),
    }


def _question(told: dict[str, Any]) -> str:
    """Say what looks odd in reported data, and how often honest data look so."""
    if told["kind"] == "copied":
        return _("all %(n)s values are those of lot %(earlier)s") % {
            "n": formatting.decimal(told["values"]),
            "earlier": told["earlier"],
        }
    return _(
        "in %(lots)s that both inspected, %(x)s of %(n)s reported nonconforming, %(y)s of %(m)s at incoming "
        "inspection; by chance once in %(often)s"
    ) % {
        "lots": formatting.lots(told["lots"]),
        "x": formatting.decimal(told["found"]),
        "n": formatting.pieces(told["inspected"]),
        "y": formatting.decimal(told["found_again"]),
        "m": formatting.pieces(told["inspected_again"]),
        "often": formatting.decimal(int(min(1e9, 1 / max(told["chance"], 1e-9)))),
    }


def _chart(warning: RaisedWarning, told: dict[str, Any]) -> str:
    """Say which limits a lot mean crossed, or what it completes."""
    numbers = {
        "mean": _value(warning, told["mean"], more=1),
        "limits": formatting.span(
            _value(warning, told["low"], more=1), _value(warning, told["high"], more=1)
        ),
    }
    if Rule.NELSON_1 not in told["rules"]:
        return _("mean %(mean)s, the ninth in a row on one side of the centre line") % numbers
    if told["frozen"]:
        return _("mean %(mean)s beyond the frozen limits %(limits)s") % numbers
    return _("mean %(mean)s beyond what its last lots let expect, %(limits)s") % numbers


def summary(warning: RaisedWarning) -> str:
    """Say in one line what was found last, and how many finds there are; of a warning of a list."""
    holding: list[WarningEvidence] = warning.holding  # type: ignore[attr-defined]  # prefetched
    if not holding:
        return _("The data were corrected; nothing of it holds any more.")
    day = formatting.day(holding[-1].day)
    told = f"{day}{_(', ')}{line(warning, holding[-1])}"
    more = len(holding) - 1
    if more:
        told += ngettext("; %(n)s earlier find", "; %(n)s earlier finds", more) % {
            "n": formatting.decimal(more)
        }
    return told


def title_of(warning: RaisedWarning) -> str:
    """Return the title of a warning of a list."""
    holding: list[WarningEvidence] = warning.holding  # type: ignore[attr-defined]  # prefetched
    return title(warning, holding[-1] if holding else None)


def part_word(warning: RaisedWarning) -> str:
    name = formatting.in_language(warning.part.name, warning.part.name_en)
    return f"{warning.part.number} {name}".strip()


def characteristic_word(warning: RaisedWarning) -> str:
    version = warning.characteristic_version
    if version is None:
        return ""
    name = formatting.in_language(version.name, version.name_en)
    return f"{version.characteristic.number} {name}".strip()


def stage_word(warning: RaisedWarning) -> str:
    return str(READINGS[warning.stage])


def limits_word(warning: RaisedWarning) -> str:
    """Return the limits that values were judged by: ``9.5–10.5 mm``, ``≥ 40 N``."""
    version = warning.characteristic_version
    assert version is not None
    if version.lsl is not None and version.usl is not None:
        text = formatting.span(_value(warning, version.lsl), _value(warning, version.usl))
    elif version.usl is not None:
        text = f"≤ {_value(warning, version.usl)}"
    else:
        text = f"≥ {_value(warning, version.lsl)}"
    return f"{text} {version.unit}".strip()


def _value(warning: RaisedWarning, value: float | None, *, more: int = 0) -> str:
    """Write a value with the decimals of its gauge; means have some more."""
    version = warning.characteristic_version
    places = 3 if version is None or version.decimals is None else version.decimals
    return formatting.decimal(value, places + more)


def cell_query(warning: RaisedWarning) -> dict[str, Any]:
    """Return the filters that every page shares, for the cell of a warning."""
    return {
        "supplier": warning.partnership.supplier.code,
        "part": warning.part.number,
        "stage": warning.stage,
    }


def source_url(warning: RaisedWarning) -> str:
    """Return where the evidence is looked at: a control chart, lots, or the sampling of the next one."""
    query = urlencode({"supplier": warning.partnership.supplier.code, "stage": warning.stage})
    if warning.characteristic_version_id is not None:
        return f"{reverse('part-chart', args=[warning.part_id, warning.characteristic_version_id])}?{query}"
    if warning.rule in {WarningRule.PASS_RATE, WarningRule.PLAUSIBILITY}:
        days = {"from": warning.first_day.isoformat(), "to": warning.last_day.isoformat()}
        return f"{reverse('lots')}?{urlencode(cell_query(warning) | days)}"
    return f"{reverse('sampling-next-lot', args=[warning.part_id])}?{query}"


def source_word(warning: RaisedWarning) -> str:
    if warning.characteristic_version_id is not None:
        return _("See the control chart")
    if warning.rule in {WarningRule.PASS_RATE, WarningRule.PLAUSIBILITY}:
        return _("See the lots")
    return _("See the sampling of the next lot")


def task_url(warning: RaisedWarning) -> str:
    """Return the address that opens a task on the cell of a warning, its days left out of the baseline."""
    end = {"customer": warning.partnership.customer.code} | cell_query(warning)
    query = {
        "warning": warning.pk,
        "kpi": "pass_rate",
        **end,
        "from": warning.first_day.isoformat(),
        "to": warning.last_day.isoformat(),
    }
    return f"{reverse('task-new')}?{urlencode(query)}"
