"""Addresses of lots and of sampling."""

from django.urls import path

from quality.views import lots, next_lot

urlpatterns = [
    path("lots/", lots.lot_list, name="lots"),
    path("lots/<int:lot_id>/", lots.lot_page, name="lot"),
    path("sampling/<int:part_id>/", next_lot.next_lot_page, name="sampling-next-lot"),
]
