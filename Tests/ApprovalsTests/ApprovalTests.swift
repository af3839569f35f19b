import Approvals
import Testing

/// Four eyes: who approves what, once, for how long.
@Suite struct ApprovalDeskTests {
    private static let minute: Int64 = 60_000_000_000

    private static func request(
        _ id: String, digest: String = "d", by identity: String = "alice", tenant: String = "red"
    ) -> ApprovalDesk.Request {
        ApprovalDesk.Request(
            id: id, digest: digest, identity: identity, tenant: tenant, container: "c", name: "web", role: "ops",
            words: "nginx -t", reason: "")
    }

    /// A desk with a request of alice's, made at zero.
    private static func desk() -> ApprovalDesk {
        var desk = ApprovalDesk()
        _ = desk.ask(request("a"), at: 0)
        return desk
    }

    @Test(
        arguments: [
            ("a", "carol", true, 0, nil), ("a", "alice", true, 0, .oneself), ("a", "carol", false, 0, .unknown),
            ("b", "carol", true, 0, .unknown), ("a", "carol", true, 5 * minute - 1, nil),
            ("a", "carol", true, 5 * minute, .unknown), ("a", "alice", false, 0, .oneself),
        ] as [(String, String, Bool, Int64, ApprovalDesk.Objection?)])
    func whoDecides(_ id: String, _ who: String, _ may: Bool, _ now: Int64, _ expected: ApprovalDesk.Objection?) {
        for approves in [true, false] {
            var desk = Self.desk()
            #expect(desk.objection(id, by: who, mayApprove: { _ in may }, at: now) == expected)
            do throws(ApprovalDesk.Objection) {
                let decided = try desk.decide(id, approves: approves, by: who, mayApprove: { _ in may }, at: now)
                #expect(expected == nil && decided.id == id)
            } catch {
                #expect(error == expected)
            }
        }
    }

    @Test(
        arguments: [
            ("d", "alice", true, 0, "carol"), ("d", "alice", true, 5 * minute - 1, "carol"), ("d", "alice", true, 5 * minute, nil),
            ("e", "alice", true, 0, nil), ("d", "bo", true, 0, nil), ("d", "alice", false, 0, nil),
        ] as [(String, String, Bool, Int64, String?)])
    func whatIsApprovedIsDone(
        _ digest: String, _ who: String, _ may: Bool, _ later: Int64, _ expected: String?
    ) throws {
        var desk = Self.desk()
        let at = Self.minute
        _ = try desk.decide("a", approves: true, by: "carol", mayApprove: { _ in true }, at: at)
        func use() -> String? {
            desk.use("a", digest, by: who, mayApprove: { approver, _ in approver == "carol" && may }, at: at + later)
        }
        #expect(use() == expected)
        // Once.
        if who == "alice" { #expect(use() == nil) }
    }

    @Test func whatNobodyHasApprovedIsNotDone() throws {
        var desk = Self.desk()
        #expect(desk.use("a", "d", by: "alice", mayApprove: { _, _ in true }, at: 0) == nil)
        #expect(desk.waiting(at: 0).map(\.request.id) == ["a"])
        _ = try desk.decide("a", approves: false, by: "carol", mayApprove: { _ in true }, at: 0)
        #expect(desk.use("a", "d", by: "alice", mayApprove: { _, _ in true }, at: 0) == nil)
        #expect(desk.waiting(at: 0).isEmpty)
    }

    @Test func oneIsDecidedOnce() throws {
        var desk = Self.desk()
        _ = try desk.decide("a", approves: true, by: "carol", mayApprove: { _ in true }, at: 0)
        #expect(throws: ApprovalDesk.Objection.isDecided) {
            try desk.decide("a", approves: false, by: "dan", mayApprove: { _ in true }, at: 0)
        }
        #expect(desk.waiting(at: 0).isEmpty)
    }

    @Test func theSameRequestIsOne() throws {
        var desk = Self.desk()
        #expect(desk.ask(Self.request("b"), at: 1) == .waits("a"))
        #expect(desk.ask(Self.request("c", digest: "e"), at: 1) == .waits("c"))
        #expect(desk.ask(Self.request("x", by: "bo"), at: 1) == .waits("x"))
        _ = try desk.decide("a", approves: true, by: "carol", mayApprove: { _ in true }, at: 2)
        #expect(desk.ask(Self.request("f"), at: 3) == .isApproved("a"))
        // What counts no more is asked for anew.
        #expect(desk.ask(Self.request("g"), at: 5 * Self.minute + 2) == .waits("g"))
    }

    @Test func nobodyFillsTheDesk() {
        var desk = ApprovalDesk()
        for number in 0..<ApprovalDesk.mostOfOne {
            #expect(desk.ask(Self.request("\(number)", digest: "\(number)"), at: 0) == .waits("\(number)"))
        }
        #expect(desk.ask(Self.request("x", digest: "x"), at: 0) == .isFull)
        #expect(desk.ask(Self.request("y", by: "bo"), at: 0) == .waits("y"))
        #expect(desk.expire(at: 5 * Self.minute - 1).isEmpty)
        #expect(desk.expire(at: 5 * Self.minute).count == ApprovalDesk.mostOfOne + 1)
        #expect(desk.ask(Self.request("x", digest: "x"), at: 5 * Self.minute) == .waits("x"))
    }
}

/// What an approval is for.
@Suite struct ApprovalSubjectTests {
    private static func subject(
        container: String = "c", start: UInt64 = 7, role: String = "ops", user: UInt32 = 0, group: UInt32 = 0,
        _ extent: ApprovalSubject.Extent = .line(["nginx", "-t"]), reason: String = ""
    ) -> ApprovalSubject {
        ApprovalSubject(
            container: container, start: start, role: role, user: user, group: group, extent: extent, reason: reason)
    }

    /// Whatever differs has other bytes.
    @Test func noTwoAreAlike() {
        let all = [
            Self.subject(), Self.subject(container: "d"), Self.subject(start: 8), Self.subject(role: "op"),
            Self.subject(user: 1), Self.subject(group: 1), Self.subject(.line(["nginx", "-T"])),
            Self.subject(.line(["nginx -t"])), Self.subject(.line(["nginx", "-", "t"])), Self.subject(.line(["nginx"])),
            Self.subject(.line(["nginx", "-t", ""])), Self.subject(.line(["nginx", "", "-t"])),
            Self.subject(.session(seconds: 60)), Self.subject(.session(seconds: 61)), Self.subject(.line(["60"])),
            Self.subject(reason: "5xx"), Self.subject(reason: "5xx "), Self.subject(reason: "nginx"),
            Self.subject(.line(["5xx", "nginx", "-t"])), Self.subject(.session(seconds: 60), reason: "60"),
            Self.subject(container: "c7", start: 0), Self.subject(container: "", start: 7, role: "cops"),
        ]
        #expect(Set(all.map(\.canonical)).count == all.count)
    }

    @Test func eachPartHasItsLengthBeforeIt() {
        let bytes = Self.subject(.line(["é"])).canonical
        #expect(bytes.prefix(8).elementsEqual([0, 0, 0, 0, 0, 0, 0, 21]))
        #expect(bytes.suffix(10).elementsEqual([0, 0, 0, 0, 0, 0, 0, 2, 0xC3, 0xA9]))
    }
}
