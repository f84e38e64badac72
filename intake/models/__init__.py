from intake.models.mapping import Mapping
from intake.models.upload import Commit, Kind, Problem, Upload, UploadState

__all__ = ["Commit", "Kind", "Mapping", "Problem", "Upload", "UploadState"]
