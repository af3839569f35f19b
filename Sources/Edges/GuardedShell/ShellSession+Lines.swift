import Acts
import AgentMessages
import JSON
import Ledger
import NIOCore
import ShellGrammar

/// How a line is judged, run and recorded.
extension ShellSession {
    func typed(_ text: String) {
        guard running == nil else {
            return tell(
                .notice(rule: "shell.busy", words: "a line is under way; interrupt it first"))
        }
        if awaiting != nil { return tell(Self.waitsAlready) }
        if let recordingFailure {
            return bye(recordingFailure.words(so: "nothing more is run"))
        }
        guard tools.ledger.mayIntend(terms.identity) else { return tell(Self.tooMany) }
        let line = Array(text.utf8)
        if let kept = HistoryLine.stored(line, masking: tools.mask) {
            history.add(kept)
            typedLines = (typedLines + [kept]).suffix(History.most)
        }
        if let own = SessionLine(line) { return answer(own) }
        number += 1
        switch terms.judge(line) {
        case .nothing: tell(.nothing)
        case .refused(let refusal): refuse(text, refusal)
        case .accepted(let accepted):
            if let pause { return refuse(accepted, "session.paused", pause) }
            run(accepted)
        }
    }

    /// Refuses a line that the grammar accepts.
    private func refuse(_ line: AcceptedLine, _ rule: String, _ words: String) {
        let shown = Printing.line(tools.mask.mask(arguments: line.argv)) ?? line.verb
        var entry = entry(.refused, words + ": " + shown)
        entry.rule = rule
        let id = tools.ledger.refuse(entry)
        mark(["refused": .bool(true)], rule, id)
        tell(
            .refused(
                ShellEvent.Refused(
                    column: nil, rule: rule, words: "\(words); rule \(rule)", nearest: nil,
                    entry: id)))
    }

    /// What an identity is told that has more recorded than anybody may.
    static let tooMany = ShellEvent.notice(
        rule: "limit.record", words: "too many lines in a short time; wait a little")

    /// What is said while as many lines run as may.
    private static let noSeat = ShellEvent.notice(
        rule: "limit.tenant",
        words: "\(AgentSeats.mostOfIdentity) lines of one person run at once and "
            + "\(AgentSeats.mostOfTenant) of one tenant; wait for one to end")

    private func answer(_ line: SessionLine) {
        switch line {
        case .leave: bye("")
        case .help(let verb):
            let entries = terms.roles.flatMap(\.help).filter { verb == nil || $0.verb == verb }
            tell(.help(entries))
        case .why(let line):
            switch terms.judge(line) {
            case .nothing: tell(.why(.nothing))
            case .refused(let refusal): tell(.why(.refused(refusal)))
            case .accepted(let line):
                tell(
                    .why(
                        .accepted(
                            words: tools.mask.mask(arguments: line.argv), answer: line.answer)))
            }
        case .history(let wanted):
            tell(.history(typedLines.filter { wanted.map($0.contains) ?? true }))
        }
    }

    func entry(_ phase: Entry.Phase, _ target: String) -> Entry {
        let now = Timestamp.now()
        var entry = Entry(id: tools.ledger.ids.next(at: now), time: now, phase: phase)
        entry.identity = terms.identity
        entry.from = terms.from
        entry.tenant = terms.tenant
        entry.operation = "ShellLine"
        entry.target = "container/" + terms.container.text
        entry.reason = target
        return entry
    }

    private func refuse(_ text: String, _ refusal: ShellRefusal) {
        let shown = HistoryLine.stored(Array(("\u{22}" + text).utf8), masking: tools.mask)
        // What is refused may name a secret too, and a record cannot take it back.
        let sentence = tools.mask.mask(text: refusal.sentence)
        var entry = entry(
            .refused, sentence + ": " + (shown.map { String($0.dropFirst()) } ?? ""))
        entry.rule = refusal.rule
        let id = tools.ledger.refuse(entry)
        mark(
            ["refused": .bool(true), "column": .integer(Int64(refusal.column))], refusal.rule, id)
        tell(
            .refused(
                ShellEvent.Refused(
                    column: refusal.column, rule: refusal.rule, words: sentence,
                    nearest: refusal.nearest, entry: id)))
    }

    /// Notes a line in the recording; `then` is called off the event loop when that is written, or never
    /// will be.
    private func mark(
        _ said: KeyValuePairs<String, JSONValue>, _ rule: String, _ entry: String,
        then: (@Sendable () -> Void)? = nil
    ) {
        var label = JSONObject(
            [("line", .integer(Int64(number)))] + said.map { ($0.key, $0.value) })
        label["rule"] = .string(rule)
        label["entry"] = .string(entry)
        tape?.write(cast.marker(label, at: Timestamp.monotonic()), then: then)
    }

    private func run(_ line: AcceptedLine) {
        guard let role = terms.role(of: line.argv) else { return tell(.nothing) }
        if terms.approval == .line, line.answer != .outside || tools.way.startsPrograms {
            return awaitApproval(.line(line, role))
        }
        intend(line, as: role, start: start, approval: "")
    }

