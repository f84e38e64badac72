"""Check typed rows against what is known: whose they are, which part, and what is stored already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

import inventory.queries
import quality.queries
from core.text import folded
from intake.models import Kind, Upload
from intake.services import lost_zeros
from intake.services.characteristics import Judged, Meant, judge, limits_that_differ
from intake.services.ground import CUSTOMER, KEPT_BY, SUPPLIER, Ground, name_lookup, part_lookup
from intake.services.routing import CREATE, ELSEWHERE, HELD, WRONG, Place, Routed, route
from suppliers import access
from suppliers.access import Person
from suppliers.queries import characteristic_index, organisation_names, part_index
from suppliers.queries.partners import both_sides, partners
from suppliers.services import own_books

ADDED = ["partnership_id", "part_id", "why", "creates", "status"]
FIRST_OF_SPREAD = 1_000_000_000  # label of the first row that was made of another one: beyond those of a file


@dataclass(slots=True)
class Context:
    """For whom and how rows are checked.

    Attributes
    ----------
    person : Person
        Who sent the file; what it may fill is looked up anew.
    side : str
        supplier or customer: the end for which the file speaks.
    given : int or None
        The partnership that the whole file is for.
    answers : mapping
        What people answered, by question.
    create : bool
        Whether what nobody knows may be made by the commit.
    left_out : sequence of dict
        What people left out: see `intake.services.leaving`.
    """

    person: Person
    kind: str
    stage: str
    side: str
    given: int | None
    answers: Mapping[str, Any]
    create: bool
    now: datetime
    left_out: Sequence[dict[str, Any]] = ()


@dataclass(slots=True)
class Checked:
    """Rows with their fate.

    Attributes
    ----------
    rows : DataFrame
        The rows given with `ADDED`; `status` is wrong, elsewhere, or blank where nothing is in the way.
        Measured rows also have `characteristic_version_id`, and `value` in the stored unit; those of a ledger
        and of gauge studies `holder_id`.
    problems : DataFrame
        `at` (label of the row), `field`, `rule`, `params` (dict).
    questions : list of dict
        `id`, `kind`, `params`, `options` (ids), `rows` (count).
    notes : list of dict
        What is only told, in the shape of a problem: `sheet`, `row`, `column`, `field`, `value`, `rule`, `params`.
    """

    rows: pd.DataFrame
    problems: pd.DataFrame
    questions: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)


def side_of(person: Person, kind: str, stage: str, partnership_id: int | None) -> str:
    """Return the end for which a file of this person speaks, or nothing where that is to be asked.

    A customer who hands in outgoing inspections speaks for the supplier; else each speaks for itself.
    """
    if stage:
        return SUPPLIER if stage == "outgoing" else CUSTOMER
    mine = person.organisation_id
    if partnership_id is not None:
        (partner,) = partners([partnership_id])
        return CUSTOMER if partner.customer_id == mine else SUPPLIER
    if kind in KEPT_BY:
        return KEPT_BY[kind]
    has_suppliers, has_customers = both_sides(mine)
    if has_suppliers and has_customers:
        return ""
    return CUSTOMER if has_suppliers else SUPPLIER


def side_by_rows(person: Person, rows: pd.DataFrame) -> str:
    """Return for which end the rows speak: by whom they name, else by whose parts; nothing where both fit."""
    mine = person.organisation_id
    names = organisation_names(mine)
    ends = {column: _sides_named(rows, column, names) for column in ("customer", "supplier", "supplier_code")}
    if ends["customer"] and "self" not in ends["customer"]:
        return SUPPLIER
    if "supplier" in ends["supplier"] | ends["supplier_code"]:
        return CUSTOMER
    if "self" in ends["supplier"] | ends["supplier_code"]:
        return SUPPLIER
    may_fill = partners(access.partnerships_to_fill(person))
    known = {
        side: set(part_index([one.partnership_id for one in may_fill if getattr(one, end) == mine])["key"])
        for side, end in ((SUPPLIER, "supplier_id"), (CUSTOMER, "customer_id"))
    }
    words = pd.concat(
        [rows[column] for column in ("part_no", "part_name") if column in rows] or [pd.Series()]
    )
    keys = {folded(str(word)) for word in words.dropna().unique()}
    fits = [side for side in (SUPPLIER, CUSTOMER) if keys & known[side]]
    return fits[0] if len(fits) == 1 else ""


def _sides_named(rows: pd.DataFrame, column: str, names: pd.DataFrame) -> set[str]:
    """Return what those that a column names are to the sender: customer, supplier or self."""
    if column not in rows:
        return set()
    keys = {folded(str(word)) for word in rows[column].dropna().unique()}
    return set(names[names["key"].isin(keys)]["side"])


def context_of(
    upload: Upload, person: Person, now: datetime, *, answers: Mapping[str, Any] | None = None
) -> Context:
    """Return how the rows of an understood upload are checked for a person of the sender."""
    told = upload.understanding
    return Context(
        person=person,
        kind=upload.kind,
        stage=upload.stage,
        side=told["side"],
        given=upload.partnership_id,
        answers=told["answered"] if answers is None else answers,
        create=bool(upload.options.get("create")) and person.may_define,
        now=now,
        left_out=upload.answers.get("left_out", ()),
    )


def ground_of(context: Context) -> Ground:
    """Read what routing looks up."""
    mine = context.person.organisation_id
    books = own_books(organisation_id=mine, now=context.now) if context.side == CUSTOMER else None
    with access.looking_as(context.person):  # anew: own books or a partnership may have just been made
        may_fill = access.partnerships_to_fill(context.person)
        between = [one for one in partners(may_fill) if one.customer_id != one.supplier_id]
        if context.given is None:
            ours = "customer_id" if context.side == CUSTOMER else "supplier_id"
            between = [one for one in between if getattr(one, ours) == mine]
        names, narrowed = name_lookup(organisation_names(mine))
        ids = [one.partnership_id for one in between]
        parts, numbers = part_lookup(part_index([*ids, books] if books else ids))
    return Ground(
        organisation_id=mine,
        side=context.side,
        partners={one.partnership_id: one for one in between},
        own_books=books,
        names=names,
        narrowed=narrowed,
        parts=parts,
        numbers=numbers,
        with_zeros_alone=context.answers.get(lost_zeros.QUESTION) == lost_zeros.NO,
    )


def check(rows: pd.DataFrame, context: Context, *, wrong: pd.Index | None = None) -> Checked:
    """Route and resolve rows; `comparing` then says which are new.

    Parameters
    ----------
    rows : DataFrame
        Canonical rows with a unique index.
    wrong : Index, optional
        Labels of rows that broke a rule of their own: they are routed, since a row for somebody who is not
        here is not wrong, and go no further.
    """
    ground = ground_of(context)
    if context.kind == Kind.SUPPLIERS:
        checked = Checked(_plain(rows), _no_problems())
    elif context.kind == Kind.PARTS:
        checked = _check_parts(rows, context, ground)
    else:
        checked = _check_routed(rows, context, ground)
    if wrong is not None:
        mine = checked.rows.index.isin(wrong) & (checked.rows["status"] != ELSEWHERE)
        checked.rows.loc[mine, "status"] = WRONG
    if context.kind == Kind.MEASUREMENTS:
        _judge(checked, context)
    return checked


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    fresh = {"partnership_id": pd.NA, "part_id": pd.NA}
    words = {"why": "", "creates": "", "status": ""}
    return rows.assign(**fresh, **words).astype(dict.fromkeys(fresh, "Int64") | dict.fromkeys(words, "str"))


def _no_problems() -> pd.DataFrame:
    return pd.DataFrame({"at": [], "field": [], "rule": [], "params": []})


# -- whose, and which part --------------------------------------------------------------------------
def _check_routed(rows: pd.DataFrame, context: Context, ground: Ground) -> Checked:
    routed = route(
        rows,
        ground,
        kind=context.kind,
        given=context.given,
        answers=context.answers,
        lots=_lots_in(ground, context),
        create=context.create,
    )
    columns = routed.rows[["partnership_id", "part_id", "why", "creates"]]
    checked = rows.drop(columns=columns.columns, errors="ignore").join(columns)
    checked["status"] = routed.rows["fate"]
    if context.kind in HELD:
        checked["holder_id"] = _holders(checked["partnership_id"], ground)
    return Checked(
        checked,
        _problems_of(routed.rows, routed.places),
        [
            *lost_zeros.question_about(routed, context.answers, ground.numbers),
            *_questions_of(routed, may_define=context.person.may_define),
        ],
    )


def _lots_in(ground: Ground, context: Context):
    """Return the lookup of lots that the sender's partners reported, delivered or moved."""
    places = sorted(ground.everywhere)

    def known(part_ids: list[int], lot_keys: pd.Series) -> pd.DataFrame:
        with access.looking_as(context.person):
            found = [
                quality.queries.lots_called(places, part_ids, list(lot_keys)),
                inventory.queries.lots_called(places, part_ids, list(lot_keys)),
            ]
        return pd.concat(found).drop_duplicates()

    return known


