"""Addresses: pages at the top, the API under /api/v1/."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("kpis.api.urls")),
    path("account/", include("allauth.urls")),
]
