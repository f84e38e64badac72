"""Addresses: pages at the top, the API under /api/v1/."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
]
