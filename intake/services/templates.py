"""Empty sheets to fill in, in the reader's language."""

from django.utils.translation import get_language

from intake.models import Kind
from intake.tables.templates import template


def template_for(kind: Kind) -> bytes:
    """Return an empty workbook of a kind, with a drop-down for each coded column."""
    return template(kind.value, "zh" if (get_language() or "").startswith("zh") else "en")
