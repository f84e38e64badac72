"""What every test may ask for: a database, Redis, workers, a mail server, a browser, all of them real."""

pytest_plugins = [
    "tests.cast",
    "tests.fixtures.choice",
    "tests.fixtures.database",
    "tests.fixtures.queue",
    "tests.fixtures.mail",
    "tests.fixtures.browser",
]
