"""GitHub's alerts into the console's. Pure; every text passes the first wall here."""

from __future__ import annotations

from strideiq_console.domain.security_alert import AlertKind, AlertSeverity, AlertState, SecurityAlert
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import wire_alerts as wire
from strideiq_console.providers.github.mapping import utc, web_url

_WHAT, _PATH, _WORD = 300, 500, 100
_STATES = {
    "open": AlertState.OPEN,
    "fixed": AlertState.FIXED,
    "closed": AlertState.FIXED,
    "resolved": AlertState.DISMISSED,
    "dismissed": AlertState.DISMISSED,
    "auto_dismissed": AlertState.DISMISSED,
}
_SEVERITIES = {
    "low": AlertSeverity.LOW,
    "note": AlertSeverity.LOW,
    "none": AlertSeverity.LOW,
    "medium": AlertSeverity.MEDIUM,
    "moderate": AlertSeverity.MEDIUM,
    "warning": AlertSeverity.MEDIUM,
    "high": AlertSeverity.HIGH,
    "error": AlertSeverity.HIGH,
    "critical": AlertSeverity.CRITICAL,
}


def dependency(shape: wire.DependabotAlert) -> SecurityAlert:
    """Return an alert of Dependabot."""
    found, advisory = shape.security_vulnerability, shape.security_advisory
    patched = found.first_patched_version
    return SecurityAlert(
        kind=AlertKind.DEPENDENCY,
        number=shape.number,
        state=_STATES.get(shape.state, AlertState.UNKNOWN),
        severity=_SEVERITIES.get(found.severity, AlertSeverity.UNKNOWN),
        what=clean_line(advisory.summary, limit=_WHAT),
        identifier=clean_line(advisory.cve_id or advisory.ghsa_id, limit=_WORD),
        created_at=utc(shape.created_at),
        url=web_url(shape.html_url),
        path=clean_line(shape.dependency.manifest_path, limit=_PATH),
        package=clean_line(found.package.name, limit=_PATH),
        ecosystem=clean_line(found.package.ecosystem, limit=_WORD),
        affected=clean_line(found.vulnerable_version_range, limit=_WHAT),
        fixed_in=clean_line(patched.identifier, limit=_WORD) if patched else None,
        dismissed_reason=clean_line(shape.dismissed_reason or "", limit=_WORD),
        development=None if shape.dependency.scope is None else shape.dependency.scope == "development",
    )


def code(shape: wire.CodeAlert) -> SecurityAlert:
    """Return an alert of code scanning; the severity for security counts before that of the rule."""
    rule, instance = shape.rule, shape.most_recent_instance
    location = instance.location if instance else None
    return SecurityAlert(
        kind=AlertKind.CODE,
        number=shape.number,
        state=_STATES.get(shape.state or "", AlertState.UNKNOWN),
        severity=_SEVERITIES.get(rule.security_severity_level or rule.severity or "", AlertSeverity.UNKNOWN),
        what=clean_line(rule.description or rule.name, limit=_WHAT),
        identifier=clean_line(rule.id or rule.name, limit=_WORD),
        created_at=utc(shape.created_at),
        url=web_url(shape.html_url),
        path=clean_line(location.path, limit=_PATH) if location else "",
        dismissed_reason=clean_line(shape.dismissed_reason or "", limit=_WORD),
    )


def secret(shape: wire.SecretAlert) -> SecurityAlert:
    """Return an alert of secret scanning: critical, unless its issuer has confirmed that the secret is dead."""
    where = shape.first_location_detected
    return SecurityAlert(
        kind=AlertKind.SECRET,
        number=shape.number,
        state=_STATES.get(shape.state, AlertState.UNKNOWN),
        severity=AlertSeverity.LOW if shape.validity == "inactive" else AlertSeverity.CRITICAL,
        what=clean_line(shape.secret_type_display_name or shape.secret_type, limit=_WHAT),
        identifier=clean_line(shape.secret_type, limit=_WORD),
        created_at=utc(shape.created_at),
        url=web_url(shape.html_url),
        path=clean_line(where.path, limit=_PATH) if where else "",
        dismissed_reason=clean_line(shape.resolution or "", limit=_WORD),
    )
