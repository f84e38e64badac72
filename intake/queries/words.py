"""Rules in words: what is wrong, in the person's own terms, and what to do. No blame, no exclamation mark.

A rule is stored as a code with parameters and put into words when somebody reads it, in that person's
language: the same in page, workbook, command and API.
"""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext_lazy as _

from core import clock
from core.formatting import is_chinese
from intake.queries.words_of_fields import field_name
from intake.queries.words_of_files import FILES, Text


@dataclass(frozen=True, slots=True)
class Said:
    """A rule in words."""

    rule: str
    remedy: str

    def __str__(self) -> str:
        return _joined([self.rule, self.remedy])


@dataclass(frozen=True, slots=True)
class If:
    """A sentence that is said only where a parameter says something (or, with `without`, says nothing)."""

    text: Text
    given: str = ""
    without: str = ""

    def fits(self, params: Mapping[str, Any]) -> bool:
        return (not self.given or bool(params.get(self.given))) and not (
            self.without and params.get(self.without)
        )


MIB = 1024 * 1024

# -- cells and rows ---------------------------------------------------------------------------------
ROWS: dict[str, tuple[Text, tuple[If | Text, ...]]] = {
    "part_unknown": (
        _("Part %(part)s is unknown."),
        (
            If(_("Did you mean %(near)s?"), given="near"),
            If(_("If not, ask %(ask)s of %(customer)s to add it."), given="ask"),
            If(_("If not, ask %(customer)s to add it."), given="customer", without="ask"),
            If(_("If it is new, add it."), without="customer"),
        ),
    ),
    "part_not_supplied": (
        _("%(supplier)s has not supplied part %(part)s so far."),
        (_("Confirm that it does, or correct the number."),),
    ),
    "part_ambiguous": (_("“%(part)s” fits several parts."), (_("Choose one; we remember it."),)),
    "part_missing": (_("No part is named."), (_("Enter the part number."),)),
    "row_of_several": (
        _("Several of your partners have a part “%(part)s”."),
        (_("Choose whose row it is; we remember it."),),
    ),
    "organisation_unknown": (
        _("“%(name)s” is not known yet."),
        (_("Choose who is meant, or say that it is nobody here; we remember it."),),
    ),
    "own_name_unknown": (
        _("The row names “%(name)s” as the supplier."),
        (_("Choose whether your company is meant, or leave these rows out; we remember it."),),
    ),
    "supplier_unknown": (
        _("There is no supplier “%(name)s”."),
        (_("Send the list of suppliers first, or correct the name."),),
    ),
    "other_partnership": (
        _("“%(name)s” is not the partner that this file is for."),
        (_("Take the row out, or send the file without choosing a partner."),),
    ),
    "not_your_row": (
        _("The row names another company as the one it comes from."),
        (_("Take the row out."),),
    ),
    "characteristic_unknown": (
        _("Characteristic “%(characteristic)s” is unknown."),
        (_("Choose which one is meant, or ask the customer's engineer to add it."),),
    ),
    "characteristic_ambiguous": (
        _("“%(characteristic)s” fits several characteristics."),
        (_("Choose one; we remember it."),),
    ),
    "characteristic_missing": (_("No characteristic is named."), (_("Enter its number or name."),)),
    "unit_differs": (
        _("Unit is %(unit)s, this characteristic uses %(wanted)s."),
        (_("Change the unit."),),
    ),
    "contradicts_row": (
        _("Another row of this file says otherwise of the same thing."),
        (If(_("Compare with row %(row)s and correct one of them."), given="row"),
         If(_("Correct one of them."), without="row")),
    ),
    "contradicts_stored": (
        _("Received before with: %(held)s."),
        (_("The earlier record stays readable."),),
    ),
    "sent_by_other_side": (
        _("The supplier sent this row itself."),
        (
            If(_("It says: %(held)s."), given="held"),
            _("Keep it; only the supplier can correct it."),
        ),
    ),
    "too_long": (_("The text is too long."), (_("Shorten it."),)),
    "ambiguous": (_("This fits several that are here."), (_("Give the code."),)),
    "alias_taken": (
        _("Another part goes by this name already."),
        (_("Use the part number, or another name."),),
    ),
    "limits_need_valid_from": (
        _("Other limits than those in force."),
        (_("Give the date from which they are valid."),),
    ),
    "version_exists": (
        _("There are other limits from that date already."),
        (_("Give another date, or the same limits."),),
    ),
}  # fmt: skip