    /// Writes down what is about to run, and has it run then.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - role: By which it is judged.
    ///   - start: When the container must have started; nil when any will do.
    ///   - approval: Who has approved it, for the record; "" when nobody had to.
    func intend(_ line: AcceptedLine, as role: Role, start: UInt64?, approval: String) {
        let shown = tools.mask.mask(arguments: line.argv)
        var entry = entry(
            .intent,
            (Printing.line(shown) ?? line.verb)
                + (approval.isEmpty ? "" : "; approval \(approval)"))
        entry.rule = "shell." + role.name
        running = Running(
            number: number, line: line, entry: entry, agent: nil,
            output: OutputGate(tools.mask, .colour), errors: OutputGate(tools.mask, .colour))
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let eventLoop = self.eventLoop
        let number = self.number
        tools.ledger.append(entry) { result in
            eventLoop.execute {
                let session = bound.value
                guard session.running?.number == number else { return }
                guard case .success = result else {
                    session.running = nil
                    return session.bye("the record cannot be written, so nothing is run")
                }
                session.mark(
                    [
                        "argv": .array(shown.map { .string($0) }),
                        "class": .string(line.answer.rawValue),
                    ],
                    "shell." + role.name, session.running?.entry.id ?? ""
                ) {
                    eventLoop.execute {
                        guard bound.value.running?.number == number else { return }
                        bound.value.begin(line, as: role, shown, start)
                    }
                }
            }
        }
    }

    /// Runs a line that stands in the record and in the recording, unless somebody has changed their mind.
    private func begin(
        _ line: AcceptedLine, as role: Role, _ shown: [String], _ start: UInt64?
    ) {
        // A program that says nothing would run unrecorded otherwise.
        if let recordingFailure {
            ended(status: 125, cause: "failed", dropped: 0)
            return bye(recordingFailure.words(so: "nothing is run"))
        }
        if running?.isInterrupted == true {
            return ended(status: 130, cause: "person", dropped: 0)
        }
        if let pause {
            tell(.notice(rule: "session.paused", words: pause))
            return ended(status: 130, cause: "person", dropped: 0)
        }
        self.start(line, as: role, shown, start)
    }

    private func start(
        _ line: AcceptedLine, as role: Role, _ shown: [String], _ start: UInt64?
    ) {
        guard let entry = running?.entry.id else { return }
        tell(.started(number: number, words: shown, answer: line.answer, entry: entry))
        do throws(MessageFailure) {
            let request = try RunRequest(
                container: terms.container, role: role.name, words: line.argv, start: start)
            guard let seat = takeSeat() else {
                tell(Self.noSeat)
                return ended(status: 125, cause: "refused", dropped: 0)
            }
            running?.seat = seat
            let number = self.number
            let agent = tools.way.run(request, as: role, on: seat) { news in
                guard self.running?.number == number else { return }
                self.heard(news)
            }
            running?.agent = agent
            slow(agent)
            awaitAgent(number)
        } catch {
            tell(.notice(rule: "agent.request", words: error.description))
            ended(status: 125, cause: "refused", dropped: 0)
        }
    }

    /// An agent that says nothing more holds nobody for ever: it ends lines itself after a minute.
    private func awaitAgent(_ number: Int) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: .seconds(90)) {
            guard bound.value.running?.number == number else { return }
            bound.value.ended(status: 137, cause: "time", dropped: 0)
        }
    }

    private func heard(_ news: LineNews) {
        switch news {
        case .failed(let words, let details):
            tools.note(details)
            tell(.notice(rule: "agent.absent", words: words))
            ended(status: 125, cause: "failed", dropped: 0)
        case .reply(.started), .reply(.facts): break
        case .reply(.output(let bytes)): show(running?.output.receive(bytes) ?? "", isError: false)
        case .reply(.errors(let bytes)): show(running?.errors.receive(bytes) ?? "", isError: true)
        case .reply(.notice(let sentence)):
            tell(.notice(rule: sentence.rule, words: safe(sentence.text)))
        case .reply(.refused(let sentence)):
            tell(.notice(rule: sentence.rule, words: safe(sentence.text)))
            ended(status: 126, cause: "refused", dropped: 0)
        case .reply(.ended(let end)):
            ended(
                status: Int(end.status), cause: end.cause.rawValue,
                dropped: Int64(clamping: end.dropped))
        }
    }

    /// What the agent says may hold names out of the container.
    func safe(_ text: String) -> String {
        let bytes = OutputSanitiser.sanitise(Array(text.utf8), .plain)
        return tools.mask.mask(text: String(decoding: bytes, as: UTF8.self))
    }

    private func show(_ text: String, isError: Bool) {
        if text.isEmpty { return }
        if let recordingFailure {
            return bye(recordingFailure.words(so: "nothing more is shown"))
        }
        running?.entry.bytesOut += Int64(text.utf8.count)
        tell(isError ? .errors(text) : .output(text))
    }

    func ended(status: Int, cause: String, dropped: Int64) {
        guard var line = running else { return }
        // Whatever is told may end the session.
        running = nil
        line.agent?.close()
        for event in [ShellEvent.output(line.output.finish()), .errors(line.errors.finish())] {
            guard let text = event.shown, !text.isEmpty else { continue }
            line.entry.bytesOut += Int64(text.utf8.count)
            tell(event)
        }
        var outcome = line.entry
        outcome.phase = .outcome
        outcome.time = Timestamp.now()
        outcome.outcome = ["done", "time"].contains(cause) ? "done" : "aborted"
        outcome.reason = "exit \(status), \(cause)"
        tools.ledger.append(outcome)
        tape?.write(cast.exit(status, at: Timestamp.monotonic()))
        tell(.ended(number: line.number, status: status, cause: cause, dropped: dropped))
    }
}
