"""Whose row is it, and which part is meant: decided once for all rows that say the same.

A row goes to the partnership that it names; else to the one that alone is supplied its part; else to the one
that alone knows its lot. What fits two is asked once and remembered; a row for somebody who is not here is
*elsewhere*. Nothing here touches the database.

Answers are remembered by the question's id: ``who:NAME`` (an organisation), ``route:NAME:PART`` (a
partnership), ``part:PARTNERSHIP:PART`` (a part, or `CREATE`); each may also be `ELSEWHERE`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.text import folded
from intake.services.ground import CUSTOMER, LOST_ZERO, SUPPLIER, Ground, Near, PartKey, resembles
from suppliers.queries.partners import Partner

ELSEWHERE = "elsewhere"
CREATE = "create"
WRONG = "wrong"
LEDGERS = {"stock", "movements"}  # books of the sender's own goods: a stranger's name is no reason to leave
HELD = LEDGERS | {
    "gauge_studies"
}  # of things that one end holds; of a part of several suppliers: on own books
WORDS = ["customer", "supplier", "supplier_code", "partner", "part_no", "part_name"]
NAMING = ["customer", "supplier_code", "supplier", "partner"]
OWN_COLUMNS = {"supplier_code", "supplier"}  # of a file in which a supplier speaks
NUMBER_LIKE = 2  # ranks up to here are numbers, not names
SHORT_FORM_RANK = LOST_ZERO  # numbers, and those that lost their zero
SUGGESTIONS = 50  # near numbers are looked for this often a file

LotLookup = Callable[[list[int], pd.Series], pd.DataFrame]


@dataclass(slots=True)
class Place:
    """Where the rows of one wording go, and why; or what is to be asked first."""

    partnership_id: int | None = None
    part_id: int | None = None
    fate: str = ""  # blank: it may go on; else elsewhere or wrong
    why: str = ""  # given, only_partner, name, part, lot, answer, own_books
    rule: str = ""
    column: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    question: str = ""
    options: list[int] = field(default_factory=list)
    by_lot: bool = False
    creatable: bool = False  # the question may be answered by making it
    creates: str = ""  # supplier or part: what nobody knows yet, and will be made by the commit
    lost_zero: int = 0  # the part that is meant if a spreadsheet dropped the zeros before its number


@dataclass(slots=True)
class Routed:
    """Rows with their places.

    Attributes
    ----------
    rows : DataFrame
        `partnership_id`, `part_id` (Int64), `fate`, `why`, `rule`, `column`, `creates` (str), `wording`
        (int: position in `places`), on the index of the rows given.
    places : list of Place
        One for each distinct wording.
    wordings : DataFrame
        What each wording says, in the columns of `WORDS`.
    """

    rows: pd.DataFrame
    places: list[Place]
    wordings: pd.DataFrame


def route(
    rows: pd.DataFrame,
    ground: Ground,
    *,
    kind: str,
    given: int | None = None,
    answers: Mapping[str, Any],
    lots: LotLookup | None = None,
    create: bool = False,
) -> Routed:
    """Find partnership and part of every row.

    Parameters
    ----------
    rows : DataFrame
        Canonical rows; of `WORDS` and `lot_no` those columns that the file has.
    ground : Ground
        What is known of partners and parts.
    kind : str
        Of the upload.
    given : int, optional
        The partnership that the whole file is for: rows that name another are wrong.
    answers : mapping
        What people answered, by question.
    lots : callable, optional
        Given part ids and folded lot numbers, returns the lots known: `lot_key`, `part_id`,
        `partnership_id`.
    create : bool
        Whether suppliers and parts that nobody knows may be made: then no row waits for them.
    """
    codes, wordings = _distinct(rows)
    names_partners = bool(_named_columns(rows, ground))
    router = _Router(ground, kind, given, answers, _said_by(wordings), names_partners, create)
    router.weigh_strangers(wordings)
    places = [router.place(wording) for wording in wordings.to_dict("records")]
    routed = Routed(_spread(codes, places, rows.index), places, wordings)
    if lots is not None and "lot_no" in rows and any(place.by_lot for place in places):
        _by_lot(routed, rows["lot_no"], lots, ground)
    if kind in HELD and ground.own_books and ground.side == CUSTOMER and not given:
        _rest_to_own_books(routed, ground)
    return routed


def _distinct(rows: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Return for each row the position of its wording, and the wordings (text, blank where nothing)."""
    codes = np.zeros(len(rows), dtype=np.int64)
    for word in WORDS:
        if word in rows:  # one column after the other: far fewer texts are compared than by all at once
            own, values = pd.factorize(rows[word])
            codes, _ = pd.factorize(codes * (len(values) + 1) + own + 1)
    first = pd.Series(codes).drop_duplicates().index
    said = rows.iloc[first].reindex(columns=WORDS).astype("str").where(lambda cells: cells.notna(), "")
    return codes, said.reset_index(drop=True)


