/// One frame on the line between gateway and agent: a byte for its kind, four for the length of what
/// follows, high byte first, then that many bytes.
package struct Frame: Hashable, Sendable {
    /// What a frame holds. Numbers below 16 go to the agent, the others come from it.
    package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// JSON: a line is to be run.
        case run = 1
        /// JSON: what is known of a container is asked for.
        case describe = 2
        /// JSON: a signal for what runs.
        case signal = 3
        /// JSON: the terminal has another size.
        case resize = 4
        /// Nothing: what runs is to end.
        case close = 5
        /// JSON: the line was judged and is under way.
        case started = 16
        /// Bytes of standard output.
        case output = 17
        /// Bytes of standard error.
        case errors = 18
        /// JSON: a limit that bites, or what could not be given.
        case notice = 19
        /// JSON: the line, or the container, was refused. Nothing follows.
        case refused = 20
        /// JSON: how it ended. Nothing follows.
        case ended = 21
        /// JSON: what is known of a container. Nothing follows.
        case facts = 22

        /// True for kinds that the gateway sends.
        package var goesToAgent: Bool { rawValue < 16 }
    }

    /// The most bytes that follow a head.
    package static let mostBytes = 65_536
    /// The bytes of a head.
    package static let headBytes = 5

    /// What it holds.
    package let kind: Kind
    /// What follows the head.
    package let payload: [UInt8]

    /// Makes a frame; the caller keeps to `mostBytes`.
    package init(_ kind: Kind, _ payload: [UInt8] = []) {
        self.kind = kind
        self.payload = payload
    }

    /// The frame as it is sent.
    package var bytes: [UInt8] {
        let count = UInt32(truncatingIfNeeded: payload.count)
        let head = [
            kind.rawValue, UInt8(truncatingIfNeeded: count >> 24),
            UInt8(truncatingIfNeeded: count >> 16), UInt8(truncatingIfNeeded: count >> 8),
            UInt8(truncatingIfNeeded: count),
        ]
        return head + payload
    }
}

/// Puts frames together from bytes that arrive in pieces. It holds at most one frame and one piece.
package struct FrameReader: Sendable {
    private let fromGateway: Bool
    private var bytes: [UInt8] = []

    /// Begins to read what one side sends.
    ///
    /// - Parameter fromGateway: True in the agent, which takes only what gateways may send.
    package init(fromGateway: Bool) {
        self.fromGateway = fromGateway
    }

    /// Takes bytes that have arrived.
    package mutating func receive(_ piece: some Sequence<UInt8>) {
        bytes.append(contentsOf: piece)
    }

    /// True while part of a frame waits for the rest.
    package var isInside: Bool { !bytes.isEmpty }

    /// The next whole frame, or nil when more bytes are needed.
    ///
    /// - Throws: `MessageFailure` for a kind that this side does not send, or too long a frame.
    package mutating func next() throws(MessageFailure) -> Frame? {
        guard let first = bytes.first else { return nil }
        guard let kind = Frame.Kind(rawValue: first), kind.goesToAgent == fromGateway else {
            throw MessageFailure("a frame of the kind \(first) is not sent here")
        }
        guard bytes.count >= Frame.headBytes else { return nil }
        let count = bytes[1..<Frame.headBytes].reduce(0) { $0 << 8 | Int($1) }
        guard count <= Frame.mostBytes else {
            throw MessageFailure(
                "a frame of \(count) bytes is too long, \(Frame.mostBytes) are the most")
        }
        guard bytes.count >= Frame.headBytes + count else { return nil }
        let payload = Array(bytes[Frame.headBytes..<Frame.headBytes + count])
        bytes.removeFirst(Frame.headBytes + count)
        return Frame(kind, payload)
    }
}
