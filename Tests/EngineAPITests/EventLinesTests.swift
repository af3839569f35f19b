import EngineAPI
import Testing

@Suite struct EventLinesTests {
    private static func event(_ action: String, exec: String? = nil) -> String {
        let attributes = exec.map { "\"execID\":\"\($0)\",\"image\":\"bb:1\"" } ?? "\"image\":\"bb:1\""
        return "{\"status\":\"\(action)\",\"id\":\"c1\",\"Type\":\"container\",\"Action\":\"\(action)\","
            + "\"Actor\":{\"ID\":\"c1\",\"Attributes\":{\(attributes)}},\"scope\":\"local\"}\n"
    }

    private static let lines: [(text: String, isShown: Bool)] = [
        (event("create"), true),
        (event("exec_create: sh -c secret", exec: "mine"), true),
        (event("exec_create: sh -c secret", exec: "other"), false),
        (event("exec_start: sh -c secret", exec: "other"), false),
        (event("exec_die", exec: "other"), false),
        (event("exec_die", exec: "mine"), true),
        // Without an id it is nobody's.
        (event("exec_detach"), false),
        // What only speaks of execs is none.
        ("{\"Action\":\"create\",\"Actor\":{\"Attributes\":{\"x\":\"exec_create\"}}}\n", true),
        ("no JSON at all, and no e-x-e-c\n", true), ("no JSON, exec_create\n", false),
        // Either word is enough, whatever the other says.
        ("{\"Action\":\"start\",\"status\":\"exec_start: x\",\"Actor\":{\"Attributes\":{\"execID\":\"other\"}}}\n", false),
        ("\n", true), (event("die"), true),
    ]

    private func ruling(_ exec: String, _ container: String) -> EventLines.Ruling {
        exec == "mine" && container == "c1" ? .shown : .hidden
    }

    /// The same lines come, wherever the engine's bytes are cut.
    @Test func linesOfOthersAreLeftOut() {
        let wire = Self.lines.flatMap { Array($0.text.utf8) }
        let expected = Self.lines.filter(\.isShown).map(\.text).joined()
        for cut in 0...wire.count {
            var events = EventLines()
            var shown: [UInt8] = []
            for part in [wire[..<cut], wire[cut...]] {
                events.add(Array(part))
                shown += events.take(ruling).shown
            }
            #expect(String(decoding: shown, as: UTF8.self) == expected, "cut at \(cut)")
        }
    }

    @Test func aLineWithoutAnEndIsShownAtTheEnd() {
        var events = EventLines()
        events.add(Array("{\"Action\":\"die\"}".utf8))
        #expect(events.take(ruling).shown.isEmpty)
        events.end()
        #expect(events.take(ruling).shown == Array("{\"Action\":\"die\"}".utf8))
        events.add(Array(Self.event("exec_die", exec: "other").dropLast().utf8))
        #expect(events.take(ruling).shown.isEmpty)
    }

    /// Nothing overtakes an event whose exec is not known yet.
    @Test func whatWaitsKeepsItsPlace() {
        var events = EventLines()
        events.add(Array((Self.event("create") + Self.event("exec_start: x", exec: "mine") + Self.event("die")).utf8))
        let first = events.take { _, _ in .later }
        #expect(first.waits && first.shown == Array(Self.event("create").utf8))
        let still = events.take { _, _ in .later }
        #expect(still.waits && still.shown.isEmpty)
        let rest = events.take(ruling)
        #expect(!rest.waits)
        #expect(
            String(decoding: rest.shown, as: UTF8.self)
                == Self.event("exec_start: x", exec: "mine") + Self.event("die"))
    }

    /// What is somebody else's is left out before anybody asks for its exec, and waits as that does.
    @Test func othersEventsAreLeftOut() {
        var events = EventLines()
        let own = Self.event("create"), theirs = Self.event("exec_start: x", exec: "mine")
        events.add(Array((own + theirs + own).utf8))
        let text = Array(theirs.utf8)
        let held = events.take(whose: { $0 == text ? .later : .shown }, ruling)
        #expect(held.waits && String(decoding: held.shown, as: UTF8.self) == own)
        let rest = events.take(whose: { $0 == text ? .hidden : .shown }, ruling)
        #expect(!rest.waits && String(decoding: rest.shown, as: UTF8.self) == own)
    }

    /// An engine's labels are of any length; a line that is not kept is not shown in part either.
    @Test func linesWithoutBoundAreSkipped() {
        var events = EventLines()
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        var shown: [UInt8] = []
        for _ in 0..<9 {
            events.add(piece)
            shown += events.take(ruling).shown
        }
        events.add(Array(("\n" + Self.event("die")).utf8))
        shown += events.take(ruling).shown
        #expect(shown == Array(Self.event("die").utf8))
        #expect(events.skipped == 1)
        _ = events.take(ruling)
        #expect(events.skipped == 1)
    }
}
