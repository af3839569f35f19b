package import Acts
package import JSON
import Ledger

/// What is known of a recording without reading all of it.
package struct Recording: Hashable, Sendable {
    /// The session's id.
    package let id: String
    /// Whose session it was.
    package let identity: String
    /// The tenant; "" for a container of the administrators'.
    package let tenant: String
    /// The container's full id.
    package let container: String
    /// What the person called it; what is run, for an exec.
    package let name: String
    /// The roles.
    package let roles: [String]
    /// Why the person entered; "" when nothing was said.
    package let reason: String
    /// When it began, as RFC 3339 in UTC.
    package let started: String
    /// Bytes on the disk.
    package let size: Int64
    /// How many lines were typed; nil while it is not known: the session goes on, or the gateway was
    /// ended in the middle of it.
    package let lines: Int64?
    /// How long it lasted, in microseconds; nil as `lines`.
    package let length: Int64?
    /// How it ended, in a sentence; nil as `lines`.
    package let end: String?

    /// Reads what a recording begins with; nil when the first line is no header of `Cast`.
    ///
    /// - Parameters:
    ///   - id: The session's id.
    ///   - header: The first line.
    ///   - last: The last event that stands there whole.
    ///   - size: Bytes of the file.
    init?(id: String, header: [UInt8], last: CastEvent?, size: Int64) {
        guard let value = CastEvent.value(header), value["version"]?.int64 == 3,
            let time = value["timestamp"]?.int64, 0..<9_223_372_036 ~= time
        else { return nil }
        var tags: [String: String] = [:]
        for tag in (value["tags"]?.array ?? []).compactMap(\.string) {
            let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            tags[String(parts[0])] = String(parts[1])
        }
        guard let identity = tags["identity"], let tenant = tags["tenant"] else { return nil }
        self.id = id
        self.identity = identity
        self.tenant = tenant
        container = tags["container"] ?? ""
        // An exec's title is `IDENTITY: WORDS`.
        name = tags["name"] ?? String((value["title"]?.string ?? "").dropFirst(identity.count + 2))
        roles = (tags["roles"] ?? "").split(separator: "+").map(String.init)
        reason = tags["reason"] ?? ""
        var started: [UInt8] = []
        Timestamp.append(time * 1_000_000_000, to: &started)
        self.started = String(decoding: started, as: UTF8.self)
        self.size = size
        let ended = last?.end
        lines = ended?.lines
        length = ended?.length
        end = ended?.words
    }

    /// Whether it is among those that are wanted; what it holds is not looked at.
    package func fits(_ wish: RecordingWish) -> Bool {
        if let wanted = wish.identity, wanted != identity { return false }
        if let wanted = wish.container {
            guard name == wanted || container.hasPrefix(wanted.lowercased()) else { return false }
        }
        if let since = wish.since, started < since { return false }
        if let until = wish.until, started >= until { return false }
        return true
    }

    /// For programs.
    package var value: JSONValue {
        .object(
            JSONObject([
                ("id", .string(id)), ("identity", .string(identity)), ("tenant", .string(tenant)),
                ("container", .string(container)), ("name", .string(name)),
                ("roles", .array(roles.map { .string($0) })), ("reason", .string(reason)),
                ("started", .string(started)),
                ("microseconds", length.map { .integer($0) } ?? .null),
                ("lines", lines.map { .integer($0) } ?? .null), ("bytes", .integer(size)),
                ("ended", end.map { .string($0) } ?? .null),
            ]))
    }
}

/// Where a text stands in a recording.
package struct RecordingHit: Hashable, Sendable {
    /// The recording.
    package let recording: Recording
    /// The number of the line that was typed; 0 before the first.
    package let line: Int64
    /// True for the words that were typed, false for what was shown.
    package let isTyped: Bool
    /// The line that holds it, at most 400 characters of it.
    package let text: String

    /// For programs.
    package var value: JSONValue {
        .object(
            JSONObject([
                ("id", .string(recording.id)), ("identity", .string(recording.identity)),
                ("name", .string(recording.name)), ("started", .string(recording.started)),
                ("line", .integer(line)), ("typed", .bool(isTyped)), ("text", .string(text)),
            ]))
    }
}
