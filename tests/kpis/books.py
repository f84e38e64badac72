"""A small chain whose rows and sums are written side by side, each by its own simple rule."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.text import folded
from inventory.models import (
    Balance,
    Delivery,
    DeliverySum,
    Return,
    ReturnSum,
    StockDay,
    StockItem,
    UnitCost,
)
from quality.models import Disposition, Inspection, Lot, LotSum
from suppliers.models import Organisation, Part, Partnership, Supply

NOW = datetime(2026, 6, 30, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
COMMIT = {"commit_id": 1, "recorded_at": NOW}


@dataclass
class Books:
    """Organisations by code, partnerships by "customer/supplier", parts by number, rows as plain dicts."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    partnerships: dict[str, Partnership] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    lots: dict[tuple, Lot] = field(default_factory=dict)
    supplies: set[tuple] = field(default_factory=set)
    inspections: list[dict] = field(default_factory=list)

    def organisation(self, code: str) -> Organisation:
        if code not in self.organisations:
            self.organisations[code] = Organisation.objects.create(
                code=code, name=f"示例·{code}", name_en=f"Sample {code}", name_key=code, created_at=NOW
            )
        return self.organisations[code]

    def partnership(self, customer: str, supplier: str) -> Partnership:
        key = f"{customer}/{supplier}"
        if key not in self.partnerships:
            self.partnerships[key] = Partnership.objects.create(
                customer=self.organisation(customer), supplier=self.organisation(supplier), created_at=NOW
            )
        return self.partnerships[key]

    def part(self, partnership: Partnership, number: str) -> Part:
        if number not in self.parts:
            self.parts[number] = Part.objects.create(
                customer_id=partnership.customer_id, number=number, number_key=folded(number), name=number,
                created_at=NOW,
            )  # fmt: skip
        if (partnership.pk, number) not in self.supplies:
            Supply.objects.create(partnership=partnership, part=self.parts[number], created_at=NOW)
            self.supplies.add((partnership.pk, number))
        return self.parts[number]

    def inspect(
        self, where: str, number: str, lot: str, day: date, counts: tuple[int, int], **more
    ) -> Inspection:
        """One first submission of pieces inspected and nonconforming; `where` is "customer/supplier"."""
        n, x = counts
        partnership = self.partnership(*where.split("/"))
        part = self.part(partnership, number)
        key = partnership.pk, number, lot
        if key not in self.lots:
            self.lots[key] = Lot.objects.create(
                partnership=partnership, part=part, number=lot, number_key=folded(lot), lot_size=1000,
                created_at=NOW,
            )  # fmt: skip
        values = {"stage": "outgoing", "verdict": "accepted", "lot_size": 1000} | more
        conceded = values.pop("conceded", False)
        inspection = Inspection.objects.create(
            partnership=partnership, part=part, lot=self.lots[key], inspection_date=day, inspected=n,
            nonconforming=x, **values, **COMMIT,
        )  # fmt: skip
        if conceded:
            Disposition.objects.create(partnership=partnership, inspection=inspection, kind="conceded")
        self.inspections.append(
            {"where": where, "part": number, "lot": lot, "day": day, "n": n, "x": x, "conceded": conceded}
            | values
        )
        return inspection

    def add_lot_sums(self) -> None:
        sums = defaultdict(lambda: [0] * 9)
        for row in self.inspections:
            n, x = row["n"], row["x"]
            judged, accepted = bool(row["verdict"]), row["verdict"] == "accepted"
            add = 1, judged, accepted, row["conceded"], n, x, n * n, n * x, x * x
            key = row["where"], row["part"], row["stage"], row["day"]
            sums[key] = [old + new for old, new in zip(sums[key], add, strict=True)]
        names = [f.attname for f in LotSum._meta.fields][-9:]
        LotSum.objects.bulk_create(
            LotSum(
                partnership=self.partnerships[where], part=self.parts[part], stage=stage, day=day,
                **dict(zip(names, values, strict=True)),
            )
            for (where, part, stage, day), values in sums.items()
        )  # fmt: skip

    def deliver(
        self, where: str, number: str, day: date, quantity: int, *, late: int | None = 0, lot=""
    ) -> None:
        """Goods received `late` days after the promise; None: nothing was promised."""
        partnership = self.partnership(*where.split("/"))
        part = self.part(partnership, number)
        Delivery.objects.create(
            partnership=partnership, part=part, receipt_no=f"R{Delivery.objects.count()}", lot_number=lot,
            lot_number_key=folded(lot), received_date=day, received_quantity=quantity,
            promised_date=None if late is None else day - timedelta(days=late), **COMMIT,
        )  # fmt: skip
        kept = late is not None and late <= 0
        add = {
            "delivered": quantity, "lines": 1, "promised_lines": int(late is not None),
            "promised_quantity": quantity * (late is not None), "on_time_lines": int(kept),
            "on_time_quantity": quantity * kept,
        }  # fmt: skip
        row, _ = DeliverySum.objects.get_or_create(
            partnership=partnership, part=part, day=day, defaults=dict.fromkeys(add, 0)
        )
        for name, value in add.items():
            setattr(row, name, getattr(row, name) + value)
        row.save()

    def send_back(
        self, where: str, number: str, day: date, quantity: int, *, liability="charged", found_at="line"
    ) -> None:
        partnership = self.partnership(*where.split("/"))
        part = self.part(partnership, number)
        Return.objects.create(
            partnership=partnership, part=part, return_no=f"T{Return.objects.count()}", return_date=day,
            quantity=quantity, found_at=found_at, liability=liability, **COMMIT,
        )  # fmt: skip
        ReturnSum.objects.create(
            partnership=partnership, part=part, day=day, found_at=found_at, liability=liability, events=1,
            quantity=quantity,
        )  # fmt: skip

    def stock_item(self, where: str, number: str, holder: str, ownership: str) -> StockItem:
        partnership = self.partnership(*where.split("/"))
        part = self.part(partnership, number)
        return StockItem.objects.create(
            partnership=partnership, part=part, holder=self.organisation(holder), location="1",
            location_key="1", ownership=ownership,
        )  # fmt: skip

    def keep_stock(
        self,
        where: str,
        number: str,
        holder: str,
        ownership: str,
        *,
        opening: int,
        moves: dict[date, tuple[int, int]],
    ) -> dict[date, int]:
        """Book receipts and issues by day; return the closing balance of every moving day."""
        item = self.stock_item(where, number, holder, ownership)
        balance, closings = opening, {}
        for day, (receipts, issues) in sorted(moves.items()):
            balance += receipts - issues
            closings[day] = balance
            StockDay.objects.create(
                partnership=item.partnership, stock_item=item, day=day, receipts=receipts, issues=issues,
                adjustments=0, closing=balance,
            )  # fmt: skip
        return closings

    def state_stock(
        self, where: str, number: str, holder: str, ownership: str, rows: list[tuple[date, int, int, int]]
    ) -> None:
        """Monthly statements: last day, opening, issues, closing."""
        item = self.stock_item(where, number, holder, ownership)
        for day, opening, issues, closing in rows:
            Balance.objects.create(
                partnership=item.partnership, stock_item=item, grain="month", balance_date=day,
                opening_quantity=opening, receipts_quantity=closing - opening + issues,
                issues_quantity=issues, adjustment_quantity=0, closing_quantity=closing, **COMMIT,
            )  # fmt: skip

    def price(self, where: str, number: str, month: date, cost: str) -> None:
        UnitCost.objects.create(
            partnership=self.partnerships[where],
            part=self.parts[number],
            month=month,
            unit_cost=Decimal(cost),
        )

    def forget(self) -> None:
        """Take away what was made of organisations and parts."""
        Supply.objects.filter(partnership__in=self.partnerships.values()).delete()
        Part.objects.filter(pk__in=[part.pk for part in self.parts.values()]).delete()
        Partnership.objects.filter(pk__in=[one.pk for one in self.partnerships.values()]).delete()
        Organisation.objects.filter(pk__in=[one.pk for one in self.organisations.values()]).delete()
