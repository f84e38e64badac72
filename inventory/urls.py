"""Addresses of the rows behind figures of goods and stock."""

from django.urls import path

from inventory.views import lists

urlpatterns = [
    path("deliveries/", lists.delivery_list, name="deliveries"),
    path("returns/", lists.return_list, name="returns"),
    path("movements/", lists.movement_list, name="movements"),
    path("balances/", lists.balance_list, name="balances"),
]
