#!/usr/bin/env python3
"""The schema of conference files as a C source.

usage: schema.py SCHEMA.json OUT.c
"""
import json
import sys

schema, out = sys.argv[1:]
with open(schema, encoding="utf-8") as file:
    text = json.dumps(json.load(file), indent="\t", ensure_ascii=False).encode() + b"\n"
with open(out, "w", encoding="ascii") as file:
    file.write('#include "signaling/io/schema.h"\n\nconst uint8_t schema_text[] = {\n')
    for start in range(0, len(text), 24):
        file.write("".join(f"{octet}," for octet in text[start:start + 24]) + "\n")
    file.write(f"}};\nconst size_t schema_len = {len(text)};\n")
