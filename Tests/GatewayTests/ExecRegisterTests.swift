import Acts
import Engine
import Testing

@testable import Gateway
@testable import GuardedShell

/// Execs by which lines of the guarded shell run: they end with whoever waits for them.
@Suite struct ExecRegisterTests {
    private static let act = Act(operation: "ContainerEnter", verbs: [.enter], harm: [])

    /// A session's execs, of an identity that has seven other lines.
    private struct Session {
        let register = ExecRegister()
        let seats = AgentSeats()
        let others: [AgentSeats.Seat]
        let execs: ShellExecs

        init() {
            others = (0..<7).compactMap { [seats] _ in seats.take(tenant: "red", identity: "alice") }
            let peer = Peer.unixUser(0, identity: "alice")
            execs = ShellExecs(register: register, peer: peer, act: ExecRegisterTests.act, facts: Facts())
        }

        /// Begins a line, whose own seat is held by its exec alone.
        func begin() throws {
            let seat = try #require(seats.take(tenant: "red", identity: "alice"))
            execs.made("e", for: seat)
            execs.started("e")
        }

        var isSeatFree: Bool { seats.take(tenant: "red", identity: "alice") != nil }
    }

    /// Whatever ends the line, its seat is given back when nothing of its exec lives.
    @Test func aSeatIsKeptUntilTheExecHasEnded() throws {
        let session = Session()
        try session.begin()
        #expect(!session.isSeatFree && session.register.open.map(\.id) == ["e"])
        #expect(session.register.objection(to: "e") == nil && !session.register.hasAbandoned)
        session.execs.giveUp("e", "left")
        session.execs.giveUp("e", "interrupted")
        #expect(session.register.objection(to: "e") == "left" && session.register.hasAbandoned)
        #expect(!session.isSeatFree)
        session.register.forget("e")
        #expect(session.isSeatFree && !session.register.hasAbandoned)
        // Who has ended is not given up any more.
        session.execs.giveUp("e", "late")
        #expect(session.register.objection(to: "e") == nil && !session.register.hasAbandoned)
    }

    /// A line that has ended gives its seat back at once; what it has left behind is looked for.
    @Test func whatALineLeavesBehindIsEnded() throws {
        let session = Session()
        try session.begin()
        session.execs.ended("e")
        #expect(session.isSeatFree)
        #expect(session.register.objection(to: "e") == "its line has ended")
    }

    /// An engine that has forgotten an exec whose processes nobody knows ends it.
    @Test func anExecThatTheEngineForgetsEndsItsLine() throws {
        let session = Session()
        try session.begin()
        session.execs.giveUp("e", "left")
        session.register.noteEnd(of: "e")
        #expect(session.isSeatFree && session.register.open.isEmpty && !session.register.hasAbandoned)
    }

    /// Nobody starts, sees or resizes a line's exec, its own identity neither.
    @Test func noClientNamesALinesExec() throws {
        let session = Session()
        try session.begin()
        #expect(session.register.maker(of: "e") == nil && session.register.made("e") == nil)
        #expect(!session.register.isSeen("e", by: "alice", seesUnknown: false))
        guard case .nobody = session.register.eventMaker(of: "e", waitingFor: nil) else {
            Issue.record("its events are somebody's")
            return
        }
        let own = MadeExec(id: "f", peer: session.execs.peer, act: Self.act, facts: Facts(), isRecorded: false)
        session.register.note(own)
        #expect(session.register.maker(of: "f") == "alice" && session.register.made("f") != nil)
    }
}
