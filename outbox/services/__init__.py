from outbox.services.again import NotAgain, NotHere, send_again
from outbox.services.sending import (
    SEND,
    forget_old_parts,
    ring_for_waiting_letters,
    send_letter,
    send_waiting,
)
from outbox.services.writing import Part, mail_domain, write_letter

__all__ = [
    "SEND",
    "NotAgain",
    "NotHere",
    "Part",
    "forget_old_parts",
    "mail_domain",
    "ring_for_waiting_letters",
    "send_again",
    "send_letter",
    "send_waiting",
    "write_letter",
]
