"""Addresses of lots."""

from django.urls import path

from quality import views

urlpatterns = [
    path("lots/", views.lot_list, name="lots"),
    path("lots/<int:lot_id>/", views.lot_page, name="lot"),
]
