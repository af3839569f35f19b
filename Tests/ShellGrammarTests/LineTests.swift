import ShellGrammar
import Testing

/// A line and what is said of it: nil when it is accepted, else rule and column.
struct LineRow: CustomTestStringConvertible, Sendable {
    let role: String
    let line: String
    let refusal: String?

    init(_ role: String, _ line: String, _ refusal: String? = nil) {
        self.role = role
        self.line = line
        self.refusal = refusal
    }

    var testDescription: String { "\(role): \(line.prefix(60).debugDescription)" }

    func judge() throws {
        let refusal = try Saying(line, role).refusal
        #expect(
            refusal.map { "\($0.rule) \($0.column)" } == self.refusal,
            "\(line): \(refusal?.sentence ?? "accepted")")
    }
}

@Suite struct LineTests {
    @Test(arguments: [
        LineRow("viewer", ""), LineRow("viewer", "    "), LineRow("viewer", "  ls   -l "),
        LineRow("viewer", "ls " + String(repeating: " ", count: 1021)),
        LineRow("viewer", "ls " + String(repeating: " ", count: 1022), "line.length 1025"),
        // 2 bytes each: the 1025th byte is in the 516th character.
        LineRow("finder", "grep '" + String(repeating: "é", count: 600), "line.length 516"),
        LineRow("viewer", "ls\t/var/log", "line.control 3"),
        LineRow("viewer", "ls\u{0}", "line.control 3"), LineRow("viewer", "ls\n", "line.control 3"),
        LineRow("viewer", "ls\u{9B}", "line.control 3"),
        LineRow("viewer", "ls\u{7F}", "line.control 3"),
        LineRow("finder", "grep 'é\u{1}' /var/log/a", "line.control 8"),
        LineRow("finder", "grep 'a\u{200D}' /var/log/a", "line.invisible 8"),
        LineRow("finder", "grep 'a\u{2028}' /var/log/a", "line.invisible 8"),
        LineRow("finder", "grep 'a\u{A0}b' /var/log/a", "line.invisible 8"),
        LineRow("finder", "grep '\u{3164}' /var/log/a", "line.invisible 7"),
        LineRow("finder", "grep '\u{E000}' /var/log/a", "line.invisible 7"),
        LineRow("finder", "grep '\u{FE0F}' /var/log/a", "line.invisible 7"),
        LineRow("finder", "grep '日本 ✓ e\u{301}' /var/log/a"),
    ])
    func bytes(row: LineRow) throws { try row.judge() }

    @Test func bytesThatAreNoTextAreRefusedWhereTheyStand() {
        for (bytes, column): ([UInt8], Int) in [
            ([0x6C, 0x73, 0x80], 3), ([0xFF], 1), ([0xC3, 0xA9, 0xC3], 2), ([0xED, 0xA0, 0x80], 1),
            ([0xC0, 0xAF], 1), ([0xEF, 0xBF, 0xBD, 0xFE], 2),
        ] {
            guard case .refused(let refusal) = Roles.viewer.judge(bytes) else {
                Issue.record("accepted \(bytes)")
                continue
            }
            #expect(refusal.rule == "line.encoding" && refusal.column == column, "\(refusal)")
        }
    }

