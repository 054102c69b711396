"""The files that the world's StrideIQ repository starts with, and templates for those that its history adds."""

from __future__ import annotations

README = "# StrideIQ\n\nTraining that answers back. `apps/api` is the FastAPI service, `apps/web` the Next.js site.\n"
GITIGNORE = ".env\n__pycache__/\nnode_modules/\n.next/\n"
MAIN_PY = '''"""The StrideIQ API."""

from fastapi import FastAPI

app = FastAPI(title="StrideIQ")


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy", "database": "ok", "redis": "ok"}
'''
TOKENS_PY = '''"""Session tokens."""

from time import time

NEVER = float("inf")


def expired(claims: dict) -> bool:
    expires = claims["exp"]
    return expires < time()
'''
TEST_TOKENS_PY = """from app.auth.tokens import expired


def test_an_old_token_is_expired() -> None:
    assert expired({"sub": "1", "exp": 0})
"""
PACKAGE_JSON = '{\n  "name": "strideiq-web",\n  "private": true,\n  "scripts": {"build": "next build", "lint": "next lint"}\n}\n'
PAGE_TSX = "export default function Home() {\n  return <main>Today's run</main>;\n}\n"
REQUIREMENTS = "fastapi\nsqlalchemy\nalembic\nredis\ncelery\n"
_CHECKOUT = "      - uses: actions/checkout@v4\n"


def _job(name: str, steps: list[str], *, needs: bool = False, branch: str = "") -> str:
    text = f"  {name}:\n    runs-on: ubuntu-latest\n"
    if needs:
        text += "    needs: [backend-lint, backend-test, frontend-lint, frontend-build]\n"
        text += f"    if: github.event_name == 'push' && github.ref == 'refs/heads/{branch}'\n"
    text += "    steps:\n"
    if not needs:
        text += _CHECKOUT
    return text + "".join(f"      - run: {step}\n" for step in steps) + "\n"


CI_YML = (
    "name: CI/CD Pipeline\n\non:\n  push:\n    branches: [main, staging]\n  pull_request:\n    branches: [main, staging]\n"
    "  workflow_dispatch:\n    inputs:\n"
    "      suite:\n        description: Which half of the checks to run\n        type: choice\n"
    "        options: [all, backend, frontend]\n        default: all\n"
    "      reason:\n        description: Why it is run by hand\n        type: string\n"
    "      verbose:\n        description: Log each assertion of the tests\n        type: boolean\n        default: false\n\njobs:\n"
    + _job("backend-lint", ["pip install ruff", "ruff check apps/api"])
    + _job("backend-test", ["pip install -r apps/api/requirements.txt", "pytest apps/api"])
    + _job("frontend-lint", ["npm ci --prefix apps/web", "npm run lint --prefix apps/web"])
    + _job("frontend-build", ["npm ci --prefix apps/web", "npm run build --prefix apps/web"])
    + _job("deploy-staging", ["echo deploying staging"], needs=True, branch="staging")
    + _job("deploy-production", ["echo deploying production"], needs=True, branch="main")
).rstrip("\n") + "\n"


def python(name: str, purpose: str) -> dict[str, str]:
    """Return a module of the API with one function."""
    function = name.rsplit("/", 1)[-1]
    body = f'    return {{"id": activity["id"], "kind": "{function}"}}\n'
    text = f'"""{purpose}."""\n\n\ndef {function}(activity: dict) -> dict:\n{body}'
    return {f"apps/api/app/{name}.py": text}


def component(name: str, words: str) -> dict[str, str]:
    """Return a component of the site."""
    text = f"export function {name}() {{\n  return <section>{words}</section>;\n}}\n"
    return {f"apps/web/components/{name}.tsx": text}


def check(name: str, subject: str) -> dict[str, str]:
    """Return a test file of the API."""
    return {f"apps/api/tests/test_{name}.py": f'def test_{name}() -> None:\n    """{subject}."""\n    assert "{name}"\n'}
