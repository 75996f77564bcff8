#!/usr/bin/env python3
"""Assemble the OpenAPI 3.1 description of /api/v1 from the parts in this folder, as a C source.

usage: assemble.py OUT.c PART.json ...

A part is {"operations": {"GET /api/v1/...": {...}}, "schemas": {...}}; see README.md for an operation's members. What
all operations share is added here: names in paths, tokens, refusals.
"""
import json
import os
import re
import sys

HEAD = {
    "openapi": "3.1.0",
    "info": {
        "title": "Rostrum",
        "version": "1",
        "summary": "Meetings, their speakers, decisions and events, for other systems of a secretariat.",
        "description": "Errors are problem details (RFC 9457) whose `reason` is one of `/api/v1/problems`. Only ever "
                       "are members added; what is unknown is to be ignored.",
        "license": {"name": "see the repository", "url": "https://spdx.org/licenses/"},
    },
    "servers": [{"url": "/"}],
    "security": [],
}
TEXTS = {
    "304": "As it was: the client's entity tag is still good.",
    "400": "Malformed: `detail` says where.",
    "401": "No token, an expired one, or none of ours.",
    "403": "The token is of another meeting, or its role may not do that.",
    "404": "There is no such thing.",
    "409": "Not now: the meeting's rules or its state forbid it.",
    "413": "The body is too long.",
    "416": "There is no such part.",
    "412": "The entity tag is another one than If-Match asks for.",
    "415": "The body is of another media type than is taken here.",
    "428": "A precondition is needed.",
    "429": "Too many requests, or a limit was met; `Retry-After` says in how many seconds there is room when it is the rate.",
    "500": "Out of memory.",
    "503": "Something this needs is not there now: try again.",
}


def problem(status):
    answer = {"description": TEXTS[status],
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    if status == "401":
        answer["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status == "429":
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}
    return answer


def schema(value):
    return {"$ref": "#/components/schemas/" + value} if isinstance(value, str) else value


def content(part, default="application/json"):
    body = {}
    if "schema" in part:
        body["schema"] = schema(part["schema"])
    if "example" in part:
        body["example"] = part["example"]
    return {part.get("type", default): body}


def parameters(path, source):
    found = [{"name": name, "in": "path", "required": True, "schema": {"$ref": "#/components/schemas/Name"}}
             for name in re.findall(r"{(\w+)}", path)]
    for parameter in found:
        if parameter["name"] in source.get("examples", {}):
            parameter["example"] = source["examples"][parameter["name"]]
    for name, query in source.get("query", {}).items():
        found.append({"name": name, "in": "query", "required": False, "schema": query})
    if source.get("conditional"):
        found.append({"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}})
    for name, header in source.get("headers", {}).items():
        found.append({"name": name, "in": "header", "required": False, "schema": header})
    return found


def operation(path, source, tag):
    refusals = {str(status) for status in source.get("refusals", [])} | {"429", "500"}
    if "roles" in source:
        refusals |= {"401", "403"}
    if "{" in path:
        refusals.add("404")
    if "body" in source:
        refusals |= {"400", "413"}
    if "query" in source:
        refusals.add("400")
    answers = {}
    for status, answer in source["answers"].items():
        answers[status] = {"description": answer["text"]}
        if "schema" in answer or "type" in answer:
            answers[status]["content"] = content(answer)
            for other in answer.get("or", []):
                answers[status]["content"].update(content(other))
        if source.get("conditional"):
            answers[status]["headers"] = {"ETag": {"schema": {"type": "string"}}}
    if source.get("conditional"):
        answers["304"] = {"description": TEXTS["304"]}
    answers.update({status: problem(status) for status in sorted(refusals)})
    result = {"operationId": source["name"], "summary": source["summary"], "tags": [tag], "responses": answers}
    if "description" in source:
        result["description"] = source["description"]
    if parameters(path, source):
        result["parameters"] = parameters(path, source)
    if "body" in source:
        result["requestBody"] = {"required": source["body"].get("required", True), "content": content(source["body"])}
    if "roles" in source:
        result["security"] = [{"token": []}]
        result["x-roles"] = sorted(source["roles"])
    return result


def assemble(files):
    description = dict(HEAD)
    paths, schemas = {}, {}
    for name in sorted(files):
        with open(name, encoding="utf-8") as file:
            part = json.load(file)
        tag = os.path.splitext(os.path.basename(name))[0]
        for key, source in part.get("operations", {}).items():
            method, path = key.split(" ")
            if method.lower() in paths.setdefault(path, {}):
                sys.exit(f"{name}: {key} is described twice")
            paths[path][method.lower()] = operation(path, source, tag)
        for key, value in part.get("schemas", {}).items():
            if key in schemas:
                sys.exit(f"{name}: schema {key} is there twice")
            schemas[key] = value
    description["paths"] = paths
    description["components"] = {
        "schemas": schemas,
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    }
    return json.dumps(description, ensure_ascii=True, separators=(",", ":"))


def main():
    out, *files = sys.argv[1:]
    text = assemble(files).encode()
    with open(out, "w", encoding="ascii") as file:
        file.write('#include "signaling/io/description.h"\n\nconst uint8_t description_text[] = {\n')
        for start in range(0, len(text), 24):
            file.write("".join(f"{octet}," for octet in text[start:start + 24]) + "\n")
        file.write(f"}};\nconst size_t description_len = {len(text)};\n")


main()
