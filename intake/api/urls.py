"""Addresses of intake in the API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from intake.api.chunked import ChunkedFileViewSet
from intake.api.uploads import UploadViewSet

router = SimpleRouter()
router.register("uploads/chunked", ChunkedFileViewSet, basename="api-chunked-file")
router.register("uploads", UploadViewSet, basename="api-upload")

urlpatterns = [
    path("uploads/<int:pk>/repair.xlsx", UploadViewSet.as_view({"get": "repair"}), name="api-upload-repair"),
    path("", include(router.urls)),
]
