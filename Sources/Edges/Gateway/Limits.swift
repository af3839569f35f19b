package import Acts

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
    /// How many networks a tenant of a shared engine may make, beside the one that stands for the
    /// engine's default one.
    package var networksPerTenant = 16

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
