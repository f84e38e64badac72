"""Why a file is not read, and what to do: the words to `readers.refusals.RULES` and what the road adds to them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

FILES: dict[str, tuple[Text, tuple[Text, ...]]] = {
    "empty": (_("The file is empty."), (_("Send one with rows in it."),)),
    "no_cells": (_("There is no cell with anything in it."), (_("Send a sheet with rows in it."),)),
    "too_large": (
        _("The file has %(size_mib)s MB; the limit is %(limit_mib)s."),
        (_("Split it by month and send again."),),
    ),
    "locked": (_("Locked with a password."), (_("Save it without one and send again."),)),
    "picture": (_("This is a picture, not a sheet."), (_("Send Excel or csv."),)),
    "pdf": (_("This is a PDF, not a sheet."), (_("Send Excel or csv."),)),
    "not_a_sheet": (_("This is not a sheet."), (_("Send Excel or csv."),)),
    "qif_not_yet": (
        _("QIF is not read yet."),
        (_("Have the measuring program write a Q-DAS file (.dfq) or a table."),),
    ),
    "cmm_not_yet": (
        _("The text report of a measuring machine (Calypso, PC-DMIS, DMIS) is not read yet."),
        (_("Have the measuring program write a Q-DAS file (.dfq) or a table."),),
    ),
    "edi_not_yet": (
        _("EDI messages (EDIFACT, X12) are not read yet."),
        (_("Export the same records as xlsx or csv."),),
    ),
    "json_not_yet": (
        _("JSON files are not read yet, neither Catena-X nor EPCIS."),
        (_("Export the same records as xlsx or csv, or post the rows to /api/v1/uploads/."),),
    ),
    "archive": (_("This is an archive."), (_("Unpack it and send the sheets in it."),)),
    "old_excel": (
        _("This workbook is older than Excel 95."),
        (_("Open it, save it as .xlsx and send again."),),
    ),
    "zip_bomb": (
        _("Unpacked, the workbook has more than %(limit_mib)s MB."),
        (_("Split it by month and send again."),),
    ),
    "too_many_parts": (
        _("The packed file has %(parts)s parts, more than %(limit)s."),
        (_("Split it by month and send again."),),
    ),
    "entities": (
        _("The file defines names of its own (XML entities), which are not read."),
        (_("Open it in Excel, save it as .xlsx and send again."),),
    ),
    "zip_version": (
        _("The file is packed in a newer or rarer way than can be unpacked here."),
        (_("Open it in Excel, save it as .xlsx and send again."),),
    ),
    "truncated": (_("The file ends in the middle."), (_("Export it once more and send again."),)),
    "unreadable": (
        _("The file is damaged and cannot be opened."),
        (_("Open it in Excel, save it as .xlsx and send again."),),
    ),
    "formula_without_value": (
        _("A formula has no result (%(cell)s)."),
        (_("Open the file in Excel, save it once and send again."),),
    ),
    "cut_off": (
        _("The table ends at row %(rows)s, where a spreadsheet program cuts it off."),
        (_("Export it in parts and send again."),),
    ),
    "nul_bytes": (
        _("There are bytes in the file that are no text."),
        (_("Export it as csv once more and send again."),),
    ),
    "encoding": (
        _("The characters do not fit the encoding %(encoding)s."),
        (_("Save it as UTF-8 and send again."),),
    ),
    "unknown_encoding": (
        _("Nobody knows the encoding %(encoding)s."),
        (_("Name another one, such as utf-8 or gb18030."),),
    ),
    "aqdef_line": (
        _("Line %(row)s is none that a Q-DAS file may have."),
        (_("Export it once more and send again."),),
    ),
    "aqdef_no_values": (
        _("The Q-DAS file describes parts and characteristics, but has no value."),
        (_("Send a .dfd together with its .dfx, or a .dfq."),),
    ),
    "aqdef_no_description": (
        _("The Q-DAS file has values, but does not say of which part and characteristic."),
        (_("Send a .dfx together with its .dfd, or a .dfq."),),
    ),
    "aqdef_twice": (
        _("The zip has more than one Q-DAS file of the name %(name)s."),
        (_("Keep either the .dfq or the .dfd with its .dfx, and send again."),),
    ),
    "open_quote": (
        _("A quotation mark opens in row %(row)s and is never closed."),
        (_("Close or remove it and send again."),),
    ),
    "cell_too_long": (
        _("A cell in row %(row)s has more than %(limit)s characters."),
        (_("Shorten it and send again."),),
    ),
    "too_many_cells": (
        _("The file has more than %(limit)s cells."),
        (_("Split it by month and send again."),),
    ),
    "too_many_columns": (
        _("The sheet has %(columns)s columns; the limit is %(limit)s."),
        (_("Delete the columns that nobody needs and send again."),),
    ),
    "too_slow": (
        _("Reading the file took longer than %(limit)s seconds."),
        (_("Split it by month and send again."),),
    ),
    "too_much_memory": (
        _("Reading the file took too much memory."),
        (_("Split it by month and send again."),),
    ),
    "our_fault": (
        _("Something broke on our side. Your file is safe. Code %(code)s."),
        (_("Try again; if it breaks again, tell us the code."),),
    ),
    "nothing_read": (
        _("No table was found that could be read."),
        (_("Put the names of the columns into one row above the data and send again."),),
    ),
    "mapping_unknown": (
        _("There is no saved mapping “%(name)s”."),
        (_("Name one that exists, or leave it out."),),
    ),
    "stage_not_yours": (
        _("Incoming inspections are the customer's to hand in."),
        (_("Hand these in as outgoing inspections."),),
    ),
    "stage_needs_partnership": (
        _("Outgoing inspections are the supplier's."),
        (_("To load them for a supplier, say for which one."),),
    ),
    "list_not_yours": (
        _("Lists of suppliers, parts and characteristics need a quality engineer's or owner's role."),
        (_("Ask one of your organisation to send the file."),),
    ),
    "kind_kept_by_customer": (
        _("Such records are the customer's to hand in."),
        (_("Choose another kind, or ask your customer."),),
    ),
}
