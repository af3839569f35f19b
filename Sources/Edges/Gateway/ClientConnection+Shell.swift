import Acts
import AgentMessages
import Engine
import EngineAPI
import Exchange
import GuardedShell
import Logging
import NIOCore
import Policy
import PolicyFile
import ShellGrammar
import Wire

/// The guarded shell, which a client reaches as a stream that the gateway itself answers.
extension ClientConnection {
    /// The head with which the connection becomes the session's.
    static let switchHead = Array(
        ("HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.quaymaster.shell\r\n"
            + "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n").utf8)

    /// Makes the session that a permitted act begins; nil when the client was told why there is none.
    func makeShell() -> ShellSession? {
        guard let permit = exchange.permit, let act = exchange.act,
            let reference = act.references.first(where: { $0.origin == "path" })
        else {
            run(exchange.abort())
            return nil
        }
        guard case .found(let id, _)? = facts[reference], let container = ContainerID(id) else {
            giveNothing("there is no container \(reference.text)")
            return nil
        }
        guard exchange.asksUpgrade else {
            refuseShell(
                426, "shell.upgrade",
                "the guarded shell needs the whole connection; use quaymaster enter")
            return nil
        }
        if let failure = loop.services.recorder.objection(to: permit.tenant ?? "") {
            run(.answer(Self.refusal(failure), .close))
            return nil
        }
        let terms = ShellSession.Terms(
            identity: peer.identity, from: from, tenant: permit.tenant ?? "", container: container,
            name: reference.text, roles: permit.shellRoles,
            among: authorityRoles, reason: act.shell?.reason ?? "",
            approval: permit.shellApproval)
        guard let terms else {
            refuseShell(500, "shell.role", "the granted roles do not go together")
            return nil
        }
        let services = loop.services
        let execs = ShellExecs(register: services.execs, peer: peer, act: act, facts: facts)
        let tools = ShellSession.Tools(
            way: loop.agents.map { .agent($0) } ?? .exec(loop.pool, execs),
            ledger: services.ledger, recorder: services.recorder,
            seats: services.agentSeats, board: services.sessions, approvals: services.approvals
        ) {
            services.authority.policy.allows(.approve, by: $0, over: $1)
        } log: {
            services.log.error("\($0)", metadata: ["container": "\(container.text)"])
        }
        return ShellSession(
            terms, tools,
            say: { [weak self] bytes in
                self?.record?.bytesOut += Int64(bytes.count)
                self?.write(ByteBuffer(bytes: bytes))
                self?.flush()
            },
            leave: { [weak self] in
                guard let self, self.isActive else { return }
                self.run(self.exchange.engineClosed())
            })
    }

    /// True when the connection is a stream that the gateway itself answers.
    var isOwnStream: Bool { shell != nil || watching != nil }

    /// Tells whoever is in a session, or watches one, why that is over.
    func sayGoodbye(_ why: String) {
        shell?.dismiss(why)
        guard isActive else { return }
        watching?.watcher.part(why)
    }

    /// The roles of the guarded shell that there are now.
    var authorityRoles: RoleTable { loop.services.authority.policyFile.shellRoles }

    /// True while the client takes what it is sent.
    var takesAnswers: Bool { context?.channel.isWritable == true }

    /// The client takes no more for now, or takes more again.
    func noteShellReader() {
        guard let shell else { return }
        shell.hold(!takesAnswers)
        guard takesAnswers else { return }
        process()
        resumeReading()
    }

    func refuseShell(_ status: Int, _ rule: String, _ words: String) {
        let message = "quaymaster: refused: \(words); rule \(rule)"
        run(.answer(Answer(status: status, message: message, rule: rule), .close))
    }

    /// Passes on what the client says.
    func passToShell(_ shell: ShellSession) {
        let bytes = reader.takeAll()
        record?.bytesIn += Int64(bytes.readableBytes)
        shell.receive(bytes.readableBytesView)
    }
}

extension Permit {
    /// The roles with which a container is entered.
    var shellRoles: [String] {
        for case .shell(let roles, _) in obligations { return roles }
        return []
    }

    /// What a second person approves of it.
    var shellApproval: ShellApproval {
        for case .shell(_, let approval) in obligations { return approval }
        return .nothing
    }
}
