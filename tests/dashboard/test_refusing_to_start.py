"""When the server refuses to start: unsafe options, no safe way to know who looks, old tables."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from streamlit import config

from dashboard import options, server, sign_in, truth
from dashboard.server import NotServed
from data import access, schema, sheets
from data.database import (
    DURABLE_SETTINGS,
    FORGETFUL_VARIABLE,
    connect,
    forgetful_settings,
    migrate,
    reading,
    writing,
)
from survey.text import LANGUAGES


@pytest.fixture
def database(engine, monkeypatch):
    """A fresh migrated database, SQLite and PostgreSQL in turn, as the one that is served."""
    monkeypatch.setenv("ARVIOMO_DATABASE", engine.url.render_as_string(hide_password=False))
    # The tests' own PostgreSQL does not wait for the disk.
    monkeypatch.setenv(FORGETFUL_VARIABLE, "1")
    return engine


@pytest.fixture
def in_force():
    """Our options in force; afterwards those that were."""
    options.load("127.0.0.1", 8501)
    yield
    config.get_config_options(force_reparse=True, options_from_flags={})


def test_our_own_options_are_safe(in_force):
    options.check()
    assert config.get_option("theme.light.textColor") == "#0b0c0c"  # the whole file is read


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("client.showErrorDetails", "full"),
        ("client.showErrorLinks", True),
        ("browser.gatherUsageStats", True),
        ("server.enableStaticServing", True),
        ("server.enableAgentApi", True),
        ("server.enableXsrfProtection", False),
        ("server.enableCORS", False),
        ("server.fileWatcherType", "auto"),
        ("runner.magicEnabled", True),
        ("runner.postScriptGC", True),
        ("server.maxUploadSize", 200),
        ("server.maxMessageSize", 200),
        ("server.maxWidgetStateSize", 25),
        ("server.baseUrlPath", "base"),
        ("server.allowedHosts", []),
        ("server.allowedHosts", ["*.city.fi"]),
        ("server.trustedUserHeaders", {"x-user": "email"}),
    ],
)
def test_every_unsafe_option_is_named(in_force, option, value):
    config.set_option(option, value)
    with pytest.raises(options.UnsafeOptions, match=re.escape(option)):
        options.check()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_the_sample_is_shown_without_signing_in_to_this_machine(host):
    chosen = sign_in.choose(host=host, sample_only=True, provider=False)
    assert chosen is sign_in.Mode.PERSONAS


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "arviomo.city.fi", ""])  # noqa: S104  the hosts that must be refused
def test_the_sample_is_not_shown_to_other_machines(host):
    with pytest.raises(sign_in.SignInMissing) as refused:
        sign_in.choose(host=host, sample_only=True, provider=False)
    assert refused.value.key == "refusal.sign_in_open_host"


@pytest.mark.parametrize(
    "known", [{"names": ["127.0.0.1", "arviomo.city.fi"]}, {"tls": True}], ids=str
)
def test_the_sample_is_not_shown_where_a_proxy_makes_it_public(known):
    with pytest.raises(sign_in.SignInMissing) as refused:
        sign_in.choose(host="127.0.0.1", sample_only=True, provider=False, **known)
    assert refused.value.key == "refusal.sign_in_open_host"


@pytest.mark.parametrize(
    ("host", "names", "tls", "served"),
    [
        ("127.0.0.1", ["localhost"], False, True),
        ("127.0.0.1", ["arviomo.city.fi"], False, False),
        ("0.0.0.0", [], False, False),  # noqa: S104  the host that must be refused
        ("192.168.1.5", [], False, False),
        ("127.0.0.1", ["arviomo.city.fi"], True, True),
        ("0.0.0.0", [], True, True),  # noqa: S104  a container behind a proxy
    ],
)
def test_passwords_never_cross_a_network_in_clear(host, names, tls, served):
    asked = {"host": host, "names": names, "tls": tls, "sample_only": False, "provider": False}
    if served:
        assert sign_in.choose(**asked, local=True) is sign_in.Mode.LOCAL
        return
    with pytest.raises(sign_in.SignInMissing) as refused:
        sign_in.choose(**asked, local=True)
    assert refused.value.key == "refusal.passwords_in_clear"


def test_anything_else_needs_an_identity_provider():
    with pytest.raises(sign_in.SignInMissing) as refused:
        sign_in.choose(host="127.0.0.1", sample_only=False, provider=False)
    assert refused.value.key == "refusal.sign_in_missing"
    for sample_only in (True, False):
        chosen = sign_in.choose(host="0.0.0.0", sample_only=sample_only, provider=True)  # noqa: S104  open with a provider
        assert chosen is sign_in.Mode.PROVIDER


def add_persona(engine):
    with writing(engine) as connection:
        connection.execute(
            sa.insert(schema.AppUser).values(
                id=1, issuer=access.SAMPLE_ISSUER, subject="evaluator", name="Eeva"
            )
        )
        connection.execute(sa.insert(schema.UserGrant).values(user_id=1, role="evaluator"))


def add_project(engine, code, *, invented):
    with writing(engine) as connection:
        connection.execute(
            sa.insert(schema.Project).values(code=code, name_fi=code, invented=invented)
        )


@pytest.fixture
def no_provider(monkeypatch):
    monkeypatch.setattr(server, "provider_settings", dict)
    monkeypatch.setattr(server, "secret_files", list)
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)


def test_the_server_starts_on_the_sample_alone(database, no_provider):
    add_persona(database)
    add_project(database, "P1", invented=True)
    server.settle_sign_in("127.0.0.1")
    assert sign_in.mode() is sign_in.Mode.PERSONAS


def test_one_real_project_closes_the_persona_door(database, no_provider):
    add_persona(database)
    add_project(database, "P1", invented=True)
    add_project(database, "P2", invented=False)
    with pytest.raises(NotServed) as refused:
        server.settle_sign_in("127.0.0.1")
    assert refused.value.key == "refusal.sign_in_missing"


REAL = {
    "a file": lambda c: c.execute(sa.insert(schema.ImportBatch).values(**FILE_OF_ONE)),
    "a file that was taken back": lambda c: c.execute(
        sa.insert(schema.ImportBatch).values(**FILE_OF_ONE | {"status": "undone"})
    ),
    "a person": lambda c: c.execute(
        sa.insert(schema.AppUser).values(id=9, issuer="https://idp", subject="s", name="N")
    ),
}
FILE_OF_ONE = {
    "profile": "p", "kind": "answers", "file_name": "f.csv", "file_sha256": "0" * 64,
    "profile_sha256": "0" * 64, "imported_at": datetime(2026, 11, 2, tzinfo=UTC),
    "imported_by": "x", "status": "stored", "rows_read": 0, "rows_stored": 0, "rows_rejected": 0,
}  # fmt: skip


@pytest.mark.parametrize("what", REAL)
def test_anything_real_that_ever_was_closes_the_persona_door(database, no_provider, what):
    add_persona(database)
    add_project(database, "P1", invented=True)
    with writing(database) as connection:
        REAL[what](connection)
    for played in (True, False):
        with pytest.raises(NotServed) as refused:
            server.settle_sign_in("127.0.0.1", played=played)
        assert refused.value.key == "refusal.sign_in_missing"


def test_one_answer_by_link_closes_the_persona_door_but_not_the_game(
    sample_to_write, no_provider, request
):
    engine = connect(f"sqlite:///{sample_to_write}")
    request.addfinalizer(engine.dispose)
    server.settle_sign_in("127.0.0.1")  # the sample as it was loaded
    with writing(engine) as connection:
        one = sa.select(schema.Response.id).limit(1).scalar_subquery()
        told = sa.update(schema.Response).where(schema.Response.id == one)
        connection.execute(told.values(notice_version="1"))
    with pytest.raises(NotServed) as refused:
        server.settle_sign_in("127.0.0.1")
    assert refused.value.key == "refusal.sign_in_missing"
    server.settle_sign_in("127.0.0.1", played=True)  # as arviomo demo starts


def test_an_empty_database_has_no_personas(database, no_provider):
    with pytest.raises(NotServed) as refused:
        server.settle_sign_in("127.0.0.1")
    assert refused.value.key == "refusal.sign_in_missing"


def test_a_database_of_another_version_is_not_served(tmp_path, monkeypatch, no_provider):
    url = f"sqlite:///{tmp_path / 'bare.db'}"
    monkeypatch.setenv("ARVIOMO_DATABASE", url)
    with pytest.raises(NotServed) as behind:
        server.settle_sign_in("127.0.0.1")
    assert behind.value.key == "refusal.database_behind"

    engine = connect(url)
    migrate(engine)
    with writing(engine) as connection:
        connection.execute(sa.text("update alembic_version set version_num = 'tomorrow'"))
    with pytest.raises(NotServed) as ahead:
        server.settle_sign_in("127.0.0.1")
    assert ahead.value.key == "refusal.database_ahead"


@pytest.fixture
def careful_then(postgresql_engine, monkeypatch):
    """A PostgreSQL that is served; give it what its settings are to be told as, instead of what
    the tests' server, whose settings belong to all tests, says of itself."""
    url = postgresql_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("ARVIOMO_DATABASE", url)
    monkeypatch.delenv(FORGETFUL_VARIABLE, raising=False)
    with writing(postgresql_engine) as connection:
        connection.exec_driver_sql("create schema told")
        connection.exec_driver_sql(
            "create function told.current_setting(text) returns text language sql as "
            "$$ select coalesce("
            "nullif(pg_catalog.current_setting('told.' || $1, true), ''), 'on') $$"
        )
        connection.exec_driver_sql(
            f'alter database "{postgresql_engine.url.database}" '
            "set search_path = told, public, pg_catalog"
        )

    def tell(**settings):
        with writing(postgresql_engine) as connection:
            for name, value in settings.items():
                connection.exec_driver_sql(
                    f'alter database "{postgresql_engine.url.database}" set told.{name} = {value!r}'
                )
        postgresql_engine.dispose()
        truth.engine().dispose()
        return postgresql_engine

    return tell


