"""Addresses under /api/v1/ of organisations, partnerships, parts and characteristics."""

from rest_framework.routers import SimpleRouter

from suppliers.api import data_requests, lists

router = SimpleRouter()
router.register("organisations", lists.OrganisationViewSet, "api-organisation")
router.register("partnerships", lists.PartnershipViewSet, "api-partnership")
router.register("parts", lists.PartViewSet, "api-part")
router.register("characteristics", lists.CharacteristicViewSet, "api-characteristic")
router.register("data-requests", data_requests.DataRequestViewSet, "api-data-request")
urlpatterns = router.urls
