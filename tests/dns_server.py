"""A DNS server on loopback that knows a few records: real packets for verifiers of any kind."""

import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class Zone:
    """TXT records by name without a dot at the end; names of ``broken`` answer SERVFAIL.

    ``others`` are records of other types, as a zone file writes them, by name and type.
    """

    records: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    others: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, wire: bytes, limit: int | None) -> bytes:
        """Return the reply to a query, cut with TC=1 where it is longer than ``limit``."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        reply = dns.message.make_response(query, recursion_available=True)
        if name in self.broken:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif (name, dns.rdatatype.to_text(question.rdtype)) in self.others:
            kind = dns.rdatatype.to_text(question.rdtype)
            told = self.others[name, kind]
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *told))
        elif name not in self.records and all(name != held for held, _ in self.others):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.TXT and self.records.get(name):
            texts = [_quoted(text) for text in self.records[name]]
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "TXT", *texts))
        full = reply.to_wire(max_size=65535)
        room = max(512, query.payload) if limit else 65535
        if len(full) <= room:
            return full
        reply.answer.clear()
        reply.flags |= dns.flags.TC
        return reply.to_wire()


def _quoted(text: str) -> str:
    pieces = [text[at : at + 255] for at in range(0, len(text), 255)] or [""]
    return " ".join(f'"{piece}"' for piece in pieces)


@contextmanager
def dns_server(records: Mapping[str, str | tuple[str, ...]]) -> Iterator[tuple[Zone, int]]:
    """Serve a zone over UDP and TCP on one port of 127.0.0.1; yield the zone and the port."""
    zone = Zone(
        {name: (text,) if isinstance(text, str) else text for name, text in records.items()}
    )

    class Datagram(socketserver.BaseRequestHandler):
        """One query over UDP."""

        def handle(self) -> None:
            wire, socket = self.request
            socket.sendto(zone.answer(wire, 512), self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        """One query over TCP, with its length before it (RFC 1035 section 4.2.2)."""

        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.rfile.read(2))
            reply = zone.answer(self.rfile.read(length), None)
            self.wfile.write(struct.pack("!H", len(reply)) + reply)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stream) as stream:
        port = stream.server_address[1]
        with socketserver.ThreadingUDPServer(("127.0.0.1", port), Datagram) as datagram:
            servers = (stream, datagram)
            threads = [
                threading.Thread(target=server.serve_forever, args=(0.02,)) for server in servers
            ]
            for thread in threads:
                thread.start()
            try:
                yield zone, port
            finally:
                for server in servers:
                    server.shutdown()
                for thread in threads:
                    thread.join()
