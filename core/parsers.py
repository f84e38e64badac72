"""What bodies of requests the API takes apart."""

import io
import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError

HALF_A_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")  # of a pair, or alone


class JSONParser(parsers.JSONParser):
    """JSON, but none that is nested deeper than Python follows, and no text that cannot be written."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read()
        try:
            parsed = super().parse(io.BytesIO(body), media_type, parser_context)
            if HALF_A_CHARACTER.search(body):
                json.dumps(parsed, ensure_ascii=False).encode()
        except RecursionError as depth:
            raise ParseError(_("The JSON is nested too deep.")) from depth
        except UnicodeEncodeError as half:
            raise ParseError(_("The JSON holds half a character (a lone surrogate).")) from half
        return parsed
