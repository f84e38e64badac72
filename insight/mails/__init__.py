"""Mails about figures: what they say, and how that looks as HTML, as text and as a workbook."""

from insight.mails.composing import compose
from insight.mails.letter import Attachment, Contents, Mail, Picture

__all__ = ["Attachment", "Contents", "Mail", "Picture", "compose"]
