import AgentMessages
import Confinement
import Synchronization

/// What the agent remembers of containers: plans, and how many lines run in each.
final class ContainerTable: Sendable {
    private struct State {
        var plans: [ContainerID: ContainerPlan] = [:]
        var lines: [ContainerID: Int] = [:]
        var planners: [ContainerID: (planner: Planner, users: Int)] = [:]
    }

    /// Who makes a container's plan: reading filters stops a process, which only one may do at once. What
    /// holds up one container's plan holds up no other's.
    private final class Planner: Sendable {
        // Guards nothing but the making itself; taken before `state`.
        let turn = Mutex(())
    }

    /// The most plans that are kept.
    private static let mostPlans = 256

    private let roots: EngineRoots
    // Guards the tables; nothing is waited for while it is held.
    private let state = Mutex(State())

    init(_ roots: EngineRoots) {
        self.roots = roots
    }

    /// The plan of a container as it runs now.
    ///
    /// - Throws: `Refusal` when there is none that can be met in full.
    func plan(of container: ContainerID) throws -> ContainerPlan {
        if let known = try current(container) { return known }
        let planner = planner(of: container)
        defer { leave(container) }
        return try planner.turn.withLock { _ in
            // Somebody else may have made it meanwhile.
            if let known = try current(container) { return known }
            let plan = try ContainerPlan(of: container, in: roots)
            state.withLock {
                if $0.plans.count >= Self.mostPlans { $0.plans.removeAll() }
                $0.plans[container] = plan
            }
            return plan
        }
    }

    private func planner(of container: ContainerID) -> Planner {
        state.withLock {
            let (planner, users) = $0.planners[container] ?? (Planner(), 0)
            $0.planners[container] = (planner, users + 1)
            return planner
        }
    }

    private func leave(_ container: ContainerID) {
        state.withLock {
            let users = ($0.planners[container]?.users ?? 1) - 1
            if users > 0 {
                $0.planners[container]?.users = users
            } else {
                $0.planners[container] = nil
            }
        }
    }

    private func current(_ container: ContainerID) throws -> ContainerPlan? {
        let known = state.withLock { $0.plans[container] }
        guard let known, try known.isCurrent() else { return nil }
        return known
    }

    /// Counts a line in; false when there are as many as may be.
    func begin(in container: ContainerID, most: Int) -> Bool {
        state.withLock {
            let count = $0.lines[container, default: 0]
            guard count < most else { return false }
            $0.lines[container] = count + 1
            return true
        }
    }

    /// Counts a line out.
    func end(in container: ContainerID) {
        state.withLock {
            let count = $0.lines[container, default: 1] - 1
            $0.lines[container] = count > 0 ? count : nil
        }
    }
}
