"""Do both sides find the same on the lots of a part, and what inspection does that earn."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from core import clock, formatting
from core.lead import Lead, joined, strong
from core.lists import made_at
from core.workbook import CODE, COUNT, DAY, LONG, NUMBER, Heading, Sheet, Workbook, download
from quality.formulas.agreement import Rate
from quality.formulas.earned import Earned, EscapeRisk
from quality.queries.lots_compared import Compared, PairedLot, lots_compared
from quality.queries.measured_pairs import MeasuredAgreement, measured_pairs
from quality.views.agreement_drawings import differences
from quality.views.asked import whose_asked
from suppliers.access import PersonRequest
from suppliers.queries.parts import part_or_none

LOTS_SHOWN = 30
FEW = 10  # lots below which a share of lots says little
FELL_BY = {
    "escape": gettext_lazy("an escape: the supplier accepted what the customer rejected"),
    "difference": gettext_lazy("a difference: the customer accepted what the supplier rejected"),
}


@require_GET
@login_required
def agreement_page(request: PersonRequest, part_id: int) -> HttpResponseBase:
    """Agreement of both sides on a part. What is not shared is not there."""
    part = part_or_none(part_id)
    if part is None:
        raise Http404
    whose = whose_asked(request, part.pk)
    found = lots_compared(partnership_id=whose.partnership, part_id=part.pk)
    measured = measured_pairs(partnership_id=whose.partnership, part_id=part.pk)
    address = f"{reverse('part-agreement', args=[part.pk])}?supplier={whose.supplier}"
    said = Lead(lead(found), tone(found))
    if request.GET.get("as") == "xlsx":
        title = _("Agreement %(part)s") % {"part": part.number}
        about = [(_("In words"), str(joined(*sentences(found)))), *made_at(address)]
        return download(book(title, about, found, measured), day=clock.today_here())
    shown = {
        "part_id": part.pk,
        "number": part.number,
        "name": formatting.in_language(part.name, part.name_en),
        "other": whose.other_name,
        "supplier": whose.supplier,
        "suppliers": whose.suppliers,
        "lead": said,
        "lots": len(found.lots),
        "earned": earned_card(found),
        "table": found.table,
        "figures": figures(found),
        "apart": [lot_row(lot) for lot in found.lots if lot.supplier_accepted != lot.customer_accepted][::-1],
        "latest": [lot_row(lot) for lot in found.lots[::-1][:LOTS_SHOWN]],
        "measured": [measured_card(one) for one in measured],
    }
    return render(request, "quality/agreement.html", {"page": shown, "export_url": f"{address}&as=xlsx"})


def tone(found: Compared) -> str:
    if not found.lots:
        return ""
    return "watch" if found.table[0][1] else "good"


def lead(found: Compared) -> SafeString:
    return joined(*sentences(found))


def sentences(found: Compared) -> Iterator[SafeString | str]:
    """Say how many verdicts are one, how many escaped, and what is inspected by the rule."""
    if not found.lots:
        yield _("No lot has been judged by both sides yet.")
        return
    same = found.table[0][0] + found.table[1][1]
    told = {"same": formatting.decimal(same), "lots": formatting.lots(len(found.lots))}
    yield strong(_("%(same)s of %(lots)s judged alike.") % told)
    yield escapes_words(found)
    yield inspected_words(found.earned)


def escapes_words(found: Compared) -> str:
    escaped, accepted = found.table[0][1], sum(found.table[0])
    if not accepted:
        return ""
    if not escaped:
        return _("No lot that the supplier accepted was rejected by the customer (%(of)s accepted).") % {
            "of": formatting.decimal(accepted)
        }
    return ngettext(
        "%(n)s lot that the supplier accepted was rejected by the customer (%(rate)s of %(of)s accepted).",
        "%(n)s lots that the supplier accepted were rejected by the customer (%(rate)s of %(of)s accepted).",
        escaped,
    ) % {
        "n": formatting.decimal(escaped),
        "rate": formatting.rate(float(found.agreement.escapes.rate), accepted),
        "of": formatting.decimal(accepted),
    }


def inspected_words(earned: Earned) -> str:
    """Say how many lots the rule has the customer inspect, and what is still missing."""
    now = (
        _("By the rule every lot is inspected.")
        if earned.one_in == 1
        else _("By the rule one lot in %(n)s is inspected.") % {"n": earned.one_in}
    )
    if not earned.still_missing:
        return now
    after = ngettext(
        "%(n)s more agreeing lot in a row earns one in %(next)s.",
        "%(n)s more agreeing lots in a row earn one in %(next)s.",
        earned.still_missing,
    ) % {"n": formatting.decimal(earned.still_missing), "next": next_step(earned)}
    return now + ("" if formatting.is_chinese() else " ") + after


def next_step(earned: Earned) -> int:
    return earned.terms.one_in[earned.step + 1]


# -- earned inspection ---------------------------------------------------------------------------------
def earned_card(found: Compared) -> dict[str, Any]:
    earned = found.earned
    steps = earned.terms.one_in
    return {
        "steps": [
            {
                "word": _("every lot") if one == 1 else _("one in %(n)s") % {"n": one},
                "current": at == earned.step,
                "done": at < earned.step,
            }
            for at, one in enumerate(steps)
        ],
        "paid": range(earned.agreeing),
        "missing": range(earned.still_missing),
        "said": inspected_words(earned),
        "rule": rule_words(earned),
        "risk": risk_words(found),
        "fell": fell_words(found),
        "turns": turns(found),
    }


def rule_words(earned: Earned) -> str:
    return _(
        "The rule: %(n)s lots in a row on which both verdicts are one earn the next step: %(steps)s. First submissions "
        "that both sides judged count; a lot that the customer did not inspect changes nothing."
    ) % {
        "n": earned.terms.agreeing,
        "steps": " → ".join(
            _("every lot") if one == 1 else _("one in %(n)s") % {"n": one} for one in earned.terms.one_in
        ),
    }


def risk_words(found: Compared) -> list[str]:
    """Say what escapes the customer takes upon itself now, and at the next step."""
    said = []
    if found.earned.one_in == 1:
        said.append(_("Every lot is inspected: no risk is taken by leaving lots out."))
    else:
        said.append(_("Now: %(risk)s") % {"risk": one_risk(found.risk, found.earned.one_in)})
    if found.risk_at_next is not None:
        one_in = next_step(found.earned)
        said.append(
            _("At one in %(n)s: %(risk)s") % {"n": one_in, "risk": one_risk(found.risk_at_next, one_in)}
        )
    return said


def one_risk(risk: EscapeRisk, one_in: int) -> str:
    estimate, upper = float(risk.estimate), float(risk.upper)
    told = {"upper": formatting.percent(upper, 1), "estimate": formatting.percent(estimate, 1)}
    if not formatting.is_known(estimate):  # no lot was compared
        return _("nothing is known of escapes yet; up to %(upper)s%% of all lots by the bound (95%%)") % told
    return (
        _(
            "about %(estimate)s%% of all lots come in uninspected though the customer would have rejected them; "
            "at most %(upper)s%% (95%%, one-sided)"
        )
        % told
    )


def fell_words(found: Compared) -> str:
    reason = found.earned.fell_by
    if not reason:
        return ""
    lot = next(one for one in reversed(found.lots) if one.supplier_accepted != one.customer_accepted)
    return _("It last fell with lot %(lot)s of %(day)s by %(reason)s.") % {
        "lot": lot.number,
        "day": formatting.day(lot.incoming_on),
        "reason": FELL_BY[reason],
    }


def turns(found: Compared) -> list[dict[str, Any]]:
    """Return the lots after which another share of lots was to be inspected, the latest first."""
    rows = []
    before = Earned().one_in
    for lot, state in zip(found.lots, found.states, strict=True):
        if state.one_in != before:
            rows.append(
                {
                    **lot_row(lot),
                    "turn": _("every lot") if state.one_in == 1 else _("one in %(n)s") % {"n": state.one_in},
                    "tone": "good" if state.one_in > before else "bad",
                }
            )
        before = state.one_in
    return rows[::-1]


# -- verdicts ------------------------------------------------------------------------------------------
def figures(found: Compared) -> list[tuple[str, str, str, str]]:
    """Return name, estimate, interval and what it means, of kappa and the two rates."""
    if not found.lots:
        return []
    kappa, said = found.agreement.kappa, found.agreement
    few = _("few lots: the interval is wide") if len(found.lots) < FEW else ""
    return [
        (
            _("Escape rate"),
            *_rate(said.escapes, sum(found.table[0])),
            _("rejected by the customer, of the lots the supplier accepted") + (f"; {few}" if few else ""),
        ),
        (
            _("Rejected by the supplier alone"),
            *_rate(said.over_rejections, sum(found.table[1])),
            _("accepted by the customer, of the lots the supplier rejected"),
        ),
        (
            _("Kappa"),
            formatting.decimal(float(kappa.kappa), 2),
            formatting.interval(max(float(kappa.low), -1.0), min(float(kappa.high), 1.0), 2)
            if formatting.is_known(float(kappa.kappa))
            else formatting.NONE,
            _("agreement of verdicts beyond chance; with few rejected lots it says little"),
        ),
        (
            _("McNemar's test"),
            f"p = {formatting.decimal(float(said.mcnemar_exact_p), 3)}",
            "",
            _("below 0.05 one side is stricter than the other"),
        ),
    ]


def _rate(rate: Rate, n: int) -> tuple[str, str]:
    if not n:
        return formatting.NONE, formatting.NONE
    low, high = (float(end) for end in rate.wilson)
    return formatting.rate(float(rate.rate), n), formatting.rate_interval(low, high, n)


def lot_row(lot: PairedLot) -> dict[str, Any]:
    return {
        "lot_id": lot.lot_id,
        "number": lot.number,
        "outgoing": formatting.day(lot.outgoing_on),
        "incoming": formatting.day(lot.incoming_on),
        "supplier": _word(lot.supplier_accepted),
        "customer": _word(lot.customer_accepted),
        "escaped": lot.escaped,
    }


def _word(accepted: bool) -> str:
    return _("accepted") if accepted else _("rejected")


# -- measured values -----------------------------------------------------------------------------------
def measured_card(one: MeasuredAgreement) -> dict[str, Any]:
    limits, places = one.limits, one.limits.places + 1
    card: dict[str, Any] = {
        "number": limits.number,
        "name": formatting.in_language(limits.name, limits.name_en),
        "unit": limits.unit,
        "n": len(one.pairs),
        "pairs": [
            (
                pair.lot_id,
                pair.number,
                formatting.decimal(pair.supplier, places),
                formatting.decimal(pair.customer, places),
                formatting.decimal(pair.difference, places, signed=True),
            )
            for pair in one.pairs[::-1][:LOTS_SHOWN]
        ],
    }
    if one.found is None:
        return card
    low, high = (float(end) for end in one.found.bias_interval)
    least, most = (float(end) for end in one.found.loa)
    return card | {
        "drawing": differences(one),
        "bias": formatting.decimal(float(one.found.bias), places, signed=True),
        "bias_interval": formatting.interval(low, high, places, signed=True),
        "limits": formatting.interval(least, most, places, signed=True),
        "said": _("zero lies inside: no bias is shown")
        if low <= 0 <= high
        else _("zero lies outside: the customer reads higher")
        if low > 0
        else _("zero lies outside: the customer reads lower"),
    }


# -- workbook ------------------------------------------------------------------------------------------
def book(
    title: str, about: list[tuple[str, str]], found: Compared, measured: list[MeasuredAgreement]
) -> Workbook:
    lots = Sheet(
        _("Lots"),
        [
            Heading(_("Lot"), CODE),
            Heading(_("Outgoing inspection"), DAY),
            Heading(_("Incoming inspection"), DAY),
            Heading(_("Supplier")),
            Heading(_("Customer")),
            Heading(_("One lot in … is inspected"), COUNT),
        ],
        (
            [
                lot.number,
                lot.outgoing_on,
                lot.incoming_on,
                _word(lot.supplier_accepted),
                _word(lot.customer_accepted),
                state.one_in,
            ]
            for lot, state in zip(found.lots, found.states, strict=True)
        ),
    )
    figure_rows = Sheet(
        _("Figures"),
        [
            Heading(_("Figure"), LONG),
            Heading(_("Estimate")),
            Heading(_("95% interval")),
            Heading(_("What it says"), LONG),
        ],
        figures(found),
    )
    values = Sheet(
        _("Measured values"),
        [
            Heading(_("Characteristic"), CODE),
            Heading(_("Unit")),
            Heading(_("Lot"), CODE),
            Heading(_("Mean of the supplier"), NUMBER),
            Heading(_("Mean of the customer"), NUMBER),
            Heading(_("Difference"), NUMBER),
        ],
        (
            [one.limits.number, one.limits.unit, pair.number, pair.supplier, pair.customer, pair.difference]
            for one in measured
            for pair in one.pairs
        ),
    )
    return Workbook(title, about, [figure_rows, lots, *([values] if measured else [])])
