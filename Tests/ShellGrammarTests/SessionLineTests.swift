import ShellGrammar
import Testing

@Suite struct SessionLineTests {
    @Test func wordsOfTheSession() {
        func read(_ line: String) -> SessionLine? { SessionLine(Array(line.utf8)) }
        #expect(read("help") == .help(verb: nil))
        #expect(read(" help  ls") == .help(verb: "ls"))
        #expect(read("why ls | sh") == .why(Array("ls | sh".utf8)))
        #expect(read("why") == .why([]))
        #expect(read("history") == .history(matching: nil))
        #expect(read("history nginx -t") == .history(matching: "nginx -t"))
        #expect(read("exit") == .leave && read("quit") == .leave)
        for line in ["", "ls", "helpme", "exit 1", "'help'", "HELP", "help \u{1B}"] {
            #expect(read(line) == nil, "\(line)")
        }
    }

    @Test func noVerbHidesBehindAWordOfTheSession() {
        for role in Roles.all {
            for (word, _) in SessionLine.words { #expect(role.verb(word) == nil) }
        }
    }

    @Test(arguments: Roles.all)
    func helpShowsFormsAndLinesThatAreAccepted(role: Role) {
        #expect(role.help.map(\.verb) == role.verbs.map(\.name))
        for entry in role.help {
            #expect(entry.forms.allSatisfy { $0.hasPrefix(entry.verb) })
            for line in entry.examples {
                guard case .accepted = role.judge(line) else {
                    Issue.record("help shows \(line), which is refused")
                    continue
                }
            }
        }
    }

    @Test func formsAreWrittenAsPeopleKnowThem() {
        let usage = { (role: Role, name: String) in role.verb(name)?.usage ?? [] }
        #expect(
            usage(Roles.viewer, "tail") == [
                "tail [-fF] [-n 1-1000] PATH [match TEXT] [sort] [count]"
            ])
        #expect(usage(Roles.viewer, "cat") == ["cat [-n] PATH… [match TEXT] [sort] [count]"])
        #expect(usage(Roles.net, "ping") == ["ping -c 1-10 [-W 1-5] HOST"])
        #expect(usage(Roles.net, "curl") == ["curl [-sSiIv] [-m|--max-time 1-30] URL"])
        #expect(usage(Roles.ops, "tar") == ["tar -tf PATH"])
        #expect(
            usage(Roles.ops, "supervisorctl") == [
                "supervisorctl status [SERVICE]", "supervisorctl restart SERVICE",
            ])
        #expect(usage(Roles.pager, "vi") == ["vi -R PATH"])
        #expect(usage(Roles.finder, "stat") == ["stat PATH…"])
    }
}
