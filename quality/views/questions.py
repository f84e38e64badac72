"""Questions about reported measured values: asked of who measured, and answered there."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from core import clock, formatting
from core.lead import Lead, joined
from core.lists import made_at
from core.workbook import CODE, LONG, TEXT, Heading, Sheet, Workbook, download
from quality.forms import AnswerForm
from quality.formulas.questions import FALSE_ALARMS, Pattern
from quality.queries.plausibility import HEAD_START, Question, Questions, questions
from quality.services import answering
from quality.views.asked import whose_asked
from suppliers.access import MemberRequest, PersonRequest
from suppliers.queries.parts import part_or_none, partnerships_of_part
from suppliers.services import MayNot

TITLES = {
    Pattern.HEAP_LSL: gettext_lazy("Many values just inside the lower limit"),
    Pattern.HEAP_USL: gettext_lazy("Many values just inside the upper limit"),
    Pattern.LAST_DIGIT: gettext_lazy("One last digit stands out"),
    Pattern.REPEATED: gettext_lazy("A run of values comes back"),
    Pattern.VARIANCE: gettext_lazy("A lot with hardly any spread"),
    Pattern.COPY: gettext_lazy("A lot like an earlier one"),
}
QUESTIONS = {
    Pattern.HEAP_LSL: gettext_lazy(
        "How is a value near the limit read and rounded, and is a piece measured again?"
    ),
    Pattern.HEAP_USL: gettext_lazy(
        "How is a value near the limit read and rounded, and is a piece measured again?"
    ),
    Pattern.LAST_DIGIT: gettext_lazy(
        "What is the resolution of the gauge, and is the last digit read or rounded?"
    ),
    Pattern.REPEATED: gettext_lazy("Were values carried over from another sheet?"),
    Pattern.VARIANCE: gettext_lazy(
        "Was it another gauge, were the pieces made one after another, or was one piece measured several times?"
    ),
    Pattern.COPY: gettext_lazy(
        "Was the earlier sheet the pattern for this one, or are the same pieces meant?"
    ),
}


@require_GET
@login_required
def questions_page(request: PersonRequest, part_id: int) -> HttpResponseBase:
    """Questions about a part's reported values. What is not shared is not there."""
    part = part_or_none(part_id)
    if part is None:
        raise Http404
    whose = whose_asked(request, part.pk)
    reporting = request.person is not None and request.person.organisation_id == whose.supplier_id
    found = questions(partnership_id=whose.partnership, part_id=part.pk, now=clock.now(), reporting=reporting)
    address = f"{reverse('part-questions', args=[part.pk])}?supplier={whose.supplier}"
    if request.GET.get("as") == "xlsx":
        title = _("Questions to the values %(part)s") % {"part": part.number}
        about = [(_("In words"), str(lead(found, reporting=reporting))), *made_at(address)]
        return download(Workbook(title, about, [sheet(found)]), day=clock.today_here())
    open_ones = [one for one in found.asked if not one.answers]
    shown = {
        "part_id": part.pk,
        "number": part.number,
        "name": formatting.in_language(part.name, part.name_en),
        "other": whose.other_name,
        "supplier": whose.supplier,
        "suppliers": whose.suppliers,
        "lead": Lead(lead(found, reporting=reporting), "watch" if open_ones else ""),
        "rows": [card(one) for one in found.asked],
        "may_answer": answering.may_answer(request.person, whose.partnership),
        "first": first_words(reporting=reporting),
        "tested": tested_words(found),
        "none": "" if found.values else nothing_words(reporting=reporting),
    }
    return render(request, "quality/questions.html", {"page": shown, "export_url": f"{address}&as=xlsx"})


@require_POST
@login_required
def answer(request: MemberRequest, part_id: int) -> HttpResponse:
    """Answer a question. What is not shared, or not asked, is not there."""
    code = request.POST.get("supplier", "")
    every = partnerships_of_part(part_id, supplier=code) if part_or_none(part_id) else []
    if not every:
        raise Http404
    form = AnswerForm(request.POST)
    back = f"{reverse('part-questions', args=[part_id])}?supplier={every[0].supplier.code}"
    if not form.is_valid():
        messages.error(request, _("Write an answer, in at most 1,000 characters."))
        return redirect(back)
    try:
        answering.answer_question(
            partnership_id=every[0].pk,
            part_id=part_id,
            key=form.cleaned_data["question"],
            answer=form.cleaned_data["answer"],
            by=request.person,
            now=clock.now(),
        )
    except MayNot as forbidden:
        raise PermissionDenied from forbidden
    except answering.NotAsked as nothing:
        raise Http404 from nothing
    messages.success(request, _("Answered. The customer sees question and answer now."))
    return redirect(back)


def lead(found: Questions, *, reporting: bool) -> SafeString:
    if not found.values and not found.asked:
        return joined(nothing_words(reporting=reporting))
    open_ones = sum(not one.answers for one in found.asked)
    if not found.asked:
        return joined(_("No question: the values look as measured values do."))
    told = ngettext(
        "%(n)s question about the measured values waits for an answer.",
        "%(n)s questions about the measured values wait for an answer.",
        open_ones,
    ) % {"n": formatting.decimal(open_ones)}
    answered = len(found.asked) - open_ones
    more = ngettext("%(n)s was answered.", "%(n)s were answered.", answered) % {
        "n": formatting.decimal(answered)
    }
    whose = _("They ask how was measured, and accuse nobody.") if reporting and open_ones else ""
    return joined(told if open_ones else "", more if answered else "", whose)