@pytest.mark.parametrize("name", DURABLE_SETTINGS)
def test_a_database_that_forgets_what_it_committed_is_not_served(
    careful_then, no_provider, monkeypatch, caplog, name
):
    add_persona(careful_then())
    add_project(careful_then(), "P1", invented=True)
    server.settle_sign_in("127.0.0.1")  # all three on, as PostgreSQL comes
    careful_then(**{name: "off"})
    with pytest.raises(NotServed) as refused:
        server.settle_sign_in("127.0.0.1")
    assert refused.value.key == "refusal.database_forgetful"
    for language in LANGUAGES:
        words = server.refusal_words(refused.value, language)
        assert f"{name} = off" in words and FORGETFUL_VARIABLE in words
    assert not caplog.records
    monkeypatch.setenv(FORGETFUL_VARIABLE, "1")
    server.settle_sign_in("127.0.0.1")
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        f"a crash may take what is committed: {name} is off"
    ]


def test_health_tells_of_a_setting_that_was_switched_off_later(careful_then, monkeypatch):
    monkeypatch.setattr(sheets, "latest_revision", lambda _connection: 3)
    careful_then()
    assert server.readiness() == (200, {"status": "ready", "revision": 3})
    # A replica need not have it too: what waits for this server's disk alone is kept.
    careful_then(synchronous_commit="local")
    assert "commits" not in server.readiness()[1]
    careful_then(fsync="off")
    code, body = server.readiness()
    assert code == 200 and body["commits"] == "may be lost in a crash"


