"""Stands between a console and a collector, and lets it seem broken: a proxy that passes everything on, or answers what it is
told to for some paths."""

import http.client
import http.server
import json
import re
import threading
import urllib.parse


class Proxy:
    """fault(pattern, status) answers with status what matches; fault(pattern, None) does not answer at all; heal() ends that."""

    def __init__(self, target):
        self.target = urllib.parse.urlsplit(target)
        self.pattern = None
        self.status = None
        self.healed = threading.Event()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def pass_on(self):
                if proxy.pattern is not None and re.search(proxy.pattern, self.path):
                    proxy.refuse(self)
                else:
                    proxy.forward(self)

            do_GET = do_POST = do_PUT = do_DELETE = pass_on

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fault(self, pattern, status):
        self.status = status
        self.healed.clear()
        self.pattern = pattern

    def heal(self):
        self.pattern = None
        self.healed.set()

    def refuse(self, handler):
        if self.status is None:
            self.healed.wait(60)
            return
        names = {400: "invalid_request", 500: "internal", 503: "unavailable", 408: "timeout"}
        message = "the collector stumbled (%d)" % self.status
        body = json.dumps({"error": {"code": names[self.status], "message": message}}).encode()
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        handler.send_response(self.status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def forward(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        try:
            headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("connection", "host")}
            headers["Host"] = self.target.netloc
            connection.request(handler.command, handler.path, body or None, headers)
            answer = connection.getresponse()
            handler.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "transfer-encoding", "date", "server"):
                    handler.send_header(name, value)
            handler.end_headers()
            while chunk := answer.read1(65536):
                handler.wfile.write(chunk)
        except OSError:
            handler.close_connection = True
        finally:
            connection.close()

    def stop(self):
        self.heal()
        self.server.shutdown()
        self.server.server_close()