def nothing_words(*, reporting: bool) -> str:
    """Say that there is nothing to look at; whoever does not report is told of older values alone."""
    if reporting:
        return _("No measured values of outgoing inspection are here yet.")
    return _("No measured values of outgoing inspection older than %(days)s days are here yet.") % {
        "days": HEAD_START.days
    }


def first_words(*, reporting: bool) -> str:
    told = {"days": HEAD_START.days}
    if reporting:
        return (
            _(
                "You see these questions first. The customer sees a question once it is answered, or when the values "
                "that raise it are older than %(days)s days."
            )
            % told
        )
    return (
        _(
            "The supplier sees questions first. Here stand those that were answered, and those whose values are older "
            "than %(days)s days."
        )
        % told
    )


def tested_words(found: Questions) -> str:
    """Say how many tests were done, and how many questions chance alone would ask."""
    return _(
        "%(tests)s tests on %(values)s values; each asks about one honest series in %(n)s, so chance alone would ask "
        "%(expected)s questions at the most. Tests that do not fit the scale or have too few values are not done."
    ) % {
        "tests": formatting.decimal(found.tests),
        "values": formatting.decimal(found.values),
        "n": formatting.decimal(round(1 / FALSE_ALARMS)),
        "expected": formatting.decimal(found.expected, 2),
    }


def card(one: Question) -> dict[str, Any]:
    return {
        "key": one.key,
        "version": one.limits.version,
        "number": one.limits.number,
        "characteristic": formatting.in_language(one.limits.name, one.limits.name_en),
        "quarter": quarter_words(one),
        "title": TITLES[one.test],
        "seen": seen_words(one),
        "asks": QUESTIONS[one.test],
        "chance": chance_words(one),
        "lots": [(lot.pk, lot.number, formatting.day(lot.day)) for lot in (one.earlier, one.lot) if lot],
        "answers": [
            {"text": said.text, "by": said.by, "at": formatting.moment(said.at)} for said in one.answers
        ],
    }


def quarter_words(one: Question) -> str:
    return _("%(year)s, quarter %(quarter)s") % {
        "year": one.quarter.year,
        "quarter": (one.quarter.month + 2) // 3,
    }


def seen_words(one: Question) -> str:
    """Say what the test saw, in numbers."""
    facts, places, unit = one.facts, one.limits.places, one.limits.unit
    lot, earlier = (each.number if each else "" for each in (one.lot, one.earlier))
    if one.test in (Pattern.HEAP_LSL, Pattern.HEAP_USL):
        return _(
            "%(at)s values lie in the last %(strip)s %(unit)s before the limit %(limit)s, %(next)s in the strip of "
            "equal width before it; %(beyond)s lie beyond the limit."
        ) % {
            "at": formatting.decimal(int(facts["at_limit"])),
            "next": formatting.decimal(int(facts["next_to_it"])),
            "beyond": formatting.decimal(int(facts["beyond"])),
            "strip": formatting.decimal(facts["strip"], places + 1),
            "limit": formatting.decimal(facts["limit"], places),
            "unit": unit,
        }
    if one.test == Pattern.LAST_DIGIT:
        return _(
            "The last digit %(digit)s stands in %(count)s of %(n)s values; one in ten would be expected."
        ) % {
            "digit": int(facts["digit"]),
            "count": formatting.decimal(int(facts["count"])),
            "n": formatting.decimal(int(facts["n"])),
        }
    if one.test == Pattern.REPEATED:
        return _("%(length)s values of lot %(earlier)s come again in the same order in lot %(lot)s.") % {
            "length": formatting.decimal(int(facts["length"])),
            "earlier": earlier,
            "lot": lot,
        }
    if one.test == Pattern.VARIANCE:
        return _(
            "The %(n)s values of lot %(lot)s spread by %(sd)s %(unit)s (s); usual within a lot is %(usual)s."
        ) % {
            "n": formatting.decimal(int(facts["n"])),
            "lot": lot,
            "sd": formatting.decimal(facts["sd"], places + 2),
            "usual": formatting.decimal(facts["usual"], places + 2),
            "unit": unit,
        }
    return _("%(alike)s of %(n)s values of lot %(lot)s are those of lot %(earlier)s, piece by piece.") % {
        "alike": formatting.decimal(int(facts["alike"])),
        "n": formatting.decimal(int(facts["n"])),
        "lot": lot,
        "earlier": earlier,
    }


def chance_words(one: Question) -> str:
    rarest = 1_000_000
    times = min(round(1 / one.p), rarest) if one.p > 0 else rarest
    told = {"n": formatting.decimal(times)}
    if times == rarest:
        return _("Honest values look so less than once in %(n)s times.") % told
    return _("Honest values look so about once in %(n)s times.") % told


def sheet(found: Questions) -> Sheet:
    headings = [
        Heading(_("Characteristic"), CODE),
        Heading(_("Quarter"), TEXT),
        Heading(_("Question"), LONG),
        Heading(_("What was seen"), LONG),
        Heading(_("Chance"), LONG),
        Heading(_("Lot"), CODE),
        Heading(_("Earlier lot"), CODE),
        Heading(_("Answers"), LONG),
    ]
    rows = (
        [
            one.limits.number,
            quarter_words(one),
            f"{TITLES[one.test]}: {QUESTIONS[one.test]}",
            seen_words(one),
            chance_words(one),
            one.lot.number if one.lot else "",
            one.earlier.number if one.earlier else "",
            "; ".join(f"{said.by}: {said.text}" for said in one.answers),
        ]
        for one in found.asked
    )
    return Sheet(_("Questions"), headings, rows)
