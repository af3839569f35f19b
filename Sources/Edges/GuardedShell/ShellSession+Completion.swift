import AgentMessages
import Ledger
import NIOCore
import ShellGrammar

/// What may stand where a person is typing: words of the grammar, and names that the role could list.
extension ShellSession {
    /// The most bytes of names for a completion.
    private static let mostNames = 64 << 10

    func complete(_ text: String) {
        let all = terms.roles.map { Completion(Array(text.utf8), in: $0) }
        var own: [ShellEvent.Candidate] = []
        for candidate in all.flatMap(\.candidates)
        where !own.contains(where: { $0.text == candidate.text }) {
            own.append(
                ShellEvent.Candidate(
                    text: candidate.text, summary: candidate.summary, isWhole: candidate.isWhole))
        }
        let expected = all.flatMap(\.expected).reduce(into: [String]()) { expected, words in
            if !expected.contains(words) { expected.append(words) }
        }
        func tellAll(_ names: [String]) {
            tell(
                .completion(
                    column: all.first?.column ?? 1,
                    candidates: own
                        + names.map { ShellEvent.Candidate(text: $0, summary: "", isWhole: true) },
                    expected: expected))
        }
        guard tools.ledger.mayIntend(terms.identity) else { return tell(Self.tooMany) }
        guard recordingFailure == nil, running == nil, listing == nil, awaiting == nil,
            pausedBy == nil,
            let wanted = all.compactMap(\.listing).first,
            let role = terms.role(of: ["ls", "-1", wanted.directory]),
            case .accepted(let line) = role.judge(words: ["ls", "-1", wanted.directory])
        else { return tellAll([]) }
        list(line, as: role) { names in
            let paths = names.filter { $0.hasPrefix(wanted.prefix) }
                .map { wanted.directory + "/" + $0 }
                .filter { self.terms.role(of: ["ls", $0]) != nil }
            tellAll(paths.compactMap { Printing.quoted($0) })
        }
    }

    /// Names of a folder, which the role could list anyway; in the record, and in no recording.
    private func list(_ line: AcceptedLine, as role: Role, _ then: @escaping ([String]) -> Void) {
        var entry = entry(.intent, "completes: " + line.canonical)
        entry.rule = "shell." + role.name
        let bound = NIOLoopBound((session: self, then: then), eventLoop: eventLoop)
        let eventLoop = self.eventLoop
        tools.ledger.append(entry) { result in
            eventLoop.execute {
                let (session, then) = bound.value
                guard case .success = result, !session.hasEnded, session.running == nil,
                    session.listing == nil
                else { return then([]) }
                session.ask(line, as: role, then)
            }
        }
    }

    private func ask(_ line: AcceptedLine, as role: Role, _ then: @escaping ([String]) -> Void) {
        do throws(MessageFailure) {
            let request = try RunRequest(
                container: terms.container, role: role.name, words: line.argv, start: start)
            guard let seat = takeSeat() else { return then([]) }
            let agent = tools.way.run(request, as: role, on: seat) { news in
                guard var listing = self.listing else { return }
                switch news {
                case .reply(.output(let bytes)):
                    listing.names = Array((listing.names + bytes).prefix(Self.mostNames))
                    self.listing = listing
                case .reply(.started), .reply(.errors), .reply(.notice), .reply(.facts): break
                case .reply(.ended), .reply(.refused), .failed:
                    listing.agent.close()
                    self.listing = nil
                    let text = OutputSanitiser.sanitise(listing.names, .plain)
                    then(
                        self.tools.mask.mask(text: String(decoding: text, as: UTF8.self))
                            .split(separator: "\n").map(String.init))
                }
            }
            listing = (agent, [], seat)
        } catch {
            then([])
        }
    }
}
