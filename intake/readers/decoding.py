"""Bytes to text: by byte order mark, then strict UTF-8, then GB18030. Nothing is guessed."""

import codecs

from intake.readers.refusals import Refused

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Programs that say gb2312 write GBK; GB18030 holds both.
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030"}


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Text of a file and the name of its encoding.

    Parameters
    ----------
    data : bytes
        The whole file.
    encoding : str, optional
        Taken as said; a file that does not fit it is refused.

    Raises
    ------
    Refused
        ``encoding`` with the place of the first byte that does not fit, ``unknown_encoding``,
        ``truncated`` (half a character at the end of UTF-16) or ``nul_bytes``.
    """
    name = _named(encoding) if encoding else _by_mark(data)
    if name:
        text = _strictly(data, name)
    else:
        name, text = _utf8_or_gb18030(data)
    if "\0" in text:
        raise Refused("nul_bytes", {"position": text.index("\0")})
    return text.removeprefix("\ufeff"), name


def _named(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "".encode(name).decode(name)  # codecs that make no text of bytes are registered there, too
    except (LookupError, UnicodeError) as unknown:
        raise Refused("unknown_encoding", {"encoding": encoding}) from unknown
    return WIDER.get(name, name)


def _by_mark(data: bytes) -> str:
    return next((name for mark, name in MARKS if data.startswith(mark)), "")


def _utf8_or_gb18030(data: bytes) -> tuple[str, str]:
    try:
        return "utf-8", data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030", _strictly(data, "gb18030")


def _strictly(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as wrong:
        if name.startswith("utf-16") and wrong.end >= len(data) - 1:
            raise Refused("truncated") from wrong
        raise Refused("encoding", {"position": wrong.start, "encoding": name}) from wrong