# -- cells that cannot be taken as they are ---------------------------------------------------------
CELLS: dict[str, tuple[Text, tuple[If | Text, ...]]] = {
    "date_unreadable": (_("“%(value)s” is not a date."), (_("Write it like %(today)s."),)),
    "date_impossible": (
        _("“%(value)s” is not a date: %(month)s has %(days)s days."),
        (_("Write it like %(suggestion)s."),),
    ),
    "date_nowhere": (_("“%(value)s” is not a date."), (_("Write it like %(today)s."),)),
    "date_without_year": (
        _("“%(value)s” does not say the year."),
        (_("Say which year it is; we remember it."),),
    ),
    "date_order_unknown": (
        _("“%(value)s” may begin with the day or with the month."),
        (_("Say which comes first; we remember it."),),
    ),
    "date_era_unknown": (
        _("The year of “%(value)s” has three digits."),
        (_("Say how the years are counted; we remember it."),),
    ),
    "date_ambiguous": (
        _("“%(value)s” may be two days, such as the 1st or the 10th."),
        (_("Write the whole date."),),
    ),
    "date_in_future": (
        _("“%(value)s” lies more than a day after today, %(today)s."),
        (If(_("The clock of this sample stands at that day."), given="clock_stands"), _("Correct the date.")),
    ),
    "date_long_ago": (
        _("“%(value)s” is more than %(limit)s years ago."),
        (_("Correct the year, or leave the row out."),),
    ),
    "not_a_number": (
        _("“%(value)s” is not a number."),
        (If(_("Write %(suggestion)s."), given="suggestion"), If(_("Write digits."), without="suggestion")),
    ),
    "merged_count": (
        _("This number stands once for several lots or parts."),
        (_("Enter each row's own number."),),
    ),
    "count_in_words": (_("“%(value)s” is not a count."), (_("Write how many."),)),
    "negative": (
        _("%(value)s is below zero."),
        (If(_("Did you mean %(suggestion)s?"), given="suggestion"),),
    ),
    "not_whole": (
        _("Pieces are whole: %(value)s is not."),
        (If(_("Did you mean %(suggestion)s?"), given="suggestion"),),
    ),
    "too_big": (_("%(value)s is more than the %(limit)s that are taken."), (_("Correct the number."),)),
    "unknown_unit": (
        _("How many pieces are one “%(unit)s”?"),
        (_("Write the quantity in pieces."),),
    ),
    "weight_missing": (
        _("The quantity is in %(unit)s, and the weight of a piece is not known."),
        (
            _("Write the pieces with their unit, such as 3000 pcs."),
            _(
                "Once the parts list or the units of the part have the weight of a piece, files in %(unit)s are"
                " read as they are."
            ),
        ),
    ),
    "box_missing": (
        _(
            "The quantity is in “%(unit)s”, and how many pieces are in one of this part on that day is not known."
        ),
        (
            _("Write the pieces with their unit, such as 3000 pcs."),
            _("Once the units of the part say it, such files are read as they are."),
        ),
    ),
    "pieces_not_whole": (
        _(
            "%(value)s is %(pieces)s pieces by the weight of a piece: further than %(percent)s %% from a whole number."
        ),
        (_("Correct the quantity or the weight, or write the pieces with their unit, such as 3 pcs."),),
    ),
    "pieces_rounded": (
        _("%(rows)s quantities by weight were rounded to whole pieces."),
        (_("No more than the tolerance: a scale is never exact."),),
    ),
    "missing": (_("%(field)s is missing."), (_("Enter it."),)),
    "nothing_inspected": (
        _("Nothing was inspected."),
        (_("Enter how many were inspected, or take the row out."),),
    ),
    "nonconforming_above_inspected": (
        _("%(nonconforming)s nonconforming of %(inspected)s inspected."),
        (
            If(_("Did you mean %(suggestion)s?"), given="suggestion"),
            If(_("Correct one of the two."), without="suggestion"),
        ),
    ),
    "counts_disagree": (
        _("%(conforming)s conforming and %(nonconforming)s nonconforming are not %(inspected)s inspected."),
        (_("Correct one of the three."),),
    ),
    "sample_above_lot": (
        _("%(inspected)s inspected of a lot of %(lot_size)s."),
        (_("Correct one of the two."),),
    ),
    "verdict_unknown": (
        _("“%(value)s” is no verdict that we know."),
        (_("Write accepted or rejected."),),
    ),
    "word_unknown": (
        _("“%(value)s” is not known here."),
        (
            If(_("Write one of: %(options)s."), given="options"),
            If(_("Choose another word."), without="options"),
        ),
    ),
    "duplicate_differs": (
        _("Row %(row)s says otherwise of the same thing: %(other)s."),
        (_("Correct one of the two."),),
    ),
    "text_too_long": (
        _("The text has %(length)s characters; %(limit)s are taken."),
        (_("Shorten it."),),
    ),
    "hidden_characters": (
        _("There are invisible characters in the text."),
        (If(_("Write %(suggestion)s."), given="suggestion"),),
    ),
    "formula_error": (
        _("The formula in this cell has no result: %(value)s."),
        (_("Enter the value."),),
    ),
    "formula_without_result": (
        _("The formula in this cell was never calculated, so the file has no value of it."),
        (_("Enter the value, or open the file in Excel or WPS, save it once and send it again."),),
    ),
    "turned_into_date": (
        _("The spreadsheet made a date of this number: %(value)s."),
        (If(_("Was it %(suggestion)s?"), given="suggestion"),),
    ),
    "digits_lost": (
        _("The spreadsheet cut the digits of this number: %(value)s."),
        (_("Format the column as text and enter the whole number."),),
    ),
    "limits_crossed": (
        _("The lower limit %(lsl)s lies above the upper one, %(usl)s."),
        (_("Correct one of the two."),),
    ),
    "limits_differ": (
        _("%(characteristic)s: the file gives the limits %(said)s, the drawing %(drawn)s."),
        (_("The values are judged by the drawing; if it has changed, the customer enters the new limits."),),
    ),
    "nonconforming_added": (
        _("How many pieces were nonconforming is not said; the defects were added."),
        (_("Give the pieces, if one of them has several defects."),),
    ),
    "total_disagrees": (
        _("The total row says %(said)s, the rows add to %(added)s: %(difference)s apart."),
        (_("Rows to be mended or left out are not added; if there are none, a row may be missing."),),
    ),
    "total_without_result": (
        _("The total row has formulas that were never calculated: nothing could be checked against them."),
        (_("Open the file in Excel or WPS, save it once and send it again, if the check is wanted."),),
    ),
    "balance_disagrees": (
        _("The sheet says %(said)s, its own figures add to %(added)s: %(difference)s apart."),
        (
            _(
                "Opening, receipts and issues must give the closing quantity; correct the figure that is wrong."
            ),
        ),
    ),
    "rate_disagrees": (
        _("The sheet says %(said)s, its counts give %(computed)s."),
        (_("Look whether a count is wrong."),),
    ),
}

