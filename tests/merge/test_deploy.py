"""Deployment: mappings all the way, lists joined."""

import pytest

TRIPLES = {
    "resources": (
        "deploy: {resources: {limits: {cpus: '1', memory: 1g}}}",
        "deploy: {resources: {limits: {cpus: '2'}, reservations: {memory: 10m}}}",
        "deploy: {resources: {limits: {cpus: '2', memory: 1g}, reservations: {memory: 10m}}}",
    ),
    "replicas": ("deploy: {replicas: 1, mode: replicated}", "deploy: {replicas: 3}", "deploy: {replicas: 3, mode: replicated}"),
    "devices": (
        "deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 1}]}}}",
        "deploy: {resources: {reservations: {devices: [{capabilities: [tpu], count: 2}]}}}",
        "deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 1}, {capabilities: [tpu], count: 2}]}}}",
    ),
    "constraints": (
        "deploy: {placement: {constraints: [a]}}",
        "deploy: {placement: {constraints: [b]}}",
        "deploy: {placement: {constraints: [a, b]}}",
    ),
    "restart policy": (
        "deploy: {restart_policy: {condition: any, delay: 1s}}",
        "deploy: {restart_policy: {condition: none}}",
        "deploy: {restart_policy: {condition: none, delay: 1s}}",
    ),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
