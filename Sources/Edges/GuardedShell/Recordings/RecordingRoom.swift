import Synchronization

/// Why nothing more is recorded, and so nothing more is run.
package enum RecordingFailure: Error, Hashable, Sendable {
    /// The disk takes no more, or has less room than must be left.
    case disk
    /// The recording is as long as one may be.
    case length
    /// The recordings of a tenant have as many bytes as they may.
    case tenant(String, most: Int)

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
            }
        return "\(fact), so \(consequence); rule \(rule); \(remedy)"
    }

    /// The rule.
    package var rule: String {
        switch self {
        case .disk, .length: "limit.recording"
        case .tenant: "limit.recordings"
        }
    }
}

/// How many bytes the recordings of each tenant take on the disk, and how many they may.
///
/// Nothing is removed for want of room: what is recorded is evidence. Administrators' recordings, in the
/// name of no tenant, have no bound but the disk.
package final class RecordingRoom: Sendable {
    private struct State {
        /// Bytes by tenant.
        var bytes: [String: Int] = [:]
        /// Whose a recording is, by its id: it is read from the file once.
        var tenants: [String: String] = [:]
        var refused = 0
    }
    // Guards the sums; held for a look-up or while they are replaced.
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
        state.withLock { ($0.bytes.values.reduce(0, +), $0.refused) }
    }

    /// Whether something more is recorded for a tenant.
    ///
    /// - Parameter tenant: The tenant; "" for administrators.
    /// - Returns: Why nothing is; nil: it may be.
    func objection(to tenant: String) -> RecordingFailure? {
        guard !tenant.isEmpty else { return nil }
        return state.withLock { state in
            guard mostOfTenant - state.bytes[tenant, default: 0] < reserve else { return nil }
            state.refused += 1
            return .tenant(tenant, most: mostOfTenant)
        }
    }

    /// Takes room for what is about to be written.
    ///
    /// - Returns: Why it is not to be; nothing is taken then.
    func take(_ count: Int, of tenant: String) -> RecordingFailure? {
        state.withLock { state in
            let sum = state.bytes[tenant, default: 0] + count
            guard tenant.isEmpty || sum <= mostOfTenant else {
                state.refused += 1
                return .tenant(tenant, most: mostOfTenant)
            }
            state.bytes[tenant] = sum
            return nil
        }
    }

    /// Counts what is on the disk; nothing is written meanwhile. What cannot be read counts as it did.
    func count(_ library: RecordingLibrary) {
        let known = state.withLock(\.tenants)
        var (bytes, tenants): ([String: Int], [String: String]) = ([:], [:])
        do {
            for (id, size) in try library.sizes() {
                guard let tenant = known[id] ?? library.find(id)?.tenant else { continue }
                tenants[id] = tenant
                bytes[tenant, default: 0] += size
            }
        } catch {
            return
        }
        state.withLock { [bytes, tenants] state in
            state.bytes = bytes
            state.tenants = tenants
        }
    }
}
