extension Shape {
    /// The shape of a body.
    package static func of(_ kind: BodyKind) -> Shape {
        switch kind {
        case .containerCreate: containerCreate
        case .containerUpdate: containerUpdate
        case .containerConfig: containerConfig
        case .execCreate: execCreate
        case .execStart: execStart
        case .networkCreate: networkCreate
        case .networkConnect: networkConnect
        case .networkDisconnect: networkDisconnect
        case .volumeCreate: volumeCreate
        case .volumeUpdate: volumeUpdate
        case .service: service
        case .secret: secret
        case .config: config
        case .node: node
        case .swarmInit: swarmInit
        case .swarmJoin: swarmJoin
        case .swarm: swarm
        case .swarmUnlock: swarmUnlock
        case .pluginSettings: pluginSettings
        case .pluginPrivileges: pluginPrivileges
        case .credentials: credentials
        }
    }

    /// `POST /networks/create`
    private static let networkCreate = Shape.object([
        Field("Name", .string),
        // API 1.44 does it always.
        Field("CheckDuplicate", .bool),
        Field("Driver", .string, .judge),
        Field("Scope", .string, .judge),
        Field("Internal", .bool),
        Field("Attachable", .bool),
        Field("Ingress", .bool, .judge),
        Field("ConfigOnly", .bool, .judge),
        Field("ConfigFrom", .object([Field("Network", .string, .judge)]), .judge),
        Field(
            "IPAM",
            .object([
                Field("Driver", .string, .judge),
                Field(
                    "Config",
                    .list(
                        .object([
                            Field("Subnet", .string, .judge), Field("IPRange", .string),
                            Field("Gateway", .string), Field("AuxiliaryAddresses", .map(.string)),
                        ]))),
                Field("Options", .map(.string), .judge),
            ]), .judge),
        Field("EnableIPv4", .bool),
        Field("EnableIPv6", .bool),
        Field("Options", .map(.string), .judge),
        Field("Labels", .map(.string), .judge),
    ])

    /// `POST /networks/{id}/connect`
    private static let networkConnect = Shape.object([
        Field("Container", .string, .judge),
        Field("EndpointConfig", endpointSettings, .judge),
    ])

    /// `POST /networks/{id}/disconnect`
    private static let networkDisconnect = Shape.object([
        Field("Container", .string, .judge),
        Field("Force", .bool),
    ])

    /// `POST /volumes/create`
    private static let volumeCreate = Shape.object([
        Field("Name", .string, .judge),
        Field("Driver", .string, .judge),
        Field("DriverOpts", .map(.string), .judge),
        Field("Labels", .map(.string), .judge),
        .refused("ClusterVolumeSpec", "is for storage plugins of a Swarm"),
    ])

    /// `PUT /volumes/{name}`: only what storage plugins of a Swarm keep can be changed.
    private static let volumeUpdate = Shape.object([
        .refused("Spec", "is for storage plugins of a Swarm")
    ])

    /// `POST /auth`
    private static let credentials = Shape.object([
        Field("username", .string),
        Field("password", .string),
        Field("auth", .string),
        Field("email", .string),
        Field("serveraddress", .string),
        Field("identitytoken", .string),
        Field("registrytoken", .string),
    ])
}
