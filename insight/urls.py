"""Addresses of what to look at."""

from django.urls import path

from insight.views import inventory, overview, parts, search, suppliers

urlpatterns = [
    path("", overview.first_page, name="home"),
    path("overview/", overview.overview_page, name="overview"),
    path("suppliers/", suppliers.suppliers_page, name="suppliers"),
    path("suppliers/<str:code>/", suppliers.supplier_page, name="supplier"),
    path("parts/", parts.parts_page, name="parts"),
    path("parts/<int:part_id>/", parts.part_page, name="part"),
    path("search/", search.search_page, name="search"),
    path("inventory/", inventory.inventory_page, name="inventory"),
]
