"""The one door to the network on the provider side: bounded, origin-bound, governed (RELIABILITY rules 19-22)."""

from strideiq_console.providers.http.answer import Answer, EtagStore
from strideiq_console.providers.http.channel import Transport
from strideiq_console.providers.http.client import HttpClient
from strideiq_console.providers.http.governor import Governor, asked, urgent
from strideiq_console.providers.http.origins import origin_of, quote_segment
from strideiq_console.providers.http.plain import PlainAnswer, plain_ask, plain_get
from strideiq_console.providers.http.tails import Tail

__all__ = [
    "Answer",
    "EtagStore",
    "Governor",
    "HttpClient",
    "PlainAnswer",
    "Tail",
    "Transport",
    "asked",
    "origin_of",
    "plain_ask",
    "plain_get",
    "quote_segment",
    "urgent",
]
