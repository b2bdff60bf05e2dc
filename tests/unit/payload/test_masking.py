import pytest

from compose.payload.masking import masked


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD",
        "MYSQL_ROOT_PASSWD",
        "passphrase",
        "PGPASS",
        "CLIENT_SECRET",
        "GITHUB_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "API-KEY",
        "apiKey",
        "SIGNING_KEY",
        "APP_KEY",
        "SENTRY_DSN",
        "SESSION_COOKIE",
        "BASIC_AUTH",
    ],
)
def test_values_of_secret_looking_names_are_hidden(name):
    assert masked(name, "value") == "***"


@pytest.mark.parametrize("name", ["MODE", "KEYBOARD", "MONKEY", "PASSENGER_APP", "COMPASS_URL", "AUTHOR", "DB_HOST"])
def test_other_values_are_shown(name):
    assert masked(name, "value") == "value"


@pytest.mark.parametrize(("value", "shown"), [(None, None), ("", "")])
def test_nothing_is_not_hidden(value, shown):
    assert masked("PASSWORD", value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("postgres://app:hunter2@db/x", "postgres://app:***@db/x"),
        ("redis://:hunter2@cache:6379", "redis://:***@cache:6379"),
        ("http://plain.example/x?y=1", "http://plain.example/x?y=1"),
        (["--url", "amqp://a:b@c"], ["--url", "amqp://a:***@c"]),
        ({"soft": 1, "token": "x"}, {"soft": 1, "token": "***"}),
        (12, 12),
    ],
)
def test_passwords_inside_urls_are_hidden(value, shown):
    assert masked("VALUE", value) == shown


def test_known_secrets_are_hidden_wherever_they_stand():
    assert masked("command", ["a", "x-swordfish-y"], ["swordfish", ""]) == ["a", "x-***-y"]
