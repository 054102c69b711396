"""Looks at StrideIQ from outside: its health, and what else a visitor can see of its safety."""

from strideiq_console.providers.probe.health import HttpProber, judge_health, judge_page
from strideiq_console.providers.probe.site import SiteProber

__all__ = ["HttpProber", "SiteProber", "judge_health", "judge_page"]
