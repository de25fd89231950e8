"""Makes mails worse: bytes, lines and pieces changed, lost, doubled, swapped with another's."""

import random
from collections.abc import Iterator, Sequence

STUFFING = [
    *(b"<", b"(", b"@", b'"', b"=", b" ", b"\0", b"a@b ", b"\n--", b">", b"=?", b"\xff", b"\x1b$B"),
    *(b"5.1.1 ", b"user ", b"Content-Type: multipart/mixed; boundary=x\n"),
]
OLD = [b"\n", b" ", b"@", b":", b"<", b'"', b"utf-8", b"boundary"]
NEW = [b"", b"\0", b"\r", b"\r\n", b"@", b'"', b"\n\n", b"punycode", b"\x1b$B"]


def mutated(mails: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Yield mails made worse, the same for the same seed."""
    chance = random.Random(seed)
    changes = (_bytes, _cut, _hole, _doubled, _shuffled, _crossed, _stuffed, _replaced, _repeated)
    for _ in range(count):
        yield chance.choice(changes)(chance, chance.choice(mails), mails)


def _bytes(chance: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    changed = bytearray(mail)
    for _ in range(chance.randrange(1, 30)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(chance: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    return mail[: chance.randrange(len(mail))]


def _hole(chance: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(mail))
    return mail[:at] + mail[at + chance.randrange(1, 2000) :]


def _doubled(chance: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(mail))
    return (
        mail[:at] + mail[at : at + chance.randrange(1, 4000)] * chance.randrange(1, 40) + mail[at:]
    )


def _shuffled(chance: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    lines = mail.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def _crossed(chance: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    other = chance.choice(mails)
    return mail[: chance.randrange(len(mail))] + other[chance.randrange(len(other)) :]


def _stuffed(chance: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(mail))
    return mail[:at] + chance.choice(STUFFING) * chance.randrange(1, 5000) + mail[at:]


def _replaced(chance: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    return mail.replace(chance.choice(OLD), chance.choice(NEW))


def _repeated(chance: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    lines = mail.split(b"\n")
    for _ in range(chance.randrange(1, 20)):
        lines.insert(chance.randrange(len(lines)), lines[chance.randrange(len(lines))])
    return b"\n".join(lines)
