import AgentMessages
import Ledger
import ShellGrammar

/// What may stand where a person is typing: words of the grammar, and names that the role could list.
extension ShellSession {
    /// The most bytes of names for a completion.
    private static let mostNames = 64 << 10

    func complete(_ text: String) {
        let completion = Completion(Array(text.utf8), in: terms.role)
        let own = completion.candidates.map {
            ShellEvent.Candidate(text: $0.text, summary: $0.summary, isWhole: $0.isWhole)
        }
        func tellAll(_ names: [String]) {
            tell(
                .completion(
                    column: completion.column,
                    candidates: own
                        + names.map { ShellEvent.Candidate(text: $0, summary: "", isWhole: true) },
                    expected: completion.expected))
        }
        guard let wanted = completion.listing, running == nil, listing == nil,
            case .accepted(let line) = terms.role.judge(words: ["ls", "-1", wanted.directory]),
            let role = role(of: line)
        else { return tellAll([]) }
        list(line, as: role) { names in
            let paths = names.filter { $0.hasPrefix(wanted.prefix) }
                .map { wanted.directory + "/" + $0 }
                .filter {
                    if case .accepted = self.terms.role.judge(words: ["ls", $0]) {
                        true
                    } else {
                        false
                    }
                }
            tellAll(paths.compactMap { Printing.quoted($0) })
        }
    }

    /// Names of a folder, which the role could list anyway; in the record, and in no recording.
    private func list(_ line: AcceptedLine, as role: Role, _ then: @escaping ([String]) -> Void) {
        var entry = entry(.outcome, "completes: " + line.canonical)
        entry.rule = "shell." + role.name
        tools.ledger.append(entry)
        do throws(MessageFailure) {
            let request = try RunRequest(
                container: terms.container, role: role.name, words: line.argv)
            let agent = AgentLine(.run(request), on: tools.pool) { news in
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
                        String(decoding: text, as: UTF8.self).split(separator: "\n")
                            .map(String.init))
                }
            }
            listing = (agent, [])
        } catch {
            then([])
        }
    }
}