    @Test(arguments: [
        LineRow("viewer", "ls;id", "syntax.chain 3"), LineRow("viewer", "ls&&id", "syntax.chain 3"),
        LineRow("viewer", "ls||id", "syntax.chain 3"), LineRow("viewer", "ls|id", "syntax.pipe 3"),
        LineRow("viewer", "ls |& id", "syntax.pipe 4"),
        LineRow("viewer", "ls &", "syntax.background 4"),
        LineRow("viewer", "ls $x", "syntax.substitution 4"),
        LineRow("viewer", "ls `x`", "syntax.substitution 4"),
        LineRow("viewer", "ls >x", "syntax.redirection 4"),
        LineRow("viewer", "ls <x", "syntax.redirection 4"),
        LineRow("viewer", "ls *", "syntax.glob 4"), LineRow("viewer", "ls ?", "syntax.glob 4"),
        LineRow("viewer", "ls [a]", "syntax.glob 4"),
        LineRow("viewer", "ls {a,b}", "syntax.brace 4"),
        LineRow("viewer", "ls ~", "syntax.tilde 4"), LineRow("viewer", "!1", "syntax.history 1"),
        LineRow("viewer", "^a^b", "syntax.history 1"),
        LineRow("viewer", "ls \\", "syntax.escape 4"),
        LineRow("viewer", "(ls)", "syntax.group 1"), LineRow("viewer", "ls #x", "syntax.comment 4"),
        LineRow("viewer", "ls é", "syntax.character 4"),
        LineRow("viewer", "lѕ", "syntax.character 2"),
        LineRow("finder", "grep '|;&$`<>*?[]{}~!^\\()#' /var/log/a"),
        LineRow("finder", "grep \"|;&<>*?[]{}~!^()#'\" /var/log/a"),
    ])
    func operators(row: LineRow) throws { try row.judge() }

    @Test(arguments: [
        LineRow("viewer", "cat '/var/log/a b'"), LineRow("viewer", "cat \"/var/log/a b\""),
        LineRow("viewer", "cat '/var/log/a'b", "quote.joined 17"),
        LineRow("viewer", "cat /var/log/'a'", "quote.joined 14"),
        LineRow("viewer", "cat '/var/log/a''b'", "quote.joined 17"),
        LineRow("viewer", "cat '/var/log/a", "quote.open 5"),
        LineRow("viewer", "cat \"", "quote.open 5"),
        LineRow("finder", "grep \"$x\" /var/log/a", "quote.expansion 7"),
        LineRow("finder", "grep \"`x`\" /var/log/a", "quote.expansion 7"),
        LineRow("finder", "grep \"a\\n\" /var/log/a", "quote.expansion 8"),
        LineRow("finder", "grep \"it's\" /var/log/a"), LineRow("finder", "grep 'a\\n' /var/log/a"),
        LineRow("viewer", "cat '/var/log/é'", "value.ascii 15"),
        // U+212A equals K for Swift's strings, and is none of the grammar's words.
        LineRow("viewer", "ps 'au\u{445}'", "argument.fixed 4"),
        LineRow("viewer", "ls '-l'", "option.quoted 4"),
        LineRow("viewer", "date '-u'", "option.quoted 6"),
        LineRow("viewer", "'ls'", "verb.quoted 1"), LineRow("viewer", "''", "verb.quoted 1"),
        LineRow("viewer", "tail -n '5' /var/log/a"), LineRow("viewer", "ls ''", "path.relative 4"),
        LineRow("finder", "find /var/log -mtime '-7'", "option.quoted 22"),
    ])
    func quotes(row: LineRow) throws { try row.judge() }

    @Test(arguments: [
        LineRow("viewer", "ls"), LineRow("viewer", "LS", "verb.unknown 1"),
        LineRow("viewer", "Ls", "verb.unknown 1"), LineRow("viewer", "ls.exe", "verb.unknown 1"),
        LineRow("viewer", "/bin/ls", "verb.path 1"), LineRow("viewer", "./ls", "verb.path 1"),
        LineRow("viewer", "A=b ls", "verb.assignment 1"),
        LineRow("viewer", "A=/b ls", "verb.assignment 1"),
        LineRow("viewer", "-l", "verb.unknown 1"), LineRow("viewer", "sh", "verb.shell 1"),
        LineRow("viewer", "python3.12", "verb.interpreter 1"),
        LineRow("viewer", "sudo ls", "verb.runner 1"),
        LineRow("viewer", "tar", "verb.escape 1"), LineRow("viewer", "help", "verb.unknown 1"),
        LineRow("net", "ls", "verb.unknown 1"),
    ])
    func verbs(row: LineRow) throws { try row.judge() }

