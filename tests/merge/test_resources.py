"""Networks, volumes, configs and secrets of the project; whole sections and services."""

import pytest

TRIPLES = {
    "network": (
        "networks: {n: {driver: bridge, driver_opts: {a: 1}, labels: {l: 1}}}",
        "networks: {n: {driver: overlay, driver_opts: {b: 2}, labels: [m=2]}}",
        "networks: {n: {driver: overlay, driver_opts: {a: 1, b: 2}, labels: {l: 1, m: 2}}}",
    ),
    "network without body": ("networks: {n: null}", "networks: {n: {internal: true}}", "networks: {n: {internal: true}}"),
    "pools of the same subnet": (
        "networks: {n: {ipam: {config: [{subnet: 10.2.0.0/16, ip_range: 10.2.5.0/24}]}}}",
        "networks: {n: {ipam: {config: [{subnet: 10.2.0.0/16, gateway: 10.2.0.1}]}}}",
        "networks: {n: {ipam: {config: [{subnet: 10.2.0.0/16, ip_range: 10.2.5.0/24, gateway: 10.2.0.1}]}}}",
    ),
    "pools of another subnet": (
        "networks: {n: {ipam: {config: [{subnet: 10.0.0.0/16}]}}}",
        "networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16}]}}}",
        "networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16}]}}}",
    ),
    "volume": (
        "volumes: {v: {driver: a, labels: [x=1]}}",
        "volumes: {v: {driver_opts: {o: p}, labels: {y: 2}}}",
        "volumes: {v: {driver: a, driver_opts: {o: p}, labels: {x: 1, y: 2}}}",
    ),
    "secret": ("secrets: {s: {file: ./a}}", "secrets: {s: {file: ./b}}", "secrets: {s: {file: ./b}}"),
    "config": ("configs: {c: {content: a}}", "configs: {c: {content: b}}", "configs: {c: {content: b}}"),
    "model": (
        "models: {m: {model: a, context_size: 1, runtime_flags: [x]}}",
        "models: {m: {context_size: 2, runtime_flags: [y]}}",
        "models: {m: {model: a, context_size: 2, runtime_flags: [x, y]}}",
    ),
    "services are joined": (
        "services: {a: {image: x}}",
        "services: {b: {image: y}}",
        "services: {a: {image: x}, b: {image: y}}",
    ),
    "extensions": ("x-a: {b: [1], c: 1}", "x-a: {b: [2], c: 2}\nx-d: 3", "x-a: {b: [1, 2], c: 2}\nx-d: 3"),
    "name": ("name: a", "name: b", "name: b"),
    "an empty section": ("volumes: {a: null}", "volumes:", "volumes: {a: null}"),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same):
    same(*(f"{text}\nservices: {{s: {{image: i}}}}\n" if "services" not in text else text for text in triple))
