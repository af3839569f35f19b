import JSON

/// One line of the record.
package struct Entry: Sendable {
    /// What the line says about an act.
    package enum Phase: String, Sendable {
        /// It is about to be done: durable before the engine hears of it.
        case intent
        /// It was done, or failed.
        case outcome
        /// It was refused.
        case refused
        /// Something that is not a request: a sign-in, a revocation, a reload.
        case event
    }

    /// The entry's id; an intent and its outcome have the same.
    package var id: String
    /// When, in nanoseconds since 1970.
    package var time: Int64
    /// What the line says.
    package var phase: Phase
    /// Who; "" when nobody was recognised.
    package var identity = ""
    /// From where: an address and port, or the Unix user behind a socket.
    package var from = ""
    /// In whose name; "" for administrators and for what belongs to nobody.
    package var tenant = ""
    /// What a person would say was asked for: the first verb of a grant that includes the operation.
    package var verb = ""
    /// The operation, as the Engine API calls it, or the event's name.
    package var operation = ""
    /// What it is about.
    package var target = ""
    /// The grant that permitted it, or the rule that refused it.
    package var rule = ""
    /// The sentence that the client was shown, or what happened.
    package var reason = ""
    /// A keyed digest of the request as the engine is sent it; "" where nothing is sent.
    package var digest = ""
    /// The version of the policy that judged.
    package var policy = ""
    /// The status code that the client was answered with; 0 before there is one.
    package var status = 0
    /// How it ended: `done`, `failed`, `aborted` or "".
    package var outcome = ""
    /// How long it took, in microseconds.
    package var duration: Int64 = 0
    /// Bytes from the client to the engine.
    package var bytesIn: Int64 = 0
    /// Bytes from the engine to the client.
    package var bytesOut: Int64 = 0
    /// How many like it the line stands for; 0: it is about one alone.
    package var count: Int64 = 0
    /// The id of the first of those.
    package var first = ""

    /// Makes an entry.
    package init(id: String, time: Int64, phase: Phase) {
        self.id = id
        self.time = time
        self.phase = phase
    }

    /// Appends the entry as one JSON line: fields in this order, without blanks and with the shortest
    /// escapes. Empty texts are left out, so lines stay short.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"v":2,"id":""#.utf8)
        bytes.append(contentsOf: id.utf8)
        bytes.append(contentsOf: #"","time":""#.utf8)
        Timestamp.append(time, to: &bytes)
        bytes.append(contentsOf: #"","phase":""#.utf8)
        bytes.append(contentsOf: phase.rawValue.utf8)
        bytes.append(UInt8(ascii: "\""))
        text(#","identity":"#, identity, &bytes)
        word(#","from":""#, from, &bytes)
        word(#","tenant":""#, tenant, &bytes)
        word(#","verb":""#, verb, &bytes)
        word(#","operation":""#, operation, &bytes)
        text(#","target":"#, target, &bytes)
        text(
            #","decision":"#, phase == .refused ? "refuse" : phase == .event ? "" : "permit", &bytes
        )
        text(#","rule":"#, rule, &bytes)
        text(#","reason":"#, reason, &bytes)
        word(#","digest":""#, digest, &bytes)
        word(#","policy":""#, policy, &bytes)
        if phase == .outcome || phase == .refused {
            number(#","status":"#, Int64(status), &bytes)
            word(#","outcome":""#, outcome, &bytes)
            number(#","microseconds":"#, duration, &bytes)
            number(#","bytesIn":"#, bytesIn, &bytes)
            number(#","bytesOut":"#, bytesOut, &bytes)
        }
        if count > 0 {
            number(#","count":"#, count, &bytes)
            word(#","first":""#, first, &bytes)
        }
        bytes.append(contentsOf: "}\n".utf8)
    }

    /// The most bytes of one text: what clients send must not fill the disk.
    private static let longest = 1024

    private func text(_ name: String, _ value: String, _ bytes: inout [UInt8]) {
        if value.isEmpty { return }
        bytes.append(contentsOf: name.utf8)
        guard value.utf8.count > Self.longest else {
            return JSONWriter.append(quoting: value, to: &bytes)
        }
        let head = String(decoding: value.utf8.prefix(Self.longest), as: UTF8.self)
        JSONWriter.append(quoting: head + "…", to: &bytes)
    }

    /// A text that only our own grammars make: nothing in it needs an escape.
    private func word(_ name: String, _ value: String, _ bytes: inout [UInt8]) {
        if value.isEmpty { return }
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    private func number(_ name: String, _ value: Int64, _ bytes: inout [UInt8]) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: String(value).utf8)
    }
}

extension Entry {
    /// An entry for something that is not a request.
    package static func event(
        _ ids: EntryIDs, _ name: String, identity: String = "", from: String = "", reason: String
    ) -> Entry {
        let now = Timestamp.now()
        var entry = Entry(id: ids.next(at: now), time: now, phase: .event)
        entry.operation = name
        entry.identity = identity
        entry.from = from
        entry.reason = reason
        return entry
    }
}
