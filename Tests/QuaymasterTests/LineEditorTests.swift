import Testing

@testable import quaymaster

/// Keys of a person at the guarded shell.
@Suite struct LineEditorTests {
    /// What stands in the line after keys, `|` where the cursor is.
    private func line(_ keys: String, history: [String] = []) -> String {
        var editor = LineEditor()
        editor.history = history
        _ = editor.receive(Array(keys.utf8))
        let scalars = Array(editor.line.unicodeScalars)
        func text(_ part: ArraySlice<Unicode.Scalar>) -> String {
            String(String.UnicodeScalarView(part))
        }
        return text(scalars[..<editor.cursor]) + "|" + text(scalars[editor.cursor...])
    }

    @Test(arguments: [
        ("ls", "ls|"), ("ls\u{1B}[D", "l|s"), ("ls\u{01}", "|ls"), ("ls\u{01}x\u{05}y", "xlsy|"), ("ls\u{7F}", "l|"),
        ("\u{7F}", "|"), ("ab\u{01}\u{1B}[3~", "|b"), ("tail -n 5\u{17}", "tail -n |"), ("a b  \u{17}", "a |"),
        ("ls -l\u{02}\u{02}\u{0B}", "ls |"), ("ls -l\u{02}\u{02}\u{15}", "|-l"), ("grün\u{1B}[D\u{1B}[D", "gr|ün"),
        ("\u{1B}OH\u{1B}[99~ab", "ab|"), ("a\u{1B}xb", "ab|"),
    ])
    func keysMove(_ keys: String, _ expected: String) { #expect(line(keys) == expected) }

    @Test func historyIsRecalled() {
        let history = ["first", "second"]
        #expect(line("dra\u{1B}[A", history: history) == "second|")
        #expect(line("dra\u{1B}[A\u{1B}[A\u{1B}[A", history: history) == "first|")
        #expect(line("dra\u{1B}[A\u{1B}[B", history: history) == "dra|")
        #expect(line("\u{10}\u{0E}", history: history) == "|")
    }

    @Test func keysAct() {
        var editor = LineEditor()
        #expect(editor.receive(Array("ls\r".utf8)).last == .submit("ls"))
        editor.begin()
        #expect(editor.receive([0x04]) == [.leave])
        #expect(editor.receive([0x03]) == [.interrupt])
        #expect(editor.receive(Array("ta\t".utf8)).last == .complete("ta"))
        editor.replace(from: 1, with: "tail ")
        #expect(editor.line == "tail ")
    }

    /// Cut anywhere, keys are the same.
    @Test func piecesMakeNoDifference() {
        let keys = Array("ls\u{1B}[D\u{1B}[Dé\u{1B}[200~a b\u{1B}[201~".utf8)
        var whole = LineEditor()
        _ = whole.receive(keys)
        for cut in keys.indices {
            var editor = LineEditor()
            _ = editor.receive(Array(keys[..<cut]))
            _ = editor.receive(Array(keys[cut...]))
            #expect(editor.line == whole.line && editor.cursor == whole.cursor, "\(cut)")
        }
        #expect(whole.line == "éa bls")
    }

    /// What is pasted is seen first; several lines are none.
    @Test func pastesDoNotRun() {
        var editor = LineEditor()
        #expect(editor.receive(Array("\u{1B}[200~ls /var\n\u{1B}[201~".utf8)) == [.redraw])
        #expect(editor.line == "ls /var")
        editor.begin()
        #expect(editor.receive(Array("\u{1B}[200~ls\ncat x\n\u{1B}[201~".utf8)) == [.refusedPaste])
        #expect(editor.line.isEmpty)
    }

    /// A line is never longer than one may be.
    @Test func itHasAnEnd() {
        var editor = LineEditor()
        _ = editor.receive([UInt8](repeating: 0x61, count: 5000))
        #expect(editor.line.utf8.count == 1024)
    }
}
