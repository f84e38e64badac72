"""Pages with the drop zone know before they are drawn whether scripts run, so that nothing on them moves."""

import pytest
from django.test import Client

FIRST = "core/scripted"


@pytest.mark.parametrize("path", ["/uploads/", "/uploads/?send=stock"])
def test_the_drop_zone_is_drawn_right_from_the_start(chain, path):
    client = Client()
    client.force_login(chain.clerk.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    head = client.get(path).content.decode().partition("</head>")[0]
    (tag,) = [line for line in head.split("<script")[1:] if FIRST in line]
    assert "defer" not in tag
