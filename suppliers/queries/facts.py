"""Single facts about partnerships and parts that other apps count by."""

from collections.abc import Collection

import pandas as pd

from suppliers.models import CharacteristicVersion, Part, Partnership


def zone_of_customer(partnership_id: int) -> str:
    """Return the calendar zone in which the days of a partnership are counted: its customer's."""
    return Partnership.objects.values_list("customer__zone", flat=True).get(pk=partnership_id)


def ends_of(partnership_id: int) -> tuple[int, int]:
    """Return the ids of the customer and of the supplier of a partnership."""
    return Partnership.objects.values_list("customer", "supplier").get(pk=partnership_id)


def ends_of_each(partnership_ids: Collection[int]) -> pd.DataFrame:
    """Return `customer` and `supplier` (ids) of partnerships, by id."""
    found = Partnership.objects.filter(pk__in={int(pk) for pk in partnership_ids})
    frame = pd.DataFrame(
        list(found.values_list("pk", "customer", "supplier")), columns=["id", "customer", "supplier"]
    )
    return frame.set_index("id").astype("int64")


def zones_of_each(partnership_ids: Collection[int]) -> dict[int, str]:
    """Return the calendar zones of partnerships, by id: see `zone_of_customer`."""
    found = Partnership.objects.filter(pk__in={int(pk) for pk in partnership_ids})
    return dict(found.values_list("pk", "customer__zone"))


def families_of(part_ids: Collection[int]) -> pd.DataFrame:
    """Return `family` and `material` of parts, "" where they are not known, with part ids as the index."""
    found = Part.objects.filter(pk__in={int(part_id) for part_id in part_ids})
    frame = pd.DataFrame(
        list(found.values_list("pk", "family", "material")), columns=["part_id", "family", "material"]
    )
    return frame.set_index("part_id")


def limits_of_versions(version_ids: Collection[int]) -> pd.DataFrame:
    """Return `lsl` and `usl` (float, NaN where there is none) by id of a characteristic version."""
    found = CharacteristicVersion.objects.filter(pk__in={int(version_id) for version_id in version_ids})
    frame = pd.DataFrame(list(found.values_list("pk", "lsl", "usl")), columns=["version_id", "lsl", "usl"])
    return frame.set_index("version_id").astype("float64")


def customer_zones(suppliers: Collection[int]) -> dict[int, dict[str, str]]:
    """Return, by organisation that supplies, the calendar zones of its customers by their codes.

    Under the open scope; of an organisation without a customer there is no entry.
    """
    rows = Partnership.objects.between_two().filter(supplier__in=suppliers)
    found: dict[int, dict[str, str]] = {}
    for supplier, code, zone in rows.values_list("supplier", "customer__code", "customer__zone"):
        found.setdefault(supplier, {})[code] = zone
    return found
