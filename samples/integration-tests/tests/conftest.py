import json
import urllib.error
import urllib.request

import pytest


@pytest.fixture
def get(stack):
    """A function that asks the web service for a page: the status, and what the answer says."""

    def get(path="/"):
        try:
            with urllib.request.urlopen(stack["web"].url(8000, path), timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    return get


@pytest.fixture
def sql(stack):
    """A function that runs a query in the database."""

    def sql(query):
        return stack["db"].exec("psql", "-U", "app", "-d", "app", "-Atc", query, check=True).stdout.strip()

    return sql
