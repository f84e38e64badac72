"""The mail server that letters of these tests go to."""

import pytest


@pytest.fixture
def mail_server(smtp_sink, settings):
    settings.EMAIL_BACKEND = "outbox.services.server.MailServer"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 2
    return smtp_sink


@pytest.fixture
def secure_server(smtps_sink_with_login, settings, monkeypatch):
    """A server as QQ, 163 and Exmail run them: TLS at once, an authorisation code for a password."""
    sink = smtps_sink_with_login
    settings.EMAIL_BACKEND = "outbox.services.server.MailServer"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = False, True
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = sink.user, sink.code
    settings.EMAIL_TIMEOUT = 2
    monkeypatch.setenv("SSL_CERT_FILE", str(sink.certificate))
    return sink
