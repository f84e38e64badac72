"""Mails that somebody asked for: `subscriptions/`. One's own alone."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.viewsets import Conflict
from insight.api.serializers import DigestSerializer, SubscriptionSerializer
from insight.forms.subscriptions import words_of
from insight.models import Subscription
from insight.queries.subscriptions import subscriptions_of
from insight.services import subscriptions
from suppliers.api.asking import OfPerson
from suppliers.api.once import once
from suppliers.queries.seats import SUPPLIER, sides_of


class SubscriptionViewSet(
    OfPerson, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    queryset: Any = Subscription.objects.none
    serializer_class = SubscriptionSerializer
    lookup_value_regex = r"\d{1,18}"
    may_conflict = True  # subscribed already, or paused

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Subscription.objects.none()
        return subscriptions_of(self.person)

    @extend_schema(responses={201: SubscriptionSerializer})
    @once()
    def create(self, request: Request) -> Response:
        """Have mails sent to oneself, the first at the next such hour."""
        body = SubscriptionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = {"filters": {}} | body.validated_data
        wanted.setdefault("side", next(iter(sides_of(self.person.organisation_id)), SUPPLIER))
        made = _answered(lambda: subscriptions.subscribe(person=self.person, now=clock.now(), **wanted))
        return self._told(made.pk, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what it tells, when it comes, or its language. Filters are replaced as a whole."""
        body = SubscriptionSerializer(self.get_object(), data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        _answered(
            lambda: subscriptions.change(
                subscription_id=int(pk), person=self.person, now=clock.now(), **body.validated_data
            )
        )
        return self._told(int(pk))

    def destroy(self, request: Request, pk: str) -> Response:
        _answered(lambda: subscriptions.delete(subscription_id=int(pk), person=self.person))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={202: DigestSerializer})
    @action(detail=True, methods=["post"], url_path="send-now")
    @once()
    def send_now(self, request: Request, pk: str) -> Response:
        """Send one at once, of the last days that are over; asked twice in a minute, it is one mail."""
        digest = _answered(
            lambda: subscriptions.send_now(subscription_id=int(pk), person=self.person, now=clock.now())
        )
        return Response(DigestSerializer(digest).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @once()
    def pause(self, request: Request, pk: str) -> Response:
        """Send nothing until it is resumed."""
        _answered(lambda: subscriptions.pause(subscription_id=int(pk), person=self.person))
        return self._told(int(pk))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @once()
    def resume(self, request: Request, pk: str) -> Response:
        """Send again, from the next such hour on."""
        _answered(lambda: subscriptions.resume(subscription_id=int(pk), person=self.person, now=clock.now()))
        return self._told(int(pk))

    def _told(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(SubscriptionSerializer(self.get_queryset().get(pk=pk)).data, status=code)


def _answered(call: Callable[[], Any]) -> Any:
    """Return what a service returns; what it refuses becomes what HTTP says."""
    try:
        return call()
    except subscriptions.NotHere as stranger:
        raise Http404 from stranger
    except subscriptions.Unfit as unfit:
        raise ValidationError({unfit.field: words_of(unfit)}) from unfit
    except subscriptions.AlreadySubscribed as twin:
        raise Conflict(
            _("You get a mail about this already. Change that one instead."), "subscribed"
        ) from twin
    except subscriptions.NoAddress as lack:
        raise Conflict(
            _("Your login has no e-mail address to which a mail could go."), "no_address"
        ) from lack
    except subscriptions.Paused as pause:
        raise Conflict(_("This subscription is paused. Resume it first."), "paused") from pause
