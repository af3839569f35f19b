import JSON

/// What a gateway asks an agent for. It names a container, a role and words; everything else the agent
/// finds out itself.
package enum Request: Hashable, Sendable {
    /// Run a line.
    case run(RunRequest)
    /// Tell what is known of a container.
    case describe(ContainerID)
    /// Send a signal to what runs.
    case signal(LineSignal)
    /// The terminal has another size.
    case resize(TerminalSize)
    /// End what runs.
    case close

    /// Reads a frame of a gateway.
    ///
    /// - Throws: `MessageFailure` when it is not exactly one of these.
    package init(_ frame: Frame) throws(MessageFailure) {
        switch frame.kind {
        case .run: self = .run(try RunRequest(frame.payload))
        case .describe:
            var members = try ClosedObject(frame.payload, "a question about a container")
            let container = try members.take("container") { $0.string.flatMap(ContainerID.init) }
            try members.end()
            self = .describe(container)
        case .signal:
            var members = try ClosedObject(frame.payload, "a signal")
            let signal = try members.take("signal") { $0.string.flatMap(LineSignal.init) }
            try members.end()
            self = .signal(signal)
        case .resize:
            var members = try ClosedObject(frame.payload, "a size")
            let size = try TerminalSize(&members)
            try members.end()
            self = .resize(size)
        case .close:
            guard frame.payload.isEmpty else { throw MessageFailure("an end holds bytes") }
            self = .close
        case .started, .output, .errors, .notice, .refused, .ended, .facts:
            throw MessageFailure("a gateway does not send this")
        }
    }

    /// The frame that says this.
    package var frame: Frame {
        switch self {
        case .run(let request): Frame(.run, JSONWriter.bytes(.object(request.members)))
        case .describe(let container):
            Frame(.describe, JSONWriter.bytes(["container": .string(container.text)]))
        case .signal(let signal):
            Frame(.signal, JSONWriter.bytes(["signal": .string(signal.rawValue)]))
        case .resize(let size): Frame(.resize, JSONWriter.bytes(.object(size.members)))
        case .close: Frame(.close)
        }
    }
}

/// The signals that a person may send to what runs.
package enum LineSignal: String, Hashable, Sendable, CaseIterable {
    /// Ctrl-C: SIGINT, two seconds later SIGTERM, two seconds later SIGKILL.
    case interrupt
    /// SIGTERM, two seconds later SIGKILL.
    case terminate
    /// SIGKILL, to whatever the line has started.
    case kill
}

/// A terminal's size in characters.
package struct TerminalSize: Hashable, Sendable {
    /// Lines, 1 to 4096.
    package let rows: UInt16
    /// Characters in a line, 1 to 4096.
    package let columns: UInt16

    /// Makes a size; nil when it is out of range.
    package init?(rows: UInt64, columns: UInt64) {
        guard 1...4096 ~= rows, 1...4096 ~= columns else { return nil }
        self.rows = UInt16(rows)
        self.columns = UInt16(columns)
    }

    init(_ members: inout ClosedObject) throws(MessageFailure) {
        let rows = try members.take("rows") { $0.natural }
        let columns = try members.take("columns") { $0.natural }
        guard let size = TerminalSize(rows: rows, columns: columns) else {
            throw MessageFailure("a terminal has 1 to 4096 rows and columns")
        }
        self = size
    }

    var members: JSONObject {
        JSONObject([("rows", .integer(Int64(rows))), ("columns", .integer(Int64(columns)))])
    }
}

/// A line that is to be run.
package struct RunRequest: Hashable, Sendable {
    /// The most words of a line.
    package static let mostWords = 64
    /// The most bytes of all words together.
    package static let mostBytes = 4096

    /// The container.
    package let container: ContainerID
    /// The role by whose forms the words are judged: `[a-z][a-z0-9-]{0,31}`.
    package let role: String
    /// The words, the first of them the verb's name. No byte is NUL.
    package let words: [String]
    /// The size of the terminal that the line wants; nil for pipes.
    package let terminal: TerminalSize?
    /// When the container must have started, in ticks since the host did; nil when any will do. An
    /// approval is for one run of a container.
    package let start: UInt64?
    /// The SHA-256 that a program of the container must have, in lower-case hexadecimal digits; nil
    /// when its being the image's is enough. It can only refuse more.
    package let pin: String?

    /// Makes a request.
    ///
    /// - Throws: `MessageFailure` when role or words are out of bounds.
    package init(
        container: ContainerID, role: String, words: [String], terminal: TerminalSize? = nil,
        start: UInt64? = nil, pin: String? = nil
    ) throws(MessageFailure) {
        guard Self.isRole(role) else { throw MessageFailure("\"\(role)\" is no role's name") }
        guard let first = words.first, !first.isEmpty, words.count <= Self.mostWords else {
            throw MessageFailure("a line has 1 to \(Self.mostWords) words")
        }
        guard words.reduce(0, { $0 + $1.utf8.count + 1 }) <= Self.mostBytes else {
            throw MessageFailure("a line's words have more than \(Self.mostBytes) bytes")
        }
        guard !words.contains(where: { $0.utf8.contains(0) }) else {
            throw MessageFailure("a word holds U+0000")
        }
        guard pin.map({ ContainerID($0) != nil }) ?? true else {
            throw MessageFailure("a pin is 64 hexadecimal digits")
        }
        self.pin = pin
        self.container = container
        self.role = role
        self.words = words
        self.terminal = terminal
        self.start = start
    }

    init(_ bytes: [UInt8]) throws(MessageFailure) {
        var members = try ClosedObject(bytes, "a line")
        let container = try members.take("container") { $0.string.flatMap(ContainerID.init) }
        let role = try members.take("role", \.string)
        let words = try members.take("argv", \.strings)
        var size: TerminalSize?
        if let value = members.optional("terminal") {
            var inner = try ClosedObject(value, "a terminal")
            size = try TerminalSize(&inner)
            try inner.end()
        }
        let start = try members.takeIfPresent("start", \.natural)
        let pin = try members.takeIfPresent("pin", \.string)
        try members.end()
        try self.init(
            container: container, role: role, words: words, terminal: size, start: start,
            pin: pin)
    }

    var members: JSONObject {
        var members = JSONObject([
            ("container", .string(container.text)), ("role", .string(role)),
            ("argv", .array(words.map { .string($0) })),
        ])
        if let terminal { members["terminal"] = .object(terminal.members) }
        if let start { members["start"] = .integer(Int64(clamping: start)) }
        if let pin { members["pin"] = .string(pin) }
        return members
    }

    private static func isRole(_ text: String) -> Bool {
        guard let first = text.utf8.first, 0x61...0x7A ~= first, text.utf8.count <= 32 else {
            return false
        }
        return text.utf8.allSatisfy {
            0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-")
        }
    }
}

extension JSONWriter {
    /// The text of an object of few members.
    static func bytes(_ members: KeyValuePairs<String, JSONValue>) -> [UInt8] {
        bytes(.object(JSONObject(members.map { ($0.key, $0.value) })))
    }
}
