"""Addresses of passports and definitions."""

from django.urls import path

from kpis.views import pages

urlpatterns = [
    path("passport/<str:name>/", pages.passport_page, name="passport"),
    path("definitions/", pages.definition_list, name="definitions"),
    path("definitions/<str:name>/<int:version>/", pages.definition_page, name="definition"),
]