def _holders(partnership_ids: pd.Series, ground: Ground) -> pd.Series:
    """Whose goods a ledger counts, whose gauges were studied: those of the end that the file speaks for."""
    ends = {pk: ground.end(pk, ground.side) for pk in ground.partners}
    if ground.own_books:
        ends[ground.own_books] = ground.organisation_id
    return partnership_ids.map(ends).astype("Int64")


def _check_parts(rows: pd.DataFrame, context: Context, ground: Ground) -> Checked:
    """Of a list of parts only the suppliers are looked up; one that nobody knows is a problem.

    A part of several suppliers becomes a row for each.
    """
    names = [column for column in ("supplier_code", "supplier") if column in rows]
    if not names:
        return Checked(_plain(rows), _no_problems())
    checked = _plain(_a_row_each(rows, names))
    said = [tuple(words) for words in checked[names].itertuples(index=False)]
    places = {words: _supplier_of(dict(zip(names, words, strict=True)), ground) for words in set(said)}
    found = [places[words] for words in said]
    checked["partnership_id"] = pd.array([place.partnership_id for place in found], dtype="Int64")
    checked["status"] = [place.fate for place in found]
    problems = [
        {"at": at, "field": place.column, "rule": place.rule, "params": place.params}
        for at, place in zip(checked.index, found, strict=True)
        if place.rule
    ]
    return Checked(checked, pd.DataFrame(problems, columns=list(_no_problems())))


