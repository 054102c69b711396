"""Prometheus, Alertmanager, and a metrics page read straight from the API."""

from strideiq_console.providers.prometheus.alertmanager import Alertmanager
from strideiq_console.providers.prometheus.scrape import Scrape
from strideiq_console.providers.prometheus.server import Prometheus

__all__ = ["Alertmanager", "Prometheus", "Scrape"]
