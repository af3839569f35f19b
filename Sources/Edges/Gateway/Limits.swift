package import Acts
import Compression

/// Bounds on what clients can take up.
package struct Limits: Hashable, Sendable {
    /// The most bytes of a JSON body; secrets and configs of a Swarm are up to 500 KiB.
    package var bodyBytes: Int
    /// Seconds from the first byte of a connection or a head to the end of the head.
    package var headSeconds: Int
    /// Seconds that a judged body may take.
    package var bodySeconds: Int
    /// Seconds that an unused connection is kept.
    package var idleSeconds: Int
    /// Seconds that live streams get to end by themselves when the gateway stops.
    package var drainSeconds: Int
    /// The most connections of clients at a time.
    package var connections: Int
    /// Out of which the networks of tenants get their subnets; nil: the engine chooses.
    package var subnets: SubnetPool?
    /// The most that an identity takes up, unless the policy says otherwise.
    package var ofIdentity: [Means: Int] = [
        .connections: 2048, .requests: 1024, .streams: 1024, .bytes: 256 << 20, .uploads: 64,
    ]
    /// The most that a tenant takes up, unless the policy says otherwise.
    package var ofTenant: [Means: Int] = [.streams: 4096, .uploads: 256]
    /// The most bytes of an archive that is judged while it passes, unpacked.
    package var archiveBytes = Int.max
    /// How many times as large as it came an archive may become, from 64 MiB on.
    package var archiveRatio = 1000

    /// What unpacking an archive may cost.
    var archives: Decompressor.Limits {
        var limits = Decompressor.Limits()
        limits.total = archiveBytes
        limits.ratio = archiveRatio
        return limits
    }
    /// How many networks a tenant of a shared engine may make, beside the one that stands for the
    /// engine's default one.
    package var networksPerTenant = 16

    /// The most bytes of the recordings of one tenant on the gateway's disk.
    package var recordingBytesOfTenant = 4 << 30

    /// Makes limits.
    package init(
        bodyBytes: Int = 4 << 20, headSeconds: Int = 10, bodySeconds: Int = 60,
        idleSeconds: Int = 600, drainSeconds: Int = 8, connections: Int = 20_000
    ) {
        self.bodyBytes = bodyBytes
        self.headSeconds = headSeconds
        self.bodySeconds = bodySeconds
        self.idleSeconds = idleSeconds
        self.drainSeconds = drainSeconds
        self.connections = connections
    }
}
