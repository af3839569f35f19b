import ShellGrammar
import Testing

@Suite struct PagerKeyTests {
    @Test func keysAsTheyAreTyped() {
        var machine = PagerKeyMachine()
        #expect(machine.typed("j") == .key(.lineDown))
        #expect(machine.typed("/") == .waiting)
        #expect(machine.typed("q") == .waiting)
        #expect(machine.prompt == "/q")
        #expect(machine.entered() == .key(.searchDown("q")))
        #expect(machine.prompt.isEmpty)
        #expect(machine.typed("1") == .waiting)
        #expect(machine.typed("2") == .waiting)
        #expect(machine.typed("G") == .key(.line(12)))
        #expect(machine.typed("G") == .key(.end))
    }

    @Test func whatWasBegunIsTakenBack() {
        var machine = PagerKeyMachine()
        for key in "/ab".unicodeScalars { _ = machine.typed(key) }
        machine.erased()
        #expect(machine.prompt == "/a")
        machine.erased()
        machine.erased()
        #expect(machine.prompt.isEmpty)
        #expect(machine.typed("q") == .key(.quit))
        _ = machine.typed("?")
        machine.cancelled()
        #expect(machine.entered() == .refused)
        _ = machine.typed("7")
        machine.erased()
        #expect(machine.typed("b") == .key(.pageUp))
    }

    @Test func keysThatMeanNothingDropWhatWasBegun() {
        for keys in [
            "!", "v", ":", "|", "s", "e", "x", "\u{1B}", "\n", "é", "12v", "/a\u{1B}", "/a\n",
        ] {
            var machine = PagerKeyMachine()
            let answers = keys.unicodeScalars.map { machine.typed($0) }
            #expect(answers.last == .refused, "\(keys.debugDescription)")
            #expect(machine.prompt.isEmpty)
        }
    }

    @Test func aSearchOrANumberIsBounded() {
        var machine = PagerKeyMachine()
        _ = machine.typed("/")
        for _ in 0..<80 { #expect(machine.typed("x") == .waiting) }
        #expect(machine.typed("x") == .refused)
        for _ in 0..<7 { #expect(machine.typed("1") == .waiting) }
        #expect(machine.typed("1") == .refused)
    }
}
