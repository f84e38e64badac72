"""What every test may ask for: a database, Redis, workers, a mail server, a browser, all of them real."""

import pytest

pytest_plugins = [
    "tests.cast",
    "tests.fixtures.choice",
    "tests.fixtures.database",
    "tests.fixtures.queue",
    "tests.fixtures.mail",
    "tests.fixtures.browser",
]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the catalogues, before any worker process reads them: Chinese is tested, too."""
    if not hasattr(session.config, "workerinput"):
        from core.translations import compile_all  # not before Django is set up

        compile_all()
