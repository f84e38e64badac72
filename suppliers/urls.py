"""Addresses of people and organisations."""

from django.urls import path

from suppliers.views import account, invitations, letters, people, preferences

urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/keys/", account.key_make, name="key-make"),
    path("account/keys/<int:key_id>/revoke/", account.key_revoke, name="key-revoke"),
    path("account/letters/", letters.letters, name="letters"),
    path("account/sessions/end/", account.sessions_end, name="sessions-end"),
    path("account/language/", preferences.language, name="language"),
    path("account/seat/", preferences.seat, name="seat"),
    path("account/single-keys/", preferences.single_keys, name="single-keys"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
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
