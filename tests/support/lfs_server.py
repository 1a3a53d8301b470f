#!/usr/bin/python3
# A server of Git LFS as a CGI program, for tests: its Batch API, and uploads. nginx hands the objects out.
# LFS_OBJECTS: the directory of the objects, by oid. LFS_BASE: the URL that they are under.
import json
import os
import sys


def answer(status, body=b"", kind="application/vnd.git-lfs+json"):
    sys.stdout.buffer.write(f"Status: {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body)
    sys.exit(0)


def action(oid):
    return {"href": f"{os.environ['LFS_BASE']}/{oid}", "header": {"X-Lfs-Ticket": "open-sesame"},
            "expires_in": 3600}


def entry(wanted, operation):
    oid, size = wanted["oid"], wanted["size"]
    path = os.path.join(os.environ["LFS_OBJECTS"], oid)
    there = os.path.exists(path) and os.path.getsize(path) == size
    result = {"oid": oid, "size": size, "authenticated": True}
    if operation == "upload":
        if not there:
            result["actions"] = {"upload": action(oid)}
    elif there:
        result["actions"] = {"download": action(oid)}
    else:
        result["error"] = {"code": 404, "message": "Object does not exist"}
    return result


body = sys.stdin.buffer.read(int(os.environ.get("CONTENT_LENGTH") or 0))
if os.environ["REQUEST_METHOD"] == "PUT":
    with open(os.path.join(os.environ["LFS_OBJECTS"], os.environ["LFS_OID"]), "wb") as file:
        file.write(body)
    answer(200)
request = json.loads(body)
answer(200, json.dumps({
    "transfer": "basic",
    "objects": [entry(wanted, request["operation"]) for wanted in request["objects"]],
}).encode())
