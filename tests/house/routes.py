"""Every address of the service, and what its arguments, filters and bodies name.

A new route is found by itself. One whose arguments nobody knows, whose filters nobody knows, or that takes
a POST of which nobody said whether ids stand in its body, fails `test_who_sees_what`: say it here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse


@dataclass(frozen=True)
class Word:
    """An argument from a vocabulary that all know."""

    text: str


SECRET = Word("nobody-was-told-this")  # an argument that is itself the key to what lies behind it

ARGUMENTS: dict[str, dict[str, str | Word]] = {
    "api-organisation-detail": {"pk": "organisation"},
    "api-partnership-detail": {"pk": "partnership"},
    "api-part-detail": {"pk": "part"},
    "api-characteristic-detail": {"pk": "characteristic"},
    "api-lot-detail": {"pk": "lot"},
    "api-inspection-detail": {"pk": "inspection"},
    "api-stock-item-detail": {"pk": "stock_item"},
    "api-movement-detail": {"pk": "movement"},
    "api-balance-detail": {"pk": "balance"},
    "api-delivery-detail": {"pk": "delivery"},
    "api-return-detail": {"pk": "return_"},
    "api-kpi": {"name": Word("pass_rate")},
    **{
        f"api-data-request-{action}": {"pk": "data_request"}
        for action in ("detail", "end", "nothing", "take-back")
    },
    "request-nothing": {"request_id": "data_request"},
    "request-answer-revoke": {"answer_id": "data_answer"},
    **{
        f"api-upload-{action}": {"pk": "upload"}
        for action in ("detail", "answers", "do-commit", "problems", "repair", "undo")
    },
    **{f"api-chunked-file-{action}": {"pk": "chunked_file"} for action in ("detail", "finish")},
    **{
        f"upload{action}": {"pk": "upload"}
        for action in (
            "",
            "-row",
            "-kind",
            "-mapping",
            "-mend",
            "-leave-out",
            "-take-in",
            "-commit",
            "-undo",
            "-repair",
        )
    },
    **{
        f"api-task-{action}": {"pk": "task"}
        for action in (
            "attachments",
            "close",
            "comments",
            "detail",
            "done",
            "history",
            "reopen",
            "start",
            "steps",
        )
    },
    **{f"api-warning-{action}": {"pk": "warning"} for action in ("detail", "seen", "explain", "reopen")},
    **{f"warning{action}": {"warning_id": "warning"} for action in ("", "-see", "-explain", "-reopen")},
    "api-task-attachment": {"pk": "task", "attachment": "attachment"},
    **{
        f"task{action}": {"task_id": "task"}
        for action in ("", "-edit", "-start", "-done", "-close", "-reopen", "-comment")
    },
    "task-step": {"task_id": "task", "code": Word("D1")},
    "task-attachment": {"task_id": "task", "attachment_id": "attachment"},
    **{
        f"api-programme-{action}": {"pk": "programme"}
        for action in (
            "detail",
            "pledges",
            "pledges-withdraw",
            "history",
            "members",
            "members-leave",
            "key-tasks",
            "key-tasks-remove",
            "key-tasks-order",
        )
    },
    **{
        f"programme{action}": {"slug": "programme_slug"}
        for action in (
            "",
            "-edit",
            "-facts",
            "-pledge",
            "-pledge-withdraw",
            "-member-add",
            "-member-leave",
            "-task-add",
            "-task-remove",
            "-task-move",
        )
    },
    "upload-template": {"kind": Word("inspections")},
    "lot": {"lot_id": "lot"},
    "part": {"part_id": "part"},
    "part-units": {"part_id": "part"},
    "sampling-next-lot": {"part_id": "part"},
    "sampling-decide": {"part_id": "part"},
    "sampling-undo": {"part_id": "part", "decision_id": "sampling_decision"},
    "part-chart-decide": {"part_id": "part", "version": "characteristic_version"},
    "part-chart-undo": {
        "part_id": "part",
        "version": "characteristic_version",
        "decision_id": "chart_decision",
    },
    "part-charts": {"part_id": "part"},
    "part-chart": {"part_id": "part", "version": "characteristic_version"},
    "part-agreement": {"part_id": "part"},
    "part-questions": {"part_id": "part"},
    "part-question-answer": {"part_id": "part"},
    "api-plausibility": {"part": "part"},
    "gauge-study": {"study_id": "gauge_study"},
    "api-gauge-study-detail": {"pk": "gauge_study"},
    "api-agreement": {"part": "part"},
    "api-chart": {"kind": Word("xbar_r"), "version": "characteristic_version"},
    "api-chart-decisions": {"version": "characteristic_version"},
    "api-chart-decision-undo": {"version": "characteristic_version", "decision": "chart_decision"},
    "api-ewma": {"version": "characteristic_version"},
    "api-cusum": {"version": "characteristic_version"},
    "api-rate-chart": {"kind": Word("p")},
    "api-capability": {"version": "characteristic_version"},
    "passport": {"name": Word("pass_rate")},
    "definition": {"name": Word("pass_rate"), "version": Word("1")},
    "help-page": {"name": Word("upload")},
    "supplier": {"code": "organisation_code"},
    **{f"saved-view{action}": {"view_id": "saved_view"} for action in ("", "-rename", "-drop")},
    "key-revoke": {"key_id": "key"},
    "letter-again": {"letter_id": "letter"},
    "invitation": {"token": SECRET},
    "invitation-withdraw": {"invitation_id": "invitation"},
    "role-change": {"person_id": "person"},
    "person-take-away": {"person_id": "person"},
    **{
        f"subscription{action}": {"subscription_id": "subscription"}
        for action in ("", "-pause", "-resume", "-delete", "-now", "-preview", "-mail")
    },
    **{
        f"api-subscription-{action}": {"pk": "subscription"}
        for action in ("detail", "pause", "resume", "send-now")
    },
    "unsubscribe": {"token": SECRET},
    "account_reset_password_from_key": {"uidb36": Word("1"), "key": SECRET},
    "sharing-close": {"grant_id": "grant"},
}

# What the filters of lists name.
FILTERS = {
    "partnership": "partnership",
    "supplier": "organisation_code",
    "customer": "organisation_code",
    "code": "organisation_code",
    "holder": "organisation",
    "part": "part_number",
    "number": "part_number",
    "part_id": "part",
    "family": "family",
    "lot": "lot_number",
    "lot_id": "lot",
    "gauge": "gauge_name",
    "upload": "upload",
    "stock_item": "stock_item",
    "characteristic_version": "characteristic_version",
    "q": "organisation_name",
    "request": "data_request",
    "warning": "warning",
}
FILTERS_OF_PAGES = {"supplier", "part", "lot", "q", "request", "warning"}
# Filters by days and by words that all know.
PUBLIC_FILTERS = {
    "from",
    "to",
    "stage",
    "verdict",
    "withdrawn",
    "ownership",
    "kind",
    "grain",
    "found_at",
    "liability",
    "state",
    "since",
    "until",
    "open",
    "sender",
    "kpi",
    "mine",
    "waiting",
    "overdue",
    "sha256",
    "rule",
}

# POSTs in whose bodies no id stands.
BODIES_WITHOUT_IDS = {
    "account",
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_from_key",
    "colleague-invite",
    "invitation-withdraw",
    "key-make",
    "key-revoke",
    "language",
    "letter-again",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "person-take-away",
    "request-answer-revoke",
    "request-nothing",
    "role-change",
    "sharing-close",
    "part-units",
    "saved-view-drop",
    "saved-view-new",
    "saved-view-rename",
    "sessions-end",
    "single-keys",
    "api-data-request-end",
    "api-data-request-nothing",
    "subscription-pause",
    "subscription-resume",
    "subscription-delete",
    "subscription-now",
    "unsubscribe",
    "api-subscription-pause",
    "api-subscription-resume",
    "api-subscription-send-now",
    "api-chart-decision-undo",
    "api-upload-do-commit",
    "api-upload-undo",
    "api-task-attachments",
    "api-task-close",
    "api-task-comments",
    "api-task-done",
    "api-task-reopen",
    "api-task-start",
    "api-task-steps",
    "api-warning-explain",
    "api-warning-reopen",
    "api-warning-seen",
    "warning-explain",
    "warning-reopen",
    "warning-see",
    "task-close",
    "task-comment",
    "task-done",
    "task-reopen",
    "task-start",
    "task-step",
    "api-programme-list",
    "api-programme-pledges",
    "api-programme-pledges-withdraw",
    "programme-new",
    "programme-facts",
    "programme-pledge",
    "programme-pledge-withdraw",
    # A task is named by its number, which counts per customer: it names none of another's.
    "programme-task-add",
    "programme-task-move",
    "programme-task-remove",
    "api-chunked-file-list",
    "upload-kind",
    "upload-mapping",
    "upload-take-in",
    "upload-commit",
    "upload-undo",
}
Mine = Callable[[str], Any]  # of a kind something that one sees

# What an address says after its question mark, where it answers nothing without.
QUERIES: dict[str, dict[str, str]] = {
    "api-rate-chart": {"part_id": "part"},
    "api-joint-chart": {"part_id": "part"},
}


@dataclass(frozen=True)
class Body:
    """A body that names a thing of `kind`; `form` writes it, given the thing and what else one sees."""

    kind: str
    form: Callable[[Any, Mine], dict[str, Any]]
    json: bool = False


def _rows(**cells: Any) -> dict[str, Any]:
    """A row by which a lot is handed in."""
    row = {"lot_no": "L1", "inspection_date": "2026-06-29", "inspected": 125, "nonconforming": 1}
    return {"kind": "inspections", "stage": "outgoing", "dry_run": True, "rows": [row | cells]}


RULE = {"rhythm": "monthly", "due_day": 5, "due_next": True, "grace_days": 2}
ASK = RULE | {"kind": "returns", "sender": "supplier", "valid_from": "2026-05-01"}


def _mail(**filters: Any) -> dict[str, Any]:
    """A subscription as the API takes it."""
    return {"what": "inventory", "rhythm": "daily", "hour": 8, "filters": filters}


MAIL = {
    "what": "inventory",
    "rhythm": "daily",
    "day_of_week": 1,
    "day_of_month": 1,
    "hour": 8,
    "language": "en",
}
LOT = {"lot_no": "L1", "inspection_date": "2026-06-29", "inspected": "125", "nonconforming": "1"}
CARD = {"title": "T", "problem": "P", "target": "G", "due_date": "2026-09-30"}
TASK = CARD | {"kind": "lean", "kpi": "pass_rate"}
DAY = "2026-03-01"
CHART = {"stage": "outgoing", "chart": "i_mr", "kind": "note", "reason": "R"}
BODIES: dict[str, list[Body]] = {
    "part-chart-decide": [
        Body("lot_number", lambda it, _: CHART | {"lot": it}),
        Body("organisation_code", lambda it, mine: CHART | {"supplier": it, "lot": mine("lot_number")}),
    ],
    "api-chart-decisions": [
        Body("lot_number", lambda it, _: CHART | {"lot": it}, json=True),
        Body(
            "partnership",
            lambda it, mine: CHART | {"partnership": it, "lot": mine("lot_number")},
            json=True,
        ),
    ],
    "sampling-decide": [
        Body(
            "organisation_code",
            lambda it, _: {"supplier": it, "stage": "incoming", "kind": "resume", "day": DAY, "reason": "R"},
        )
    ],
    "part-question-answer": [
        Body(
            "organisation_code",
            lambda it, _: {"supplier": it, "question": "copy-1-2026-04-01-1", "answer": "A"},
        ),
        Body(
            "characteristic_version",
            lambda it, _: {"question": f"last_digit-{it}-2026-04-01-0", "answer": "A"},
        ),
        Body("lot", lambda it, _: {"question": f"copy-1-2026-04-01-{it}", "answer": "A"}),
    ],
    "sampling-undo": [Body("organisation_code", lambda it, _: {"supplier": it})],
    "part-chart-undo": [Body("organisation_code", lambda it, _: {"supplier": it})],
    "api-programme-members": [
        Body("partnership", lambda it, _: {"partnership": it, "joined_on": DAY}, json=True)
    ],
    "api-programme-members-leave": [
        Body("partnership", lambda it, _: {"partnership": it, "left_on": DAY}, json=True)
    ],
    "api-programme-key-tasks": [Body("task", lambda it, _: {"task": it}, json=True)],
    "api-programme-key-tasks-remove": [Body("task", lambda it, _: {"task": it}, json=True)],
    "api-programme-key-tasks-order": [Body("task", lambda it, _: {"tasks": [it]}, json=True)],
    "programme-member-add": [Body("organisation_code", lambda it, _: {"supplier": it, "joined_on": DAY})],
    "programme-member-leave": [Body("organisation_code", lambda it, _: {"supplier": it, "left_on": DAY})],
    **{
        name: [
            Body("organisation_code", lambda it, _: MAIL | {"suppliers": it, "customer": it}),
            Body("part_number", lambda it, _: MAIL | {"parts": it}),
        ]
        for name in ("subscription", "subscription-new")
    },
    "api-subscription-list": [
        Body("organisation_code", lambda it, _: _mail(suppliers=[it]), json=True),
        Body("organisation_code", lambda it, _: _mail(customer=it), json=True),
        Body("part_number", lambda it, _: _mail(parts=[it]), json=True),
    ],
    "task-new": [Body("person", lambda it, _: TASK | {"customer_owner_id": it, "supplier_owner_id": it})],
    "task-edit": [
        Body("person", lambda it, _: CARD | {"customer_owner_id": it, "supplier_owner_id": it, "version": 1})
    ],
    "api-task-list": [
        Body("partnership", lambda it, _: TASK | {"partnership": it}, json=True),
        Body(
            "part",
            lambda it, mine: TASK | {"partnership": mine("partnership"), "parts": [it]},
            json=True,
        ),
        Body(
            "person",
            lambda it, mine: TASK | {"partnership": mine("partnership"), "supplier_owner": it},
            json=True,
        ),
        Body(
            "warning", lambda it, mine: TASK | {"partnership": mine("partnership"), "warning": it}, json=True
        ),
    ],
    "supplier-invite": [
        Body("partnership", lambda it, _: {"partnership": it, "email": "x@y.example", "language": "en"})
    ],
    "sharing-open": [
        Body("partnership", lambda it, _: {"partnership": it, "viewer": "NOBODY"}),
        Body("organisation_code", lambda it, mine: {"partnership": mine("partnership"), "viewer": it}),
    ],
    "request-new": [Body("partnership", lambda it, _: ASK | {"partnerships": [it]})],
    "request-change": [
        Body("data_request", lambda it, _: RULE | {"from_day": "2026-06-01", "requests": [it]})
    ],
    "request-end": [Body("data_request", lambda it, _: {"last_day": "2026-06-30", "requests": [it]})],
    "api-data-request-list": [
        Body("partnership", lambda it, mine: ASK | {"partnerships": [mine("partnership"), it]}, json=True),
    ],
    "api-data-request-take-back": [Body("data_answer", lambda it, _: {"answer": it}, json=True)],
    "seat": [Body("person", lambda it, _: {"seat": f"{it}:customer"})],
    "invitation": [Body("organisation", lambda it, _: {"into": it})],
    "upload-lot": [
        Body("partnership", lambda it, mine: LOT | {"partnership": it, "part_no": mine("part_number")}),
        Body("part_number", lambda it, mine: LOT | {"partnership": mine("partnership"), "part_no": it}),
    ],
    "upload-new": [Body("chunked_file", lambda it, _: {"chunked": it})],
    "api-chunked-file-finish": [
        Body("partnership", lambda it, _: {"partnership": it}, json=True),
        Body("upload", lambda it, _: {"repairs": it}, json=True),
    ],
    "upload-mend": [Body("problem", lambda it, _: {"problem": it, "value": "1"})],
    "upload-leave-out": [Body("problem", lambda it, _: {"problem": f"p{it}", "alike": "1"})],
    "api-upload-list": [
        Body("partnership", lambda it, _: _rows(part_no="P") | {"partnership": it}, json=True),
        Body(
            "part_number",
            lambda it, mine: _rows(part_no=it) | {"partnership": mine("partnership")},
            json=True,
        ),
        Body("part_number", lambda it, _: _rows(part_no=it), json=True),
        Body("lot_number", lambda it, mine: _rows(part_no=mine("part_number"), lot_no=it), json=True),
        Body(
            "organisation_name",
            lambda it, mine: _rows(part_no=mine("part_number"), customer=it, supplier=it),
            json=True,
        ),
        Body(
            "organisation_code",
            lambda it, mine: _rows(part_no=mine("part_number"), supplier_code=it, customer=it),
            json=True,
        ),
        Body(
            "upload", lambda it, _: {"repairs": it, "file": BytesIO(b"lot_no\nL1\n"), "kind": "inspections"}
        ),
    ],
    "api-upload-answers": [
        Body("partnership", lambda it, _: {"answers": {"supplier": it}}, json=True),
        Body("problem", lambda it, _: {"answers": {str(it): "create"}}, json=True),
    ],
}


# Pages and documents about oneself or about the service, which take no filters.
WITHOUT_ROWS = {
    "account",
    "api-docs",
    "api-schema",
    "help",
    "help-page",
    "people",
    "upload-new",
    "upload-sender",
    "upload-template",
    "letters",
    "unsubscribe",
    "subscriptions",
    "subscription",
    "subscription-preview",
    "subscription-mail",
}


@dataclass(frozen=True)
class Route:
    """A named address with the names of its arguments."""

    name: str
    arguments: tuple[str, ...]
    callback: Any

    def url(self, **values: Any) -> str:
        return reverse(self.name, kwargs=values)

    def kind_of(self, argument: str) -> str | Word:
        return ARGUMENTS[self.name][argument]

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api-")

    @property
    def shows_rows(self) -> bool:
        """Whether rows of a partnership may stand behind it: not where one looks after one's own login."""
        return not self.name.startswith(("account_", "mfa_")) and self.name not in WITHOUT_ROWS

    @property
    def filters(self) -> set[str]:
        """The filters of the list behind the route, if it says them."""
        view = getattr(self.callback, "cls", None)
        is_list = getattr(self.callback, "actions", {}).get("get") == "list"
        filterset = getattr(view, "filterset_class", None)
        return set(filterset.base_filters) if filterset and is_list else set()


def every_route() -> list[Route]:
    return list(_walk(get_resolver()))


def _walk(resolver: URLResolver, *before: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        arguments = (*before, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, *arguments)
        else:
            assert isinstance(entry, URLPattern)
            assert entry.name, f"{entry} has no name"
            yield Route(entry.name, arguments, entry.callback)
