"""Addresses under /api/v1/ of lots, inspections, measured values and their charts, and of sampling plans."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from quality.api import chart_decisions, lists, memory_charts, processes
from quality.api.agreement import AgreementView
from quality.api.gauge_studies import GaugeStudyViewSet
from quality.api.joint_charts import JointChartView
from quality.api.plausibility import PlausibilityView
from quality.api.rate_charts import RateChartView
from quality.api.sampling import SamplingPlanView

router = SimpleRouter()
router.register("lots", lists.LotViewSet, "api-lot")
router.register("inspections", lists.InspectionViewSet, "api-inspection")
router.register("measurements", lists.MeasurementViewSet, "api-measurement")
router.register("gauge-studies", GaugeStudyViewSet, "api-gauge-study")
urlpatterns = [
    *router.urls,
    path("sampling/plan/", SamplingPlanView.as_view(), name="api-sampling-plan"),
    path(
        "charts/decisions/<int:version>/",
        chart_decisions.ChartDecisionsView.as_view(),
        name="api-chart-decisions",
    ),
    path(
        "charts/decisions/<int:version>/<int:decision>/undo/",
        chart_decisions.ChartDecisionUndoView.as_view(),
        name="api-chart-decision-undo",
    ),
    path("charts/t2/", JointChartView.as_view(), name="api-joint-chart"),
    path("charts/<slug:kind>/", RateChartView.as_view(), name="api-rate-chart"),
    path("agreement/<int:part>/", AgreementView.as_view(), name="api-agreement"),
    path("charts/ewma/<int:version>/", memory_charts.EwmaView.as_view(), name="api-ewma"),
    path("charts/cusum/<int:version>/", memory_charts.CusumView.as_view(), name="api-cusum"),
    path("plausibility/<int:part>/", PlausibilityView.as_view(), name="api-plausibility"),
    path("charts/<slug:kind>/<int:version>/", processes.ChartView.as_view(), name="api-chart"),
    path("capability/<int:version>/", processes.CapabilityView.as_view(), name="api-capability"),
]
