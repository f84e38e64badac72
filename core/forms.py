"""Fields that forms share."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from core.period import EARLIEST, LATEST


class DayInput(forms.DateInput):
    """A day as browsers know it, with their own calendar."""

    input_type = "date"

    def __init__(self, **more: Any) -> None:
        super().__init__(format="%Y-%m-%d", **more)


class DayField(forms.DateField):
    """A day that somebody can mean: between 1990 and 2199."""

    widget = DayInput

    def __init__(self, **more: Any) -> None:
        bounds = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
        super().__init__(validators=bounds, **more)