def _a_row_each(rows: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Spread lists of suppliers over rows; the first keeps its label, the others get new ones."""
    lead = names[0] if rows[names[0]].map(len).gt(0).any() else names[-1]
    spread = rows.explode(lead)
    for other in names:
        if other != lead:
            # Where codes and names are given, they stand in the same order, or one of them is enough.
            spread[other] = spread[other].map(lambda told: told[0] if len(told) == 1 else "")
    spread[lead] = spread[lead].fillna("")
    later = spread.index.duplicated()
    labels = spread.index.to_numpy().copy()
    labels[later] = FIRST_OF_SPREAD + np.arange(later.sum())
    return spread.set_axis(labels)


def _supplier_of(said: Mapping[str, str], ground: Ground) -> Place:

    for word in said.values():
        organisations = ground.meant_by(folded(word)) if word else None
        fits = [pk for pk in ground.partners if organisations and ground.end(pk, SUPPLIER) in organisations]
        if len(fits) == 1:
            return Place(fits[0], why="name")
    column, word = next(((column, word) for column, word in said.items() if word), ("", ""))
    if not word:
        return Place()
    return Place(fate=WRONG, rule="supplier_unknown", column=column, params={"name": word})


def _problems_of(rows: pd.DataFrame, places: list) -> pd.DataFrame:
    wrong = rows[rows["rule"] != ""]
    return pd.DataFrame(
        {
            "at": wrong.index,
            "field": wrong["column"].to_numpy(),
            "rule": wrong["rule"].to_numpy(),
            "params": [_told(places[wording]) for wording in wrong["wording"]],
        }
    )


def _told(place: Place | Meant) -> dict[str, Any]:
    """What the sentence needs, and which question settles it."""
    return place.params | ({"question": place.question} if place.question else {})


def _questions_of(routed: Routed, *, may_define: bool) -> list[dict[str, Any]]:
    """One question for all rows that wait for the same answer."""
    waiting = routed.rows[routed.rows["rule"] != ""]["wording"].value_counts()
    asked: dict[str, dict[str, Any]] = {}
    for wording, count in waiting.sort_index().items():
        place = routed.places[wording]
        if not place.question:
            continue
        known = asked.setdefault(
            place.question,
            {
                "id": place.question,
                "kind": place.rule,
                "params": place.params,
                "options": place.options,
                "creatable": place.creatable and may_define,
                "rows": 0,
            },
        )
        known["rows"] += int(count)
    return list(asked.values())


# -- characteristics --------------------------------------------------------------------------------
def _judge(checked: Checked, context: Context) -> None:
    rows = checked.rows
    fine = rows[(rows["status"] == "") & rows["part_id"].notna()]
    if fine.empty:  # a sheet whose every row is to be mended may lack the columns, too
        rows["characteristic_version_id"] = pd.array([pd.NA] * len(rows), dtype="Int64")
        return
    index = characteristic_index([int(part) for part in fine["part_id"].unique()])
    judged = judge(fine, index, context.answers)
    rows["characteristic_version_id"] = judged.rows["characteristic_version_id"].reindex(rows.index)
    rows.loc[fine.index, "value"] = judged.rows["value"]
    if "unit" in rows:  # the value is in the stored unit now; it must not be converted twice
        rows["unit"] = rows["unit"].astype("str")
        rows.loc[fine.index, "unit"] = judged.rows["unit"]
    checked.notes += _limits_that_differ(fine, judged, index)
    found = judged.rows["rule"]
    creating = found.eq("characteristic_unknown") & _may_be_made(fine, judged, context)
    rows.loc[found.index[creating], "creates"] = "characteristic"
    rows.loc[found.index[found == ELSEWHERE], "status"] = ELSEWHERE
    broken = judged.rows[(found != "") & (found != ELSEWHERE) & ~creating]
    rows.loc[broken.index, "status"] = WRONG
    checked.problems = pd.concat([checked.problems, _problems_of(broken, judged.meant)], ignore_index=True)
    own = _own_partnerships(fine, context) if context.person.may_define else set()
    definable = fine["partnership_id"].isin(own).reindex(broken.index)
    checked.questions += _questions_about(broken, judged, index, definable)


def _limits_that_differ(fine: pd.DataFrame, judged: Judged, index: pd.DataFrame) -> list[dict[str, Any]]:
    if not {"lsl", "usl"} & set(fine):
        return []
    told = limits_that_differ(fine, judged, index)
    places = fine.loc[told.index, ["sheet", "row"]]
    return [
        {
            "sheet": str(sheet),
            "row": int(row),
            "column": "",
            "field": "value",
            "value": one.name,
            "rule": "limits_differ",
            "params": {
                "characteristic": one.name,
                "said": _between(one.lsl, one.usl),
                "drawn": _between(one.drawn_lsl, one.drawn_usl),
            },
        }
        for (sheet, row), one in zip(
            places.itertuples(index=False), told.reset_index(drop=True).itertuples(index=False), strict=True
        )
    ]


def _between(lower: float, upper: float) -> str:
    ends = ["" if pd.isna(end) else f"{end:.9g}" for end in (lower, upper)]
    return " … ".join(ends)


def _may_be_made(fine: pd.DataFrame, judged: Judged, context: Context) -> pd.Series:
    """Characteristics that the commit makes: of the sender's own parts, where it wants them made."""
    mine = _own_partnerships(fine, context)
    wanted = [context.create or context.answers.get(one.question) == CREATE for one in judged.meant]
    return judged.rows["wording"].map(dict(enumerate(wanted))) & fine["partnership_id"].isin(mine)


def _own_partnerships(rows: pd.DataFrame, context: Context) -> set[int]:
    """Partnerships whose customer the sender is: its are the parts, and what is measured on them."""
    mine = context.person.organisation_id
    return {
        one.partnership_id for one in partners(rows["partnership_id"].unique()) if one.customer_id == mine
    }


def _questions_about(
    broken: pd.DataFrame, judged: Judged, index: pd.DataFrame, definable: pd.Series
) -> list[dict[str, Any]]:
    """A question a wording; it may be answered by making it where all of its rows are `definable`."""
    of_part = index.drop_duplicates(["part_id", "characteristic_id"]).groupby("part_id")["characteristic_id"]
    options = {part: [int(one) for one in ids] for part, ids in of_part}
    told = definable.groupby(broken["wording"]).agg(["size", "all"])
    asked = []
    for wording, count, all_definable in told.itertuples(name=None):
        meant = judged.meant[wording]
        if meant.question:
            asked.append(
                {
                    "id": meant.question,
                    "kind": meant.rule,
                    "params": meant.params,
                    "options": options.get(judged.said[wording][0], []),
                    "creatable": meant.rule == "characteristic_unknown" and bool(all_definable),
                    "rows": int(count),
                }
            )
    return asked
