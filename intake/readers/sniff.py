"""What a file is, by its bytes alone. Names lie: HTML is called .xls, xlsx is called .csv."""

from intake.readers.aqdef import is_aqdef
from intake.readers.not_yet import known_but_not_read
from intake.readers.refusals import Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

PICTURES = {
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
}
ARCHIVES = {
    b"Rar!": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"PK\x05\x06": "zip",
}
# BIFF2, BIFF3 and BIFF4 begin with their BOF record; later ones are wrapped in OLE.
OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")

TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def looks_like(data: bytes) -> str:
    """Format of a file: ``text``, ``aqdef``, ``zip``, ``xls``, ``html`` or ``xml``.

    Raises
    ------
    Refused
        For a picture, a PDF, an archive, a text document, a locked workbook, a format that is not read
        yet, or no bytes at all.
    """
    if not data:
        raise Refused("empty")
    if data.startswith(OLE):
        return _look_into_ole(data)
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    _refuse_what_is_no_sheet(data)
    return _look_into_text(data)


def _look_into_ole(data: bytes) -> str:
    # Directory entries hold their names in UTF-16LE; a locked xlsx is wrapped in such a file.
    if _has_stream(data, "EncryptedPackage"):
        raise Refused("locked")
    if _has_stream(data, "WordDocument"):
        raise Refused("not_a_sheet", {"kind": "word"})
    if _has_stream(data, "PowerPoint Document"):
        raise Refused("not_a_sheet", {"kind": "slides"})
    return "xls"


def _has_stream(data: bytes, name: str) -> bool:
    return name.encode("utf-16-le") in data


def _refuse_what_is_no_sheet(data: bytes) -> None:
    head = data[:16]
    if picture := _picture(data):
        raise Refused("picture", {"kind": picture})
    if b"%PDF-" in data[:1024]:
        raise Refused("pdf")
    archive = next((kind for mark, kind in ARCHIVES.items() if head.startswith(mark)), "")
    if archive:
        raise Refused("archive", {"kind": archive})
    if head.startswith(OLD_EXCEL):
        raise Refused("old_excel")
    if head.startswith(b"{\\rtf"):
        raise Refused("not_a_sheet", {"kind": "rich_text"})


def _picture(data: bytes) -> str:
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0":
        return "bmp"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "heic"
    return next((kind for mark, kind in PICTURES.items() if data.startswith(mark)), "")


def _look_into_text(data: bytes) -> str:
    head = data[:4096]
    if head.startswith(TEXT_MARKS[1:]):
        head = head.decode("utf-16", errors="ignore").encode()
    head = head.removeprefix(TEXT_MARKS[0]).lstrip()
    text = head.decode("latin-1")
    if is_aqdef(text):
        return "aqdef"
    if rule := known_but_not_read(text):
        raise Refused(rule)
    head = head.lower()
    if head.startswith(b"mime-version:"):
        raise Refused("not_a_sheet", {"kind": "web_archive"})
    if head.startswith((b"<?xml", b"<workbook", b"<ss:workbook")) and b"<html" not in head:
        return "xml"
    if head.startswith(
        (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<div", b"<?xml")
    ):
        return "html"
    if head.startswith((b"<!doctype", b"<!entity")):
        return "xml"
    return "text"
