// The bodies of a Swarm, its nodes and an engine's plugins, API 1.24 to 1.55. All of them govern the
// host, which the operation says itself (`Demand.hostItself`): what is left is that nothing unknown
// is sent on.

extension Shape {
    /// `POST /swarm/init`
    static let swarmInit = Shape.object([
        Field("ListenAddr", .string),
        Field("AdvertiseAddr", .string),
        Field("DataPathAddr", .string),
        Field("DataPathPort", .integer),
        Field("DefaultAddrPool", .list(.string)),
        Field("ForceNewCluster", .bool),
        Field("SubnetSize", .integer),
        Field("Spec", swarm),
        Field("AutoLockManagers", .bool),
        Field("Availability", availability),
    ])

    /// `POST /swarm/join`
    static let swarmJoin = Shape.object([
        Field("ListenAddr", .string),
        Field("AdvertiseAddr", .string),
        Field("DataPathAddr", .string),
        Field("RemoteAddrs", .list(.string)),
        Field("JoinToken", .string),
        Field("Availability", availability),
    ])

    /// `POST /swarm/unlock`
    static let swarmUnlock = Shape.object([Field("UnlockKey", .string)])

    /// `POST /swarm/update`: `SwarmSpec`. Durations are nanoseconds.
    static let swarm = Shape.object([
        Field("Name", .string),
        Field("Labels", .map(.string)),
        Field("Orchestration", .object([Field("TaskHistoryRetentionLimit", .integer)])),
        Field(
            "Raft",
            .object(
                [
                    "SnapshotInterval", "KeepOldSnapshots", "LogEntriesForSlowFollowers",
                    "ElectionTick", "HeartbeatTick",
                ].map { Field($0, .integer) })),
        Field("Dispatcher", .object([Field("HeartbeatPeriod", .integer)])),
        Field(
            "CAConfig",
            .object([
                Field("NodeCertExpiry", .integer),
                Field(
                    "ExternalCAs",
                    .list(
                        .object([
                            Field("Protocol", .choice(["", "cfssl"])), Field("URL", .string),
                            Field("Options", .map(.string)), Field("CACert", .string),
                        ]))),
                Field("SigningCACert", .string),
                Field("SigningCAKey", .string),
                Field("ForceRotate", .integer),
            ])),
        Field("EncryptionConfig", .object([Field("AutoLockManagers", .bool)])),
        Field("TaskDefaults", .object([Field("LogDriver", driver)])),
    ])

    /// `POST /nodes/{id}/update`: `NodeSpec`
    static let node = Shape.object([
        Field("Name", .string),
        Field("Labels", .map(.string)),
        Field("Role", .choice(["", "worker", "manager"])),
        Field("Availability", availability),
    ])

    private static let availability = Shape.choice(["", "active", "pause", "drain"])

    /// `POST /plugins/{name}/set`
    static let pluginSettings = Shape.list(.string)

    /// `POST /plugins/pull` and `POST /plugins/{name}/upgrade`: what the plugin is given.
    static let pluginPrivileges = Shape.list(
        .object([
            Field("Name", .string), Field("Description", .string), Field("Value", .list(.string)),
        ]))
}
