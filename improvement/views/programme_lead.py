"""What is said first of a programme: where each pledge stands, and which key tasks are late."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from core.lead import Lead, joined, strong
from improvement.queries.programme import ProgrammeFigures, Standing
from improvement.views.pledge_words import pieces_left, word_of
from kpis.definitions import CORRECTED, READINGS, REPORTED, definition
from kpis.queries import wording
from kpis.queries.headlines import Way
from kpis.queries.readings import Reading
from kpis.views.figures import standing_of


def tags(found: ProgrammeFigures) -> list[str]:
    programme = found.programme
    told = [
        _("baseline %(months)s")
        % {"months": formatting.month_range(programme.baseline_from, programme.baseline_to)},
        _("report period %(months)s")
        % {"months": formatting.month_range(programme.report_from, programme.report_to)},
    ]
    if found.whole:
        counting = sum(one.counting for one in found.members)
        told.append(_("%(n)s of %(all)s suppliers") % {"n": counting, "all": found.suppliers_of_customer})
    return told


def lead(found: ProgrammeFigures, *, running: bool) -> Lead:
    """Say where each pledge stands, and which key tasks are late."""
    tasks = key_task_sentences(found)
    if not found.whole:
        return Lead(joined(own_sentence(found), *tasks), "watch" if tasks else "")
    if not found.standings:
        return Lead(joined(_("Nothing is pledged yet."), *tasks))
    told = [standing_sentence(one, found, running=running) for one in found.standings]
    words = {one.word for one in found.standings}
    tone = "bad" if "not_met" in words else "good" if words == {"met"} else "watch"
    return Lead(joined(*told, *tasks), tone)


def standing_sentence(one: Standing, found: ProgrammeFigures, *, running: bool) -> SafeString:
    kpi = str(definition(one.pledge.kpi).title)
    word = format_html("<b>{}</b>", word_of(one, running=running))
    if one.stock is not None and one.reading.change is not None:
        left = one.stock.left
        room = _("room for {amount} more stock") if left >= 0 else _("{amount} too much stock")
        return format_html(
            _("{kpi}: {word}, {change} against the baseline, {room}."),
            kpi=kpi,
            word=word,
            change=strong(change_amount(one.reading)),
            room=format_html(room, amount=strong(formatting.money(abs(left), places=1))),
        )
    told = format_html(_("{kpi}: {word}"), kpi=kpi, word=word)
    if one.reading.value is not None:
        stage = str(READINGS[one.way.stage]) if one.way.stage else ""
        told = format_html(
            _("{told}, {stage} {rate}"), told=told, stage=stage, rate=strong(wording.written(one.reading))
        )
    if one.counts is not None:
        told = format_html(_("{told}, {room}"), told=told, room=strong(pieces_left(one)))
    return format_html(_("{told}{beside}."), told=told, beside=corrected_clause(one, found))


def corrected_clause(one: Standing, found: ProgrammeFigures) -> SafeString | str:
    """Say beside a pledged reported rate what the corrected one is, and where that stands."""
    corrected = found.readings.get(Way(one.pledge.kpi, CORRECTED))
    if one.way.stage == CORRECTED or corrected is None or corrected.value is None or one.pledge.by_change:
        return ""
    where = standing_of(corrected, float(one.pledge.target))
    words = {"good": _("met"), "bad": _("not met"), "none": _("not yet decidable")}
    return format_html(
        _("; corrected {rate}, {word}"),
        rate=strong(wording.written(corrected)),
        word=words[where.state] if where else "",
    )


def own_sentence(found: ProgrammeFigures) -> SafeString | str:
    """Say what a member itself reports, against the baseline."""
    one = found.readings[Way("pass_rate", REPORTED)]
    if one.value is None:
        return one.reason_text + _(".")
    amount, word = wording.written_change(one.change, one)
    told = _("We report {rate} of pieces conforming.")
    if not amount:
        return format_html(told, rate=strong(wording.written(one)))
    told = _("We report {rate} of pieces conforming, {change} against the baseline: {word}.")
    return format_html(told, rate=strong(wording.written(one)), change=strong(amount), word=word)


def key_task_sentences(found: ProgrammeFigures) -> list[str]:
    """Say how many key tasks are late, and how many have nobody."""
    late = sum(one.days_overdue > 0 for one in found.key_tasks)
    alone = sum(one.ownerless for one in found.key_tasks)
    told = []
    if late:
        told.append(
            ngettext("%(n)s key task is overdue.", "%(n)s key tasks are overdue.", late) % {"n": late}
        )
    if alone:
        told.append(
            ngettext("%(n)s key task has no owner.", "%(n)s key tasks have no owner.", alone) % {"n": alone}
        )
    return told


def change_amount(one: Reading) -> str:
    return wording.written_change(one.change, one)[0]
