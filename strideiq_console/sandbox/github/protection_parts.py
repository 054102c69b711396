"""The parts of classic protection that have addresses of their own: administrators, reviews, status checks."""

from __future__ import annotations

from strideiq_console.sandbox.github.call import ApiError, Call, Reply
from strideiq_console.sandbox.github.protection import (
    Found,
    address,
    checks_shape,
    protection_of,
    read_checks,
    read_reviews,
    reviews_shape,
)


def get_admins(call: Call) -> Reply:
    """``GET …/protection/enforce_admins``."""
    branch, found = protection_of(call)
    return Reply(200, {"url": f"{address(call, branch)}/enforce_admins", "enabled": found["admins"]})


def set_admins(call: Call) -> Reply:
    """``POST …/protection/enforce_admins``: from now on the rules hold for administrators too."""
    branch, found = protection_of(call)
    found["admins"] = True
    call.effect(f"let the protection of {branch} hold for administrators")
    return get_admins(call)


def delete_admins(call: Call) -> Reply:
    """``DELETE …/protection/enforce_admins``."""
    branch, found = protection_of(call)
    found["admins"] = False
    call.effect(f"let administrators pass by the protection of {branch}")
    return Reply(204)


def _reviews(call: Call) -> tuple[str, Found]:
    branch, found = protection_of(call)
    if found["approvals"] is None:
        raise ApiError(404, "Not Found")
    return branch, found


def get_reviews(call: Call) -> Reply:
    """``GET …/protection/required_pull_request_reviews``: 404 where none are asked for."""
    return Reply(200, reviews_shape(call, *_reviews(call)))


def update_reviews(call: Call) -> Reply:
    """``PATCH …/protection/required_pull_request_reviews``: what is left out stays, or begins with GitHub's defaults."""
    branch, found = protection_of(call)
    found |= read_reviews(call.body, found)
    call.effect(f"asked for {found['approvals']} approvals on {branch}")
    return Reply(200, reviews_shape(call, branch, found))


def delete_reviews(call: Call) -> Reply:
    """``DELETE …/protection/required_pull_request_reviews``."""
    branch, found = _reviews(call)
    found["approvals"] = None
    call.effect(f"asked for no reviews on {branch}")
    return Reply(204)


def _checks(call: Call) -> tuple[str, Found]:
    branch, found = protection_of(call)
    if found["contexts"] is None:
        raise ApiError(404, "Required status checks not enabled")
    return branch, found


def get_checks(call: Call) -> Reply:
    """``GET …/protection/required_status_checks``: 404 where none are asked for."""
    return Reply(200, checks_shape(call, *_checks(call)))


def update_checks(call: Call) -> Reply:
    """``PATCH …/protection/required_status_checks``: what is left out stays."""
    branch, found = _checks(call)
    given = read_checks(call.body)
    if "strict" in call.body:
        found["strict"] = given["strict"]
    if "contexts" in call.body or "checks" in call.body:
        found |= {"contexts": given["contexts"], "app_ids": given["app_ids"]}
    call.effect(f"changed the required checks of {branch}")
    return Reply(200, checks_shape(call, branch, found))


def delete_checks(call: Call) -> Reply:
    """``DELETE …/protection/required_status_checks``."""
    branch, found = _checks(call)
    found |= {"contexts": None, "strict": False}
    call.effect(f"asked for no checks on {branch}")
    return Reply(204)
