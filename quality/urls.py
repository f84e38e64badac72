"""Addresses of lots, of charts, of gauge studies and of sampling."""

from django.urls import path

from quality.views import (
    agreements,
    chart_decisions,
    charts,
    gauges,
    lots,
    next_lot,
    part_charts,
    questions,
    sampling_decisions,
)

urlpatterns = [
    path("lots/", lots.lot_list, name="lots"),
    path("lots/<int:lot_id>/", lots.lot_page, name="lot"),
    path("parts/<int:part_id>/charts/", part_charts.part_charts, name="part-charts"),
    path("parts/<int:part_id>/<int:version>/", charts.chart_page, name="part-chart"),
    path("parts/<int:part_id>/<int:version>/decide/", chart_decisions.decide, name="part-chart-decide"),
    path(
        "parts/<int:part_id>/<int:version>/decisions/<int:decision_id>/undo/",
        chart_decisions.undo,
        name="part-chart-undo",
    ),
    path("parts/<int:part_id>/questions/", questions.questions_page, name="part-questions"),
    path("parts/<int:part_id>/questions/answer/", questions.answer, name="part-question-answer"),
    path("gauges/", gauges.study_list, name="gauge-studies"),
    path("gauges/<int:study_id>/", gauges.study_page, name="gauge-study"),
    path("parts/<int:part_id>/agreement/", agreements.agreement_page, name="part-agreement"),
    path("sampling/<int:part_id>/", next_lot.next_lot_page, name="sampling-next-lot"),
    path("sampling/<int:part_id>/decide/", sampling_decisions.decide, name="sampling-decide"),
    path(
        "sampling/<int:part_id>/decisions/<int:decision_id>/undo/",
        sampling_decisions.undo,
        name="sampling-undo",
    ),
]
