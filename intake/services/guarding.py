"""What one side reported of itself stands: who loads rows for it may add, and replaces nothing."""

from collections.abc import Collection

import pandas as pd

from core.commits import Contradicts
from intake.models import Commit
from intake.services.nouns import Noun
from suppliers import access
from suppliers.queries.partners import partners

DIFFERENT = ["new", "changed", "conflicting"]


def sent_by_other_side(noun: Noun, rows: pd.DataFrame, *, sender_id: int, stage: str) -> pd.Series:
    """Return which rows would take the place of what the supplier's own upload sent.

    Only a customer can hand in what is the other side's, outgoing inspections and their values; each side's
    stock is its own, and all else is the customer's. A row that the customer loaded itself is not meant.

    Parameters
    ----------
    rows : DataFrame
        Compared rows: `partnership_id`, `status`, `stored_id`.
    sender_id : int
        The organisation that hands them in.
    """
    theirs = pd.Series(False, index=rows.index)
    if noun.commits_of is None or stage != "outgoing":
        return theirs
    told = rows.loc[
        rows["stored_id"].notna() & rows["status"].isin(DIFFERENT), ["partnership_id", "stored_id"]
    ]
    told = told.astype("int64")
    suppliers = _suppliers_of(sender_id, told["partnership_id"].unique())
    told = told[told["partnership_id"].isin(list(suppliers))]
    if told.empty:
        return theirs
    commits = told["stored_id"].map(noun.commits_of(told["stored_id"].unique().tolist()))
    senders = commits.map(_senders_of(commits.dropna().astype("int64").unique()))
    theirs[told.index] = senders == told["partnership_id"].map(suppliers)
    return theirs


def refuse_replacing(noun: Noun, *, commit_id: int, sender_id: int, stage: str) -> None:
    """Let nothing stand that a commit put in the place of the supplier's own rows.

    A file that is committed at once was not compared before, and the supplier may have been faster.

    Raises Contradicts.
    """
    if noun.commits_replaced_by is None or stage != "outgoing":
        return
    replaced = noun.commits_replaced_by(commit_id)
    suppliers = _suppliers_of(sender_id, replaced["partnership_id"].astype("int64").unique())
    senders = replaced["commit_id"].map(_senders_of(replaced["commit_id"].astype("int64").unique()))
    if (replaced["partnership_id"].map(suppliers) == senders).any():
        raise Contradicts([])


def _suppliers_of(customer_id: int, partnership_ids: Collection[int]) -> dict[int, int]:
    """Return the suppliers of those partnerships in which this organisation buys, by partnership."""
    return {
        one.partnership_id: one.supplier_id
        for one in partners([int(pk) for pk in partnership_ids])
        if one.customer_id == customer_id != one.supplier_id
    }


def _senders_of(commit_ids: Collection[int]) -> dict[int, int]:
    with access.looking_as_house("see which side sent a row: its upload is the sender's alone"):
        found = Commit.objects.filter(pk__in=[int(pk) for pk in commit_ids])
        return dict(found.values_list("pk", "upload__sender"))
