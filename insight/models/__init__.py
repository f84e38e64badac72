"""What people keep of the pages."""

from insight.models.saved_view import SavedView, Span

__all__ = ["SavedView", "Span"]
