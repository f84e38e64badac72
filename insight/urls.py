"""Addresses of what to look at."""

from django.urls import path

from insight.views import inventory, overview, parts, request_doors, requests, search, suppliers

urlpatterns = [
    path("", overview.first_page, name="home"),
    path("overview/", overview.overview_page, name="overview"),
    path("suppliers/", suppliers.suppliers_page, name="suppliers"),
    path("suppliers/<str:code>/", suppliers.supplier_page, name="supplier"),
    path("parts/", parts.parts_page, name="parts"),
    path("parts/<int:part_id>/", parts.part_page, name="part"),
    path("search/", search.search_page, name="search"),
    path("requests/", requests.requests_page, name="requests"),
    path("requests/new/", request_doors.ask, name="request-new"),
    path("requests/change/", request_doors.change, name="request-change"),
    path("requests/end/", request_doors.end, name="request-end"),
    path("requests/<int:request_id>/nothing/", request_doors.nothing, name="request-nothing"),
    path(
        "requests/answers/<int:answer_id>/revoke/",
        request_doors.take_back,
        name="request-answer-revoke",
    ),
    path("inventory/", inventory.inventory_page, name="inventory"),
]
