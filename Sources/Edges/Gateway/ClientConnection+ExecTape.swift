import Acts
import EngineAPI
import Exchange
import GuardedShell
import NIOCore
import Policy
import ShellGrammar

/// The recording of what an exec says and is told, where a grant asks for it.
extension ClientConnection {
    /// Begins what an exec's grant asks to be recorded, and notes what an exec runs.
    ///
    /// - Returns: What the client is answered when it cannot be; nil: go on.
    func beginTape() -> Answer? {
        if let wish = exchange.act?.exec {
            let words = SecretMask().mask(arguments: wish.words)
            let line = Printing.line(words) ?? words.first ?? ""
            record?.words = String(decoding: line.utf8.prefix(Self.mostWords), as: UTF8.self)
            if line.utf8.count > Self.mostWords {
                record?.words += "… (\(line.utf8.count) bytes in all)"
            }
        }
        guard exchange.operation?.name == "ExecStart", let record, let permit = exchange.permit,
            let exec = exchange.act?.references.first(where: { $0.kind == .exec })
        else { return nil }
        let made = loop.services.execs.made(exec.text)
        guard made?.isRecorded == true || permit.obligations.contains(.record) else { return nil }
        guard exchange.hijacks, exchange.asksUpgrade else {
            return Answer(
                status: 403,
                message:
                    "quaymaster: refused: what this exec says is recorded, and nobody would hear "
                    + "it; rule exec.record; run it without -d", rule: "exec.record")
        }
        if let failure = loop.services.recorder.objection(to: permit.tenant ?? "") {
            return Self.refusal(failure)
        }
        let subject = ExecTape.Subject(
            identity: peer.identity, tenant: permit.tenant ?? "", container: made?.container ?? "",
            exec: exec.text, words: made?.act.exec?.words ?? [],
            hasTerminal: exchange.hasTerminal,
            // What a start says of a terminal is the stream's matter; who made the exec has given it one.
            showsKeys: exchange.hasTerminal && made?.act.exec?.extras.contains("Tty") == true)
        guard
            let tape = ExecTape(
                record.id, of: subject, by: loop.services.recorder, on: loop.eventLoop)
        else {
            return Answer(
                status: 507,
                message: "quaymaster: the recording cannot be written, so nothing is run; "
                    + "an operator frees the gateway's disk", rule: "exec.record")
        }
        let number = self.number
        tape.whenFailed { [weak self] failure in
            guard let self, number == self.number, self.isActive else { return }
            self.endUnrecorded(failure)
        }
        self.record?.tape = tape
        return nil
    }

    /// Goes on once what is to be recorded has a recording that has begun. A program that says nothing
    /// would run unrecorded otherwise.
    func awaitTape(_ then: @escaping () -> Void) {
        guard let tape = record?.tape else { return then() }
        let number = self.number
        tape.whenBegun { [weak self] failure in
            guard let self, number == self.number, self.isActive else { return }
            if let failure {
                self.run(.answer(Self.refusal(failure), .close))
            } else {
                then()
            }
            self.process()
        }
    }

    /// What is answered when a recording does not begin, mostly since a tenant's have the room that they may.
    static func refusal(_ failure: RecordingFailure) -> Answer {
        Answer(
            status: failure == .disk ? 507 : 429,
            message: "quaymaster: refused: " + failure.words(so: "nothing more is run for it"),
            rule: failure.rule)
    }

    /// How much of an exec's words stands in the record.
    private static let mostWords = 900

    /// The engine said this in a raw stream; false when it may not be passed on.
    func recordOutput(_ bytes: ByteBuffer) -> Bool {
        guard let tape = record?.tape else { return true }
        tape.output(bytes)
        return go(on: tape)
    }

    /// The client said this in a raw stream; false when it may not be passed on.
    func recordInput(_ bytes: ByteBuffer) -> Bool {
        guard let tape = record?.tape else { return true }
        tape.input(bytes)
        return go(on: tape)
    }

    private func go(on tape: ExecTape) -> Bool {
        guard let failure = tape.failure else { return true }
        endUnrecorded(failure)
        return false
    }

    /// Nothing of it goes on unrecorded: neither its streams nor its processes.
    private func endUnrecorded(_ failure: RecordingFailure) {
        let words = failure.words(so: "the exec ends")
        if let exec = startedExec { loop.services.execs.abandon(exec, words) }
        end(words)
    }

    /// True while the disk is behind; both sides are read on when it is not any more.
    var awaitsTape: Bool {
        guard let tape = record?.tape, tape.isFull else { return false }
        let number = self.number
        tape.whenRoom { [weak self] in
            guard let self, number == self.number else { return }
            self.readEngine()
            self.process()
            self.resumeReading()
        }
        return true
    }
}
