"""Parts as pages list and show them: found by number or name, with who supplies them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from core import formatting
from core.text import folded, pinyin_key
from suppliers.models import CharacteristicClass, CharacteristicVersion, Part, Partnership, Supply


@dataclass(frozen=True, slots=True)
class Limits:
    """A characteristic by one version of its limits."""

    version: int
    number: str
    name: str
    name_en: str
    characteristic_class: str
    nominal: float | None
    lsl: float | None
    usl: float | None
    unit: str
    decimals: int | None

    @property
    def places(self) -> int:
        """As many decimals as the gauge gives."""
        return 3 if self.decimals is None else self.decimals

    @property
    def class_word(self) -> str:
        return str(CharacteristicClass(self.characteristic_class).label) if self.characteristic_class else ""

    @property
    def specification(self) -> str:
        """The limits as on a drawing: ``0.800 ± 0.020 mm``, ``≥ 40 N``; ``—`` without any."""
        if self.lsl is None and self.usl is None:
            return formatting.NONE
        if self.lsl is None or self.usl is None:
            text = f"≤ {self._written(self.usl)}" if self.lsl is None else f"≥ {self._written(self.lsl)}"
        else:
            half = (self.usl - self.lsl) / 2
            middle = self.lsl + half
            nominal = middle if self.nominal is None else self.nominal
            text = (
                f"{self._written(nominal)} ± {self._written(half)}"
                if abs(nominal - middle) < half * 1e-6
                else f"{self._written(self.lsl)}–{self._written(self.usl)}"
            )
        return f"{text} {self.unit}".strip()

    def _written(self, value: float | None) -> str:
        return formatting.decimal(value, self.places)


LIMITS = (
    "pk", "characteristic__number", "name", "name_en", "characteristic_class", "nominal", "lsl", "usl",
    "unit", "decimals",
)  # fmt: skip


def parts_to_list(
    *, customer: str | None, suppliers: Collection[str] | None, words: str = ""
) -> QuerySet[Part]:
    """Return visible parts by number: of a customer, of suppliers, and with `words` in number or name.

    Chinese names are found by their characters or their pinyin; case, blanks and full width do not matter.
    """
    rows = Part.objects.all()
    if customer is not None:
        rows = rows.filter(customer__code=customer)
    if suppliers is not None:
        supplied = Supply.objects.filter(partnership__supplier__code__in=suppliers).values("part")
        rows = rows.filter(pk__in=supplied)
    if words:
        wanted = folded(words)
        found = Q(number_key__contains=wanted) | Q(name_key__contains=pinyin_key(words).replace(" ", ""))
        rows = rows.filter(found | Q(name__icontains=words) | Q(name_en__icontains=words))
    return rows.select_related("customer").order_by("number_key", "pk")


def part_or_none(part_id: int) -> Part | None:
    """Return a visible part."""
    return Part.objects.select_related("customer").filter(pk=part_id).first()


def parts_by_id(part_ids: Collection[int]) -> dict[int, Part]:
    """Return visible parts by id."""
    return Part.objects.in_bulk(list(part_ids))


def partnerships_of_part(part_id: int, *, supplier: str = "") -> list[Partnership]:
    """Return the visible partnerships on which a part is supplied, or the one with a supplier, by its code."""
    supplied = Supply.objects.filter(part=part_id).values("partnership")
    rows = Partnership.objects.between_two().filter(pk__in=supplied).select_related("supplier", "customer")
    if supplier:
        rows = rows.filter(supplier__code=supplier)
    return list(rows.order_by("supplier__code"))


def supplied_parts(
    partnership_id: int, *, ids: Collection[int] = (), numbers: Collection[str] = ()
) -> dict[int, str]:
    """Return id and number of those parts, by id or by number, that are supplied on a partnership."""
    rows = Supply.objects.filter(partnership=partnership_id)
    named = Q(part__in=ids) | Q(part__number_key__in=[folded(number) for number in numbers])
    return dict(rows.filter(named).order_by("part__number_key").values_list("part", "part__number"))


def suppliers_of_parts(parts: Collection[int] | QuerySet) -> dict[int, list[tuple[str, str, str]]]:
    """Return code, name and English name of the suppliers of each part that are in view; `parts` are ids.

    A company's own books supply nothing: it is not named among the suppliers of its parts.
    """
    rows = Supply.objects.filter(part__in=parts).exclude(partnership__supplier=F("partnership__customer"))
    rows = rows.order_by("partnership__supplier__code")
    names = (
        "part",
        "partnership__supplier__code",
        "partnership__supplier__name",
        "partnership__supplier__name_en",
    )
    found = defaultdict(list)
    for part, *supplier in rows.values_list(*names):
        found[part].append(tuple(supplier))
    return dict(found)


def limits_of_part(part_id: int, *, on: date) -> list[Limits]:
    """Return the characteristics of a part with the limits that are valid on a day, by number."""
    rows = CharacteristicVersion.objects.filter(characteristic__part=part_id, valid_from__lte=on)
    latest = rows.order_by("characteristic__number_key", "-valid_from").distinct("characteristic__number_key")
    return [Limits(*row) for row in latest.values_list(*LIMITS)]


def limits_by_version(versions: Collection[int]) -> dict[int, Limits]:
    """Return versions of limits by id."""
    rows = CharacteristicVersion.objects.filter(pk__in=versions).values_list(*LIMITS)
    return {row[0]: Limits(*row) for row in rows}


def part_of_version(version: int) -> int | None:
    """Return the id of the part of a version of limits, if it is in view."""
    rows = CharacteristicVersion.objects.filter(pk=version)
    return rows.values_list("characteristic__part", flat=True).first()


def limits_on_part(part_id: int, version: int) -> Limits | None:
    """Return a version of limits of a part's characteristic."""
    rows = CharacteristicVersion.objects.filter(pk=version, characteristic__part=part_id)
    row = rows.values_list(*LIMITS).first()
    return Limits(*row) if row else None
