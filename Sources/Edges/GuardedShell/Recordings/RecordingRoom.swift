import Synchronization

/// Why nothing more is recorded, and so nothing more is run.
package enum RecordingFailure: Error, Hashable, Sendable {
    /// The disk takes no more, or has less room than must be left.
    case disk
    /// The recording is as long as one may be.
    case length
    /// The recordings of a tenant have as many bytes as they may.
    case tenant(String, most: Int)
    /// How many bytes the recordings of tenants have cannot be told.
    case uncounted

    /// What is wrong, what follows from it, and what can be done.
    ///
    /// - Parameter consequence: What follows: `nobody enters`.
    /// - Returns: One sentence for people.
    package func words(so consequence: String) -> String {
        let (fact, remedy) =
            switch self {
            case .disk: ("the recording cannot be written", "an operator frees the gateway's disk")
            case .length: ("the recording has the 256 MiB that one may have", "begin another")
            case .tenant(let tenant, let most):
                (
                    "the recordings of the tenant \(tenant) have all of the \(most) bytes that they may, or nearly so",
                    "an operator takes some away, or raises tenantRecordingBytes"
                )
            case .uncounted:
                (
                    "how many bytes the tenant's recordings have cannot be read",
                    "the gateway's log says why, and an operator mends it"
                )
            }
        return "\(fact), so \(consequence); rule \(rule); \(remedy)"
    }

    /// The rule.
    package var rule: String {
        switch self {
        case .disk, .length: "limit.recording"
        case .tenant, .uncounted: "limit.recordings"
        }
    }
}

/// How many bytes the recordings of each tenant take on the disk, and how many they may.
///
/// What is on the disk is counted once; from then on what is written is added, and what an operator takes
/// away or brings back is found by its name. A recording whose tenant cannot be read counts for each tenant:
/// it may be anybody's. While nothing could be counted every tenant's room is full.
///
/// Nothing is removed for want of room: what is recorded is evidence. Administrators' recordings, in the
/// name of no tenant, have no bound but the disk.
package final class RecordingRoom: Sendable {
    private struct State {
        /// Whose a recording is, and its bytes, by its id.
        var recordings: [String: (tenant: String, bytes: Int)] = [:]
        /// Bytes by tenant: the sums of those.
        var bytes: [String: Int] = [:]
        /// Bytes of the recordings whose tenant cannot be read, by their ids.
        var unread: [String: Int] = [:]
        /// The sum of those.
        var unreadBytes: Int { unread.values.reduce(0, +) }
        /// True when the disk could not be read, and never was before.
        var isUncounted = false
        var hasCounted = false
        /// What was told of a count that was not whole.
        var problem: String?
        var refused = 0

        func sum(of tenant: String) -> Int { bytes[tenant, default: 0] + unreadBytes }

        mutating func add(_ count: Int, _ tenant: String, _ id: String) {
            recordings[id, default: (tenant, 0)].bytes += count
            bytes[tenant, default: 0] += count
        }

        mutating func remove(_ id: String) {
            guard let gone = recordings.removeValue(forKey: id) else { return }
            bytes[gone.tenant, default: 0] -= gone.bytes
            if bytes[gone.tenant] ?? 0 <= 0 { bytes[gone.tenant] = nil }
        }
    }
    // Guards the sums; held for a look-up or while they are changed.
    private let state = Mutex(State())

    /// The most bytes of a tenant's recordings.
    private let mostOfTenant: Int
    /// How many of them one needs to begin: nobody begins what ends with its first line.
    private let reserve: Int

    /// Makes a room in which nothing is known to be.
    init(mostOfTenant: Int) {
        self.mostOfTenant = mostOfTenant
        reserve = min(mostOfTenant / 4, 1 << 20)
    }

    /// Bytes of all recordings, and how often something was refused for want of room.
    package var sums: (bytes: Int, refused: Int) {
        state.withLock { ($0.bytes.values.reduce($0.unreadBytes, +), $0.refused) }
    }

    /// Whether something more is recorded for a tenant.
    ///
    /// - Parameter tenant: The tenant; "" for administrators.
    /// - Returns: Why nothing is; nil: it may be.
    func objection(to tenant: String) -> RecordingFailure? {
        state.withLock { state in
            objection(to: tenant, &state) { mostOfTenant - $0 < reserve }
        }
    }

    /// Takes room for what is about to be written.
    ///
    /// - Parameters:
    ///   - count: Bytes.
    ///   - tenant: Whose; "" for administrators.
    ///   - id: The recording.
    /// - Returns: Why it is not to be; nothing is taken then.
    func take(_ count: Int, of tenant: String, in id: String) -> RecordingFailure? {
        state.withLock { state in
            let failure = objection(to: tenant, &state) { $0 + count > mostOfTenant }
            if failure == nil { state.add(count, tenant, id) }
            return failure
        }
    }

    private func objection(
        to tenant: String, _ state: inout State, _ isFull: (Int) -> Bool
    ) -> RecordingFailure? {
        guard !tenant.isEmpty, state.isUncounted || isFull(state.sum(of: tenant)) else {
            return nil
        }
        state.refused += 1
        return state.isUncounted ? .uncounted : .tenant(tenant, most: mostOfTenant)
    }

    /// Gives back what was taken and could not be written.
    func giveBack(_ count: Int, of id: String) {
        state.withLock { state in
            guard let tenant = state.recordings[id]?.tenant else { return }
            state.add(-count, tenant, id)
        }
    }

    /// A recording is no more.
    func remove(_ id: String) { state.withLock { $0.remove(id) } }

    /// Looks what is on the disk: counts what is not known yet, and forgets what is there no more. What
    /// is written meanwhile is known by its id.
    ///
    /// - Parameter library: Where recordings are.
    /// - Returns: What an operator should know of it, once; nil when there is nothing new.
    @discardableResult
    func count(_ library: RecordingLibrary) -> String? {
        let known = state.withLock { Set($0.recordings.keys) }
        let sizes: [String: Int]
        do {
            sizes = try library.sizes()
        } catch {
            let problem = "the recordings cannot be counted: \(error)"
            return state.withLock { state in
                // What was counted once is still right: what was written since was added.
                state.isUncounted = !state.hasCounted
                return Self.news(problem, &state)
            }
        }
        var found: [(id: String, tenant: String?, size: Int)] = []
        // One without a byte says whose it is with its first line.
        for (id, size) in sizes where size > 0 && !known.contains(id) {
            found.append((id, library.find(id)?.tenant, size))
        }
        return state.withLock { [found] state in
            for id in known where sizes[id] == nil { state.remove(id) }
            state.unread = [:]
            for (id, tenant, size) in found where state.recordings[id] == nil {
                if let tenant { state.add(size, tenant, id) } else { state.unread[id] = size }
            }
            state.isUncounted = false
            state.hasCounted = true
            return Self.news(Self.words(state.unread), &state)
        }
    }

    private static func news(_ problem: String?, _ state: inout State) -> String? {
        defer { state.problem = problem }
        return state.problem == problem ? nil : problem
    }

    private static func words(_ unread: [String: Int]) -> String? {
        guard let first = unread.keys.min() else { return nil }
        let rest = unread.count > 1 ? ", one of \(unread.count)," : ""
        return
            "the tenant of the recording \(first).cast\(rest) cannot be read, so it counts for every "
            + "tenant; take it away, or mend its first line"
    }
}
