"""The next lot of a part: a card that is read standing at a bench, and why it says what it says."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from core import formatting
from core.lead import Lead, joined, strong
from quality.formulas.sampling.switching import (
    DISCONTINUE_AT,
    NORMAL_AGAIN_AT,
    REDUCE_AT,
    Switching,
    still_missing,
)
from quality.models import SamplingDecision, SamplingKind, Stage
from quality.queries.next_lot import USUAL_SIZE, NextLot, SeenLot, next_lot, usual_lot_size
from quality.queries.sampling import PlanOfLot, plan_of_lot
from quality.views.asked import stage_asked, whose_asked
from quality.views.curve import oc_curve, share
from quality.views.sampling_decisions import decisions_card
from suppliers.access import PersonRequest
from suppliers.queries.parts import part_or_none
from suppliers.queries.seats import CUSTOMER, side_of_session

SEVERITY_WORDS = {
    "normal": gettext_lazy("Normal inspection"),
    "tightened": gettext_lazy("Tightened inspection"),
    "reduced": gettext_lazy("Reduced inspection"),
}
SHORT = {
    "normal": gettext_lazy("normal"),
    "tightened": gettext_lazy("tightened"),
    "reduced": gettext_lazy("reduced"),
}
LOTS_SHOWN = 12
WHOLE_LOT = 10_000_000  # more pieces are not one lot


@require_GET
@login_required
def next_lot_page(request: PersonRequest, part_id: int) -> HttpResponse:
    """The card of a part's next lot. What is not shared is not there."""
    part = part_or_none(part_id)
    if part is None:
        raise Http404
    whose = whose_asked(request, part.pk)
    stage = stage_asked(request, Stage.INCOMING)
    lot_size = size_asked(request) or usual_lot_size(whose.partnership, part.pk, stage) or USUAL_SIZE
    found = next_lot(partnership_id=whose.partnership, part=part, stage=stage, lot_size=lot_size)
    shown = {
        "part_id": part.pk,
        "number": part.number,
        "name": formatting.in_language(part.name, part.name_en),
        "other": whose.other_name,
        "supplier": whose.supplier,
        "suppliers": whose.suppliers,
        "stage": stage,
        "stages": Stage.choices,
        "lot_size": lot_size,
        "severity": _("Inspection discontinued")
        if found.state.discontinued
        else SEVERITY_WORDS[found.state.severity],
        "tone": tone_of(found.state),
        "lead": Lead(lead(found), tone_of(found.state)),
        "discontinued": found.state.discontinued,
        "plan": found.plan,
        "facts": facts(found),
        "curve": oc_curve(found.plan, found.normal, SHORT),
        "points": points(found),
        "why": why(found),
        "marks": marks(found.seen),
        "missing": range(still_missing(found.state)),
        "decisions": decisions_card(request, found, whose.partnership, stage),
        "lots": lots_address(part.number, stage, side_of_session(request), whose.other),
    }
    return render(request, "quality/next_lot.html", {"page": shown})


def lots_address(part: str, stage: str, side: str, other: str) -> str:
    """Return the list of the lots that made the severity: those of the part with the company on the other side."""
    opposite = "supplier" if side == CUSTOMER else "customer"
    return f"{reverse('lots')}?{urlencode({'part': part, 'stage': stage, opposite: other})}"


def size_asked(request: PersonRequest) -> int | None:
    """Return the lot size of the address, or None where it is none."""
    text = request.GET.get("lot_size", "").replace(",", "").strip()
    return int(text) if text.isdecimal() and len(text) < 9 and 2 <= int(text) <= WHOLE_LOT else None


def tone_of(state: Switching) -> str:
    if state.discontinued:
        return "bad"
    return "watch" if state.severity == "tightened" else ""


