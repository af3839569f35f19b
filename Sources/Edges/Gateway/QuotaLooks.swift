import NIOCore
import Synchronization

/// When it was last looked whether what a tenant has in the store is still there: an engine is not asked at
/// every refusal.
final class QuotaLooks: Sendable {
    // Guards the times; held for a look-up.
    private let times = Mutex<[String: NIODeadline]>([:])

    /// True once a second for each tenant.
    func isDue(_ tenant: String, at now: NIODeadline = .now()) -> Bool {
        times.withLock { times in
            if let last = times[tenant], now < last + .seconds(1) { return false }
            times[tenant] = now
            return true
        }
    }
}