# -- what only a person can say ---------------------------------------------------------------------
QUESTIONS: dict[str, tuple[Text, tuple[If | Text, ...]]] = {
    "kind": (
        _("What does this file hold?"),
        (If(_("It looks like: %(guess)s."), given="guess"), _("Choose; we remember it.")),
    ),
    "column": (
        _("“%(header)s” may mean several things."),
        (If(_("We took it for: %(guess)s."), given="guess"), _("Choose; we remember it.")),
    ),
    "missing_column": (
        _("No column for: %(fields)s."),
        (_("Point to it, or name one so."),),
    ),
    "date_order": (
        _("“%(value)s” may begin with the day or with the month."),
        (_("Choose; we remember it."),),
    ),
    "other_half": (
        _("This is one half of a Q-DAS file."),
        (_("It waits for %(lacks)s: send that, too, and both are read together."),),
    ),
    "encoding": (
        _("The characters may be those of mainland China or of Taiwan and Hong Kong."),
        (_("Choose how the header reads right; we remember it."),),
    ),
    "era": (
        _("The year of “%(value)s” has three digits: is it one of the Republic of China?"),
        (_("Choose; we remember it."),),
    ),
    "decimal": (
        _("What begins the decimals in “%(value)s”?"),
        (_("Choose; we remember it."),),
    ),
    "which_column": (
        _("Columns %(columns)s are headed alike and say different things: %(field)s."),
        (_("Which one holds? Choose; we remember it."),),
    ),
    "merged_counts": (
        _(
            "“%(value)s” stands in a cell merged over lots or parts that differ (%(count)s such cells in %(columns)s)."
        ),
        (_("Whose number is it? Choose; we remember it."),),
    ),
    "no_value": (
        _("“%(value)s” stands where a value would: %(fields)s (cells: %(count)s)."),
        (_("What does it mean? We remember it."),),
    ),
    "hidden_rows": (
        _("Rows of the sheet are hidden: %(count)s of them look like data."),
        (_("Choose; we remember it."),),
    ),
    "hidden_sheets": (
        _("Hidden sheets hold such rows, too: %(sheets)s."),
        (_("Choose; we remember it."),),
    ),
    "year": (_("“%(value)s” does not say the year."), (_("Enter the year; we remember it."),)),
    "all_long_ago": (
        _("All %(rows)s rows are of %(years)s, more than %(limit)s years ago."),
        (_("Is the year right?"),),
    ),
    "long_ago": (
        _("%(rows)s of %(read)s rows are of %(years)s, more than %(limit)s years ago."),
        (_("Is the year right?"),),
    ),
    "lost_zeros": (
        _("%(rows)s rows name parts without their leading zeros, such as %(said)s for %(meant)s."),
        (_("Are the parts with the zeros meant? We remember it for files with these headers."),),
    ),
    "may_be_cut_off": (
        _("The table ends at row %(rows)s, where a spreadsheet program cuts it off."),
        (_("Is it whole? If not, export it in parts and send those."),),
    ),
    "statement_gone": (
        _(
            "This statement came before. Rows of it that are not in this file: %(gone)s; with other figures:"
            " %(differing)s."
        ),
        (
            _(
                "Replace it as a whole, or only add what is new? What goes stays readable, and undo brings it"
                " back."
            ),
        ),
    ),
    "statement_again": (
        _("This statement came before; with other figures: %(differing)s rows."),
        (
            _(
                "Replace it as a whole, or only add what is new and keep the rest as it is? Single rows may be"
                " chosen below."
            ),
        ),
    ),
    "side": (
        _("Is this about what you supply, or about what you are supplied?"),
        (_("Choose; we remember it."),),
    ),
}

