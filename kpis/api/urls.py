"""Addresses of figures under /api/v1/."""

from django.urls import path

from kpis.api.standings import StandingsView
from kpis.api.views import DefinitionsView, KpiView, PassportView

urlpatterns = [
    path("data-requests/standings/", StandingsView.as_view(), name="api-data-request-standings"),
    path("kpis/", DefinitionsView.as_view(), name="api-kpis"),
    path("kpis/<slug:name>/", KpiView.as_view(), name="api-kpi"),
    path("passport/", PassportView.as_view(), name="api-passport"),
]
