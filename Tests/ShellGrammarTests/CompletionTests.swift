import ShellGrammar
import Testing

@Suite struct CompletionTests {
    /// What is offered for a line.
    private func offered(_ line: String, _ role: Role) -> [String] {
        Completion(Array(line.utf8), in: role).candidates.map(\.text)
    }

    @Test func words() {
        #expect(
            offered("", Roles.net) == [
                "ping", "curl", "nslookup", "ss", "netstat", "net", "help", "why", "history",
                "exit", "quit",
            ])
        #expect(offered("ne", Roles.net) == ["netstat", "net"])
        #expect(offered("'p", Roles.net).isEmpty)
        #expect(offered("sh", Roles.net).isEmpty)
        #expect(offered("sh -", Roles.net).isEmpty)
        #expect(
            offered("ss ", Roles.net)
                == ["-tln", "-tan", "-s", "match", "sort", "count"].filter { $0.hasPrefix("-") })
        #expect(offered("ss -t", Roles.net) == ["-tln", "-tan"])
        #expect(offered("ss -tln ", Roles.net) == ["match", "sort", "count"])
        #expect(offered("supervisorctl re", Roles.ops) == ["restart"])
        #expect(offered("ps -e -o ", Roles.viewer) == ["pid,user,args"])
    }

    @Test func optionsThatMayStillCome() {
        #expect(offered("ping -", Roles.net) == ["-c", "-W"])
        #expect(offered("ping -c 3 -", Roles.net) == ["-W"])
        #expect(offered("curl --", Roles.net) == ["--max-time"])
        #expect(offered("tail -f -", Roles.viewer) == ["-F", "-n"])
        #expect(offered("tail -z -", Roles.viewer).isEmpty)
        // What comes first comes first.
        #expect(offered("find -", Roles.finder).isEmpty)
        #expect(offered("find /var/log -type ", Roles.finder) == ["f", "d", "l"])
        #expect(offered("tail /var/log/a m", Roles.viewer) == ["match"])
    }

    @Test func placesSayWhatTheyTake() {
        #expect(
            Completion(Array("tail -n ".utf8), in: Roles.viewer).expected == [
                "a number from 1 to 1000"
            ])
        #expect(
            Completion(Array("tail /var/log/a match ".utf8), in: Roles.viewer).expected.count == 1)
    }

    @Test func pathsComeFromTreesAndFromTheContainer() {
        let start = Completion(Array("cat ".utf8), in: Roles.viewer)
        #expect(start.column == 5)
        #expect(start.candidates.contains { $0.text == "/var/log" && !$0.isWhole })
        #expect(start.listing == nil)
        #expect(offered("ls /et", Roles.viewer) == ["/etc/nginx", "/etc/php"])

        let beneath = Completion(Array("cat -n /var/log/ng".utf8), in: Roles.viewer)
        #expect(beneath.listing == .init(directory: "/var/log", prefix: "ng"))
        #expect(beneath.column == 8)
        let quoted = Completion(Array("cat '/var/log/a b/".utf8), in: Roles.viewer)
        #expect(quoted.listing == .init(directory: "/var/log/a b", prefix: ""))
        for line in [
            "cat /etc/", "cat /var/log/../", "cat /var/log/a /var/log/b /var/log/",
            "cat /var/log//", "cat /var",
        ] {
            #expect(Completion(Array(line.utf8), in: Roles.viewer).listing == nil, "\(line)")
        }
    }

    @Test func nothingIsOfferedBehindAFault() {
        for line in [
            "ls | ", "ls; l", "cat /etc/shadow -", "ls \u{1B}", "'ls' -", "ls -l \u{202E}",
        ] {
            #expect(offered(line, Roles.viewer).isEmpty, "\(line)")
        }
    }

    /// Whatever is offered in the place of a whole word leads on, or ends in a line that is accepted.
    @Test(arguments: Roles.all)
    func everyOfferIsOneThatTheFormsHave(role: Role) {
        for verb in role.verbs {
            for word in Completion(Array("\(verb.name) ".utf8), in: role).candidates
            where word.isWhole {
                let line = "\(verb.name) \(word.text)"
                guard case .refused(let refusal) = role.judge(line) else { continue }
                #expect(
                    ["option.incomplete", "option.missing", "argument.missing", "argument.fixed"]
                        .contains(refusal.rule) && refusal.column == line.utf8.count + 1,
                    "\(line): \(refusal.sentence)")
            }
        }
    }
}
