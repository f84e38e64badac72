"""Addresses of what to look at."""

from django.urls import path

from insight.views import inventory, overview, parts, search, subscriptions, suppliers, unsubscribe

urlpatterns = [
    path("", overview.first_page, name="home"),
    path("overview/", overview.overview_page, name="overview"),
    path("suppliers/", suppliers.suppliers_page, name="suppliers"),
    path("suppliers/<str:code>/", suppliers.supplier_page, name="supplier"),
    path("parts/", parts.parts_page, name="parts"),
    path("parts/<int:part_id>/", parts.part_page, name="part"),
    path("search/", search.search_page, name="search"),
    path("inventory/", inventory.inventory_page, name="inventory"),
    path("subscriptions/", subscriptions.subscription_list, name="subscriptions"),
    path("subscriptions/new/", subscriptions.subscription_new, name="subscription-new"),
    path("subscriptions/<int:subscription_id>/", subscriptions.subscription, name="subscription"),
    path(
        "subscriptions/<int:subscription_id>/pause/",
        subscriptions.subscription_pause,
        name="subscription-pause",
    ),
    path(
        "subscriptions/<int:subscription_id>/resume/",
        subscriptions.subscription_resume,
        name="subscription-resume",
    ),
    path(
        "subscriptions/<int:subscription_id>/delete/",
        subscriptions.subscription_delete,
        name="subscription-delete",
    ),
    path(
        "subscriptions/<int:subscription_id>/now/",
        subscriptions.subscription_now,
        name="subscription-now",
    ),
    path(
        "subscriptions/<int:subscription_id>/preview/",
        subscriptions.subscription_preview,
        name="subscription-preview",
    ),
    path(
        "subscriptions/<int:subscription_id>/preview/mail/",
        subscriptions.subscription_mail,
        name="subscription-mail",
    ),
    path("u/<str:token>/", unsubscribe.unsubscribe_page, name="unsubscribe"),
]
