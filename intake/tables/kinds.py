"""The ten kinds of data and their canonical fields: type, sources, what is required.

A field's `sources` are the field names of ``data/column_synonyms.csv`` that may fill it; a source that
stands in several fields is decided by the other columns (see `columns`).
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Field:
    """One canonical column.

    Attributes
    ----------
    name : str
    type : str
        ``date`` (a day), ``moment`` (a day and perhaps a time), ``count`` (whole, not negative),
        ``signed`` (whole, may be negative), ``number`` (measured, float), ``money`` (decimal text),
        ``code`` (text, never a number), ``text``, ``word`` (of a fixed list), ``period`` (a month).
    sources : tuple of str
        Names in the list of synonyms; the field's own name always counts.
    length : int
        Most characters of a code or text.
    """

    name: str
    type: str
    sources: tuple[str, ...] = ()
    length: int = 64

    @property
    def all_sources(self) -> tuple[str, ...]:
        return (self.name, *self.sources)


@dataclass(frozen=True)
class Kind:
    """A kind of data: its fields, what a row must have, and how a file shows that it is of this kind.

    Attributes
    ----------
    required : tuple of tuple of str
        Of each inner tuple at least one field must have a column (or stand above the table).
    telling : dict of str to int
        How much a source in the header speaks for this kind; negative speaks against it.
    """

    name: str
    fields: tuple[Field, ...]
    required: tuple[tuple[str, ...], ...]
    telling: dict[str, int] = field(default_factory=dict)

    def field(self, name: str) -> Field:
        return next(item for item in self.fields if item.name == name)

    def by_source(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for item in self.fields:
            for source in item.all_sources:
                found.setdefault(source, []).append(item.name)
        return found


PART = (Field("part_no", "code"), Field("part_name", "text", ("part_spec",), 200))
PARTNERS = (
    Field("supplier", "text", (), 200),
    Field("supplier_code", "code"),
    Field("customer", "text", (), 200),
)

INSPECTIONS = Kind(
    "inspections",
    (
        *PART,
        Field("lot_no", "code"),
        Field("inspection_date", "date", ("measured_at", "movement_date")),
        Field("lot_size", "count", ("received_qty",)),
        Field("inspected", "count"),
        Field("sample_size", "count"),
        Field("conforming", "count"),
        Field("nonconforming", "count"),
        Field("verdict", "word"),
        Field("disposition", "word", ("verdict",)),
        Field("sorted_qty", "count"),
        Field("reworked", "count"),
        Field("scrapped", "count"),
        Field("conceded", "count"),
        Field("critical", "count", ("nonconformity_class",)),
        Field("major", "count", ("nonconformity_class",)),
        Field("minor", "count", ("nonconformity_class",)),
        Field("defect_class", "text", ("nonconformity_class",), 16),
        Field("defect_code", "text", (), 200),
        Field("defect_name", "text", (), 500),
        Field("defect_qty", "count"),
        Field("validity", "count"),  # of AQDEF (K0002): 0 is a valid count
        Field("inspection_no", "code", ("movement_no",)),
        Field("order_no", "code"),
        Field("receipt_no", "code"),
        Field("submission", "count"),
        Field("inspection_type", "text", (), 40),
        Field("received_date", "date"),
        Field("inspector", "text", (), 80),
        Field("shift", "text", (), 40),
        Field("machine", "text", (), 40),
        Field("cavity", "text", (), 40),
        Field("remark", "text", (), 500),
        *PARTNERS,
    ),
    required=(
        ("lot_no",),
        ("part_no", "part_name"),
        ("inspection_date",),
        ("inspected", "sample_size"),
        ("nonconforming", "conforming"),
    ),
    telling={
        "inspected": 2, "sample_size": 3, "nonconforming": 3, "conforming": 2, "verdict": 2, "lot_no": 1,
        "inspection_date": 1, "defect_name": 1, "defect_code": 1, "inspector": 1, "inspection_no": 1,
        "inspection_type": 2, "measured": -2, "return_qty": -4,
    },
)  # fmt: skip

MEASUREMENTS = Kind(
    "measurements",
    (
        *PART,
        Field("lot_no", "code"),
        Field("characteristic", "code"),
        Field("characteristic_no", "code"),
        Field("value", "number", ("measured",)),
        Field("piece", "text", ("sample_no",), 40),
        Field("measured_at", "moment", ("inspection_date", "movement_date")),
        Field("unit", "text", (), 16),
        Field("instrument", "text", (), 120),
        Field("cavity", "text", (), 16),
        Field("temperature", "number"),
        Field("inspector", "text", (), 80),
        Field("spec_text", "text", ("part_spec",), 120),
        Field("nominal", "number"),
        Field("lsl", "number"),
        Field("usl", "number"),
        Field("tol_upper", "number"),
        Field("tol_lower", "number"),
        Field("characteristic_class", "text", (), 40),
        Field("item_verdict", "word"),
        Field("validity", "count"),  # of AQDEF (K0002): 0 is a valid value
        Field("inspection_no", "code"),
        Field("machine", "text", (), 40),
        Field("shift", "text", (), 40),
        Field("remark", "text", (), 500),
        *PARTNERS,
    ),
    required=(
        ("lot_no",), ("part_no", "part_name"), ("characteristic", "characteristic_no"), ("value",),
        ("measured_at",),
    ),
    telling={
        "characteristic": 3, "measured": 4, "tol_upper": 1, "tol_lower": 1, "spec_text": 1,
        "item_verdict": 3, "measured_at": 1, "sample_no": 1, "instrument": 1, "nonconforming": -2,
    },
)  # fmt: skip

DOCUMENTS = (  # what an ERP says of a document: see `documents`
    Field("document_status", "text", (), 20),
    Field("document_sign", "text", (), 20),
    Field("provisional", "text", (), 20),
    Field("void", "text", (), 20),
)

STOCK = Kind(
    "stock",
    (
        *PART,
        Field("warehouse", "text", (), 80),
        Field("location", "text", (), 80),
        Field("ownership", "word", (), 20),
        Field("period", "period"),
        Field("snapshot_date", "date", ("movement_date", "inspection_date", "stock_date")),
        Field("opening_qty", "signed"),
        Field("receipts_qty", "signed"),
        Field("issues_qty", "signed"),
        Field("adjustment_qty", "signed"),
        Field("closing_qty", "signed", ("on_hand_qty", "quantity")),
        Field("consigned_qty", "signed"),
        Field("in_transit_qty", "signed"),
        Field("blocked_qty", "signed"),
        Field("unit", "text", (), 16),
        Field("unit_price", "money"),
        Field("amount", "money"),
        Field("item_class", "text", (), 40),
        Field("lot_no", "code"),
        Field("remark", "text", (), 500),
        *PARTNERS,
    ),
    required=(("part_no", "part_name"), ("closing_qty",), ("period", "snapshot_date")),
    telling={
        "opening_qty": 4, "closing_qty": 2, "on_hand_qty": 4, "period": 1, "warehouse": 1,
        "issues_qty": 1, "receipts_qty": 1, "item_class": 1, "location": 1, "movement_type": -4,
        "movement_no": -2, "safety_stock": 1,
    },
)  # fmt: skip

MOVEMENTS = Kind(
    "movements",
    (
        *PART,
        Field("movement_date", "date", ("inspection_date", "received_date")),
        Field("movement_no", "code", ("inspection_no", "receipt_no")),
        Field("movement_type", "text", (), 40),
        Field("warehouse", "text", (), 80),
        Field("location", "text", (), 80),
        Field("ownership", "word", (), 20),
        Field("receipts_qty", "signed"),
        Field("issues_qty", "signed"),
        Field("adjustment_qty", "signed"),
        Field("quantity", "signed"),
        Field("closing_qty", "signed"),
        Field("unit", "text", (), 16),
        Field("unit_price", "money"),
        Field("amount", "money"),
        *DOCUMENTS,
        Field("lot_no", "code"),
        Field("remark", "text", (), 500),
        *PARTNERS,
    ),
    required=(("part_no", "part_name"), ("movement_date",), ("receipts_qty", "issues_qty", "quantity")),
    telling={
        "movement_type": 4, "movement_no": 2, "movement_date": 2, "receipts_qty": 2, "issues_qty": 2,
        "ownership": 1, "warehouse": 1, "closing_qty": 1, "opening_qty": -4,
    },
)  # fmt: skip

DELIVERIES = Kind(
    "deliveries",
    (
        *PART,
        Field("received_date", "date", ("movement_date", "inspection_date")),
        Field("receipt_no", "code", ("inspection_no", "movement_no")),
        Field("order_no", "code"),
        Field("lot_no", "code"),
        Field("ordered_qty", "signed"),
        Field("received_qty", "signed", ("lot_size", "receipts_qty", "quantity")),
        Field("promised_date", "date"),
        Field("order_date", "date"),
        Field("unit_price", "money"),
        Field("amount", "money"),
        Field("unit", "text", (), 16),
        Field("piece_weight", "number"),
        *DOCUMENTS,
        Field("warehouse", "text", (), 80),
        Field("remark", "text", (), 500),
        *PARTNERS,
    ),
    required=(("part_no", "part_name"), ("received_date",), ("received_qty",), ("receipt_no", "order_no")),
    telling={
        "promised_date": 4, "ordered_qty": 3, "received_qty": 3, "order_no": 1, "document_sign": 3,
        "provisional": 3, "document_status": 2, "receipt_no": 1, "received_date": 1, "nonconforming": -3,
        "inspected": -3, "sample_size": -3, "verdict": -2, "order_date": 1, "lot_size": 1,
    },
)  # fmt: skip

RETURNS = Kind(
    "returns",
    (
        *PART,
        Field("return_no", "code", ("inspection_no", "movement_no")),
        Field("return_date", "date", ("movement_date", "inspection_date")),
        Field("found_at", "word"),
        Field("lot_no", "code"),
        Field("return_qty", "count", ("nonconforming", "quantity")),
        Field("unit", "text", (), 16),
        Field("piece_weight", "number"),
        Field("defect_code", "text", (), 80),
        Field("defect_name", "text", (), 200),
        Field("liability", "word"),
        Field("charge_amount", "money"),
        Field("return_state", "text", (), 40),
        Field("remark", "text", (), 500),
        *PARTNERS,
    ),
    required=(("part_no", "part_name"), ("return_no",), ("return_date",), ("return_qty",)),
    telling={
        "return_no": 4, "return_date": 3, "return_qty": 4, "found_at": 4, "liability": 3,
        "charge_amount": 2, "return_state": 2,
    },
)  # fmt: skip

SUPPLIERS = Kind(
    "suppliers",
    (
        Field("supplier_code", "code"),
        Field("supplier", "text", ("name_zh",), 200),
        Field("name_en", "text", (), 200),
        Field("short_names", "text", (), 400),
        Field("since", "date"),
        Field("email", "text", (), 254),
        Field("contact", "text", (), 80),
        Field("remark", "text", (), 500),
    ),
    required=(("supplier_code",), ("supplier",)),
    telling={
        "supplier_code": 3, "supplier": 1, "name_zh": 1, "name_en": 1, "short_names": 3, "email": 2,
        "contact": 2, "tier": 1, "part_no": -3, "lot_no": -5, "received_qty": -5, "movement_date": -3,
        "inspection_date": -3,
    },
)  # fmt: skip

PARTS = Kind(
    "parts",
    (
        Field("part_no", "code"),
        Field("part_name", "text", ("name_zh",), 200),
        Field("name_en", "text", (), 200),
        Field("drawing_no", "code"),
        Field("revision", "text", (), 16),
        Field("family", "text", (), 40),
        Field("material", "text", ("part_spec",), 120),
        Field("unit", "text", (), 16),
        Field("piece_weight_g", "number", ("piece_weight",)),
        Field("inspection_level", "text", (), 8),
        Field("aql_critical", "text", (), 16),
        Field("aql_major", "number"),
        Field("aql_minor", "number"),
        Field("unit_price", "money"),
        Field("supplier", "text", (), 400),
        Field("supplier_code", "text", (), 400),
        Field("supplier_part_no", "code"),
        Field("remark", "text", (), 500),
    ),
    required=(("part_no",), ("part_name",)),
    telling={
        "part_no": 1, "part_name": 1, "name_zh": 1, "drawing_no": 2, "revision": 1, "family": 3,
        "material": 2, "piece_weight": 2, "piece_weight_g": 2, "inspection_level": 2, "aql_major": 3,
        "aql_minor": 2, "supplier_part_no": 2, "aql": 1, "characteristic": -4, "characteristic_no": -3,
        "lsl": -3, "usl": -3, "lot_no": -5, "movement_date": -4, "inspection_date": -4,
        "received_qty": -4, "closing_qty": -5, "receipts_qty": -4, "nonconforming": -4,
    },
)  # fmt: skip

CHARACTERISTICS = Kind(
    "characteristics",
    (
        Field("part_no", "code"),
        Field("characteristic_no", "code"),
        Field("characteristic", "text", ("name_zh",), 120),
        Field("name_en", "text", (), 120),
        Field("variable", "word"),
        Field("characteristic_class", "text", (), 40),
        Field("nominal", "number"),
        Field("lsl", "number"),
        Field("usl", "number"),
        Field("tol_upper", "number"),
        Field("tol_lower", "number"),
        Field("spec_text", "text", ("part_spec",), 120),
        Field("unit", "text", (), 16),
        Field("decimals", "count"),
        Field("instrument", "text", (), 120),
        Field("subgroup_size", "count", ("sample_size",)),
        Field("revision", "text", (), 16),
        Field("valid_from", "date"),
        Field("remark", "text", (), 500),
    ),
    required=(("part_no",), ("characteristic_no", "characteristic")),
    telling={
        "characteristic": 3, "characteristic_no": 3, "lsl": 2, "usl": 2, "nominal": 2, "tol_upper": 1,
        "tol_lower": 1, "characteristic_class": 1, "spec_text": 1, "decimals": 2, "subgroup_size": 2,
        "variable": 2, "measured": -8, "lot_no": -6, "item_verdict": -4, "nonconforming": -4,
    },
)  # fmt: skip

GAUGE_STUDIES = Kind(
    "gauge_studies",
    (
        Field("gauge", "code", ("instrument",), 120),
        *PART,
        Field("characteristic", "code", ("characteristic_no",), 120),
        Field("study_date", "date", ("measured_at", "inspection_date", "movement_date")),
        Field("appraiser", "code", ("inspector",), 80),
        Field("piece", "code", ("sample_no",), 40),
        Field("trial", "count"),
        Field("value", "number", ("measured",)),
        Field("rating", "word", ("item_verdict", "verdict")),
        Field("reference", "text", (), 40),
        Field("unit", "text", (), 16),
        Field("spec_text", "text", ("part_spec",), 120),
        Field("nominal", "number"),
        Field("lsl", "number"),
        Field("usl", "number"),
        Field("tol_upper", "number"),
        Field("tol_lower", "number"),
        Field("remark", "text", (), 500),
        *PARTNERS,
    ),
    required=(
        ("gauge",), ("part_no", "part_name"), ("characteristic",), ("study_date",), ("piece",),
        ("value", "rating"),
    ),
    telling={
        "appraiser": 5, "piece": 2, "trial": 3, "rating": 3, "reference": 2, "study_date": 3, "inspector": 1,
        "sample_no": 1,
        "measured": 2, "instrument": 1, "characteristic": 1, "lot_no": -6, "nonconforming": -4, "inspected": -4,
        "sample_size": -3,
    },
)  # fmt: skip

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        INSPECTIONS, MEASUREMENTS, STOCK, MOVEMENTS, DELIVERIES, RETURNS, SUPPLIERS, PARTS, CHARACTERISTICS,
        GAUGE_STUDIES,
    )
}  # fmt: skip
