"""Variables, labels and their like: lists and mappings are one thing, the override's value of a key wins."""

import pytest

TRIPLES = {
    "mappings": ("environment: {A: 1, B: 2}", "environment: {B: 3, C: 4}", "environment: {A: 1, B: 3, C: 4}"),
    "lists": ("environment: [A=1, B=2]", "environment: [B=3, C=4]", "environment: [A=1, B=3, C=4]"),
    "mapping then list": ("environment: {A: 1, B: 2}", "environment: [B=3, C]", "environment: [A=1, B=3, C]"),
    "list then mapping": ("environment: [A=1, B]", "environment: {B: 3, C: null}", "environment: {A: 1, B: 3, C: null}"),
    "value with equals": ("environment: [A=b=c]", "environment: {B: d=e}", "environment: {A: b=c, B: d=e}"),
    "values that are no text": (
        "environment: {A: true, B: 1.5, C: 0755, D: 1e6}",
        "environment: [E=x]",
        "environment: ['A=true', 'B=1.5', 'C=493', 'D=1e+06', E=x]",
    ),
    "null leaves the base": ("environment: {A: 1}", "environment: null", "environment: {A: 1}"),
    "twice in one list": ("environment: [A=1, B=2, A=3]", "", "environment: [A=3, B=2]"),
    "labels": ("labels: {a: 1}", "labels: [a=2, b]", "labels: {a: 2, b: ''}"),
    "annotations": ("annotations: [a=1]", "annotations: {b: 2}", "annotations: {a: 1, b: 2}"),
    "sysctls": ("sysctls: {net.a: 1}", "sysctls: [net.a=2, net.b=3]", "sysctls: {net.a: 2, net.b: 3}"),
    "build args": (
        "build: {context: ., args: {A: 1}}",
        "build: {args: [A=2, B]}",
        "build: {context: ., args: [A=2, B]}",
    ),
    "build labels": ("build: {labels: {a: 1}}", "build: {labels: [b=2]}", "build: {labels: {a: 1, b: 2}}"),
    "additional contexts": (
        "build: {additional_contexts: {a: ./a}}",
        "build: {additional_contexts: [a=./b, c=./c]}",
        "build: {additional_contexts: {a: ./b, c: ./c}}",
    ),
    "deploy labels": ("deploy: {labels: {a: 1}}", "deploy: {labels: [a=2]}", "deploy: {labels: {a: 2}}"),
    "dns": ("dns: 1.1.1.1", "dns: [8.8.8.8, 1.1.1.1]", "dns: [1.1.1.1, 8.8.8.8]"),
    "dns_opt": ("dns_opt: [a, ndots=1]", "dns_opt: [ndots=2]", "dns_opt: [a, ndots=2]"),
    "dns_search": ("dns_search: a.com", "dns_search: b.com", "dns_search: [a.com, b.com]"),
    "tmpfs": ("tmpfs: /a", "tmpfs: [/b, /a]", "tmpfs: [/a, /b]"),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