# -- uploads that are not taken back ----------------------------------------------------------------
HELD: dict[str, tuple[Text, tuple[If | Text, ...]]] = {
    "corrected_later": (
        _("Later files corrected rows of this one."),
        (
            If(_("Undo these first: %(names)s."), given="names"),
            If(_("Ask who sent them to undo them first."), without="names"),
        ),
    ),
    "changed_later": (
        _("What this file made was changed since."),
        (_("Mend it where it is kept; it cannot be taken back."),),
    ),
    "stands_on": (
        _("Something was built on these rows since, so that they cannot be taken back."),
        (_("Undo what uses them first."),),
    ),
    "not_yours": (
        _("Who asked to undo this may no longer write here: nothing was taken back."),
        (_("Ask somebody who may to undo it."),),
    ),
}

SAYINGS: dict[str, tuple[Text, tuple[If | Text, ...]]] = {**FILES, **ROWS, **CELLS, **QUESTIONS, **HELD}


def say(rule: str, params: Mapping[str, Any]) -> Said:
    """Put a rule into words, in the language that is active.

    Raises KeyError if nobody wrote the words of `rule`.
    """
    if rule == "date_impossible" and not params.get("suggestion"):
        rule = "date_nowhere"  # no month has such a day
    what, pieces = SAYINGS[rule]
    told = _in_words(params)
    remedies = (piece if isinstance(piece, If) else If(piece) for piece in pieces)
    return Said(str(what) % told, _joined(str(piece.text) % told for piece in remedies if piece.fits(params)))


def _in_words(params: Mapping[str, Any]) -> dict[str, Any]:
    told = {"value": "", **params}
    told.setdefault("today", clock.today(settings.TIME_ZONE).isoformat())
    told["clock_stands"] = settings.CLOCK_DATE
    for name in ("size", "limit"):
        if _is_number(told.get(name)):
            told[f"{name}_mib"] = f"{told[name] / MIB:,.0f}"
    told = {name: _number(value) if _is_number(value) else value for name, value in told.items()}
    if day := _day(told.get("suggestion")):
        told["month"] = f"{day.month} 月" if is_chinese() else date_format(day, "F")
        told["days"] = calendar.monthrange(day.year, day.month)[1]
    for name in ("field", "guess"):
        if told.get(name):
            told[name] = field_name(str(told[name]))
    if isinstance(told.get("fields"), list):
        told["fields"] = _(" or ").join(map(field_name, told["fields"]))
    for name in ("options", "sheets", "columns"):
        if isinstance(told.get(name), list):
            told[name] = ", ".join(map(str, told[name]))
    return told


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) or not value.is_integer() else f"{int(value):,}"


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _joined(sentences: Iterable[str]) -> str:
    """Chinese sentences stand side by side, others with a blank between them."""
    between = "" if is_chinese() else " "
    return between.join(sentence for sentence in sentences if sentence)
