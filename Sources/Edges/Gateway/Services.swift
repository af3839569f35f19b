package import Crypto
package import Engine
package import GuardedShell
package import Ledger
package import Logging
import Policy
package import Store

/// What every connection of the gateway uses; shared by all loops.
package struct Services: Sendable {
    /// Who is believed and what they may do.
    package let authority: Authority
    /// The record.
    package let ledger: Ledger
    /// What tenants own and the engine cannot hold.
    package let store: Store
    /// Whose objects are.
    package let ownership: Ownership
    /// Tenants' names of images.
    let images: TenantImages
    /// What is known of the engine.
    package let facts: EngineFacts
    /// Where the engine listens.
    package let engine: EngineAddress
    /// Where the agent of the engine's host listens; nil: it is configured as having none.
    package let agent: EngineDoor?
    /// Who writes recordings of the guarded shell.
    package let recorder: Recorder
    /// How many lines of the guarded shell run for whom.
    let agentSeats = AgentSeats()
    /// Bounds.
    package let limits: Limits
    /// Where the gateway says what it does.
    package let log: Logger
    /// Who made which exec.
    package let execs = ExecRegister()
    /// Sessions of the guarded shell.
    let sessions = SessionBoard()
    /// What waits for a second person there.
    let approvals = ApprovalOffice()
    /// What clients take up.
    package let usage = Usage()
    /// When it was looked whether a tenant's objects are still there.
    let quotaLooks = QuotaLooks()
    /// What the engine's lists show.
    let inventory = Inventory()
    /// Who sees what goes around the gateway.
    let watch: EventWatch
    /// Who makes a tenant's network.
    let networkTurns = Turns()
    /// Who adds up what the engine's disk holds: an engine refuses a second one meanwhile, and so would
    /// tell a tenant of another. And who has all images listed, which takes memory.
    let listTurns = Turns()
    /// Who chooses subnets for networks of tenants; nil: the engine.
    let subnets: SubnetDesk?
    /// Eyes for paths of the engine's host.
    package let paths: HostPaths
    /// Paths of the host that nobody binds: the engine's and the gateway's own sockets and state.
    package let protectedPaths: [String]
    /// The key of requests' digests: without it nobody can guess what a request held.
    package let digestKey: SymmetricKey

    /// Puts the services together.
    package init(
        authority: Authority, ledger: Ledger, store: Store, facts: EngineFacts,
        engine: EngineAddress, agent: EngineDoor?, recorder: Recorder, limits: Limits,
        log: Logger, digestKey: SymmetricKey, sealer: Sealer, watch: EventWatch,
        paths: HostPaths, protectedPaths: [String]
    ) {
        self.authority = authority
        self.ledger = ledger
        self.store = store
        ownership = Ownership(store.objects, sealer, facts, log) {
            authority.policy.offers(to: $0)
        }
        images = TenantImages(store, sealer, facts)
        self.facts = facts
        self.engine = engine
        self.agent = agent
        self.recorder = recorder
        self.watch = watch
        self.limits = limits
        subnets = limits.subnets.map { SubnetDesk($0) }
        self.log = log
        self.digestKey = digestKey
        self.paths = paths
        self.protectedPaths = protectedPaths
    }
}
