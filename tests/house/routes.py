"""Every address of the service, and what its arguments, filters and bodies name.

A new route is found by itself. One whose arguments nobody knows, whose filters nobody knows, or that takes a POST
of which nobody said whether ids stand in its body, fails `test_who_sees_what`: say it here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
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
    "key-revoke": {"key_id": "key"},
    "invitation": {"token": SECRET},
    "invitation-withdraw": {"invitation_id": "invitation"},
    "role-change": {"person_id": "person"},
    "person-take-away": {"person_id": "person"},
    "account_reset_password_from_key": {"uidb36": Word("1"), "key": SECRET},
    "account_confirm_email": {"key": SECRET},
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
    "stock_item": "stock_item",
    "characteristic_version": "characteristic_version",
    "q": "organisation_name",
}
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
}

# Which fields of a body name things; `with_` is what else the body needs.
BODIES: dict[str, list["Body"]] = {}
# POSTs in whose bodies no id stands.
BODIES_WITHOUT_IDS = {
    "account",
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_from_key",
    "account_confirm_email",
    "account_confirm_login_code",
    "colleague-invite",
    "invitation-withdraw",
    "key-make",
    "key-revoke",
    "language",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "person-take-away",
    "role-change",
    "sessions-end",
    "single-keys",
}


@dataclass(frozen=True)
class Body:
    """A field of a POST that names a thing of `kind`, written as `form` says."""

    field: str
    kind: str
    form: str = "{}"
    with_: tuple[tuple[str, str], ...] = ()
    json: bool = False


BODIES |= {
    "supplier-invite": [
        Body("partnership", "partnership", with_=(("email", "x@y.example"), ("language", "en")))
    ],
    "seat": [Body("seat", "person", form="{}:customer")],
    "invitation": [Body("into", "organisation")],
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
