"""The rules of warnings: what each looks at, how long until it errs, and what gave way to the budget."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core import formatting
from core.lead import Lead, joined
from improvement.models import WarningRule
from improvement.queries.warning_budget import Budget, budgets
from quality.formulas.false_alarms import BLOCK, PLANS, Plan, lots_a_false_capability
from suppliers.access import MemberRequest
from suppliers.queries.seats import CUSTOMER, side_of_session


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in words."""

    name: str
    looks_at: str
    errs: str  # the average run length


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """What the rules cost on one partnership."""

    whose: str
    lots: str
    measured: str
    cost: str
    gave_way: list[str]


@require_GET
@login_required
def rules_page(request: MemberRequest) -> HttpResponseBase:
    """What is watched, and how often a warning comes by chance alone."""
    as_customer = side_of_session(request) == CUSTOMER
    own = request.person.organisation.code
    found = [one for one in budgets() if (one.supplier_code != own) == as_customer]
    context = {
        "lead": lead(found),
        "rules": [
            RuleRow(str(WarningRule(rule).label), looks_at, errs)
            for rule, looks_at, errs in rule_words(PLANS[0])
        ],
        "rows": [budget_row(one, as_customer=as_customer) for one in found],
        "steps": [step for plan in range(1, len(PLANS)) for step in step_words(plan)],
        "as_customer": as_customer,
    }
    return render(request, "improvement/warning_rules.html", context)


def lead(found: list[Budget]) -> Lead:
    """Say what the budget is, and on how many partnerships rules gave way to it."""
    budget = formatting.decimal(settings.WARNING_FALSE_ALARMS_A_MONTH, 1)
    told = [_("At most %(n)s warnings a month come by chance alone, on each partnership.") % {"n": budget}]
    blunt = sum(one.place > 0 for one in found)
    if blunt:
        told.append(
            ngettext(
                "On %(n)s, rules gave way for that.", "On %(n)s of them, rules gave way for that.", blunt
            )
            % {"n": blunt}
        )
    over = sum(one.total > settings.WARNING_FALSE_ALARMS_A_MONTH for one in found)
    if over:
        told.append(
            ngettext(
                "On %(n)s it is more even with all rules at their bluntest.",
                "On %(n)s it is more even with all rules at their bluntest.",
                over,
            )
            % {"n": over}
        )
    return Lead(joined(*told), "watch" if over else "")


def rule_words(plan: Plan) -> list[tuple[str, str, str]]:
    """Return each rule with what it looks at and how long until it errs, where a process is in control."""
    numbers = {
        "run_length": formatting.decimal(plan.run_length),
        "points": formatting.decimal(1 / plan.chance),
        "lots": formatting.decimal(lots_a_false_capability(plan)),
        "block": BLOCK,
    }
    fact = _("never: it says what happened")
    return [
        (WarningRule.OUT_OF_LIMITS, _("A measured value beyond the limits of its drawing."), fact),
        (
            WarningRule.SEVERITY,
            _("A switch to tightened inspection, a stop, or the end of reduced inspection (ISO 2859-1)."),
            fact,
        ),
        (
            WarningRule.PASS_RATE,
            _(
                "CUSUM of nonconforming pieces, first submissions, against the half year before the quarter; "
                "a doubled share is found soonest. What lots differ by is allowed for."
            ),
            _("%(run_length)s lots of a part") % numbers,
        ),
        (
            WarningRule.CAPABILITY,
            _("Ppk of %(block)s lots of a calendar year, its whole interval below 1.00.") % numbers,
            _("%(lots)s lots of a characteristic that lies exactly at 1.00") % numbers,
        ),
        (
            WarningRule.RUN_RULE,
            _(
                "The mean of a lot beyond frozen limits, or nine in a row on one side; without frozen limits "
                "beyond what at least 25 earlier lots let expect."
            ),
            _("%(points)s lots of a characteristic; nine in a row 511") % numbers,
        ),
        (
            WarningRule.PLAUSIBILITY,
            _(
                "Fewer nonconforming pieces reported than found at incoming inspection of the same lots, or a "
                "lot with all the values of an earlier one. The supplier is asked first."
            ),
            _("1,000 looks, one at every twelfth lot that both inspected"),
        ),
    ]


def step_words(place: int) -> list[str]:
    """Say what a plan does less than the one before it."""
    now, before = PLANS[place], PLANS[place - 1]
    told = []
    if before.runs and not now.runs:
        told.append(_("nine in a row on one side no longer count"))
    if now.chance != before.chance:
        told.append(
            _("limits made of earlier lots become wider: one lot in %(n)s crosses them by chance")
            % {"n": formatting.decimal(1 / now.chance)}
        )
    if now.confidence != before.confidence:
        told.append(
            _("capability is judged by an interval of %(n)s%%")
            % {"n": formatting.decimal(100 * now.confidence, 1)}
        )
    if now.run_length != before.run_length:
        told.append(
            _("a falling pass rate errs once in %(n)s lots") % {"n": formatting.decimal(now.run_length)}
        )
    return told


def budget_row(one: Budget, *, as_customer: bool) -> BudgetRow:
    return BudgetRow(
        whose=one.supplier if as_customer else one.customer,
        lots=formatting.decimal(one.pace.inspected),
        measured=formatting.decimal(one.pace.measured + one.pace.frozen),
        cost=formatting.decimal(one.total, 2),
        gave_way=[step for place in range(1, one.place + 1) for step in step_words(place)],
    )
