import AgentMessages
package import Approvals
import Crypto
import Ledger
import Synchronization

/// Where sessions wait for a second person, whatever event loop they are on.
///
/// All of it is in memory: a gateway that ends ends its sessions, and approvals with them.
package final class ApprovalOffice: Sendable {
    /// What a session that waits is told.
    enum News: Sendable {
        /// Somebody has approved; whether it counts is known when it is used.
        case approved
        /// Somebody has denied it, and why.
        case denied(by: String, String)
    }

    private struct State {
        var desk = ApprovalDesk()
        /// Who waits for a decision, by the request's id.
        var waiting: [String: [UInt64: @Sendable (News) -> Void]] = [:]
        var asked: UInt64 = 0
    }
    // Guards desk and waiters; held for one question of the desk.
    private let state = Mutex(State())

    /// Makes an office in which nobody waits.
    package init() {}

    /// The digest that is approved: SHA-256, in hexadecimal digits.
    static func digest(_ subject: ApprovalSubject) -> String {
        SHA256.hash(data: subject.canonical).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// A new request's id, for people to type: twelve hexadecimal digits.
    static func newID() -> String {
        let digits = String(UInt64.random(in: 0..<1 << 48), radix: 16)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// Somebody wants to do something, and hears what is decided.
    ///
    /// - Returns: What is known at once, and the number by which whoever asks leaves.
    func ask(
        _ request: ApprovalDesk.Request, then: @escaping @Sendable (News) -> Void
    ) -> (asked: ApprovalDesk.Asked, number: UInt64) {
        state.withLock { state in
            state.asked += 1
            let asked = state.desk.ask(request, at: Timestamp.monotonic())
            if case .waits(let id) = asked { state.waiting[id, default: [:]][state.asked] = then }
            return (asked, state.asked)
        }
    }

    /// Whoever has asked waits no more. The request stays for its five minutes: who asks the same again
    /// finds it approved.
    func leave(_ id: String, _ number: UInt64) {
        state.withLock { $0.waiting[id]?[number] = nil }
    }

    /// Somebody is about to do what was approved.
    ///
    /// - Returns: Who has approved it; nil when it does not count.
    func use(
        _ id: String, _ digest: String, by identity: String,
        mayApprove: (String, ApprovalDesk.Request) -> Bool
    ) -> String? {
        state.withLock {
            $0.desk.use(
                id, digest, by: identity, mayApprove: mayApprove, at: Timestamp.monotonic())
        }
    }

    /// Takes out what was not decided or not used in its time.
    func expire() -> [(request: ApprovalDesk.Request, approver: String?)] {
        state.withLock { $0.desk.expire(at: Timestamp.monotonic()) }
    }

    /// What waits, with the seconds that it still does.
    package func waiting() -> [(request: ApprovalDesk.Request, seconds: Int64)] {
        state.withLock { $0.desk.waiting(at: Timestamp.monotonic()) }
    }

    /// A request that somebody is about to decide about.
    ///
    /// - Throws: `ApprovalDesk.Objection`.
    package func look(
        _ id: String, by approver: String, mayApprove: (ApprovalDesk.Request) -> Bool
    ) throws(ApprovalDesk.Objection) -> ApprovalDesk.Request {
        let now = Timestamp.monotonic()
        let (objection, request) = state.withLock { state in
            (
                state.desk.objection(id, by: approver, mayApprove: mayApprove, at: now),
                state.desk.request(id, at: now)
            )
        }
        if let objection { throw objection }
        guard let request else { throw .unknown }
        return request
    }

    /// Somebody decides about a request, and whoever waits for it hears so.
    ///
    /// - Throws: `ApprovalDesk.Objection`; nothing is changed then.
    package func decide(
        _ id: String, approves: Bool, by approver: String, _ reason: String,
        mayApprove: (ApprovalDesk.Request) -> Bool
    ) throws(ApprovalDesk.Objection) -> ApprovalDesk.Request {
        let now = Timestamp.monotonic()
        typealias Decided = (ApprovalDesk.Request, [UInt64: @Sendable (News) -> Void])
        let result = state.withLock { state -> Result<Decided, ApprovalDesk.Objection> in
            do throws(ApprovalDesk.Objection) {
                let request = try state.desk.decide(
                    id, approves: approves, by: approver, mayApprove: mayApprove, at: now)
                return .success((request, state.waiting.removeValue(forKey: id) ?? [:]))
            } catch {
                return .failure(error)
            }
        }
        let (request, waiters) = try result.get()
        // Two sessions may wait for the same: it counts once, for the first.
        for (_, tell) in waiters.sorted(by: { $0.key < $1.key }) {
            tell(approves ? .approved : .denied(by: approver, reason))
        }
        return request
    }
}
