"""Actions: the code behind each verb of a runbook."""
