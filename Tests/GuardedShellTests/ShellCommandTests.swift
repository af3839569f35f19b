import AgentMessages
import Testing

@testable import GuardedShell

/// What clients of the guarded shell may say.
@Suite struct ShellCommandTests {
    @Test func whatIsSentIsRead() throws {
        let size = try #require(TerminalSize(rows: 24, columns: 80))
        for command: ShellCommand in [
            .line("ls -l '/var/log/a b'"), .line(""), .line("\u{0}\u{1B}[A"), .complete("tail -"), .interrupt,
            .resize(size), .end,
        ] {
            #expect(command.bytes.last == 0x0A && command.bytes.dropLast().contains(0x0A) == false)
            #expect(try ShellCommand(Array(command.bytes.dropLast())) == command)
        }
    }

    @Test(arguments: [
        "", "{}", "[]", "ls", #"{"line":1}"#, #"{"line":"a","end":true}"#, #"{"run":"a"}"#, #"{"end":false}"#,
        #"{"interrupt":1}"#, #"{"resize":{"rows":0,"columns":80}}"#, #"{"resize":{"rows":24}}"#,
        #"{"resize":{"rows":24,"columns":80,"depth":1}}"#, #"{"line":"a"} x"#,
    ])
    func whatIsNoMessageIsRefused(_ text: String) {
        #expect(throws: ShellCommand.Failure.self) { try ShellCommand(Array(text.utf8)) }
    }
}
