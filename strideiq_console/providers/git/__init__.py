"""The founder's clone through git: reads that run nothing, and the few changes that a runbook makes."""

from strideiq_console.providers.git.clone import GitClone
from strideiq_console.providers.git.remote import remote_of, repository_of

__all__ = ["GitClone", "remote_of", "repository_of"]
