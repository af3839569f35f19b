import Acts
import Engine
import EngineAPI
import Foundation
import JSON
import Ledger
import Logging
import NIOCore
import NIOPosix
import Policy
import Wire

/// Ends the processes of execs whose authority has ended: who was revoked or lost a grant leaves no
/// program running in a container (design, invariant 14). Confined to its pool's loop.
final class ExecReaper {
    private let services: Services
    private let pool: EnginePool
    /// Execs that are being ended.
    private var ending: Set<String> = []
    /// Execs that are still to be asked about in this round.
    private var round: [String] = []

    /// How many execs are asked about at a time.
    private static let stride = 32

    init(_ services: Services, _ pool: EnginePool) {
        self.services = services
        self.pool = pool
    }

    /// Looks at every exec.
    func sweep() {
        let now = Date()
        let policy = services.authority.policy
        for exec in services.execs.open where !ending.contains(exec.id) {
            guard let reason = objection(to: exec, policy, now) else { continue }
            ending.insert(exec.id)
            end(exec, reason)
        }
    }

    /// Ends the execs of containers that are another's now.
    func end(inside ids: Set<String>) {
        for exec in services.execs.open where !ending.contains(exec.id) && exec.facts.name(ids) {
            ending.insert(exec.id)
            end(exec, "its container is not the tenant's any more")
        }
    }

    /// Asks the engine about a few execs, round by round: those that have ended are looked at no more.
    func prune() {
        if round.isEmpty { round = services.execs.open.map(\.id) }
        let version = services.facts.traits?.version ?? .floor
        for exec in round.suffix(Self.stride) {
            EngineCall.make(pool, .get, "/v\(version)/exec/\(exec)/json") { result in
                guard case .success(let answer) = result else { return }
                let value = try? JSONReader.value(of: answer.body, depthLimit: 64)
                // One that has not started yet has no exit code.
                let hasEnded = value?["Running"]?.bool == false && value?["ExitCode"]?.int64 != nil
                if answer.head.status == 404 || hasEnded { self.services.execs.noteEnd(of: exec) }
            }
        }
        round.removeLast(min(Self.stride, round.count))
    }

    private func objection(to exec: MadeExec, _ policy: Policy, _ now: Date) -> String? {
        if let objection = services.authority.objection(to: exec.peer, at: now) { return objection }
        let decision = policy.decide(exec.act, by: exec.peer.identity, seeing: exec.facts)
        guard case .refuse(let refusal) = decision else { return nil }
        return "the grant has ended: \(refusal.words)"
    }

    private func end(_ exec: MadeExec, _ reason: String) {
        look(at: exec) { found in
            switch found {
            case .gone: self.forget(exec)
            case .unknown: self.retry(exec)
            // One that has not started is started by nobody any more, but a start may be on its way.
            case .idle: self.endLate(exec, reason)
            case .running(let container, let number): self.kill(exec, container, number, reason)
            }
        }
    }

    private func endLate(_ exec: MadeExec, _ reason: String) {
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        pool.eventLoop.scheduleTask(in: .seconds(1)) {
            let reaper = bound.value
            reaper.look(at: exec) { found in
                if case .running(let container, let number) = found {
                    return reaper.kill(exec, container, number, reason)
                }
                reaper.forget(exec)
            }
        }
    }

    /// What the engine says of an exec.
    private enum Found {
        case running(container: String, number: Int)
        case idle
        case gone
        case unknown
    }

    private func look(at exec: MadeExec, _ then: @escaping (Found) -> Void) {
        let version = services.facts.traits?.version ?? .floor
        EngineCall.make(pool, .get, "/v\(version)/exec/\(exec.id)/json") { result in
            guard case .success(let answer) = result else { return then(.unknown) }
            if answer.head.status == 404 { return then(.gone) }
            let value: JSONValue
            do {
                value = try JSONReader.value(of: answer.body, depthLimit: 64)
            } catch {
                return then(.unknown)
            }
            guard answer.head.status == 200, let container = value["ContainerID"]?.string else {
                return then(.unknown)
            }
            if value["Running"]?.bool == true, let number = value["Pid"]?.int64, number > 0 {
                return then(.running(container: container, number: Int(number)))
            }
            then(value["ExitCode"]?.int64 == nil ? .idle : .gone)
        }
    }

    private func kill(_ exec: MadeExec, _ container: String, _ number: Int, _ reason: String) {
        let process = EngineProcess(number: number, container: container, engine: services.engine)
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        NIOThreadPool.singleton.runIfActive(eventLoop: pool.eventLoop) { process.end() }
            .whenComplete { result in
                let reaper = bound.value
                switch result {
                case .success(.killed), .success(.gone):
                    reaper.confirm(exec, container, reason)
                case .success(.forbidden(let inside)):
                    reaper.killInside(exec, container, inside, reason)
                case .success(.unseen), .failure: reaper.complain(exec, container)
                }
            }
    }

    /// Where the gateway may not kill, the container's own kill(1) does, as the container's root.
    private func killInside(
        _ exec: MadeExec, _ container: String, _ number: Int, _ reason: String
    ) {
        let version = services.facts.traits?.version ?? .floor
        let body = JSONObject([
            ("Cmd", .array([.string("kill"), .string("-9"), .string(String(number))])),
            ("User", .string("0")),
        ])
        EngineCall.make(
            pool, .post, "/v\(version)/containers/\(container)/exec",
            json: JSONWriter.bytes(.object(body))
        ) { result in
            guard case .success(let answer) = result, answer.head.status == 201,
                let id = ContainerView.madeExec(answer.body)
            else { return self.complain(exec, container) }
            EngineCall.make(
                self.pool, .post, "/v\(version)/exec/\(id)/start",
                json: Array(#"{"Detach":true}"#.utf8)
            ) { result in
                guard case .success(let answer) = result, answer.head.status == 200 else {
                    return self.complain(exec, container)
                }
                self.confirm(exec, container, reason)
            }
        }
    }

    /// What the record says is what was seen: the engine is asked again.
    private func confirm(_ exec: MadeExec, _ container: String, _ reason: String, left: Int = 10) {
        look(at: exec) { found in
            switch found {
            case .gone, .idle: self.note(exec, container, reason)
            case .running, .unknown:
                guard left > 0 else { return self.complain(exec, container) }
                // The engine hears of an end a moment after it.
                let bound = NIOLoopBound(self, eventLoop: self.pool.eventLoop)
                self.pool.eventLoop.scheduleTask(in: .milliseconds(100)) {
                    bound.value.confirm(exec, container, reason, left: left - 1)
                }
            }
        }
    }

    private func note(_ exec: MadeExec, _ container: String, _ reason: String) {
        forget(exec)
        services.ledger.append(
            Entry.event(
                services.ledger.ids, "ExecEnded", identity: exec.peer.identity,
                reason: "the process of exec \(exec.id) in container \(container) is ended: "
                    + reason))
    }

    private func complain(_ exec: MadeExec, _ container: String) {
        forget(exec)
        services.log.error(
            "an exec's process lives on: the gateway does not see the engine's processes",
            metadata: [
                "identity": "\(exec.peer.identity)", "exec": "\(exec.id)",
                "container": "\(container)",
            ])
    }

    private func forget(_ exec: MadeExec) {
        ending.remove(exec.id)
        services.execs.forget(exec.id)
    }

    /// The engine was not to be reached: the next sweep tries again.
    private func retry(_ exec: MadeExec) {
        ending.remove(exec.id)
    }
}
