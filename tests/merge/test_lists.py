"""Lists: joined; where the specification says so, a later entry takes the place of the one it is about."""

import pytest

TRIPLES = {
    "cap_add": ("cap_add: [A, B]", "cap_add: [B, C]", "cap_add: [A, B, C]"),
    "cap_drop": ("cap_drop: [ALL]", "cap_drop: [ALL]", "cap_drop: [ALL]"),
    "expose": ("expose: [80, '81']", "expose: ['80', 82]", "expose: ['80', '81', '82']"),
    "links": ("links: [a, b:c]", "links: [a, d]", "links: [a, b:c, d]"),
    "profiles": ("profiles: [a]", "profiles: [b, a]", "profiles: [a, b]"),
    "build tags": ("build: {tags: [a, b]}", "build: {tags: [b, c]}", "build: {tags: [a, b, c]}"),
    "joined without a key": ("security_opt: [a:1]", "security_opt: [b:2]", "security_opt: [a:1, b:2]"),
    "device_cgroup_rules": ("device_cgroup_rules: [a]", "device_cgroup_rules: [b]", "device_cgroup_rules: [a, b]"),
    "volumes_from": ("volumes_from: [a]", "volumes_from: [b:ro]", "volumes_from: [a, b:ro]"),
    "group_add": ("group_add: [a]", "group_add: [10]", "group_add: [a, '10']"),
    "watch rules may be equal": (
        "develop: {watch: [{path: a, action: rebuild}]}",
        "develop: {watch: [{path: a, action: rebuild}]}",
        "develop: {watch: [{path: a, action: rebuild}, {path: a, action: rebuild}]}",
    ),
    "blkio devices": (
        "blkio_config: {weight: 1, weight_device: [{path: /a, weight: 1}]}",
        "blkio_config: {weight: 2, weight_device: [{path: /b, weight: 2}]}",
        "blkio_config: {weight: 2, weight_device: [{path: /a, weight: 1}, {path: /b, weight: 2}]}",
    ),
    "label_file": ("label_file: a", "label_file: [b]", "label_file: [a, b]"),
    "env_file": (
        "env_file: [a, {path: b}]",
        "env_file: [c, {path: b, required: false}]",
        "env_file: [a, {path: b, required: false}, c]",
    ),
    "devices": ("devices: ['/a:/b', /c]", "devices: ['/d:/b:r']", "devices: ['/d:/b:r', /c]"),
}


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
def test_merges(triple, same_service):
    same_service(*triple)
