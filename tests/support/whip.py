"""WHIP and WHEP over HTTP for the Python clients; the token is in ROSTRUM_TOKEN."""
import os
import urllib.error
import urllib.parse
import urllib.request

from media import say


def request(method, url, body=None):
    headers = {"Authorization": "Bearer " + os.environ["ROSTRUM_TOKEN"]}
    if body is not None:
        headers["Content-Type"] = "application/sdp"
    ask = urllib.request.Request(url, data=body, method=method, headers=headers)
    with urllib.request.urlopen(ask, timeout=10) as answer:
        return answer.status, answer.headers, answer.read().decode()


def post(url, offer):
    """The session's URL and the answer, or (None, None) if the server refused, which is said."""
    try:
        status, headers, answer = request("POST", url, offer.encode())
    except urllib.error.HTTPError as refusal:
        say(error=refusal.code, body=refusal.read().decode())
        return None, None
    if status != 201:
        say(error=status, body=answer)
        return None, None
    session = urllib.parse.urljoin(url, headers["Location"])
    say(session=session)
    return session, answer


def delete(session):
    try:
        say(deleted=request("DELETE", session)[0])
    except urllib.error.URLError as why:
        say(deleted=str(why))