    @Test(arguments: [
        LineRow("viewer", "ls -l -a"), LineRow("viewer", "ls -ll"),
        LineRow("viewer", "ls /var/log -l"),
        LineRow("viewer", "ls -lz", "option.joined 6"),
        LineRow("viewer", "ls -z", "option.unknown 4"),
        LineRow("viewer", "ls -", "option.unknown 4"), LineRow("viewer", "ls --", "option.end 4"),
        LineRow("viewer", "ls --all", "option.unknown 4"),
        LineRow("viewer", "tail -n5 /var/log/a", "option.value 6"),
        LineRow("viewer", "tail -n=5 /var/log/a", "option.value 6"),
        LineRow("viewer", "tail -fn 5 /var/log/a", "option.joined 8"),
        LineRow("viewer", "tail -n", "option.incomplete 8"),
        LineRow("viewer", "tail -n -f /var/log/a", "value.integer 9"),
        LineRow("viewer", "tail -n 5 -n 5 /var/log/a", "option.repeated 11"),
        LineRow("net", "curl -m 5 --max-time 5 http://localhost", "option.repeated 11"),
        LineRow("net", "curl --max-time 5 http://localhost"),
        LineRow("net", "curl --max-time=5 http://localhost", "option.value 6"),
        LineRow("net", "curl --max 5 http://localhost", "option.unknown 6"),
        LineRow("net", "curl -sm 5 http://localhost", "option.joined 8"),
        LineRow("net", "ping db", "option.missing 8"), LineRow("net", "ping db -c 1"),
        LineRow("pager", "vi /var/log/a", "option.missing 14"),
        LineRow("pager", "vi /var/log/a -R"),
        LineRow("ops", "tar -tf /backup/a"),
        LineRow("ops", "tar -t -f /backup/a", "option.unknown 5"),
        LineRow("ops", "tar", "option.missing 4"),
        LineRow("ops", "tar -tf /backup/a /backup/b", "argument.surplus 19"),
    ])
    func options(row: LineRow) throws { try row.judge() }

    @Test(arguments: [
        LineRow("viewer", "cat", "argument.missing 4"),
        LineRow("viewer", "cat /var/log/a /var/log/b /var/log/c", "argument.surplus 27"),
        LineRow("viewer", "ps -ef"), LineRow("viewer", "ps -e -f", "argument.fixed 7"),
        LineRow("viewer", "ps -e -o pid,user", "argument.fixed 10"),
        LineRow("viewer", "uptime -p", "option.unknown 8"),
        LineRow("viewer", "df x", "argument.surplus 4"),
        LineRow("ops", "supervisorctl status"), LineRow("ops", "supervisorctl status web_1"),
        LineRow("ops", "supervisorctl restart", "argument.missing 22"),
        LineRow("ops", "supervisorctl restart web db", "argument.surplus 27"),
        LineRow("ops", "supervisorctl stop web", "argument.fixed 15"),
        LineRow("ops", "redis-cli info memory"),
        LineRow("ops", "redis-cli info cpu", "argument.fixed 16"),
        LineRow("finder", "find /var/log"), LineRow("finder", "find", "argument.missing 5"),
        LineRow("finder", "find -name x /var/log", "argument.order 6"),
        LineRow("finder", "find /var/log /srv/app", "argument.surplus 15"),
        LineRow("finder", "find /var/log -name x -name y", "option.repeated 23"),
        LineRow("finder", "grep x", "argument.missing 7"),
        LineRow("finder", "grep /var/log/a x", "path.relative 17"),
    ])
    func arguments(row: LineRow) throws { try row.judge() }

    @Test(arguments: [
        LineRow("viewer", "tail /var/log/a match 'x y'"),
        LineRow("viewer", "tail /var/log/a match x sort count"),
        LineRow("viewer", "tail /var/log/a count match x", "filter 23"),
        LineRow("viewer", "tail /var/log/a match", "option.incomplete 22"),
        LineRow("viewer", "tail /var/log/a match x -f", "filter 25"),
        LineRow("viewer", "tail match x", "path.relative 6"),
        LineRow("viewer", "tail /var/log/a 'match' x", "argument.surplus 17"),
        LineRow("viewer", "ps aux match nginx"),
        LineRow("viewer", "top -b -n 1 match x", "argument.fixed 13"),
        LineRow("viewer", "df count", "argument.surplus 4"),
    ])
    func filters(row: LineRow) throws { try row.judge() }
}
