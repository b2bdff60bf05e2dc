"""Counts visits in Redis and keeps them in PostgreSQL."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from stores import Postgres, Redis, StoreError

PORT = 8000


def redis() -> Redis:
    return Redis(os.environ.get("REDIS_HOST", "localhost"))


def postgres() -> Postgres:
    password = Path(os.environ["POSTGRES_PASSWORD_FILE"]).read_text().strip()
    return Postgres(
        os.environ.get("POSTGRES_HOST", "localhost"), os.environ["POSTGRES_USER"], password, os.environ["POSTGRES_DB"]
    )


def visit(path: str) -> dict:
    """Count this visit in both stores."""
    with redis() as cache:
        hits = cache.command("INCR", "hits")
    with postgres() as database:
        database.query(f"INSERT INTO visits (path) VALUES ({database.quote(path)})")
        [[rows]] = database.query("SELECT count(*) FROM visits")
    return {"message": "Hello from the web service", "redis": {"hits": hits}, "postgres": {"visits": int(rows)}}


def health(_path: str) -> dict:
    """Tell that both stores answer, without counting."""
    with redis() as cache, postgres() as database:
        return {"redis": cache.command("PING"), "postgres": database.query("SELECT 1")[0][0]}


ROUTES = {"/": visit, "/health": health}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        route = ROUTES.get(self.path)
        if route is None:
            self.answer(404, {"error": f"no page at {self.path}"})
            return
        try:
            self.answer(200, route(self.path))
        except (OSError, StoreError) as error:
            self.answer(503, {"error": str(error)})

    def answer(self, status, value):
        body = json.dumps(value).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with postgres() as database:
        database.query("CREATE TABLE IF NOT EXISTS visits (id serial PRIMARY KEY, path text, at timestamptz DEFAULT now())")
    print(f"listening on port {PORT}")
    ThreadingHTTPServer(("", PORT), Handler).serve_forever()


if __name__ == "__main__":
    main()
