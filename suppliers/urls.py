"""Addresses of people and organisations."""

from allauth.account import urls as of_accounts
from django.urls import include, path

from suppliers.views import account, invitations, letters, people, preferences, sharing, unit_factors

# Nobody here confirms an address, has several of them, or logs in by a mailed code.
OF_NO_USE = {
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
}

urlpatterns = [
    path("account/", include([one for one in of_accounts.urlpatterns if one.name not in OF_NO_USE])),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/", account.account, name="account"),
    path("account/keys/", account.key_make, name="key-make"),
    path("account/keys/<int:key_id>/revoke/", account.key_revoke, name="key-revoke"),
    path("account/letters/", letters.letters, name="letters"),
    path("account/letters/<int:letter_id>/again/", letters.letter_again, name="letter-again"),
    path("account/sessions/end/", account.sessions_end, name="sessions-end"),
    path("account/language/", preferences.language, name="language"),
    path("account/seat/", preferences.seat, name="seat"),
    path("account/single-keys/", preferences.single_keys, name="single-keys"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("sharing/", sharing.sharing_page, name="sharing"),
    path("sharing/open/", sharing.sharing_open, name="sharing-open"),
    path("sharing/<int:grant_id>/close/", sharing.sharing_close, name="sharing-close"),
    path("parts/<int:part_id>/units/", unit_factors.part_units, name="part-units"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.colleague_invite, name="colleague-invite"),
    path("people/invite-supplier/", people.supplier_invite, name="supplier-invite"),
    path(
        "people/invitations/<int:invitation_id>/withdraw/",
        people.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path("people/<int:person_id>/role/", people.role_change, name="role-change"),
    path("people/<int:person_id>/take-away/", people.person_take_away, name="person-take-away"),
]
