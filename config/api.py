"""Addresses of the API under /api/v1/, its schema, and pages about it that work without a network."""

from functools import cache
from typing import Any

from django.urls import include, path
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from config.schema import Generator


@cache
def schema() -> dict[str, Any]:
    """Return the OpenAPI document; drawing it takes a second, and it changes with the release alone."""
    return Generator().get_schema(request=None, public=True)


class SchemaView(SpectacularAPIView):
    # JSON unless YAML is asked for, which takes a second to write.
    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer, OpenApiYamlRenderer2]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(schema())


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own files, its script apart, since no page of ours runs a script from inside."""

    url_name = "api-schema"
    template_name = "core/api_docs.html"


urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    path("", include("suppliers.api.urls")),
    path("", include("quality.api.urls")),
    path("", include("inventory.api.urls")),
    path("", include("kpis.api.urls")),
    path("", include("improvement.api.urls")),
    path("", include("intake.api.urls")),
    path("", include("insight.api.urls")),
]
