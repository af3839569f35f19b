package import Acts
package import AgentMessages
package import Ledger
package import ShellGrammar

extension ShellSession {
    /// Who enters what, and on which terms.
    package struct Terms {
        let identity: String
        let from: String
        let tenant: String
        let container: ContainerID
        let name: String
        let roles: [Role]
        let reason: String
        let approval: ShellApproval

        /// Puts them together; nil when a role is not known here.
        ///
        /// - Parameters:
        ///   - identity: Who.
        ///   - from: From where, for the record.
        ///   - tenant: In whose name; "" for administrators.
        ///   - container: The container's full id.
        ///   - name: What the client calls it.
        ///   - roles: The names of the roles that are granted.
        ///   - table: The roles that there are.
        ///   - reason: Why; "" when nothing was said.
        ///   - approval: What a second person approves.
        package init?(
            identity: String, from: String, tenant: String, container: ContainerID, name: String,
            roles: [String], among table: RoleTable, reason: String, approval: ShellApproval
        ) {
            let known = roles.compactMap(table.named)
            guard known.count == roles.count, !known.isEmpty else { return nil }
            self.identity = identity
            self.from = from
            self.tenant = tenant
            self.container = container
            self.name = name
            self.roles = known
            self.reason = reason
            self.approval = approval
        }

        /// Judges a line by each role in turn; what two roles call alike may differ.
        ///
        /// - Returns: The first verdict that accepts; else the refusal that came furthest.
        func judge(_ line: [UInt8]) -> Verdict {
            var nearest: ShellRefusal?
            for role in roles {
                switch role.judge(line) {
                case .accepted(let line): return .accepted(line)
                case .nothing: return .nothing
                case .refused(let refusal):
                    if refusal.column > nearest?.column ?? 0 { nearest = refusal }
                }
            }
            return nearest.map { .refused($0) } ?? .nothing
        }

        /// The first of the roles that accepts words: the agent judges them by it again.
        func role(of words: [String]) -> Role? {
            roles.first { if case .accepted = $0.judge(words: words) { true } else { false } }
        }
    }

    /// What a session uses.
    package struct Tools {
        let way: ShellWay
        let ledger: Ledger
        let recorder: Recorder
        let seats: AgentSeats
        let board: SessionBoard
        let approvals: ApprovalOffice
        let mayApprove: (String, String) -> Bool
        private let log: (String) -> Void
        let mask: SecretMask

        /// Puts them together.
        ///
        /// - Parameters:
        ///   - way: Who runs lines.
        ///   - ledger: The record.
        ///   - recorder: Who writes recordings.
        ///   - seats: How many lines run for whom.
        ///   - board: Where others find the session.
        ///   - approvals: Where it waits for a second person.
        ///   - mayApprove: Whether an identity may approve for a tenant at this moment.
        ///   - log: Takes a sentence for operators.
        package init(
            way: ShellWay, ledger: Ledger, recorder: Recorder, seats: AgentSeats,
            board: SessionBoard,
            approvals: ApprovalOffice, mayApprove: @escaping (String, String) -> Bool,
            log: @escaping (String) -> Void
        ) {
            self.seats = seats
            self.way = way
            self.ledger = ledger
            self.recorder = recorder
            self.board = board
            self.approvals = approvals
            self.mayApprove = mayApprove
            self.log = log
            mask = SecretMask()
        }

        /// Tells operators what whoever is in a session is not told.
        func note(_ details: String?) {
            if let details { log(details) }
        }
    }
}
