"""Says hello; edit the greeting while `compose watch` runs."""

from http.server import BaseHTTPRequestHandler, HTTPServer

GREETING = "Hello"


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        text = f"{GREETING} from Python\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


if __name__ == "__main__":
    print(f"greeting people with {GREETING}")
    HTTPServer(("", 8000), Page).serve_forever()
