"""Addresses under /api/v1/ of lots, inspections and measured values, and of their charts."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from quality.api import lists, processes

router = SimpleRouter()
router.register("lots", lists.LotViewSet, "api-lot")
router.register("inspections", lists.InspectionViewSet, "api-inspection")
router.register("measurements", lists.MeasurementViewSet, "api-measurement")
urlpatterns = [
    *router.urls,
    path("charts/<slug:kind>/<int:version>/", processes.ChartView.as_view(), name="api-chart"),
    path("capability/<int:version>/", processes.CapabilityView.as_view(), name="api-capability"),
]
