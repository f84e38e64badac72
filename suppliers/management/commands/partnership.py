"""``partnership CUSTOMER SUPPLIER``: say who supplies whom."""

from datetime import date
from typing import Any

from core import clock
from core.commands import JsonCommand
from suppliers import services
from suppliers.management.lookup import organisation_by_code


class Command(JsonCommand):
    help = "Make the partnership of a customer and a supplier, by their codes, if it is not there yet."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("customer", help="code of the one who buys")
        parser.add_argument("supplier", help="code of the one who supplies")
        parser.add_argument("--since", type=date.fromisoformat, help="first day, such as 2024-07-01")

    def answer(self, **options: Any) -> dict[str, Any]:
        customer, supplier = (organisation_by_code(options[end]) for end in ("customer", "supplier"))
        partnership, made = services.make_partnership(
            customer=customer, supplier=supplier, since=options["since"], now=clock.now()
        )
        return {"partnership": f"{customer.code}/{supplier.code}", "id": partnership.pk, "made": made}
