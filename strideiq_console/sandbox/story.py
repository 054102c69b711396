"""What happened to StrideIQ before the world begins: about 60 commits over ten weeks, and the pull requests 30 to 42."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from strideiq_console.sandbox import seed_files as files
from strideiq_console.sandbox import seed_migrations as migrations
from strideiq_console.sandbox.history import History

DAY = 86_400.0
HOUR = 3_600.0
FIRST_SHOWN_PULL = 30
Change = tuple[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class StoryPull:
    """A pull request of the story. ``merged`` None: still open. SHAs are marks of the history.

    ``opened_for``: the base that it was opened for, where that is another one than its base now; CI follows only the first one.
    """

    number: int
    title: str
    head: str
    base: str
    head_mark: int
    base_mark: int
    opened: float
    merged: float | None = None
    merge_mark: int | None = None
    opened_for: str = ""


class Story:
    """Tells the history with times counted back from the world's beginning."""

    def __init__(self, begin: float, *, name: str, email: str) -> None:
        self.begin = begin
        self.history = History(name=name, email=email)
        self.pulls: list[StoryPull] = []

    def ago(self, days: float) -> float:
        """Return the moment so many days before the world begins."""
        return self.begin - days * DAY

    def feature(self, branch: str, start: str, days: float, changes: Sequence[Change]) -> None:
        """Fork a branch and commit on it, a few hours apart."""
        self.history.fork(branch, start)
        for number, (subject, changed) in enumerate(changes):
            self.history.commit(branch, self.ago(days) + number * 1.5 * HOUR, subject, changed)

    def open_pull(self, number: int, title: str, head: str, base: str, days: float, *, opened_for: str = "") -> StoryPull:
        """Open a pull request that stays open; with ``opened_for`` it was retargeted from that branch later."""
        marks = self.history.tip(head), self.history.tip(base)
        pull = StoryPull(number, title, head, base, *marks, self.ago(days), opened_for=opened_for)
        self.pulls.append(pull)
        return pull

    def merge(
        self,
        number: int,
        title: str,
        head: str,
        base: str,
        days: float,
        *,
        keep: bool = False,
        squash: bool = False,
        opened: float | None = None,
    ) -> None:
        """Merge a pull request, opened two hours before or ``opened`` days ago; its head is deleted unless permanent or kept."""
        when = self.ago(days)
        marks = self.history.tip(head), self.history.tip(base)
        if squash:
            merged = self.history.squash(base, head, when, f"{title} (#{number})")
        else:
            merged = self.history.merge(base, head, when, f"Merge pull request #{number} from acme/{head}", body=title)
        if head not in ("main", "staging") and not keep:
            self.history.remove(head)
        if number >= FIRST_SHOWN_PULL:
            since = when - 2 * HOUR if opened is None else self.ago(opened)
            self.pulls.append(StoryPull(number, title, head, base, *marks, since, when, merged))

    def release(self, number: int, title: str, days: float) -> None:
        """Carry staging to main, and main's merge commit back, so that staging is not behind."""
        self.merge(number, title, "staging", "main", days)
        self.merge(number + 1, "chore: back-merge main into staging", "main", "staging", days - 0.05)


def tell(begin: float, *, name: str, email: str) -> Story:
    """Tell the whole story up to the calm world."""
    story = Story(begin, name=name, email=email)
    _beginnings(story)
    _spring(story)
    _summer(story)
    _last_weeks(story)
    _unfinished(story)
    return story


