"""Redis as Celery's broker, looked at and never written: memory, queues, workers (R105, R106)."""

from strideiq_console.providers.redis.broker import Redis

__all__ = ["Redis"]
