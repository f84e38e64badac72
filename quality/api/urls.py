"""Addresses under /api/v1/ of lots, inspections and measured values."""

from rest_framework.routers import SimpleRouter

from quality.api import lists

router = SimpleRouter()
router.register("lots", lists.LotViewSet, "api-lot")
router.register("inspections", lists.InspectionViewSet, "api-inspection")
router.register("measurements", lists.MeasurementViewSet, "api-measurement")
urlpatterns = router.urls
