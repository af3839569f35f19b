import ShellGrammar
import Testing

/// Words for one slot, those that fit beside those that do not.
struct SlotRow: CustomTestStringConvertible, Sendable {
    let slot: Slot
    let fitting: [String]
    let refused: [String]

    var testDescription: String { slot.name }
}

@Suite struct SlotTests {
    static let rows = [
        SlotRow(
            slot: .path(under: ["/var/log", "/srv/app"]),
            fitting: [
                "/var/log", "/var/log/a", "/var/log/a/b", "/var/log/a..b", "/var/log/...",
                "'/var/log/*'", "/srv/app/x",
            ],
            refused: [
                "/var/logs", "/var/log/", "/var//log", "//var/log", "/var/log/.", "/var/log/..",
                "/var/log/../x", "/var", "/", "var/log", "./var/log", "/srv", "/srv/application",
                "/VAR/log", "/proc/1/root/var/log", "'/var/log/é'",
            ]),
        SlotRow(
            slot: .integer(0...50), fitting: ["0", "7", "50", "'7'"],
            refused: [
                "51", "-1", "+7", "07", "00", "7.0", "7k", "0x7", "''", "99999999999999999999",
                "'٣'",
            ]),
        SlotRow(
            slot: .signed(0...3650), fitting: ["0", "+7", "-7", "3650", "+3650", "07"],
            refused: ["3651", "-3651", "++7", "+", "-", "7d", "+-7", "99999999999999999999"]),
        SlotRow(
            slot: .host,
            fitting: [
                "db", "db.internal", "db.internal.", "a-b.c", "10.0.0.7", "255.255.255.255",
                "0.0.0.0",
                "1and1.example", "xn--bcher-kva.example", "a0x1", String(repeating: "a", count: 63),
            ],
            refused: [
                "DB", "-db", "db-", "a..b", ".db", "a_b", "2130706433", "127.1", "0x7f000001",
                "0x7f.0.0.1", "0x", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4.", "db/x",
                "db:80",
                "u@db", "::1", "'[::1]'", "''", String(repeating: "a", count: 64),
                String(repeating: "a.", count: 127) + "a", "'bücher.example'",
            ]),
        SlotRow(
            slot: .loopbackURL,
            fitting: [
                "http://localhost", "http://localhost/", "http://localhost:8080/a/b.c",
                "http://127.0.0.1:1/", "http://127.0.0.1:65535", "'http://[::1]/x'",
                "'http://localhost/a?b=c&d=%20~_-'", "http://localhost/a%20b",
            ],
            refused: [
                "https://localhost/", "HTTP://localhost/", "http://LOCALHOST/", "http:/localhost",
                "http://localhost.", "http://localhost.evil.example/", "http://localhost@evil/",
                "http://localhost:80@evil/", "http://u:p@localhost/", "http://127.0.0.1.nip.io/",
                "http://127.0.0.2/", "http://127.1/", "http://2130706433/", "http://0.0.0.0/",
                "'http://[::]/'", "'http://[::ffff:127.0.0.1]/'", "http://[::1/",
                "http://localhost:",
                "http://localhost:/", "http://localhost:0/", "http://localhost:65536/",
                "http://localhost:+80/", "http://localhost:080/", "'http://localhost?x=1'",
                "'http://localhost#x'", "'http://localhost/#x'", "http://localhost/..",
                "http://localhost/a..b", "http://localhost/%2e%2e/", "http://localhost/%2E",
                "http://localhost/%2fx", "http://localhost/%0a", "http://localhost/%0D",
                "http://localhost/%252e", "http://localhost/%", "http://localhost/%g0",
                "'http://localhost/\\'", "http://localhost/a,b", "http://localhost/@x",
                "file:///etc/shadow", "localhost", "http://", "''",
            ]),
        SlotRow(
            slot: .glob, fitting: ["'*.log'", "'a?c'", "app.log", "a_b-c", "'*'", "'?'"],
            refused: ["'*/x'", "'[a]*'", "'{a,b}'", "'-x*'", "-x", "''", "'a b'", "'é*'", "'~'"]),
        SlotRow(
            slot: .text,
            fitting: [
                "x", "'déjà vu'", "'日本'", "'$(id)'", "\"it's\"", "'a-b'", "'👍'",
                "'" + String(repeating: "é", count: 200) + "'",
            ],
            refused: ["''", "-x", "'-x'", "'" + String(repeating: "é", count: 201) + "'"]),
        SlotRow(
            slot: .size, fitting: ["1c", "+10M", "-999999G", "0k", "000001k"],
            refused: ["10", "10m", "10K", "M", "+M", "1234567k", "1.5M", "10MM", "--1k"]),
        SlotRow(
            slot: .service,
            fitting: ["web", "a", "web-1", "web_1", "all", String(repeating: "a", count: 32)],
            refused: [
                "Web", "1web", "_web", "web.x", "web:1", "web/x", "''", "'a b'",
                String(repeating: "a", count: 33),
            ]),
        SlotRow(
            slot: .choice(["f", "d", "l"]), fitting: ["f", "d", "'l'"],
            refused: ["F", "fd", "f,d", "''", "p"]),
    ]

