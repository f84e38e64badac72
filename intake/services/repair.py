"""The person's own workbook back, every cell in its place, the wrong ones marked with what to do."""

from intake.models import Upload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NothingToMend(Exception):
    pass


def repair_workbook(upload: Upload) -> bytes:
    raise NothingToMend


def disposition(upload: Upload) -> str:
    return ""
