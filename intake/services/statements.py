"""A statement that comes again replaces the earlier one as a whole, once a person has seen which rows go.

What makes it the same is said in `inventory.queries.statements`: kind, holder, warehouse and period. As long as
a row of the file is to be mended nothing goes: what is missing may be that row.
"""

from hashlib import blake2b
from typing import Any

import pandas as pd

from core.commits import Contradicts
from intake.models import Commit, Kind, Upload
from intake.services.choices import ALL_OTHERS, KEEP, undecided
from intake.services.choices import REPLACE as TAKE_NEW
from intake.services.nouns import NOUNS
from intake.services.routing import WRONG
from intake.services.whole_file import question
from inventory.queries import nothing_gone
from suppliers import access
from suppliers.access import Person
from suppliers.queries.partners import part_labels

QUESTION = "statement"  # id of the question, and where its answer is kept with the upload
FOUND = "statement"  # in `understanding`: what is gone, and whether it goes
GONE, AGAIN = "statement_gone", "statement_again"  # kinds of the question: rows would go, or only differ
REPLACE, ADD = "replace", "add"
SEVERAL = 2  # one conflict is chosen at its row
ROWS_TOLD = 100
KNOWN = ("same", "changed", "conflicting")


def rows_gone(upload: Upload, rows: pd.DataFrame, by: Person) -> pd.DataFrame:
    """Return the stored rows of an earlier statement that the checked rows of this one do not have.

    The columns of `inventory.queries.statements.GONE`; no row while one of the file is to be mended.
    """
    noun = NOUNS[Kind(upload.kind)]
    known = rows["status"].isin(KNOWN)
    if noun.gone is None or not known.any() or (rows["status"] == WRONG).any():
        return nothing_gone()
    fine = rows[(known | (rows["status"] == "new")) & rows["part_id"].notna()]
    with access.looking_as(by):  # anew: own books may have just been made
        among = [upload.partnership_id] if upload.partnership_id else access.partnerships_to_fill(by)
        return noun.gone(rows=fine, among=among, file_of=_file_of)


def _file_of(commit_ids: list[int]) -> dict[int, int]:
    """Of commits those of the sender's own files, each with its upload: what others stored is not seen here."""
    return dict(Commit.objects.filter(pk__in=commit_ids).values_list("pk", "upload"))


def found(upload: Upload, rows: pd.DataFrame, gone: pd.DataFrame) -> dict[str, Any]:
    """Return what is told of a statement that came before.

    `gone` (int), `differing` (int: conflicts that nobody decided), `which` (str: the rows that are gone, by
    digest), `goes` (bool: somebody agreed that just these go), `rows` (list: the first hundred of them).
    """
    which = _digest(gone)
    answer = upload.answers.get(QUESTION, {})
    agreed = answer.get("which") == which
    return {
        "gone": len(gone) if not agreed or answer["choice"] == REPLACE else 0,
        "differing": undecided(rows, upload.answers),
        "which": which,
        "goes": agreed and answer["choice"] == REPLACE and not gone.empty,
        "asks": not agreed,
        "rows": _told(gone.head(ROWS_TOLD)),
    }


def _digest(gone: pd.DataFrame) -> str:
    ids = ",".join(map(str, sorted(gone["id"].tolist())))
    return blake2b(ids.encode(), digest_size=12).hexdigest()


def _told(gone: pd.DataFrame) -> list[dict[str, Any]]:
    labels = part_labels([int(part) for part in gone["part_id"].unique()])
    return [
        {
            "part": labels.get(int(part), ""),
            "location": "" if pd.isna(location) else str(location),
            "day": day.date().isoformat(),
            "quantity": None if pd.isna(quantity) else int(quantity),
        }
        for part, location, day, quantity in gone[["part_id", "location", "day", "quantity"]].itertuples(
            index=False
        )
    ]


def question_about(upload: Upload, told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the question whether the earlier statement is replaced; none where nothing goes and little differs."""
    some = told["gone"] or told["differing"] >= SEVERAL
    if NOUNS[Kind(upload.kind)].gone is None or not told["asks"] or not some:
        return []
    params = {"gone": told["gone"], "differing": told["differing"]}
    return [question(QUESTION, [REPLACE, ADD], params, kind=GONE if told["gone"] else AGAIN)]


def answered(choice: str, upload: Upload, told: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of an answer: which rows it was about, and what becomes of all that differ."""
    which = upload.understanding[FOUND]["which"]
    rest = {ALL_OTHERS: TAKE_NEW if choice == REPLACE else KEEP}
    return {QUESTION: {"choice": choice, "which": which}, "choices": told.get("choices", {}) | rest}


def rows_to_go(upload: Upload, rows: pd.DataFrame, by: Person) -> pd.DataFrame:
    """Return the rows that go with a commit: those that somebody agreed to.

    Raises Contradicts if others are gone by now: nobody agreed to those.
    """
    told = upload.understanding.get(FOUND, {})
    if not told.get("goes"):
        return nothing_gone()
    gone = rows_gone(upload, rows, by)
    if _digest(gone) != told["which"]:
        raise Contradicts([])
    return gone
