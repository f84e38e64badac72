"""Formats that are known and not read yet; a reader for one takes its line here, in `sniff` and in `child`."""

import re

# Refusal, and what is found at the beginning of a file of the format, or on one of its first lines.
MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("qif_not_yet", re.compile(r"\A<[^\0]*?\bQIFDocument\b")),
    # EDIFACT (its separators may be told first) and ANSI X12.
    ("edi_not_yet", re.compile(r"\A(?:UNA.{6}|(?:UNB|UNG|UNH)[^\w\s]|ISA([^\w\s])\d\d\1)")),
    # Calypso's tables, a DMIS result, the report of PC-DMIS.
    ("cmm_not_yet", re.compile(r"\A(?:planid\tpartnb|DMISMN\s*/)", re.IGNORECASE)),
    ("cmm_not_yet", re.compile(r"^DIM \w+ *= ?[A-Z][^\r\n=]* UNITS=", re.IGNORECASE | re.MULTILINE)),
    # Catena-X, EPCIS and what else speaks JSON.
    ("json_not_yet", re.compile(r'\A[\[{]\s*(?:["{}\]]|\[\s*["{\[])')),
)


def known_but_not_read(head: str) -> str:
    """Refusal of a text by its first characters, without mark and blanks; blank where nothing speaks for one."""
    return next((rule for rule, mark in MARKS if mark.search(head)), "")
