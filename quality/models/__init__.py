from quality.models.chart import ChartDecision, DecisionKind
from quality.models.gauge import Gauge, GaugeReading, GaugeStudy, StudyKind
from quality.models.inspection import (
    DefectCode,
    Disposition,
    DispositionKind,
    Inspection,
    Nonconformity,
    Stage,
    Verdict,
)
from quality.models.lot import Lot
from quality.models.measurement import Measurement, MeasurementSet
from quality.models.question import QuestionAnswer
from quality.models.sampling import SamplingDecision, SamplingKind
from quality.models.sums import DefectSum, LotSum, MeasurementSum, TouchedCell

__all__ = [
    "ChartDecision",
    "DecisionKind",
    "DefectCode",
    "DefectSum",
    "Disposition",
    "DispositionKind",
    "Gauge",
    "GaugeReading",
    "GaugeStudy",
    "Inspection",
    "Lot",
    "LotSum",
    "Measurement",
    "MeasurementSet",
    "MeasurementSum",
    "Nonconformity",
    "QuestionAnswer",
    "SamplingDecision",
    "SamplingKind",
    "Stage",
    "StudyKind",
    "TouchedCell",
    "Verdict",
]
