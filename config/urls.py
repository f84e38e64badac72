"""Addresses: pages at the top, the API under /api/v1/."""

from django.urls import include, path

handler404 = "core.views.not_found"
handler500 = "core.views.server_error"

urlpatterns = [
    path("api/v1/", include("config.api")),
    path("account/", include("allauth.urls")),
    path("", include("insight.urls")),
    path("", include("improvement.urls")),
    path("", include("intake.urls")),
    path("", include("inventory.urls")),
    path("", include("kpis.urls")),
    path("", include("quality.urls")),
    path("", include("suppliers.urls")),
]