def test_the_tests_own_server_is_asked_what_it_says_of_itself(engine):
    with reading(engine) as connection:
        told = forgetful_settings(connection)
        if engine.dialect.name == "sqlite":
            assert told == {}
            return
        shown = {n: connection.exec_driver_sql(f"show {n}").scalar() for n in DURABLE_SETTINGS}
    assert told == {name: value for name, value in shown.items() if value == "off"}


COMPLETE = {
    "redirect_uri": "https://arviomo.city.fi/oauth2callback",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
    "client_id": "arviomo",
    "client_secret": "s",
    "server_metadata_url": "https://idp.example/.well-known/openid-configuration",
}


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_half_an_identity_provider_is_refused(database, monkeypatch, missing):
    auth = {name: value for name, value in COMPLETE.items() if name != missing}
    monkeypatch.setattr(server, "provider_settings", lambda: auth)
    with pytest.raises(NotServed) as refused:
        server.settle_sign_in("0.0.0.0")  # noqa: S104  open with a provider
    assert refused.value.values == {"missing": missing}


def test_a_cookie_secret_that_could_be_guessed_is_refused(database, monkeypatch):
    short = COMPLETE | {"cookie_secret": "secret"}
    monkeypatch.setattr(server, "provider_settings", lambda: short)
    with pytest.raises(NotServed) as refused:
        server.settle_sign_in("0.0.0.0")  # noqa: S104  open with a provider
    assert refused.value.key == "refusal.cookie_secret_short"


def test_with_an_identity_provider_real_data_is_served_to_anybody(database, monkeypatch):
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PERSONAS)
    monkeypatch.setattr(server, "provider_settings", lambda: COMPLETE)
    add_project(database, "P1", invented=False)
    server.settle_sign_in("0.0.0.0")  # noqa: S104  open with a provider
    assert sign_in.mode() is sign_in.Mode.PROVIDER
