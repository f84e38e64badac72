"""The person's own workbook back, every cell in its place, the wrong ones marked with what to do."""

from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from intake.models import Upload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NothingToMend(Exception):
    pass


def repair_workbook(upload: Upload) -> bytes:
    raise NothingToMend


def name_of(upload: Upload) -> str:
    stem = upload.file_name.rpartition(".")[0] or upload.file_name
    return f"{stem}-{_('to mend')}.xlsx"


def attachment(name: str) -> str:
    """Return the Content-Disposition of a file to be saved under a name of any script."""
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"
