"""The public log's chain, made again from what a site publishes, as src/store/log.h tells it."""
import hashlib
import json

HOUR = 3600 * 10**6


def number(v):
    return str(v).encode()


def over(*fields, key=b""):
    """BLAKE2b-256 over fields, each as its length and its bytes."""
    return hashlib.blake2b(b"".join(len(f).to_bytes(4, "big") + f for f in fields), digest_size=32, key=key).digest()


def verify(entries):
    """The second form, from /log.json alone. Returns how many rows give their words."""
    before, act, whole = bytes(32), 0, 0
    for e in sorted(entries, key=lambda e: e["id"]):
        digest = bytes.fromhex(e["digest"])
        assert e["version"] == 2 and e["at"] % HOUR == 0 and e["act"] in (e["id"], act) and bytes.fromhex(e["previous"]) == before, e
        if e["salt"]:
            whole += 1
            assert over(*(e[k].encode() for k in ("title", "note", "was", "became")), key=bytes.fromhex(e["salt"])) == digest, e
        act = e["act"]
        before = over(b"\2", before, number(e["id"]), number(e["act"]), number(e["at"]), *(e[k].encode() for k in ("actor", "action", "object")), number(e["number"]),
                      number(e["article"]), e["reason"].encode(), digest)
        assert before.hex() == e["hash"], e
    return whole


def entries(client):
    """All of a site's, oldest first."""
    found, where = [], "/log.json"
    while where:
        got = json.loads(client.get(where).text)
        found, where = found + got["entries"], got.get("next")
    return sorted(found, key=lambda e: e["id"])
