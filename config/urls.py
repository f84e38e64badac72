"""Addresses: pages at the top, the API under /api/v1/."""

from django.urls import include, path

handler500 = "core.views.server_error"

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("", include("suppliers.urls")),
]
