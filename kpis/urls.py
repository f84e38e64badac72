"""Addresses of passports and definitions."""

from django.urls import path

from kpis import views

urlpatterns = [
    path("passport/<str:name>/", views.passport_page, name="passport"),
    path("definitions/", views.definition_list, name="definitions"),
    path("definitions/<str:name>/<int:version>/", views.definition_page, name="definition"),
]
