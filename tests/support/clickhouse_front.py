#!/usr/bin/python3
# Copyright 2026 The Weir authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""clickhouse_front.py LIBRARY FOLDER [PORT]: the engine of ClickHouse behind the HTTP interface of its server, for tests.

Answers POST /?query=…&SETTING=… as the server does: rows of an INSERT in the body, gzip, wait_end_of_query, the number of an
exception in the header X-ClickHouse-Exception-Code and at the beginning of the body. Statements run at the same time, as many
as there are connections, and system.processes tells of them. Prints its port when it listens.

What a test wants to go wrong is asked for with POST /front:
  {"refuse": N, "status": S, "code": C}  answers the next N inserts so, without doing them
  {"lose": N}                            does the next N inserts and closes the connection instead of answering
  {"poison": "TEXT"}                     refuses inserts whose rows hold the text, as if they could not be parsed
  {"hang": SECONDS}                      lets every request wait so long, 0 for no longer
  {"hold": "TABLE"}                      begins the next insert into the table and lets its rows come with {"hold": ""}, not before
GET /front tells what there was: {"inserts", "rows", "bytes", "longest_ms", "seconds": {second: inserts}}.
"""
import ctypes
import gzip
import http.server
import json
import os
import queue
import re
import signal
import sys
import threading
import time
import urllib.parse

NOT_SETTINGS = {"database", "query", "query_id", "wait_end_of_query", "user", "password", "default_format"}
STATUS = {60: 404, 81: 404, 115: 404, 192: 403, 193: 403, 516: 403, 62: 400, 27: 400, 6: 400, 26: 400, 41: 400, 159: 408}


N_CONNECTIONS = 6

# The library gives a query an id of its own choice; ours is in its settings.
PROCESSES = b"(SELECT * REPLACE (Settings['log_comment'] AS query_id) FROM system.processes)"


class EngineError(Exception):
    """An exception of ClickHouse, as it words it."""

    def __init__(self, text):
        super().__init__(text)
        found = re.match(r"Code: (\d+)\.", text)
        self.code = int(found.group(1)) if found else 0


class Engine:
    """The library, one statement at a time on each connection."""

    def __init__(self, library, folder):
        self.lib = lib = ctypes.CDLL(library)
        lib.chdb_set_signal_handlers_enabled(0)
        lib.chdb_connect.restype = ctypes.POINTER(ctypes.c_void_p)
        lib.chdb_query_n.restype = ctypes.c_void_p
        lib.chdb_query_n.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
        for name, kind in (("error", ctypes.c_char_p), ("buffer", ctypes.c_void_p), ("length", ctypes.c_size_t)):
            function = getattr(lib, "chdb_result_" + name)
            function.restype = kind
            function.argtypes = [ctypes.c_void_p]
        lib.chdb_destroy_query_result.argtypes = [ctypes.c_void_p]
        arguments = (ctypes.c_char_p * 3)(b"front", b"--path=" + folder.encode(), None)
        self.idle = queue.SimpleQueue()
        for _ in range(N_CONNECTIONS):
            self.idle.put(lib.chdb_connect(2, arguments))

    def query(self, sql):
        connection = self.idle.get()
        try:
            result = self.lib.chdb_query_n(connection[0], sql, len(sql), b"TabSeparated", len(b"TabSeparated"))
        finally:
            self.idle.put(connection)
        try:
            error = self.lib.chdb_result_error(result)
            if error is not None:
                raise EngineError(error.decode("utf-8", "replace"))
            return ctypes.string_at(self.lib.chdb_result_buffer(result), self.lib.chdb_result_length(result))
        finally:
            self.lib.chdb_destroy_query_result(result)

    def insert(self, sql, rows, settings, faults):
        """The library takes binary rows only from a file, whose columns it must be told."""
        found = re.match(r"INSERT INTO (\w+) \(([^)]*)\) FORMAT (\w+)\s*$", sql, re.DOTALL)
        if found is None:
            return self.query(sql.encode() + b"\n" + rows)
        table, names, format_name = found.groups()
        names = [name.strip() for name in names.split(",")]
        types = dict(line.split("\t")[:2] for line in self.query(f"DESCRIBE TABLE {table}".encode()).decode().splitlines())
        structure = ", ".join(f"{name} {types[name]}" for name in names).replace("\\'", "'").replace("'", "''")
        if faults.use_hold(table):
            file, end = os.pipe()
            threading.Thread(target=self.feed, args=(end, rows, faults), daemon=True).start()
        else:
            file = os.memfd_create("rows")
            os.write(file, rows)
        try:
            return self.query(f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM file('/proc/self/fd/{file}', {format_name},"
                              f" '{structure}'){settings}".encode())
        finally:
            os.close(file)

    @staticmethod
    def feed(end, rows, faults):
        faults.let_go.wait()
        with os.fdopen(end, "wb") as pipe:
            pipe.write(rows)


class Faults:
    """What is to go wrong, and what happened."""

    def __init__(self):
        self.lock = threading.Lock()
        self.refuse = self.lose = 0
        self.answer = (500, 0)
        self.hang = 0.0
        self.poison = self.hold = ""
        self.let_go = threading.Event()
        self.inserts = self.rows = self.bytes = 0
        self.longest = 0.0
        self.seconds = {}

    def take(self, wish):
        with self.lock:
            self.refuse = wish.get("refuse", self.refuse)
            self.answer = (wish.get("status", 500), wish.get("code", 0))
            self.lose = wish.get("lose", self.lose)
            self.hang = wish.get("hang", self.hang)
            self.poison = wish.get("poison", self.poison)
            if "hold" in wish:
                self.hold = wish["hold"]
                self.let_go.clear() if self.hold else self.let_go.set()

    def use_hold(self, table):
        with self.lock:
            if table != self.hold:
                return False
            self.hold = ""
            return True

    def use(self, name):
        with self.lock:
            left = getattr(self, name)
            setattr(self, name, max(left - 1, 0))
            return left > 0

    def note(self, size, spent):
        with self.lock:
            self.inserts += 1
            self.bytes += size
            self.longest = max(self.longest, spent * 1000)
            second = str(int(time.time()))
            self.seconds[second] = self.seconds.get(second, 0) + 1


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, status, body, code=0):
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        if code:
            self.send_header("X-ClickHouse-Exception-Code", str(code))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/ping":
            self.reply(200, b"Ok.\n")
        elif self.path == "/front":
            faults = self.server.faults
            self.reply(200, json.dumps({"inserts": faults.inserts, "bytes": faults.bytes, "longest_ms": faults.longest,
                                        "seconds": faults.seconds}).encode())
        else:
            self.reply(404, b"There is no handle for it.\n")

    def do_POST(self):
        if "Content-Length" not in self.headers:
            self.reply(411, b"A length is needed.\n")
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/front":
            self.server.faults.take(json.loads(body))
            self.reply(200, b"{}")
            return
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        url = urllib.parse.urlsplit(self.path)
        given = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        time.sleep(self.server.faults.hang)
        self.run(given, body)

    def run(self, given, body):
        faults, engine = self.server.faults, self.server.engine
        sql = given.get("query")
        is_insert = (sql or "").startswith("INSERT")
        if is_insert:
            given["log_comment"] = given.get("query_id", "")
        settings = ", ".join(f"{name} = '{value}'" for name, value in given.items() if name not in NOT_SETTINGS)
        settings = f" SETTINGS {settings}" if settings else ""
        try:
            if is_insert and faults.use("refuse"):
                status, code = faults.answer
                self.reply(status, f"Code: {code}. DB::Exception: staged\n".encode() if code else b"staged\n", code)
                return
            if is_insert and faults.poison and faults.poison.encode() in body:
                raise EngineError("Code: 27. DB::Exception: Cannot parse input: staged. (CANNOT_PARSE_INPUT_ASSERTION_FAILED)")
            begin = time.monotonic()
            if is_insert:
                answer = engine.insert(sql, body, settings, faults)
                faults.note(len(body), time.monotonic() - begin)
            else:
                answer = engine.query(body.replace(b"system.processes", PROCESSES) + settings.encode())
        except EngineError as error:
            self.reply(STATUS.get(error.code, 500), str(error).encode() + b"\n", error.code)
            return
        if is_insert and faults.use("lose"):
            self.close_connection = True
            self.connection.close()
            return
        self.reply(200, answer)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):   # who asked may have been killed
            super().handle_error(request, client_address)


def main():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)   # it ends with the test that began it
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server = Server(("127.0.0.1", int(sys.argv[3]) if len(sys.argv) > 3 else 0), Handler)
    server.engine = Engine(sys.argv[1], sys.argv[2])
    server.faults = Faults()
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
