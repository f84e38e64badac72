from intake.models.chunked import ChunkedFile
from intake.models.mapping import Mapping
from intake.models.upload import Commit, Kind, Phase, Problem, Upload, UploadState

__all__ = ["ChunkedFile", "Commit", "Kind", "Mapping", "Phase", "Problem", "Upload", "UploadState"]
