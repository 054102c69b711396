"""Every root field of the schema that the world's Railway answers, with who answers it."""

from __future__ import annotations

from collections.abc import Mapping

from strideiq_console.sandbox.railway import (
    backups,
    billing,
    deployments,
    jobs,
    journal,
    logs,
    measures,
    orders,
    projects,
    requests,
    tokens,
    variables,
)
from strideiq_console.sandbox.railway.call import Resolve

QUERIES: Mapping[str, Resolve] = {
    **backups.QUERIES,
    **billing.QUERIES,
    **deployments.QUERIES,
    **jobs.QUERIES,
    **journal.QUERIES,
    **logs.QUERIES,
    **measures.QUERIES,
    **orders.QUERIES,
    **projects.QUERIES,
    **requests.QUERIES,
    **tokens.QUERIES,
    **variables.QUERIES,
}
MUTATIONS: Mapping[str, Resolve] = {**backups.MUTATIONS, **jobs.MUTATIONS, **orders.MUTATIONS, **variables.MUTATIONS}
