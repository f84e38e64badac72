"""Pages with the drop zone are drawn right from the start, with and without scripts, so that nothing on them moves."""

import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/uploads/", "/uploads/?send=stock"])
def test_the_drop_zone_is_drawn_right_from_the_start(chain, path):
    client = Client()
    client.force_login(chain.clerk.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    head = client.get(path).content.decode().partition("</head>")[0]
    without_scripts = head.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "core/noscript" in without_scripts
    assert "<script" not in head
