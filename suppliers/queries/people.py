"""People: who is who where, what is open to them, who was invited and which keys they hold."""

from django.db.models import QuerySet

from suppliers.models import Person, User


def people_of_user(user: User) -> QuerySet[Person]:
    """Return the people that a login is, one an organisation, in the order they were let in."""
    return Person.objects.active().filter(user=user).select_related("organisation", "user").order_by("pk")
