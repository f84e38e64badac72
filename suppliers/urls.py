"""Addresses of people and organisations."""

from django.urls import path

from suppliers.views import preferences

urlpatterns = [
    path("account/language/", preferences.language, name="language"),
    path("account/seat/", preferences.seat, name="seat"),
    path("account/single-keys/", preferences.single_keys, name="single-keys"),
]
