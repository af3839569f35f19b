#!/usr/bin/env python3
"""Transparency logs, read from their specifications alone: RFC 6962 section 2.1 (trees and proofs),
RFC 8032 section 5.1 (Ed25519), C2SP signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof.

Shares nothing with the program under test. Needs only Python's own library.

    tlog.py checks                      one JSON object a line in, true or false a line out
    tlog.py ledger DIR VKEY             reads the segments of a ledger and checks all that is signed
    tlog.py proof VKEY LEAF-FILE        checks the proof on standard input
"""
import base64
import hashlib
import json
import os
import sys


# RFC 6962 section 2.1: MTH, PATH and PROOF as they stand there.
def sha(data):
    return hashlib.sha256(data).digest()


def leaf_hash(data):
    return sha(b"\0" + data)


def split(count):
    half = 1
    while half * 2 < count:
        half *= 2
    return half


def root(hashes):
    """MTH over hashes of leaves, without recursion to its depth for each leaf."""
    if not hashes:
        return sha(b"")
    while len(hashes) > 1:
        pairs = [sha(b"\1" + a + b) for a, b in zip(hashes[::2], hashes[1::2])]
        hashes = pairs + hashes[len(pairs) * 2:]
    return hashes[0]


def path(index, hashes):
    if len(hashes) <= 1:
        return []
    half = split(len(hashes))
    if index < half:
        return path(index, hashes[:half]) + [root(hashes[half:])]
    return path(index - half, hashes[half:]) + [root(hashes[:half])]


def consistency(old, hashes, whole=True):
    if old == len(hashes):
        return [] if whole else [root(hashes)]
    half = split(len(hashes))
    if old <= half:
        return consistency(old, hashes[:half], whole) + [root(hashes[half:])]
    return consistency(old - half, hashes[half:], False) + [root(hashes[:half])]


def root_by_path(leaf, index, size, proof):
    """The root that a proof leads to, by the recursion of PATH."""
    if size == 1:
        if proof:
            raise ValueError("too many hashes")
        return leaf
    half = split(size)
    if index < half:
        return sha(b"\1" + root_by_path(leaf, index, half, proof[:-1]) + proof[-1])
    return sha(b"\1" + proof[-1] + root_by_path(leaf, index - half, size - half, proof[:-1]))


def roots_by_consistency(old, size, proof, known):
    """Both roots that a proof leads to, by the recursion of SUBPROOF."""
    if old == size:
        if known is not None:
            if proof:
                raise ValueError("too many hashes")
            return known, known
        (only,) = proof
        return only, only
    half = split(size)
    if old <= half:
        before, after = roots_by_consistency(old, half, proof[:-1], known)
        return before, sha(b"\1" + after + proof[-1])
    before, after = roots_by_consistency(old - half, size - half, proof[:-1], None)
    return sha(b"\1" + proof[-1] + before), sha(b"\1" + proof[-1] + after)


