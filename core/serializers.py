"""Shapes of rows in the API."""

from collections.abc import MutableMapping
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from rest_framework import serializers

from core.period import EARLIEST, LATEST


class DayField(serializers.DateField):
    """A day that somebody can mean: between 1990 and 2199."""

    def __init__(self, **more: Any) -> None:
        bounds = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
        super().__init__(validators=bounds, **more)


class RowSerializer(serializers.ModelSerializer):
    """A row as it is read. A choice that may be blank is described as one that may be blank."""

    def include_extra_kwargs(
        self, kwargs: MutableMapping[str, Any], extra_kwargs: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        may_be_blank = "choices" in kwargs and kwargs.get("allow_blank", False)
        found = super().include_extra_kwargs(kwargs, extra_kwargs)
        if may_be_blank:  # DRF takes it away from fields that are only read
            found["allow_blank"] = True
        return found
