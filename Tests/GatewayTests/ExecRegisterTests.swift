import Acts
import Engine
import NIOCore
import Synchronization
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

    /// What a line has left behind is looked for at once, and its seat is given back when nothing lives.
    @Test func whatALineLeavesBehindIsEnded() throws {
        let session = Session()
        let told = Mutex(0)
        session.register.whenAbandoned { told.withLock { $0 += 1 } }
        try session.begin()
        #expect(told.withLock { $0 } == 0)
        session.execs.ended("e")
        session.execs.giveUp("e", "left")
        #expect(!session.isSeatFree && told.withLock { $0 } == 1)
        #expect(session.register.objection(to: "e") == "its line has ended")
        session.register.forget("e")
        #expect(session.isSeatFree)
    }

    /// A start that the engine has not answered may be taken up later.
    @Test func aStartIsKnownUntilItIsAnswered() throws {
        let session = Session()
        try session.begin()
        #expect(session.register.start(of: "e") == .underWay)
        session.execs.startEnded("e", isAnswered: true)
        #expect(session.register.start(of: "e") == .unsent)
        session.execs.started("e")
        session.register.noteStart(of: "e")
        session.execs.startEnded("e", isAnswered: false)
        #expect(session.register.start(of: "e") == .underWay)
        session.execs.startEnded("e", isAnswered: true)
        #expect(session.register.start(of: "e") == .unanswered)
        session.register.forget("e")
        session.register.noteStart(of: "e")
        #expect(session.register.start(of: "e") == .unsent)
    }

    /// Who cannot be ended now is tried to be again, more and more seldom; a start that may come is awaited.
    @Test func whoCannotBeEndedIsTriedAgain() {
        var struggle = ExecStruggle()
        let pauses = (0..<20).map { _ in struggle.pause() }
        #expect(pauses.first == .milliseconds(400) && pauses.last == .milliseconds(25_600))
        for (start, looks) in [(ExecRegister.Start.unsent, 1), (.unanswered, 8), (.underWay, 100)] {
            var struggle = ExecStruggle()
            let pauses = (0..<100).compactMap { _ in struggle.idlePause(start) }
            #expect(pauses.count == looks && pauses.first == .seconds(1), "\(start)")
        }
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
