"""Template tags for icons, status marks and badges."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.icons import ICONS, LOGO, MARKS

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon; the words beside it, or the control's label, say what it means."""
    return format_html(
        '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{}</svg>',
        SafeString(ICONS[name]),
    )


@register.simple_tag
def mark(state: str) -> SafeString:
    """Draw a status mark: ``good``, ``watch``, ``bad`` or ``none``. A word follows it, always."""
    return format_html(
        '<svg class="mark mark-{0}" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{1}</svg>',
        state,
        SafeString(MARKS[state]),
    )


@register.simple_tag
def badge(state: str, word: str) -> SafeString:
    """Draw a status mark and its word on a tinted ground."""
    return format_html('<span class="badge badge-{}">{} {}</span>', state, mark(state), word)


@register.simple_tag
def logo() -> SafeString:
    """Draw the mark of the house."""
    return format_html(
        '<svg class="logo" viewBox="0 0 28 28" aria-hidden="true" focusable="false">{}</svg>',
        SafeString(LOGO),
    )
