"""Labels Docker Compose puts on what it makes; we write the same, so both tools see each other's stacks."""

from __future__ import annotations

PREFIX = "com.docker.compose."

PROJECT = PREFIX + "project"
SERVICE = PREFIX + "service"
VERSION = PREFIX + "version"
WORKING_DIR = PREFIX + "project.working_dir"
CONFIG_FILES = PREFIX + "project.config_files"
ENVIRONMENT_FILE = PREFIX + "project.environment_file"
ONEOFF = PREFIX + "oneoff"
CONFIG_HASH = PREFIX + "config-hash"
CONTAINER_NUMBER = PREFIX + "container-number"
DEPENDS_ON = PREFIX + "depends_on"
IMAGE = PREFIX + "image"
IMAGE_VOLUME_DIGEST = PREFIX + "image-volume-digest"
REPLACE = PREFIX + "replace"
SLUG = PREFIX + "slug"
HOOK = PREFIX + "hook"
NETWORK = PREFIX + "network"
VOLUME = PREFIX + "volume"
IMAGE_BUILDER = PREFIX + "image.builder"

OWN_PREFIX = "io.compose-reconciler."
"""Labels of this tool alone; Docker Compose ignores them."""
