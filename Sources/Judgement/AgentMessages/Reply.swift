import JSON

/// What an agent answers.
package enum Reply: Hashable, Sendable {
    /// The line was judged, and is under way.
    case started(Started)
    /// Bytes of standard output, at most `Frame.mostBytes`.
    case output([UInt8])
    /// Bytes of standard error, at most `Frame.mostBytes`.
    case errors([UInt8])
    /// A limit that bites, or what could not be given.
    case notice(Sentence)
    /// The line was refused: rule and sentence. Nothing follows.
    case refused(Sentence)
    /// How it ended. Nothing follows.
    case ended(Ended)
    /// What is known of a container. Nothing follows.
    case facts(ContainerFacts)

    /// Reads a frame of an agent.
    ///
    /// - Throws: `MessageFailure` when it is not exactly one of these.
    package init(_ frame: Frame) throws(MessageFailure) {
        switch frame.kind {
        case .started:
            var members = try ClosedObject(frame.payload, "a start")
            self = .started(try Started(&members))
            try members.end()
        case .output: self = .output(frame.payload)
        case .errors: self = .errors(frame.payload)
        case .notice: self = .notice(try Sentence(frame.payload))
        case .refused: self = .refused(try Sentence(frame.payload))
        case .ended:
            var members = try ClosedObject(frame.payload, "an end")
            self = .ended(try Ended(&members))
            try members.end()
        case .facts:
            var members = try ClosedObject(frame.payload, "what is known of a container")
            self = .facts(try ContainerFacts(&members))
            try members.end()
        case .run, .describe, .signal, .resize, .close:
            throw MessageFailure("an agent does not send this")
        }
    }

    /// The frame that says this.
    package var frame: Frame {
        switch self {
        case .started(let started): Frame(.started, JSONWriter.bytes(.object(started.members)))
        case .output(let bytes): Frame(.output, bytes)
        case .errors(let bytes): Frame(.errors, bytes)
        case .notice(let sentence): Frame(.notice, sentence.bytes)
        case .refused(let sentence): Frame(.refused, sentence.bytes)
        case .ended(let ended): Frame(.ended, JSONWriter.bytes(.object(ended.members)))
        case .facts(let facts): Frame(.facts, JSONWriter.bytes(.object(facts.members)))
        }
    }
}

/// A rule's name and one sentence for people.
package struct Sentence: Hashable, Sendable {
    /// The rule: `limit.output`.
    package let rule: String
    /// What was refused or cut, and what would be allowed.
    package let text: String

    /// Makes one.
    package init(_ rule: String, _ text: String) {
        self.rule = rule
        self.text = text
    }

    init(_ bytes: [UInt8]) throws(MessageFailure) {
        var members = try ClosedObject(bytes, "a sentence")
        rule = try members.take("rule", \.string)
        text = try members.take("text", \.string)
        try members.end()
    }

    var bytes: [UInt8] {
        JSONWriter.bytes(["rule": .string(rule), "text": .string(text)])
    }
}

/// In which way a line is answered.
package enum LineClass: String, Hashable, Sendable, CaseIterable {
    /// From outside: no process is in the container.
    case outside
    /// By our own tool inside the container.
    case tool
    /// By a program of the container.
    case program
}

/// A line that is under way.
package struct Started: Hashable, Sendable {
    /// In which way.
    package let way: LineClass
    /// When the container started, in ticks since the host did.
    package let start: UInt64
    /// The user inside the container.
    package let user: UInt32
    /// The user's first group inside the container.
    package let group: UInt32

    /// Makes one.
    package init(way: LineClass, start: UInt64, user: UInt32, group: UInt32) {
        self.way = way
        self.start = start
        self.user = user
        self.group = group
    }

    init(_ members: inout ClosedObject) throws(MessageFailure) {
        way = try members.take("way") { $0.string.flatMap(LineClass.init) }
        start = try members.take("start", \.natural)
        user = try members.take("user") { $0.natural.flatMap { UInt32(exactly: $0) } }
        group = try members.take("group") { $0.natural.flatMap { UInt32(exactly: $0) } }
    }

    var members: JSONObject {
        JSONObject([
            ("way", .string(way.rawValue)), ("start", .integer(Int64(clamping: start))),
            ("user", .integer(Int64(user))), ("group", .integer(Int64(group))),
        ])
    }
}

/// What an approval and a session need to know of a container.
package struct ContainerFacts: Hashable, Sendable {
    /// When it started, in ticks since the host did.
    package let start: UInt64
    /// The user that lines run as, inside the container.
    package let user: UInt32
    /// That user's first group.
    package let group: UInt32

    /// Makes them.
    package init(start: UInt64, user: UInt32, group: UInt32) {
        self.start = start
        self.user = user
        self.group = group
    }

    init(_ members: inout ClosedObject) throws(MessageFailure) {
        start = try members.take("start", \.natural)
        user = try members.take("user") { $0.natural.flatMap { UInt32(exactly: $0) } }
        group = try members.take("group") { $0.natural.flatMap { UInt32(exactly: $0) } }
    }

    var members: JSONObject {
        JSONObject([
            ("start", .integer(Int64(clamping: start))), ("user", .integer(Int64(user))),
            ("group", .integer(Int64(group))),
        ])
    }
}

/// How a line ended.
package struct Ended: Hashable, Sendable {
    /// Why.
    package enum Cause: String, Hashable, Sendable, CaseIterable {
        /// It ended by itself.
        case done
        /// It took longer than a line may.
        case time
        /// A person ended it.
        case person
    }

    /// The exit status, or 128 and a signal's number, as shells tell it.
    package let status: UInt8
    /// Why.
    package let cause: Cause
    /// Bytes of output that were dropped.
    package let dropped: UInt64

    /// Makes one.
    package init(status: UInt8, cause: Cause = .done, dropped: UInt64 = 0) {
        self.status = status
        self.cause = cause
        self.dropped = dropped
    }

    init(_ members: inout ClosedObject) throws(MessageFailure) {
        status = try members.take("status") { $0.natural.flatMap { UInt8(exactly: $0) } }
        cause = try members.take("cause") { $0.string.flatMap(Cause.init) }
        dropped = try members.take("dropped", \.natural)
    }

    var members: JSONObject {
        JSONObject([
            ("status", .integer(Int64(status))), ("cause", .string(cause.rawValue)),
            ("dropped", .integer(Int64(clamping: dropped))),
        ])
    }
}