    @Test(arguments: rows)
    func takesWhatItsTypeSays(row: SlotRow) throws {
        let verb = try Verb(
            name: "try", answer: .outside, summary: "", examples: ["try \(row.fitting[0])"],
            forms: [
                Form(
                    options: [ValueOption("-o", slot: row.slot)],
                    arguments: Arguments(leading: [row.slot], least: 0, most: 1))
            ])
        let role = try Role(name: "try", title: "", uniting: [], adding: [verb])
        for word in row.fitting {
            for line in ["try \(word)", "try -o \(word)"]
            where !(line.hasPrefix("try -7") || line.hasPrefix("try -999")) {
                let verdict = role.judge(line)
                guard case .accepted(let accepted) = verdict else {
                    Issue.record("\(line): \(verdict)")
                    continue
                }
                #expect(accepted.arguments.count + accepted.options.count == 1)
            }
        }
        for word in row.refused {
            for line in ["try \(word)", "try -o \(word)"] {
                guard case .refused = role.judge(line) else {
                    Issue.record("accepted: \(line)")
                    continue
                }
            }
        }
    }

    @Test func valuesSayWhatWasTyped() throws {
        let found = try accepted(
            "find /var/log -name '*.gz' -mtime +7 -size -10M -type f -maxdepth 2", Roles.finder)
        #expect(found.arguments == [.path("/var/log")])
        #expect(found.option("-name") == .glob("*.gz"))
        #expect(found.option("-mtime") == .signed(.plus, 7))
        #expect(found.option("-size") == .size(.minus, 10, unit: .mebibyte))
        #expect(found.option("-type") == .choice("f"))
        #expect(found.option("-maxdepth") == .integer(2))
        #expect(found.option("-iname") == nil)

        let fetched = try accepted("curl -Ss --max-time 5 'http://[::1]:80/a?b=c'", Roles.net)
        guard case .loopbackURL(let url)? = fetched.arguments.first else {
            Issue.record("\(fetched)")
            return
        }
        #expect(url.host == "[::1]" && url.port == 80 && url.target == "/a?b=c")
        #expect(fetched.option("-m") == .integer(5))
        #expect(fetched.flags == "sS" && fetched.has("s") && !fetched.has("v"))

        let filtered = try accepted("tail -f /var/log/a match 'x y' count", Roles.viewer)
        #expect(filtered.filters == [.match("x y"), .count])
        #expect(filtered.argv == ["tail", "-f", "/var/log/a", "match", "x y", "count"])
        #expect(filtered.answer == .outside)
    }

    private func accepted(_ line: String, _ role: Role) throws -> AcceptedLine {
        let verdict = role.judge(line)
        guard case .accepted(let accepted) = verdict else {
            throw Refused(verdict: verdict)
        }
        return accepted
    }

    private struct Refused: Error {
        let verdict: Verdict
    }
}