def lead(found: NextLot) -> SafeString:
    plan = found.plan
    if plan.full_inspection:
        take = format_html(
            _(
                "Once inspection is resumed, a lot of {size}: {whole}, "
                "accept at {ac} nonconforming or fewer, reject at {re} or more."
            )
            if found.state.discontinued
            else _(
                "Next lot of {size}: {whole}, accept at {ac} nonconforming or fewer, reject at {re} or more."
            ),
            size=formatting.pieces(plan.lot_size),
            whole=strong(_("inspect the whole lot")),
            ac=formatting.decimal(plan.ac[0]),
            re=formatting.decimal(plan.re[0]),
        )
    else:
        take = format_html(
            _("Once inspection is resumed, a lot of {size}: {take}.")
            if found.state.discontinued
            else _("Next lot of {size}: {take}."),
            size=formatting.pieces(plan.lot_size),
            take=strong(
                _("take %(n)s, nonconforming ≤ %(ac)s accept, ≥ %(re)s reject")
                % {
                    "n": formatting.decimal(plan.n[0]),
                    "ac": formatting.decimal(plan.ac[0]),
                    "re": formatting.decimal(plan.re[0]),
                }
            ),
        )
    told = standing(found.state)
    return joined(told, take) if found.state.discontinued else joined(take, told)


def standing(state: Switching) -> str:
    """Say how the next lot is inspected and what would end that."""
    if state.discontinued:
        return _(
            "Inspection is discontinued by the rule: %(n)s lots were rejected on tightened inspection. "
            "The responsible authority decides when it is resumed, tightened."
        ) % {"n": formatting.decimal(state.not_accepted)}
    if state.severity == "tightened":
        more = still_missing(state)
        return ngettext(
            "Inspection is tightened; %(n)s more lot accepted in a row brings normal inspection back.",
            "Inspection is tightened; %(n)s more lots accepted in a row bring normal inspection back.",
            more,
        ) % {"n": formatting.decimal(more)}
    if state.severity == "reduced":
        return _("Inspection is reduced; the first lot rejected brings normal inspection back.")
    return _("Inspection is normal.")


def facts(found: NextLot) -> list[tuple[str, str]]:
    """Return the lines of the card below the three numbers."""
    plan, normal = found.plan, found.normal
    if found.terms.agreed:
        aql = _("%(aql)s %%, major nonconformities")
    elif found.terms.per_hundred:
        aql = _(
            "%(aql)s %% (usual: the part's %(own)s counts nonconformities per 100 items, "
            "and lots are judged here by nonconforming pieces)"
        )
    else:
        aql = _("%(aql)s %% (usual, since the part names no level or AQL)")
    arrow = (
        _("%(code)s → plan %(plan)s") % {"code": plan.code, "plan": plan.plan_code}
        if plan.code != plan.plan_code
        else plan.code
    )
    lines = [
        (_("Lot size"), formatting.pieces(plan.lot_size)),
        (_("Level / code letter"), f"{plan.level} → {arrow}"),
        ("AQL", aql % {"aql": plan.aql, "own": found.terms.per_hundred}),
        (
            _("Plan"),
            _("GB/T 2828.1 (ISO 2859-1), single sampling, %(severity)s") % {"severity": SHORT[plan.severity]},
        ),
        (
            _("Chance of acceptance at the AQL"),
            beside(plan.pa_at_aql, normal.pa_at_aql if normal else None),
        ),
        (
            _("Limiting quality (accepted one time in ten)"),
            beside(plan.limiting_quality, normal.limiting_quality if normal else None),
        ),
    ]
    if not plan.full_inspection:
        lines.append(
            (
                _("Worst average quality behind it (AOQL), rejected lots sorted"),
                beside(plan.aoql, normal.aoql if normal else None, 2),
            )
        )
    if found.state.severity == "normal":
        lines.append((_("Switching score"), score(found.state.score)))
    if found.state.discontinued:
        lines.append((_("Discontinued by the rule"), discontinued(found)))
    return lines


def score(reached: int) -> str:
    """Say how far the way to reduced inspection is, and who opens its end."""
    told = {"score": formatting.decimal(reached), "needed": REDUCE_AT}
    if reached >= REDUCE_AT:
        return (
            _(
                "%(score)s: the score of %(needed)s for reduced inspection is reached; going over needs the "
                "decision of the responsible authority"
            )
            % told
        )
    return (
        _("%(score)s of %(needed)s; reduced inspection also needs the decision of the responsible authority")
        % told
    )


def discontinued(found: NextLot) -> str:
    """Say since which lot inspection is discontinued, and what came since."""
    last = next(one for one in reversed(found.seen) if one.switched)
    since = found.since_switch
    return _("since lot %(lot)s of %(day)s; lots since then: %(n)s, accepted of them: %(accepted)s") % {
        "lot": last.number,
        "day": formatting.day(last.inspected_on),
        "n": formatting.decimal(len(since)),
        "accepted": formatting.decimal(sum(one.accepted for one in since)),
    }