# RFC 8032 section 5.1: verification on edwards25519.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    m, n = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def point(text):
    number = int.from_bytes(text, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        raise ValueError("not a point")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError("not a point")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(key, message, signature):
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    k = int.from_bytes(digest, "little") % L
    left = multiply(s, BASE)
    right = add(point(signature[:32]), multiply(k, point(key)))
    return not ((left[0] * right[2] - right[0] * left[2]) % P
                or (left[1] * right[2] - right[1] * left[2]) % P)


# C2SP signed-note.
def vkey(text):
    name, number, data = text.split("+", 2)
    data = base64.b64decode(data, validate=True)
    if sha(name.encode() + b"\n" + data)[:4].hex() != number or len(data) != 33:
        raise ValueError("not a verifier key")
    return name, bytes.fromhex(number), data[0], data[1:]


def verified(note, key):
    """The text of a note that a key has signed, and when (0: not said)."""
    name, number, algorithm, public = vkey(key)
    text, _, lines = note.decode().rpartition("\n\n")
    text += "\n"
    for line in lines.splitlines():
        dash, signer, data = line.split(" ")
        data = base64.b64decode(data, validate=True)
        if dash != "\u2014" or signer != name or data[:4] != number:
            continue
        if algorithm == 1 and ed25519(public, text.encode(), data[4:]):
            return text, 0
        if algorithm == 4:
            time = int.from_bytes(data[4:12], "big")
            message = f"cosignature/v1\ntime {time}\n{text}".encode()
            if ed25519(public, message, data[12:]):
                return text, time
        raise ValueError("a forged signature")
    raise ValueError("not signed by the key")


def checkpoint(note, key):
    origin, size, digest = verified(note, key)[0].splitlines()[:3]
    return origin, int(size), base64.b64decode(digest, validate=True)


def check_proof(text, key, leaf):
    head, _, note = text.partition(b"\n\n")
    lines = head.decode().splitlines()
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise ValueError("not a proof")
    if lines[0].startswith("extra "):
        lines.pop(0)
    word, index = lines.pop(0).split(" ")
    if word != "index":
        raise ValueError("not a proof")
    _, size, digest = checkpoint(note, key)
    hashes = [base64.b64decode(line, validate=True) for line in lines]
    return root_by_path(leaf_hash(leaf), int(index), size, hashes) == digest


# The ledger's segments (docs/record.md).
def check_ledger(folder, key):
    hashes, said, uncovered = [], 0, 0
    for name in sorted(os.listdir(folder)):
        stem, _, kind = name.partition(".")
        if not stem.isdigit() or kind not in ("jsonl", "hashes"):
            continue
        if kind == "hashes":
            if os.path.exists(os.path.join(folder, stem + ".jsonl")):
                continue
            data = open(os.path.join(folder, name), "rb").read()
            hashes += [data[at:at + 32] for at in range(0, len(data), 32)]
            continue
        assert int(stem) == len(hashes), f"{name} is not at its place"
        for line in open(os.path.join(folder, name), "rb").read().split(b"\n")[:-1]:
            entry = json.loads(line)
            if "segment" in entry:
                peaks = [base64.b64decode(peak) for peak in entry["segment"]["peaks"]]
                assert entry["segment"]["first"] == len(hashes), f"{name}: another header"
                whole = peaks[-1:] or [sha(b"")]
                for peak in reversed(peaks[:-1]):
                    whole = [sha(b"\1" + peak + whole[0])]
                assert whole[0] == root(hashes), f"{name}: the lines before differ"
            if "checkpoint" in entry:
                _, size, digest = checkpoint(entry["checkpoint"].encode(), key)
                assert size == len(hashes) and digest == root(hashes), f"{name}: {size} differs"
                said, uncovered = said + 1, -1
            # Every line is a leaf, also those that say where the record stood.
            hashes.append(leaf_hash(line))
            uncovered += 1
    assert uncovered == 0, f"{uncovered} lines are in no checkpoint"
    print(len(hashes), base64.b64encode(root(hashes)).decode(), said)


def check(row):
    def hashes(name):
        return [base64.b64decode(text) for text in row.get(name, [])]

    def one(name):
        return base64.b64decode(row[name])

    try:
        kind = row["kind"]
        if kind == "root":
            leaves = [leaf_hash(one_leaf) for one_leaf in hashes("leaves")]
            return root(leaves) == one("root")
        if kind == "inclusion":
            leaves = [leaf_hash(one_leaf) for one_leaf in hashes("leaves")]
            return path(row["index"], leaves) == hashes("proof")
        if kind == "consistency":
            leaves = [leaf_hash(one_leaf) for one_leaf in hashes("leaves")]
            proof = hashes("proof")
            roots = root(leaves[:row["old"]]), root(leaves)
            known = roots[0]
            return (consistency(row["old"], leaves) == proof
                    and roots_by_consistency(row["old"], len(leaves), proof, known) == roots)
        if kind == "note":
            return verified(one("note"), row["key"])[0].encode() == one("text")
        if kind == "proof":
            return check_proof(one("proof"), row["key"], one("leaf"))
    except (ValueError, IndexError, KeyError):
        pass
    return False


def main():
    kind, words = sys.argv[1], sys.argv[2:]
    if kind == "checks":
        for line in sys.stdin:
            print("true" if check(json.loads(line)) else "false", flush=True)
    elif kind == "ledger":
        check_ledger(*words)
    elif kind == "proof":
        good = check_proof(sys.stdin.buffer.read(), words[0], open(words[1], "rb").read())
        print("true" if good else "false")
        sys.exit(0 if good else 1)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
