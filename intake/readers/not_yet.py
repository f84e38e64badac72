"""Formats that are known and not read yet; a reader for one takes its line here, in `sniff` and in `child`."""

import re

# Refusal, and how a file of the format begins (or, with MULTILINE, what one of its first lines is).
BEGINNINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("qif_not_yet", re.compile(r"<[^\0]*?\bQIFDocument\b")),
    # EDIFACT (its separators may be told first) and ANSI X12.
    ("edi_not_yet", re.compile(r"(?:UNA.{6}\s*)?(?:UNB|UNG|UNH)[^\w\s]|UNA.{6}|ISA([^\w\s])\d\d\1")),
    # Calypso's tables, the report of PC-DMIS, a DMIS result.
    ("cmm_not_yet", re.compile(r"planid\tpartnb|DMISMN\s*/", re.IGNORECASE)),
    ("cmm_not_yet", re.compile(r"(?:.*\r?\n){0,40}?DIM +\w+ *= *[A-Z][^\r\n]* UNITS *=", re.IGNORECASE)),
    # Catena-X, EPCIS and what else speaks JSON.
    ("json_not_yet", re.compile(r'[\[{]\s*(?:["{}\]]|\[\s*["{\[])')),
)


def known_but_not_read(head: str) -> str:
    """Refusal of a text by its first characters, without mark and blanks; blank where nothing speaks for one."""
    return next((rule for rule, begins in BEGINNINGS if begins.match(head)), "")
