// The body of services, API 1.24 to 1.55. A table may be long.

extension Shape {
    /// `POST /services/create` and `POST /services/{id}/update`
    ///
    /// What is judged stands beside commands and environments, which are free text: it is marked
    /// field by field, not as a whole.
    static let service = Shape.object([
        Field("Name", .string, .judge),
        Field("Labels", .map(.string), .judge),
        Field("TaskTemplate", taskTemplate),
        Field(
            "Mode",
            .object([
                Field("Replicated", .object([Field("Replicas", .integer)])),
                Field("Global", .object([])),
                Field(
                    "ReplicatedJob",
                    .object([
                        Field("MaxConcurrent", .integer), Field("TotalCompletions", .integer),
                    ])),
                Field("GlobalJob", .object([])),
            ])),
        Field("UpdateConfig", rollout(["", "continue", "pause", "rollback"])),
        Field("RollbackConfig", rollout(["", "continue", "pause"])),
        // Stood here before API 1.25.
        Field("Networks", .list(networkAttachment), .judge),
        Field(
            "EndpointSpec",
            .object([
                Field("Mode", .choice(["", "vip", "dnsrr"])),
                Field("Ports", .list(endpointPort), .judge),
            ])),
    ])

    /// `TaskSpec`, what each task of a service is.
    private static let taskTemplate = Shape.object([
        .refused("PluginSpec", "runs a plugin as root on every node"),
        Field("ContainerSpec", containerSpec),
        .refused("NetworkAttachmentSpec", "is what engines say to each other"),
        Field("Resources", taskResources),
        Field(
            "RestartPolicy",
            .object([
                Field("Condition", .choice(["", "none", "on-failure", "any"]), .judge),
                Field("Delay", .integer), Field("MaxAttempts", .integer),
                Field("Window", .integer),
            ]), .judge),
        Field("Placement", placement),
        Field("ForceUpdate", .integer),
        Field("Runtime", .choice(["", "container"])),
        Field("Networks", .list(networkAttachment), .judge),
        Field("LogDriver", driver, .judge),
    ])

    /// `ContainerSpec`, a container's configuration and its host's part in one.
    private static let containerSpec = Shape.object([
        Field("Image", .string, .judge),
        Field("Labels", .map(.string), .judge),
        Field("Command", .list(.string)),
        Field("Args", .list(.string)),
        // Hostname, Env and Mounts are expanded by the engine; ServiceDemands looks for templates.
        Field("Hostname", .string),
        Field("Env", .list(.string)),
        Field("Dir", .string),
        Field("User", .string),
        Field("Groups", .list(.string), .judge),
        Field("Privileges", privileges, .judge),
        Field("TTY", .bool),
        Field("OpenStdin", .bool),
        Field("ReadOnly", .bool),
        Field("Mounts", .list(mount), .judge),
        Field("StopSignal", .string),
        Field("StopGracePeriod", .integer, .judge),
        Field("HealthCheck", healthcheck),
        Field("Hosts", .list(.string), .judge),
        Field(
            "DNSConfig",
            .object([
                Field("Nameservers", .list(.string), .judge), Field("Search", .list(.string)),
                Field("Options", .list(.string)),
            ])),
        Field(
            "Secrets",
            .list(
                .object([
                    Field("File", file), Field("SecretID", .string, .judge),
                    Field("SecretName", .string),
                ]))),
        Field("OomScoreAdj", .integer, .judge),
        Field(
            "Configs",
            .list(
                .object([
                    Field("File", file), Field("Runtime", .object([])),
                    Field("ConfigID", .string, .judge), Field("ConfigName", .string),
                ]))),
        Field("Isolation", .choice(["", "default"])),
        Field("Init", .bool),
        Field("Sysctls", .map(.string), .judge),
        Field("CapabilityAdd", .list(.string), .judge),
        Field("CapabilityDrop", .list(.string)),
        Field("Ulimits", .list(userLimit), .judge),
    ])

    /// `Privileges`, what a container calls SecurityOpt.
    private static let privileges = Shape.object([
        Field(
            "CredentialSpec",
            .object([
                Field("Config", .string, .judge), Field("File", .string, .judge),
                Field("Registry", .string, .judge),
            ]), .judge),
        Field(
            "SELinuxContext",
            .object(
                [Field("Disable", .bool, .judge)]
                    + ["User", "Role", "Type", "Level"].map { Field($0, .string, .judge) }),
            .judge),
        Field(
            "Seccomp",
            .object([
                Field("Mode", .choice(["", "default", "unconfined", "custom"]), .judge),
                Field("Profile", .string, .judge),
            ]), .judge),
        Field(
            "AppArmor",
            .object([Field("Mode", .choice(["", "default", "disabled"]), .judge)]), .judge),
        Field("NoNewPrivileges", .bool),
    ])

    /// Where a secret or config stands inside the container.
    private static let file = Shape.object([
        Field("Name", .string), Field("UID", .string), Field("GID", .string),
        Field("Mode", .integer, .judge),
    ])

    /// `ResourceRequirements`
    private static let taskResources = Shape.object([
        Field(
            "Limits",
            .object([
                Field("NanoCPUs", .integer), Field("MemoryBytes", .integer),
                Field("Pids", .integer),
            ])),
        Field(
            "Reservations",
            .object([
                Field("NanoCPUs", .integer), Field("MemoryBytes", .integer),
                Field("GenericResources", .list(genericResource), .judge),
            ])),
        Field("SwapBytes", .integer),
        Field("MemorySwappiness", .integer),
    ])

    /// `GenericResource`: devices that nodes advertise.
    private static let genericResource = Shape.object([
        Field(
            "NamedResourceSpec",
            .object([Field("Kind", .string, .judge), Field("Value", .string)]), .judge),
        Field(
            "DiscreteResourceSpec",
            .object([Field("Kind", .string, .judge), Field("Value", .integer)]), .judge),
    ])

    /// Which nodes a task may run on: a choice among those that would run it anyhow.
    private static let placement = Shape.object([
        Field("Constraints", .list(.string)),
        Field(
            "Preferences",
            .list(
                .object([Field("Spread", .object([Field("SpreadDescriptor", .string)]))]))),
        Field("MaxReplicas", .integer),
        Field(
            "Platforms",
            .list(.object([Field("Architecture", .string), Field("OS", .string)]))),
    ])

    /// `UpdateConfig` and `RollbackConfig`: how fast tasks are replaced, and when to stop.
    private static func rollout(_ failureActions: [String]) -> Shape {
        .object([
            Field("Parallelism", .integer),
            Field("Delay", .integer),
            Field("FailureAction", .choice(failureActions)),
            Field("Monitor", .integer),
            Field("MaxFailureRatio", .number),
            Field("Order", .choice(["", "stop-first", "start-first"])),
        ])
    }

    private static let networkAttachment = Shape.object([
        Field("Target", .string, .judge), Field("Aliases", .list(.string)),
        Field("DriverOpts", .map(.string), .judge),
    ])

    private static let endpointPort = Shape.object([
        Field("Name", .string), Field("Protocol", .choice(["", "tcp", "udp", "sctp"])),
        Field("TargetPort", .integer), Field("PublishedPort", .integer, .judge),
        Field("PublishMode", .choice(["", "ingress", "host"]), .judge),
    ])
}
