"""Shapes of rows in the API."""

from typing import Any

from rest_framework import serializers


class RowSerializer(serializers.ModelSerializer):
    """A row as it is read. A choice that may be blank is described as one that may be blank."""

    def include_extra_kwargs(self, kwargs: dict[str, Any], extra_kwargs: dict[str, Any]) -> dict[str, Any]:
        may_be_blank = "choices" in kwargs and kwargs.get("allow_blank", False)
        kwargs = super().include_extra_kwargs(kwargs, extra_kwargs)
        # DRF takes it away from fields that are only read.
        return kwargs | {"allow_blank": True} if may_be_blank else kwargs