def _named_columns(rows: pd.DataFrame, ground: Ground) -> list[str]:
    """Columns of the file that name the other end."""
    partner = ["customer"] if ground.side == SUPPLIER else ["supplier", "supplier_code"]
    return [column for column in partner if column in rows and rows[column].notna().any()]


def _said_by(wordings: pd.DataFrame) -> dict[str, str]:
    """Fold every word once."""
    words = pd.unique(wordings[WORDS].to_numpy().ravel())
    return {word: folded(word) for word in words}


@dataclass(slots=True)
class _Router:
    ground: Ground
    kind: str
    given: int | None
    answers: Mapping[str, Any]
    keys: dict[str, str]
    names_partners: bool
    create: bool
    strangers: dict[str, list[int]] = field(default_factory=dict)  # name → organisations it may mean
    short_names: dict[str, int] = field(default_factory=dict)  # name → the one whose short form it is
    looked_near: int = 0

    @property
    def everywhere(self) -> frozenset[int]:
        return frozenset([self.given]) if self.given else self.ground.everywhere

    # -- names --------------------------------------------------------------------------------------
    def weigh_strangers(self, wordings: pd.DataFrame) -> None:
        """Find, for names that nobody knows, whom they resemble and whose part numbers stand beside them."""
        for column in self._partner_columns():
            for word, rows in wordings.groupby(column):
                name = self.keys[str(word)]
                if name and self._organisations(name) is None:
                    self.strangers[name] = self._may_mean(name, rows)

    def _may_mean(self, name: str, rows: pd.DataFrame) -> list[int]:
        side = self._other_side()
        alike = {
            self.ground.end(pk, side)
            for pk in self.everywhere
            if resembles(name, self.ground.name_at(pk, side))
        }
        if len(alike) == 1:
            (self.short_names[name],) = alike
        if alike:
            return sorted(alike)
        beside = {
            self.ground.end(part.partnership_id, side)
            for number in rows["part_no"]
            for part in self.ground.parts_called(self.keys[number], self.everywhere)
            if self.keys[number] and part.rank <= NUMBER_LIKE
        }
        return sorted(beside)

    def _partner_columns(self) -> list[str]:
        return ["customer"] if self.ground.side == SUPPLIER else ["supplier_code", "supplier"]

    def _other_side(self) -> str:
        return CUSTOMER if self.ground.side == SUPPLIER else SUPPLIER

    def _organisations(self, name: str) -> set[int] | None:
        answer = self.answers.get(f"who:{name}")
        if answer == ELSEWHERE:
            return set()
        return {int(answer)} if answer is not None else self.ground.meant_by(name)

    # -- one wording --------------------------------------------------------------------------------
    def place(self, said: Mapping[str, str]) -> Place:
        among, unsettled, named = self._candidates(said)
        if unsettled:
            return unsettled
        place = self._by_part(said, among, named)
        place.lost_zero = self._lost_zero(self.keys[said["part_no"]], place)
        return place

    def _lost_zero(self, key: str, place: Place) -> int:
        """The part of a place if it was found without its zeros alone, by nobody's answer; else 0."""
        where = [place.partnership_id] if place.partnership_id else place.options if place.by_lot else []
        found = self.ground.parts_called(key, where) if key else []
        by_zero = bool(found) and found[0].rank == LOST_ZERO and place.why != "answer"
        answered = any(f"part:{pk}:{key}" in self.answers for pk in where)
        return found[0].part_id if by_zero and not answered and not place.creates else 0

    def _candidates(self, said: Mapping[str, str]) -> tuple[frozenset[int], Place | None, bool]:
        """Return the partnerships that the names leave, a place if they already settle it, and if any did."""
        among, named = self.everywhere, False
        for column in NAMING:
            name = self.keys[said[column]]
            if not name:
                continue
            organisations = self._organisations(name) or self._by_short_name(name, said)
            if not organisations and (unsettled := self._under_another_name(name, column, said)):
                return among, unsettled, named
            if organisations is None:
                asks = column in self._partner_columns() and not self._code_beside_known_name(column, said)
                if asks and (stranger := self._stranger(name, column, said[column])):
                    return among, stranger, named
                continue
            left = self._narrowed(among, column, name, organisations)
            if left:
                among, named = left, named or column in (*self._partner_columns(), "partner")
            elif column in self._partner_columns() and self.kind not in LEDGERS:
                return among, self._not_ours(column, said[column], organisations), named
            elif column != "partner" and self.kind not in LEDGERS:
                return among, Place(fate=WRONG, rule="not_your_row", column=column), named
        return among, None, named

    def _under_another_name(self, name: str, column: str, said: Mapping[str, str]) -> Place | None:
        """A row that says another supplier than whose file it is, under a name that nobody here knows.

        Whoever else bears the name, known to others or not, the answer is the same: it may be one's own.
        """
        own = column in OWN_COLUMNS and self.ground.side == SUPPLIER and self.kind not in LEDGERS
        if not own or self._code_beside_known_name(column, said):
            return None
        if self.answers.get(f"who:{name}") == ELSEWHERE:
            return Place(fate=ELSEWHERE, why="answer")
        if any(resembles(name, self.ground.name_at(pk, SUPPLIER)) for pk in self.everywhere):
            return None
        return Place(
            fate=WRONG,
            rule="own_name_unknown",
            column=column,
            params={"name": said[column]},
            question=f"who:{name}",
            options=sorted({self.ground.end(pk, SUPPLIER) for pk in self.everywhere}),
        )

    def _by_short_name(self, name: str, said: Mapping[str, str]) -> set[int] | None:
        """A short form of one partner's name alone, beside a part number of that partner: no need to ask."""
        meant = self.short_names.get(name)
        if meant is None or not self.keys[said["part_no"]]:
            return self._organisations(name)
        among = [pk for pk in self.everywhere if self.ground.end(pk, self._other_side()) == meant]
        found = self.ground.parts_called(self.keys[said["part_no"]], among)
        return {meant} if any(part.rank <= SHORT_FORM_RANK for part in found) else None

    def _code_beside_known_name(self, column: str, said: Mapping[str, str]) -> bool:
        """A supplier's code that nobody knows is no reason to ask where its name is known."""
        name = self.keys[said["supplier"]]
        return column == "supplier_code" and bool(name) and self._organisations(name) is not None

    def _narrowed(
        self, among: frozenset[int], column: str, name: str, organisations: set[int]
    ) -> frozenset[int]:
        sides = {"customer": [CUSTOMER], "partner": [CUSTOMER, SUPPLIER]}.get(column, [SUPPLIER])
        left = frozenset(
            pk for pk in among if any(self.ground.end(pk, side) in organisations for side in sides)
        )
        if column == "partner" and self.ground.organisation_id in organisations:
            return among
        # A code that one customer gave the sender says which customer is meant.
        only = self.ground.narrowed.get(name)
        return left & only if only and column in ("supplier", "supplier_code") and left & only else left

    def _stranger(self, name: str, column: str, word: str) -> Place | None:
        if self.kind in LEDGERS:
            return None
        may_mean = self.strangers.get(name, [])
        if may_mean:
            return Place(
                fate=WRONG,
                rule="organisation_unknown",
                column=column,
                params={"name": word, "side": self._other_side()},
                question=f"who:{name}",
                options=may_mean,
            )
        if self.given:
            return self._not_ours(column, word, set())
        if self.create and self.ground.side == CUSTOMER:
            return Place(why="name", creates="supplier")
        return Place(fate=ELSEWHERE, why="name")

    def _not_ours(self, column: str, word: str, organisations: set[int]) -> Place:
        if self.given:
            return Place(fate=WRONG, rule="other_partnership", column=column, params={"name": word})
        return Place(fate=ELSEWHERE, why="name" if organisations else "answer")

    # -- parts --------------------------------------------------------------------------------------
    def _by_part(self, said: Mapping[str, str], among: frozenset[int], named: bool) -> Place:
        column = "part_no" if said["part_no"] else "part_name"
        word = said[column]
        key = self.keys[word]
        why = "given" if self.given else "name" if named else "part"
        if self.kind == "characteristics":
            return self._of_a_list(key, column, word)
        if self._goes_to_own_books(named):
            mine = self._of_my_own(key)
            return self._chosen(mine, column, word, "own_books") or self._unknown(column, word, among, named)
        if not key:
            return self._without_part(among, named)
        answer = self.answers.get(f"part:{min(among)}:{key}") if len(among) == 1 else None
        if answer == ELSEWHERE:
            return Place(fate=ELSEWHERE, why="answer")
        if answer is not None and answer != CREATE:
            return Place(min(among), int(answer), why=why)
        found = self.ground.parts_called(key, among)
        places = {part.partnership_id for part in found}
        if len(places) > 1:
            return self._several(said, found, column)
        if not found:
            return self._unknown(column, word, among, named)
        return self._chosen(found, column, word, why) or Place(fate=WRONG, rule="part_unknown", column=column)

    def _of_a_list(self, key: str, column: str, word: str) -> Place:
        """A customer's list names its own part, whoever supplies it."""
        place = self._chosen(self._of_my_own(key), column, word, "part")
        if place is None:
            near = self._near(key, {self.ground.own_books or 0})
            params = {"part": word, "near": near.number if near else ""}
            return Place(fate=WRONG, rule="part_unknown", column=column, params=params)
        place.partnership_id = None
        return place

    def _goes_to_own_books(self, named: bool) -> bool:
        """A statement of one's own stock that names no supplier is about oneself alone."""
        return bool(
            self.ground.own_books
            and self.kind == "stock"
            and self.ground.side == CUSTOMER
            and not named
            and not self.given
        )

    def _chosen(self, found: list[PartKey], column: str, word: str, why: str) -> Place | None:
        parts = sorted({part.part_id for part in found})
        if not parts:
            return None
        partnership = found[0].partnership_id
        if len(parts) == 1:
            return Place(partnership, parts[0], why=why)
        question = f"part:{partnership}:{self.keys[word]}"
        if (answer := self.answers.get(question)) is not None:
            if answer == ELSEWHERE:
                return Place(fate=ELSEWHERE, why="answer")
            return Place(partnership, int(answer), why="answer")
        return Place(
            partnership,
            fate=WRONG,
            rule="part_ambiguous",
            column=column,
            params={"part": word},
            question=question,
            options=parts,
        )

    def _several(self, said: Mapping[str, str], found: list[PartKey], column: str) -> Place:
        """The part is supplied on several of the partnerships that are left."""
        name = next((self.keys[said[word]] for word in self._partner_columns() if said[word]), "")
        question = f"route:{name}:{self.keys[said[column]]}"
        answer = self.answers.get(question)
        if answer == ELSEWHERE:
            return Place(fate=ELSEWHERE, why="answer")
        chosen = [part for part in found if answer is not None and part.partnership_id == int(answer)]
        if chosen:
            return self._chosen(chosen, column, said[column], "answer") or Place(fate=WRONG)
        return Place(
            fate=WRONG,
            rule="row_of_several",
            column=column,
            params={"part": said[column], "side": self._other_side()},
            question=question,
            options=sorted({part.partnership_id for part in found}),
            by_lot=True,
        )

    def _without_part(self, among: frozenset[int], named: bool) -> Place:
        if len(among) == 1 or named:
            partnership = min(among) if len(among) == 1 else None
            return Place(partnership, fate=WRONG, rule="part_missing", column="part_no")
        return Place(fate=ELSEWHERE, why="part")

    def _unknown(self, column: str, word: str, among: frozenset[int], named: bool) -> Place:
        """Nobody on these partnerships is supplied such a part."""
        mine = self._of_my_own(self.keys[word])
        if mine and self.kind in HELD and not named and not self.given:
            return self._chosen(mine, column, word, "own_books") or Place(fate=WRONG)
        near = None if mine else self._near(self.keys[word], among)
        if len(among) > 1 and not named and not near and self.names_partners:
            return Place(fate=ELSEWHERE, why="part")
        partnership = min(among) if len(among) == 1 else None
        partner = self.ground.partners.get(partnership or 0)
        question = f"part:{partnership}:{self.keys[word]}" if partnership else ""
        wanted = self.create or self.answers.get(question) == CREATE
        if wanted and partner and column == "part_no" and self._is_customer_of(partner):
            return Place(partnership, why="name" if named else "given", creates="part")
        return Place(
            partnership,
            fate=WRONG,
            rule="part_not_supplied" if mine and partner else "part_unknown",
            column=column,
            params={
                "part": word,
                "near": near.number if near else "",
                "ask": partner.responsible if partner and self.ground.side == SUPPLIER else "",
                "customer": partner.customer_name if partner and self.ground.side == SUPPLIER else "",
                "supplier": partner.supplier_name if partner else "",
            },
            question=question,
            options=[near.part_id] if near else sorted({part.part_id for part in mine}),
            creatable=bool(partner and column == "part_no" and self._is_customer_of(partner)),
        )

    def _is_customer_of(self, partner: Partner) -> bool:
        return partner.customer_id == self.ground.organisation_id

    def _of_my_own(self, key: str) -> list[PartKey]:
        """Parts of the sender itself, whoever supplies them."""
        own = self.ground.own_books
        return self.ground.parts_called(key, {own}) if own and self.ground.side == CUSTOMER else []

    def _near(self, key: str, among: Collection[int]) -> Near | None:
        if self.looked_near >= SUGGESTIONS:
            return None
        self.looked_near += 1
        return self.ground.near(key, among)


