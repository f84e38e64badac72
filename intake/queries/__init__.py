from intake.queries.uploads import problems_of, upload_or_none, uploads_to_list

__all__ = ["problems_of", "upload_or_none", "uploads_to_list"]
