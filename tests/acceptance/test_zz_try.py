import time, sys
from pathlib import Path
import pytest
from tests.acceptance import fake_day as f
def test_x(tmp_path, monkeypatch):
    async def main():
        async with f.opened(tmp_path/"w", monkeypatch) as day:
            await day.console.start()
            t=time.process_time(); w=time.time()
            await day.passes(24*3600)
            print("cpu",time.process_time()-t, "wall", time.time()-w)
            L=day.ledger
            for p in ("github","railway","vercel","cloudflare"):
                print(p, L.hourly(p,hours=24), "304:", L.hourly(p,hours=24,status=304), "burst1s", L.most_in(p,1.0))
            print(L.hits())
            from collections import Counter
            print(Counter((c.method,c.path,c.status) for c in L.calls).most_common(30))
            for n,fd in day.console.board.feeds.items():
                r=day.console.board.reading(fd); print(n, r.fault, r.value is not None)
    f.run(main)