def _spread(codes: np.ndarray, places: list[Place], index: pd.Index) -> pd.DataFrame:
    columns = {
        name: pd.array([getattr(place, name) for place in places], dtype=dtype)
        for name, dtype in (
            ("partnership_id", "Int64"),
            ("part_id", "Int64"),
            ("fate", "str"),
            ("why", "str"),
            ("rule", "str"),
            ("column", "str"),
            ("creates", "str"),
        )
    }
    spread = pd.DataFrame({name: values.take(codes) for name, values in columns.items()}, index=index)
    spread["wording"] = codes
    return spread


def _by_lot(routed: Routed, lot_no: pd.Series, lots: LotLookup, ground: Ground) -> None:
    """Settle rows whose part several supply by the lot, where one alone knows it."""
    options = _options_of(routed, ground)
    rows = routed.rows
    asked = rows.index[rows["wording"].isin(list(options)) & lot_no.notna()]
    parts = {part for places in options.values() for _partnership, part in places}
    wanted = pd.DataFrame({"wording": rows.loc[asked, "wording"], "lot_key": _lot_keys(lot_no.loc[asked])})
    told = lots(sorted(parts), wanted["lot_key"].drop_duplicates())
    known = pd.concat([told, _lots_named_here(rows, lot_no)])
    found = wanted.reset_index(names="at").merge(known, on="lot_key")
    columns = ["wording", "partnership_id", "part_id"]
    fits = [
        (partnership, part) in options[wording]
        for wording, partnership, part in found[columns].itertuples(index=False, name=None)
    ]
    found = found[np.array(fits, dtype=bool)].drop_duplicates(["at", "partnership_id", "part_id"])
    alone = found[~found["at"].duplicated(keep=False)].set_index("at")
    rows.loc[alone.index, "partnership_id"] = alone["partnership_id"].astype("Int64")
    rows.loc[alone.index, "part_id"] = alone["part_id"].astype("Int64")
    rows.loc[alone.index, ["fate", "why", "rule", "column"]] = ["", "lot", "", ""]


