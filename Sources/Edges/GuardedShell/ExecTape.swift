import Ledger
package import NIOCore
import ShellGrammar

/// The recording of an exec's streams while the gateway passes them on. Confined to its event loop.
///
/// What comes out is recorded as text, secrets masked by their names and whatever acts on a terminal
/// left out; what goes in too, but for a terminal's keys: it shows those itself, and hides passwords.
package final class ExecTape {
    /// What is recorded.
    package struct Subject {
        let identity: String
        let tenant: String
        let container: String
        let exec: String
        let words: [String]
        let hasTerminal: Bool
        let showsKeys: Bool

        /// Says what is recorded.
        ///
        /// - Parameters:
        ///   - identity: Who runs it.
        ///   - tenant: In whose name; "" for administrators.
        ///   - container: The container's full id; "" when it is not known.
        ///   - exec: The exec's id.
        ///   - words: The program and its arguments; none when they are not known.
        ///   - hasTerminal: True when its start asks for a terminal, so that no frames stand in its stream.
        ///   - showsKeys: True when it was made with a terminal, which shows what is typed.
        package init(
            identity: String, tenant: String, container: String, exec: String, words: [String],
            hasTerminal: Bool, showsKeys: Bool
        ) {
            self.showsKeys = showsKeys
            self.identity = identity
            self.tenant = tenant
            self.container = container
            self.exec = exec
            self.words = words
            self.hasTerminal = hasTerminal
        }
    }

    private let tape: Recorder.Tape
    private let eventLoop: any EventLoop
    private var cast = Cast(at: Timestamp.monotonic())
    private var frames: StreamFrames?
    private var out: OutputGate
    private var errors: OutputGate
    private var sent: OutputGate?
    /// Bytes that are not on their way to the disk yet.
    private var unwritten = 0
    /// Called when there is room again.
    private var onRoom: (() -> Void)?
    /// Called when it cannot be written any more.
    private var onFailure: ((RecordingFailure) -> Void)?
    /// Succeeds when the first line is written, or never will be.
    private let begun: EventLoopFuture<Void>

    /// How much may wait for the disk before its streams do.
    private static let mostUnwritten = 1 << 20

    /// Begins a recording.
    ///
    /// - Parameters:
    ///   - id: Its id: that of the start's entry in the record.
    ///   - subject: What is recorded.
    ///   - recorder: Who writes it.
    ///   - eventLoop: Where it is used.
    ///
    /// nil when the file cannot be made: nothing is to run then.
    package init?(
        _ id: String, of subject: Subject, by recorder: Recorder, on eventLoop: any EventLoop
    ) {
        let mask = SecretMask()
        let words = mask.mask(arguments: subject.words)
        let shown = Printing.line(words) ?? words.first ?? "an exec"
        let header = Cast.header(
            time: Timestamp.now() / 1_000_000_000, title: "\(subject.identity): \(shown)",
            tags: [
                "kind=exec", "identity=" + subject.identity, "container=" + subject.container,
                "tenant=" + subject.tenant, "exec=" + subject.exec,
            ])
        let begun = eventLoop.makePromise(of: Void.self)
        let tape = recorder.begin(id, for: subject.tenant, header) { begun.succeed() }
        guard let tape else {
            begun.succeed()
            return nil
        }
        self.tape = tape
        self.begun = begun.futureResult
        self.eventLoop = eventLoop
        frames = subject.hasTerminal ? nil : StreamFrames()
        out = OutputGate(mask, .colour)
        errors = OutputGate(mask, .colour)
        sent = subject.showsKeys ? nil : OutputGate(mask, .plain)
    }

    /// Why it could not be written, or is as long as it may be: nothing goes on unrecorded.
    package var failure: RecordingFailure? { tape.failure }

    /// Says once whether the recording has begun: nothing is to run before, nor when it has not.
    ///
    /// - Parameter call: Called on the loop, with what keeps it from beginning.
    package func whenBegun(_ call: @escaping (RecordingFailure?) -> Void) {
        let bound = NIOLoopBound((tape: self, call: call), eventLoop: eventLoop)
        begun.whenComplete { _ in
            let (tape, call) = bound.value
            call(tape.failure)
        }
    }

    /// Asks to be told once, on the loop, when it cannot be written any more: what runs may say nothing
    /// for long.
    package func whenFailed(_ call: @escaping (RecordingFailure) -> Void) { onFailure = call }

    /// True when the disk is behind.
    package var isFull: Bool { unwritten > Self.mostUnwritten }

    /// Asks to be called once when there is room again.
    package func whenRoom(_ call: @escaping () -> Void) { onRoom = call }

    /// Takes what the engine said.
    package func output(_ bytes: ByteBuffer) {
        guard frames != nil else { return note(out.receive(Array(bytes.readableBytesView))) }
        for piece in frames?.receive(bytes.readableBytesView) ?? [] {
            note(
                piece.isError
                    ? errors.receive(piece.bytes) : out.receive(piece.bytes))
        }
    }

    /// Takes what the client said.
    package func input(_ bytes: ByteBuffer) {
        guard let text = sent?.receive(Array(bytes.readableBytesView)), !text.isEmpty else {
            return
        }
        write(cast.input(text, at: Timestamp.monotonic()))
    }

    /// Nothing follows.
    package func end() {
        onRoom = nil
        onFailure = nil
        note(out.finish())
        note(errors.finish())
        if let text = sent?.finish(), !text.isEmpty {
            write(cast.input(text, at: Timestamp.monotonic()))
        }
        write(cast.end("the exec has ended", lines: 0, at: Timestamp.monotonic()))
        tape.end()
    }

    private func note(_ text: String) {
        if !text.isEmpty { write(cast.output(text, at: Timestamp.monotonic())) }
    }

    private func write(_ bytes: [UInt8]) {
        unwritten += bytes.count
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let eventLoop = self.eventLoop
        tape.write(bytes) { eventLoop.execute { bound.value.written(bytes.count) } }
    }

    private func written(_ count: Int) {
        unwritten -= count
        if let failure, let onFailure {
            self.onFailure = nil
            return onFailure(failure)
        }
        guard let onRoom, !isFull else { return }
        self.onRoom = nil
        onRoom()
    }
}

/// The frames in which the engine tells output from errors: a byte for which, three of nothing, and the
/// payload's length in four bytes, the greatest first (Engine API, `ContainerAttach`, "Stream format").
struct StreamFrames {
    private var head: [UInt8] = []
    private var left = 0

    /// Takes bytes, and gives what they hold: a frame may come in pieces.
    mutating func receive(
        _ bytes: some Collection<UInt8>
    ) -> [(isError: Bool, bytes: [UInt8])] {
        var pieces: [(isError: Bool, bytes: [UInt8])] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            if left > 0 {
                let piece = rest.prefix(left)
                pieces.append((head.first == 2, Array(piece)))
                left -= piece.count
                rest = rest.dropFirst(piece.count)
            } else {
                if head.count == 8 { head = [] }
                let piece = rest.prefix(8 - head.count)
                head += piece
                rest = rest.dropFirst(piece.count)
                if head.count == 8 { left = head[4...].reduce(0) { $0 << 8 | Int($1) } }
            }
        }
        return pieces
    }
}
