from outbox.services.sending import SEND, ring_for_waiting_letters, send_letter
from outbox.services.writing import PATIENCE, Part, mail_domain, write_letter

__all__ = [
    "PATIENCE",
    "SEND",
    "Part",
    "mail_domain",
    "ring_for_waiting_letters",
    "send_letter",
    "write_letter",
]
