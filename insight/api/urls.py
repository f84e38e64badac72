"""Addresses under /api/v1/ of mails that somebody asked for."""

from rest_framework.routers import SimpleRouter

from insight.api.views import SubscriptionViewSet

router = SimpleRouter()
router.register("subscriptions", SubscriptionViewSet, "api-subscription")
urlpatterns = router.urls
