"""The ids of the project that the tests of Railway ask about; invented."""

from __future__ import annotations

PROJECT = "98f54143-ab4e-46b2-ac3a-fee0f50f2f51"
SERVICE = "a033a528-b603-4ed4-af86-1d4b3542c417"
DATABASE = "afc848c3-16af-4a89-a498-26c5ae9d00ed"
REDIS = "b840fc02-d524-4454-a994-1cc15f59e41c"
PRODUCTION = "90a8834d-e763-4686-af3e-703cd6151308"
STAGING = "d9390b2c-4011-4621-a794-999e812abc00"
WORKSPACE = "a279fe91-6f63-4016-a373-cfd71513fa93"
END = {"hasNextPage": False, "endCursor": None}
