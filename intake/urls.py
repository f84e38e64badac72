"""Addresses of the pages of intake."""

from django.urls import path

from intake import views

urlpatterns = [
    path("uploads/", views.upload_list, name="uploads"),
    path("uploads/new/", views.upload_new, name="upload-new"),
    path("uploads/lot/", views.upload_lot, name="upload-lot"),
    path("uploads/templates/<slug:kind>.xlsx", views.upload_template, name="upload-template"),
    path("uploads/sender/", views.upload_sender, name="upload-sender"),
    path("uploads/<int:pk>/", views.upload_detail, name="upload"),
    path("uploads/<int:pk>/row/", views.upload_row, name="upload-row"),
    path("uploads/<int:pk>/kind/", views.upload_kind, name="upload-kind"),
    path("uploads/<int:pk>/mapping/", views.upload_mapping, name="upload-mapping"),
    path("uploads/<int:pk>/mend/", views.upload_mend, name="upload-mend"),
    path("uploads/<int:pk>/leave-out/", views.upload_leave_out, name="upload-leave-out"),
    path("uploads/<int:pk>/take-in/", views.upload_take_in, name="upload-take-in"),
    path("uploads/<int:pk>/commit/", views.upload_commit, name="upload-commit"),
    path("uploads/<int:pk>/undo/", views.upload_undo, name="upload-undo"),
    path("uploads/<int:pk>/repair.xlsx", views.upload_repair, name="upload-repair"),
]
