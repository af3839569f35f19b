import Acts
import Engine
import EngineAPI
import Foundation
import Ledger
import Logging
import NIOCore
import NIOPosix
import Policy

/// Ends the processes of execs whose authority has ended: who was revoked or lost a grant leaves no
/// program running in a container (design, invariant 14). Confined to its pool's loop.
///
/// What an exec leaves behind is looked for by its session, so that it is found when its parents have
/// gone; what leaves the session is known when somebody looked while its parents lived.
final class ExecReaper {
    let services: Services
    let pool: EnginePool
    /// Execs that are being ended.
    var ending: Set<String> = []
    /// How that goes, where it was not done at once.
    var struggles: [String: ExecStruggle] = [:]
    /// Execs that are still to be asked about in this round.
    private var round: [String] = []
    /// When processes were looked at.
    private var lastSight = NIODeadline.distantPast
    /// True while somebody looks at them.
    private var isSighting = false
    /// True when an exec has ended, or has a process that nobody has looked at.
    private var isSightDue = false

    /// How many execs are asked about at a time, and how many of those that something happened to.
    private static let stride = 32
    private static let movedStride = 256
    /// How often processes are looked at when nothing happens.
    private static let pause = TimeAmount.seconds(5)

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

    /// Ends the execs that nobody waits for any more.
    func endAbandoned() {
        for exec in services.execs.open where !ending.contains(exec.id) {
            guard let reason = services.execs.objection(to: exec.id) else { continue }
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

    private func objection(to exec: MadeExec, _ policy: Policy, _ now: Date) -> String? {
        if let abandoned = services.execs.objection(to: exec.id) { return abandoned }
        if let objection = services.authority.objection(to: exec.peer, at: now) { return objection }
        let decision = policy.decide(exec.act, by: exec.peer.identity, seeing: exec.facts)
        guard case .refuse(let refusal) = decision else { return nil }
        return "the grant has ended: \(refusal.words)"
    }

    /// Asks the engine about a few execs, round by round, and about those that something happened
    /// to; then looks at the processes of those that have some.
    func prune() {
        let moved = services.execs.takeMoved()
        for late in moved.dropFirst(Self.movedStride) { services.execs.noteMove(of: late) }
        if round.isEmpty { round = services.execs.running }
        let asked = Set(moved.prefix(Self.movedStride)).union(round.suffix(Self.stride))
        round.removeLast(min(Self.stride, round.count))
        for exec in asked {
            look(at: exec) { found in
                if moved.contains(exec) { self.isSightDue = true }
                switch found {
                case .started(let family): self.note(family, of: exec)
                case .gone: self.noteEnd(of: exec)
                case .idle, .unknown: break
                }
            }
        }
        sight()
    }

    func look(at exec: String, _ then: @escaping (ExecLook) -> Void) {
        ExecLook.at(exec, services.facts.traits?.version ?? .floor, pool, then)
    }

    private func note(_ family: ExecFamily, of exec: String) {
        let known = services.execs.families[exec]
        if known == nil || known?.hasEnded != family.hasEnded { isSightDue = true }
        services.execs.note(family, of: exec)
    }

    private func noteEnd(of exec: String) {
        isSightDue = true
        services.execs.noteEnd(of: exec)
    }

    /// Looks at the processes of all execs at once: what has left its exec is kept in mind, and what
    /// left nobody behind is looked at no more.
    private func sight() {
        guard !isSighting, isSightDue || .now() - lastSight >= Self.pause else { return }
        let families = services.execs.families
        guard !families.isEmpty else { return }
        isSighting = true
        isSightDue = false
        lastSight = .now()
        let engine = services.engine
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        NIOThreadPool.singleton.runIfActive(eventLoop: pool.eventLoop) {
            let table = ProcessTable(of: engine)
            // Where the gateway sees no processes, nobody is found.
            return families.mapValues { family in table.flatMap { family.seen(in: $0) } }
        }.whenComplete { result in
            let reaper = bound.value
            reaper.isSighting = false
            guard case .success(let seen) = result else { return }
            for (exec, family) in families where !reaper.ending.contains(exec) {
                reaper.services.execs.note(exec, family, seen: seen[exec] ?? nil)
            }
        }
    }
}
