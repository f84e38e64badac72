"""The mail server, through Django's own backend, and one thing more: whether a silent one had all of it."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

END_OF_DATA = b"\r\n.\r\n"


class Unanswered(smtplib.SMTPException):
    """The server had the whole letter and never said whether it keeps it."""


class _Attentive(smtplib.SMTP):
    """Tells a server that falls silent after the last line from one that never had it."""

    handed_over = False

    def send(self, s: Any) -> None:
        super().send(s)
        self.handed_over = isinstance(s, bytes) and s.endswith(END_OF_DATA)

    def getreply(self) -> tuple[int, bytes]:
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as end:
            # A server that closes the line has not taken the letter (RFC 5321, 3.8): that is tried again.
            if self.handed_over and isinstance(end.__context__, TimeoutError):
                raise Unanswered(f"no answer within {self.timeout:g} s after the whole letter") from end
            raise
        finally:
            self.handed_over = False


class _AttentiveOverTls(_Attentive, smtplib.SMTP_SSL):
    pass


class MailServer(EmailBackend):
    """SMTP as `EMAIL_URL` says. Its timeout holds for each step, and is shorter than a lease."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _AttentiveOverTls if self.use_ssl else _Attentive
