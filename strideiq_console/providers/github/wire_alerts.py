"""The shapes of GitHub's alerts. There is no field for a leaked secret, so none is ever held."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Package(Struct):
    """A package of an ecosystem."""

    ecosystem: str
    name: str


class Dependency(Struct):
    """Where a vulnerable package is used."""

    package: Package | None = None
    manifest_path: str = ""
    scope: str | None = None


class Advisory(Struct):
    """What is known of a vulnerability."""

    ghsa_id: str
    summary: str
    severity: str
    cve_id: str | None = None


class Patched(Struct):
    """A version that is not vulnerable."""

    identifier: str


class Vulnerability(Struct):
    """Which versions are vulnerable."""

    package: Package
    severity: str
    vulnerable_version_range: str
    first_patched_version: Patched | None


class DependabotAlert(Struct):
    """An alert of Dependabot."""

    number: int
    state: str
    dependency: Dependency
    security_advisory: Advisory
    security_vulnerability: Vulnerability
    html_url: str
    created_at: datetime
    dismissed_reason: str | None = None


class Rule(Struct):
    """The rule of code scanning that was broken."""

    id: str | None = None
    name: str = ""
    description: str = ""
    severity: str | None = None
    security_severity_level: str | None = None


class Location(Struct):
    """Where a finding is."""

    path: str = ""


class Instance(Struct):
    """The newest finding of an alert."""

    location: Location | None = None


class CodeAlert(Struct):
    """An alert of code scanning."""

    number: int
    state: str | None
    rule: Rule
    html_url: str
    created_at: datetime
    most_recent_instance: Instance | None = None
    dismissed_reason: str | None = None


class SecretAlert(Struct):
    """An alert of secret scanning."""

    number: int
    state: str
    secret_type: str
    html_url: str
    created_at: datetime
    secret_type_display_name: str = ""
    resolution: str | None = None
    validity: str = "unknown"
    first_location_detected: Location | None = None
