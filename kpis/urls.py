"""Addresses of passports and definitions, and of the lots that figures lack."""

from django.urls import path

from kpis.views import missing, pages

urlpatterns = [
    path("lots/uninspected/", missing.uninspected_list, name="lots-uninspected"),
    path("lots/lacking/", missing.missing_of_requests_list, name="lots-lacking"),
    path("passport/<str:name>/", pages.passport_page, name="passport"),
    path("definitions/", pages.definition_list, name="definitions"),
    path("definitions/<str:name>/<int:version>/", pages.definition_page, name="definition"),
]
