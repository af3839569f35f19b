import ShellGrammar
import Testing

@testable import GuardedShell

/// What stands between a container's bytes and a person.
@Suite struct OutputGateTests {
    private func shown(_ pieces: [[UInt8]]) -> String {
        var gate = OutputGate(SecretMask(), .colour)
        return pieces.map { gate.receive($0) }.joined() + gate.finish()
    }

    @Test(arguments: [
        ("plain\ntext\n", "plain\ntext\n"), ("no end", "no end"), ("", ""), ("\n\n", "\n\n"),
        ("DB_PASSWORD=hunter2 port=5432\n", "DB_PASSWORD=[masked] port=5432\n"),
        ("\u{1B}[31mred\u{1B}[0m\n", "\u{1B}[31mred\u{1B}[0m\n"),
        // What acts on a terminal does not.
        ("a\u{1B}]52;c;aGk=\u{07}b\n", "a^[]52;c;aGk=^Gb\n"), ("\u{1B}[6n\n", "^[[6n\n"),
    ])
    func whatIsShown(_ text: String, _ expected: String) {
        let bytes = Array(text.utf8)
        #expect(shown([bytes]) == expected)
        // Where reads are cut makes no difference.
        #expect(shown(bytes.map { [$0] }) == expected)
        for cut in bytes.indices { #expect(shown([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected) }
    }

    /// A secret does not show because its line is long.
    @Test(arguments: [0, 4096, 8180, 8187, 8192, 20_000]) func longLinesAreMasked(before: Int) {
        let line = String(repeating: "y ", count: before / 2) + "PASSWORD=" + String(repeating: "hunter2", count: 3000)
        let bytes = Array(line.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 1000).map { Array(bytes[$0..<min($0 + 1000, bytes.count)]) }
        let text = shown(pieces + [Array(" z\n".utf8)])
        #expect(text == String(repeating: "y ", count: before / 2) + "PASSWORD=[masked] z\n")
    }

    /// A line without an end is let go before it takes up much.
    @Test func longLinesAreNotHeld() {
        var gate = OutputGate(SecretMask(), .colour)
        var count = 0
        for _ in 0..<64 { count += gate.receive([UInt8](repeating: 0x78, count: 1024)).utf8.count }
        #expect(count > 48 << 10)
        #expect(count + gate.finish().utf8.count == 64 << 10)
    }
}
