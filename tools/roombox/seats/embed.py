#!/usr/bin/env python3
"""The description of the seats' API as a C source.

usage: embed.py SEAT_API.json OUT.c
"""
import json
import sys

source, out = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    text = json.dumps(json.load(file), ensure_ascii=True, separators=(",", ":")).encode()
with open(out, "w", encoding="ascii") as file:
    file.write('#include "tools/roombox/seats/seat_description.h"\n\nconst char seat_api_description[] = {\n')
    for start in range(0, len(text), 24):
        file.write("".join(f"{octet}," for octet in text[start:start + 24]) + "\n")
    file.write(f"}};\nconst size_t seat_api_description_len = {len(text)};\n")