def _beginnings(story: Story) -> None:
    write = story.history.commit
    write("main", story.ago(72), "chore: start the repository", {"README.md": files.README, ".gitignore": files.GITIGNORE})
    api = {"apps/api/app/main.py": files.MAIN_PY, "apps/api/requirements.txt": files.REQUIREMENTS}
    write("main", story.ago(71.8), "feat(api): answer on /health", api)
    web = {"apps/web/package.json": files.PACKAGE_JSON, "apps/web/app/page.tsx": files.PAGE_TSX}
    write("main", story.ago(71), "feat(web): show today's run", web)
    write("main", story.ago(70.5), "ci: lint, test and build both apps", {".github/workflows/ci.yml": files.CI_YML})
    tokens = {"apps/api/app/auth/tokens.py": files.TOKENS_PY, "apps/api/tests/test_tokens.py": files.TEST_TOKENS_PY}
    alembic = {f"{migrations.FOLDER}/alembic.ini": migrations.INI, f"{migrations.FOLDER}/alembic/env.py": migrations.ENV_PY}
    write("main", story.ago(69), "feat(auth): accounts and session tokens", tokens | alembic | migrations.revision(1))
    write(
        "main",
        story.ago(68),
        "feat(api): store activities",
        files.python("activities", "Runs as recorded") | migrations.revision(2),
    )
    story.history.fork("staging", "main")


def _spring(story: Story) -> None:
    strava: list[Change] = [
        ("feat(sync): link a Strava account", files.python("sync/link", "Links to Strava") | migrations.revision(3)),
        ("feat(sync): fetch new activities every ten minutes", files.python("sync/fetch", "Fetches activities")),
        ("test(sync): an activity is stored once", files.check("sync", "The same activity twice is stored once")),
    ]
    story.feature("feature/strava-sync", "staging", 66, strava)
    story.merge(12, "feat(sync): Strava synchronisation", "feature/strava-sync", "staging", 64)
    zones: list[Change] = [
        ("feat(zones): pace zones from the last race", files.python("zones", "Pace zones")),
        ("feat(web): colour laps by zone", files.component("LapZones", "Laps")),
    ]
    story.feature("feature/pace-zones", "staging", 62, zones)
    story.merge(14, "feat(zones): pace zones", "feature/pace-zones", "staging", 61)
    story.release(15, "release: Strava and pace zones", 59)
    plan: list[Change] = [
        ("feat(plan): twelve-week plans", files.python("plan", "Training plans") | migrations.revision(4)),
        ("feat(web): show the week", files.component("Week", "This week")),
        ("fix(plan): a taper week is never the longest", files.check("taper", "A taper week is short")),
    ]
    story.feature("feature/training-plan", "staging", 55, plan)
    story.merge(19, "feat(plan): training plans", "feature/training-plan", "staging", 52)
    race: list[Change] = [
        ("feat(race): predict race times", files.python("race", "Race predictions")),
        ("docs(race): where the formula comes from", {"docs/race.md": "# Race predictor\n\nRiegel's formula, exponent 1.06.\n"}),
    ]
    story.feature("feature/race-predictor", "staging", 49, race)
    story.merge(21, "feat(race): race predictor", "feature/race-predictor", "staging", 47)
    old: list[Change] = [
        ("feat(import): read old GPX files", files.python("gpx", "Reads GPX files")),
        ("fix(import): tolerate tracks without times", files.check("gpx", "A track without times is read")),
    ]
    story.feature("feature/old-import", "staging", 43, old)
    story.merge(24, "feat(import): GPX import", "feature/old-import", "staging", 41, keep=True)


def _summer(story: Story) -> None:
    story.release(25, "release: plans, race predictor, GPX import", 38)
    coach: list[Change] = [
        ("feat(coach): keep conversations", files.python("coach/messages", "The coach's memory") | migrations.revision(5)),
        ("feat(coach): answer with the last four weeks in mind", files.python("coach/answer", "The coach's answers")),
        ("feat(web): talk to the coach", files.component("Coach", "Ask the coach")),
        ("test(coach): never advise running through an injury", files.check("coach", "Pain ends the session")),
    ]
    story.feature("feature/coach-chat", "staging", 34, coach)
    story.merge(27, "feat(coach): conversations", "feature/coach-chat", "staging", 30)
    drift: list[Change] = [
        ("feat(hr): heart-rate drift of a long run", files.python("drift", "Heart-rate drift")),
        ("perf(hr): one pass over the samples", files.check("drift", "One pass is enough")),
    ]
    story.feature("feature/heart-rate-drift", "staging", 27, drift)
    story.merge(28, "feat(hr): heart-rate drift", "feature/heart-rate-drift", "staging", 24)
    story.release(29, "release: coach and heart-rate drift", 20)


