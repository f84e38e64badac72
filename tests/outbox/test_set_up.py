"""Where mail goes is said by two settings; what cannot work is said when the service starts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAID = (
    "import json; from config import settings as s; print(json.dumps([s.EMAIL_BACKEND, s.EMAIL_HOST, s.EMAIL_PORT,"
    " s.EMAIL_CONFIG.get('EMAIL_USE_SSL', False), s.EMAIL_CONFIG.get('EMAIL_USE_TLS', False), s.EMAIL_HOST_USER]))"
)
SERVER = "outbox.services.server.MailServer"


def started(**settings: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"TONGPIN_TRIAL": "1"} | settings
    return subprocess.run([sys.executable, "-c", SAID], cwd=ROOT, env=env, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("smtps://u%40firm.cn:code@mail.firm.cn", [SERVER, "mail.firm.cn", 465, True, False, "u@firm.cn"]),
        (
            "smtps://u%40firm.cn:code@mail.firm.cn:994",
            [SERVER, "mail.firm.cn", 994, True, False, "u@firm.cn"],
        ),
        ("smtp+tls://u:code@mail.firm.cn", [SERVER, "mail.firm.cn", 587, False, True, "u"]),
        ("smtp://127.0.0.1:25", [SERVER, "127.0.0.1", 25, False, False, None]),
    ],
)
def test_the_scheme_says_how_the_line_is_sealed(url, told):
    assert json.loads(started(EMAIL_URL=url).stdout) == told


def test_servers_that_send_for_their_login_alone_are_given_no_other_sender():
    url = "smtps://quality%40firm.example:code@smtp.exmail.qq.com:465"
    wrong = started(EMAIL_URL=url, MAIL_FROM="Tongpin <tongpin@firm.example>")
    assert wrong.returncode != 0
    assert "set MAIL_FROM to 'quality@firm.example'" in wrong.stderr
    right = started(EMAIL_URL=url, MAIL_FROM="同品 <Quality@firm.example>")
    assert right.returncode == 0, right.stderr
