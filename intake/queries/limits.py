"""What one file may hold: said before it is hit, each figure from where it is kept."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core import formatting
from intake.models import Kind
from intake.readers.refusals import Limits
from intake.tables.kinds import KINDS
from intake.tables.problems import YEARS_BACK
from intake.tables.typing_columns import BIGGEST_COUNT

MEGABYTE = 1024 * 1024
CHUNK = 8 * MEGABYTE  # the page sends a larger file in several requests


def limits() -> dict[str, Any]:
    """Return what is said before a file is chosen."""
    size = settings.UPLOAD_MAX_BYTES
    words = _("xlsx, xls, et, ods, csv, txt, dfq, dfd + dfx; up to %(size)s MB each.") % {
        "size": size // MEGABYTE
    }
    return {"bytes": size, "chunk": CHUNK, "words": words, "all": _all_limits()}


def _all_limits() -> list[str]:
    """Say every limit before it is hit, each from where it is kept."""
    read, fields = Limits(), {field.name: field for field in KINDS[Kind.INSPECTIONS].fields}
    told = {
        "unpacked": read.unpacked // MEGABYTE,
        "parts": formatting.decimal(read.parts),
        "columns": formatting.decimal(read.columns),
        "cells": formatting.decimal(read.cells),
        "text": formatting.decimal(read.text),
        "code": fields["lot_no"].length,
        "name": fields["part_name"].length,
        "remark": fields["remark"].length,
        "count": formatting.decimal(BIGGEST_COUNT),
        "years": YEARS_BACK,
    }
    sentences = [
        _("A packed file (xlsx, ods, zip): at most %(unpacked)s MB and %(parts)s parts unpacked."),
        _("At most %(columns)s columns a sheet, %(cells)s cells a file, %(text)s characters a cell."),
        _("Lot and part numbers: %(code)s characters; names: %(name)s; remarks: %(remark)s."),
        _("Counts: whole numbers from 0 to %(count)s."),
        _(
            "Days: none later than tomorrow; whether one of more than %(years)s years ago is right is asked once."
        ),
    ]
    return [sentence % told for sentence in sentences]
