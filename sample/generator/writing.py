"""Write the files that people would send in the simulated year."""

from __future__ import annotations

from pathlib import Path

from sample.generator.files import File, write_answers, write_manifest
from sample.generator.plan import LEAD, SECOND_CUSTOMER, first_tier
from sample.generator.senders import customer_lists, lead, measured, outgoing, supplier_stock
from sample.generator.year import Year


def write(year: Year, folder: Path, *, full: bool = False) -> list[File]:
    """Write every file of the year, its answers beside it, and a manifest.

    Parameters
    ----------
    year : Year
        A draw; the same draw gives the same bytes.
    folder : Path
        Where the files go, a folder a sender; made if missing.
    full : bool
        Also write what needs a rule or a person: red, unaudited and provisional rows, kilograms and
        thousands, hidden rows, mangled lot numbers, 若干, repeated quantities, replaced statements.

    Returns
    -------
    list of File
        In the order of sending; lists first, since everything else names what is in them.
    """
    for sender in (LEAD, SECOND_CUSTOMER, *first_tier()):
        (folder / sender).mkdir(parents=True, exist_ok=True)
    files = [
        *customer_lists.files(folder),
        *outgoing.files(year, folder, full=full),
        *measured.files(year, folder),
        *supplier_stock.files(year, folder),
        *lead.files(year, folder, full=full),
    ]
    files.sort(key=lambda file: file.sent_on)  # stable: files of one day keep the order above
    write_answers(files)
    write_manifest(folder, files)
    return files