def beside(now: float, normal: float | None, places: int = 1) -> str:
    told = share(now, places)
    if normal is None:
        return told
    return _("%(now)s (normal inspection: %(normal)s)") % {
        "now": told,
        "normal": share(normal, places),
    }


def points(found: NextLot) -> list[tuple[str, str, str]]:
    """Return every sixth point of the curve, and of the normal one beside it, for the table."""
    normal: PlanOfLot | None = found.normal and plan_of_lot(
        lot_size=found.plan.lot_size,
        level=found.terms.level,
        aql=found.terms.aql,
        until=found.plan.oc[-1].p,
    )
    others = normal.oc if normal else [None] * len(found.plan.oc)
    return [
        (
            share(point.p, 2),
            share(point.pa, 1),
            share(other.pa, 1) if other else "",
        )
        for point, other in list(zip(found.plan.oc, others, strict=True))[::6]
    ]


def why(found: NextLot) -> str:
    """Say which lots made the severity."""
    if not found.seen:
        text = _("No lot of this stage has a verdict yet: inspection begins normal.")
    else:
        switch = found.last_switch
        text = decided(switch) if isinstance(switch, SamplingDecision) else reason(found.state, switch)
    if found.without_verdict:
        text += ("" if formatting.is_chinese() else " ") + ngettext(
            "%(n)s lot whose sheet names no verdict counts for nothing.",
            "%(n)s lots whose sheets name no verdict count for nothing.",
            found.without_verdict,
        ) % {"n": formatting.decimal(found.without_verdict)}
    return text


def decided(switch: SamplingDecision) -> str:
    """Say by which decision the severity stands."""
    told = {"day": formatting.day(switch.day), "who": switch.made_by.user, "reason": switch.reason}
    if switch.kind == SamplingKind.RESUME:
        return _("Resumed, tightened, after %(day)s by decision of %(who)s: %(reason)s") % told
    if switch.kind == SamplingKind.REDUCED_APPROVED:
        return _("Reduced after %(day)s by decision of %(who)s: %(reason)s") % told
    return _("Reduced inspection ended after %(day)s by decision of %(who)s: %(reason)s") % told


def reason(state: Switching, switch: SeenLot | None) -> str:
    if switch is None:
        return _(
            "Never two lots rejected among five in a row: inspection has always been normal. "
            "First submissions only."
        )
    told = {"lot": switch.number, "day": formatting.day(switch.inspected_on)}
    if state.discontinued:
        return (
            _(
                "With lot %(lot)s of %(day)s the fifth lot was rejected on tightened inspection: discontinued. "
                "Lots since then count for nothing."
            )
            % told
        )
    if state.severity == "tightened":
        return _(
            "With lot %(lot)s of %(day)s two of five lots or fewer were rejected: tightened. Since then %(row)s "
            "accepted in a row; %(needed)s bring normal inspection back, %(end)s rejected in all discontinue it. "
            "First submissions only."
        ) % (
            told
            | {
                "row": formatting.decimal(state.accepted_in_row),
                "needed": NORMAL_AGAIN_AT,
                "end": DISCONTINUE_AT,
            }
        )
    if state.severity == "reduced":
        return (
            _("With lot %(lot)s of %(day)s the score for reduced inspection was reached, as approved.") % told
        )
    if switch.was == "reduced":
        return (
            _(
                "With lot %(lot)s of %(day)s a lot was rejected on reduced inspection: normal again. "
                "Reducing again needs a new decision."
            )
            % told
        )
    return (
        _("With lot %(lot)s of %(day)s five in a row were accepted: normal again. First submissions only.")
        % told
    )


def marks(seen: Sequence[SeenLot]) -> list[dict[str, Any]]:
    """Return the last lots as marks, with the switch after a lot that made one."""
    return [
        {
            "lot_id": one.lot_id,
            "number": one.number,
            "day": formatting.day(one.inspected_on),
            "state": "good" if one.accepted else "bad",
            "word": _("accepted") if one.accepted else _("rejected"),
            "again": not one.first,
            "switch": switch_word(one) if one.switched else "",
        }
        for one in seen[-LOTS_SHOWN:]
    ]


def switch_word(one: SeenLot) -> str:
    if one.state.discontinued:
        return _("discontinued")
    return _("to %(severity)s") % {"severity": SHORT[one.state.severity]}