def _last_weeks(story: Story) -> None:
    digest: list[Change] = [
        ("feat(mail): weekly digest", files.python("digest", "The weekly digest") | migrations.revision(6)),
        ("fix(mail): count the week from Monday", files.check("digest", "A week starts on Monday")),
    ]
    story.feature("feature/weekly-digest", "staging", 18.5, digest)
    story.merge(31, "feat(mail): weekly digest", "feature/weekly-digest", "staging", 17)
    refresh: list[Change] = [
        ("fix(sync): refresh Strava tokens before they run out", files.python("sync/refresh", "Token refresh"))
    ]
    story.feature("hotfix/strava-token-refresh", "main", 13.2, refresh)
    title = "fix(sync): refresh Strava tokens before they run out"
    story.merge(32, title, "hotfix/strava-token-refresh", "staging", 13.1, keep=True)
    story.merge(33, title, "hotfix/strava-token-refresh", "main", 13.0)
    story.merge(34, "chore: back-merge main into staging", "main", "staging", 12.9)
    shoes: list[Change] = [
        ("feat(shoes): count kilometres of each pair", files.python("shoes", "Shoe mileage") | migrations.revision(7)),
        ("feat(web): warn before a pair is worn out", files.component("Shoes", "Your shoes")),
    ]
    story.feature("feature/shoe-mileage", "staging", 10, shoes)
    story.merge(35, "feat(shoes): shoe mileage", "feature/shoe-mileage", "staging", 9)
    story.release(36, "release: digest and shoe mileage", 5)


def _unfinished(story: Story) -> None:
    calendar: list[Change] = [
        ("feat(calendar): month view", files.component("Calendar", "This month")),
        ("feat(calendar): drag a session to another day", files.component("DragSession", "Move a session")),
        ("fix(calendar): keep the day in the runner's time zone", files.component("RunnerDay", "Your day")),
    ]
    story.feature("feature/calendar", "staging", 4, calendar)
    tone: list[Change] = [
        ("feat(coach): choose the coach's tone", files.python("coach/tone", "The coach's tone")),
        ("wip(coach): tone from the profile", files.component("Tone", "Tone")),
    ]
    story.feature("feature/coach-tone", "staging", 3.9, tone)
    gain: list[Change] = [("feat(climb): elevation gain without GPS noise", files.python("climb", "Elevation gain"))]
    story.feature("feature/elevation-gain", "staging", 3.8, gain)
    story.merge(38, "feat(climb): elevation gain", "feature/elevation-gain", "staging", 3.5, squash=True)
    version: list[Change] = [("chore(release): v1.2.0", {"VERSION": "1.2.0\n"})]
    story.feature("release/v1.2.0", "staging", 3.1, version)
    story.open_pull(40, "release: v1.2.0", "release/v1.2.0", "main", 3)
    hooks: list[Change] = [
        ("feat(sync): hear of new activities from Strava itself", files.python("sync/webhook", "Strava's webhook"))
    ]
    story.feature("feature/strava-webhooks", "staging", 2, hooks)
    story.open_pull(41, "feat(calendar): training calendar", "feature/calendar", "staging", 1)
    intervals = files.python("intervals", "Interval sessions") | migrations.revision(8)
    story.feature("feature/interval-builder", "staging", 1.2, [("feat(plan): build interval sessions", intervals)])
    chart: list[Change] = [("fix(ui): keep brackets of a session's name", files.component("PaceChart", "Pace"))]
    story.feature("feature/pace-chart", "staging", 0.3, chart)
    story.open_pull(42, "fix(ui): [draft] keep [/brackets] literal", "feature/pace-chart", "staging", 0.25)
    story.merge(39, "feat(plan): interval builder", "feature/interval-builder", "staging", 2 / 24, squash=True)
