"""Addresses of the rows behind figures of goods and stock."""

from django.urls import path

from inventory import views

urlpatterns = [
    path("deliveries/", views.delivery_list, name="deliveries"),
    path("returns/", views.return_list, name="returns"),
    path("movements/", views.movement_list, name="movements"),
    path("balances/", views.balance_list, name="balances"),
]
