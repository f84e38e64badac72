"""Addresses of lots and of sampling."""

from django.urls import path

from quality.views import lots, sampling

urlpatterns = [
    path("lots/", lots.lot_list, name="lots"),
    path("lots/<int:lot_id>/", lots.lot_page, name="lot"),
    path("sampling/<int:part_id>/", sampling.next_lot_page, name="sampling-next-lot"),
]
