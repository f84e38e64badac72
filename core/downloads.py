"""Files of people handed out again: to be saved, never to be shown."""

from django.core.files import File
from django.http import FileResponse


def as_download(file: File, *, name: str, content_type: str) -> FileResponse:
    """Answer with a file to be saved, whatever it may hold: no browser is to show it as a page of ours."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
