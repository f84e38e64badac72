"""A letter as it travels: its headers, its text, its HTML with pictures, its attachments."""

from collections.abc import Sequence
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from typing import Any

from django.core import mail
from django.core.mail.message import sanitize_address

from outbox.models import Letter, LetterPart, PartKind


class _Whole(UnstructuredHeader):
    """A header that stands on one line: folded, an address would be cut up or encoded."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # HeaderRegistry adds it


_headers: Any = HeaderRegistry()  # its stub wants what it makes of a class, not the class
_headers.map_to_type("List-Unsubscribe", _Whole)
_headers.map_to_type("Message-ID", _Whole)
# Seven bits pass everywhere, and a body of lines that are not too long needs no more.
_POLICY: Policy = SMTP.clone(header_factory=_headers, cte_type="7bit")


class _Written(EmailMessage):
    """The standard library's message, with the argument that Django's mail server gives."""

    def as_bytes(
        self, unixfrom: bool = False, policy: Policy | None = None, *, linesep: str = "\r\n"
    ) -> bytes:
        return super().as_bytes(unixfrom, (policy or self.policy).clone(linesep=linesep))


class Post(mail.EmailMessage):
    """A letter as Django's mail servers take it.

    The tree is that which mail programs know: mixed (alternative (text, related (HTML, pictures)),
    attachments). Django's own `EmailMultiAlternatives` has no place for the pictures.
    """

    def __init__(self, letter: Letter, parts: Sequence[LetterPart]) -> None:
        super().__init__(letter.subject, letter.text, to=[letter.to])
        self.letter, self.parts = letter, parts

    def message(self, **_from_newer_djangos: Any) -> Any:
        """Return the message. Raises ValueError or MessageError if no header can carry the address."""
        written = _Written(policy=_POLICY)
        for name, value in self._headers().items():
            written[name] = value
        written.set_content(self.letter.text)
        if self.letter.html:
            written.add_alternative(self.letter.html, subtype="html")
            body = written.get_body(("html",))
            assert body is not None
            for part in self._of_kind(PartKind.INLINE):
                main, sub = _type(part)
                body.add_related(
                    bytes(part.content),
                    main,
                    sub,
                    cid=f"<{part.content_id}>",
                    filename=part.name,
                    disposition="inline",
                )
        for part in self._of_kind(PartKind.ATTACHMENT):
            written.add_attachment(bytes(part.content), *_type(part), filename=part.name)
        return written

    def _headers(self) -> dict[str, str]:
        letter = self.letter
        headers = {
            "Subject": letter.subject,
            "From": sanitize_address(self.from_email, "utf-8"),
            "To": sanitize_address(letter.to, "utf-8"),
            "Date": format_datetime(letter.created_at),
            "Message-ID": letter.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": letter.language,
        }
        if letter.unsubscribe_url:
            headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers

    def _of_kind(self, kind: PartKind) -> list[LetterPart]:
        return [part for part in self.parts if part.kind == kind]


def _type(part: LetterPart) -> tuple[str, str]:
    main, _, sub = part.content_type.partition("/")
    return main, sub