def _lot_keys(lot_no: pd.Series) -> pd.Series:
    """Fold each lot number once."""
    written = lot_no.astype("str")
    return written.map({word: folded(word) for word in written.unique()})


def _lots_named_here(rows: pd.DataFrame, lot_no: pd.Series) -> pd.DataFrame:
    """Lots for which another row of this file, such as their receipt, settles partnership and part."""
    settled = (rows["fate"] == "") & (rows["why"] != "own_books") & lot_no.notna()
    here = rows.loc[settled, ["partnership_id", "part_id"]].dropna()
    return here.assign(lot_key=_lot_keys(lot_no.loc[here.index])).drop_duplicates()


def _rest_to_own_books(routed: Routed, ground: Ground) -> None:
    """Goods of one's own that no name and no lot tells apart hang on one's own books."""
    for number, place in enumerate(routed.places):
        if not place.by_lot:
            continue
        key = folded(routed.wordings.at[number, "part_no"] or routed.wordings.at[number, "part_name"])
        parts = {part.part_id for part in ground.parts_called(key, place.options)}
        rest = (routed.rows["wording"] == number) & (routed.rows["rule"] == "row_of_several")
        if len(parts) == 1 and rest.any():
            routed.rows.loc[rest, "partnership_id"] = ground.own_books
            routed.rows.loc[rest, "part_id"] = parts.pop()
            routed.rows.loc[rest, ["fate", "why", "rule", "column"]] = ["", "own_books", "", ""]


def _options_of(routed: Routed, ground: Ground) -> dict[int, set[tuple[int, int]]]:
    """Partnerships and parts that each doubtful wording may mean."""
    found: dict[int, set[tuple[int, int]]] = {}
    for number, said in enumerate(routed.wordings.to_dict("records")):
        place = routed.places[number]
        if place.by_lot:
            key = folded(said["part_no"] or said["part_name"])
            parts = ground.parts_called(key, set(place.options))
            found[number] = {(part.partnership_id, part.part_id) for part in parts}
    return found
