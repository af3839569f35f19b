import Acts

extension Catalogue {
    /// The Swarm and its nodes.
    static let swarm: [Operation] = [
        Operation(
            "NodeList", .get, "/nodes", may: [.view, .node], reach: .engine, query: [.filters]),
        Operation("NodeInspect", .get, "/nodes/{id}", .node, may: [.view, .node]),
        Operation(
            "NodeDelete", .delete, "/nodes/{id}", .node, may: [.node], harm: [.changes, .host],
            query: [.flag("force")]),
        Operation(
            "NodeUpdate", .post, "/nodes/{id}/update", .node, may: [.node],
            harm: [.changes, .host], query: [.integer("version")], body: .json(.node)),
        Operation("SwarmInspect", .get, "/swarm", may: [.swarm], harm: .host, reach: .engine),
        Operation(
            "SwarmInit", .post, "/swarm/init", may: [.swarm], harm: [.changes, .host],
            reach: .engine, body: .json(.swarmInit)),
        Operation(
            "SwarmJoin", .post, "/swarm/join", may: [.swarm],
            harm: [.changes, .connectsOut, .host], reach: .engine, body: .json(.swarmJoin)),
        Operation(
            "SwarmLeave", .post, "/swarm/leave", may: [.swarm], harm: [.changes, .host],
            reach: .engine, query: [.flag("force")]),
        Operation(
            "SwarmUpdate", .post, "/swarm/update", may: [.swarm], harm: [.changes, .host],
            reach: .engine,
            query: [
                .integer("version"), .flag("rotateWorkerToken"), .flag("rotateManagerToken"),
                .flag("rotateManagerUnlockKey"),
            ],
            body: .json(.swarm)),
        Operation(
            "SwarmUnlockkey", .get, "/swarm/unlockkey", may: [.swarm],
            harm: [.discloses, .host], reach: .engine),
        Operation(
            "SwarmUnlock", .post, "/swarm/unlock", may: [.swarm], harm: [.changes, .host],
            reach: .engine, body: .json(.swarmUnlock)),
    ]

    /// Services, tasks, secrets and configs.
    static let services: [Operation] = [
        Operation(
            "ServiceList", .get, "/services", may: [.view, .service], reach: .list(.service),
            query: [.filters, .flag("status")]),
        Operation(
            "ServiceCreate", .post, "/services/create", may: [.service],
            harm: [.changes, .executes, .connectsOut], creates: .service,
            body: .json(.service)),
        Operation(
            "ServiceInspect", .get, "/services/{id}", .service, may: [.view, .service],
            query: [.flag("insertDefaults")]),
        Operation(
            "ServiceDelete", .delete, "/services/{id}", .service, may: [.service],
            harm: .changes),
        Operation(
            "ServiceUpdate", .post, "/services/{id}/update", .service, may: [.service],
            harm: [.changes, .executes, .connectsOut],
            query: [
                .integer("version"),
                Parameter("registryAuthFrom", .choice(["", "spec", "previous-spec"])),
                Parameter("rollback", .choice(["", "previous"])),
            ],
            body: .json(.service)),
        Operation(
            "ServiceLogs", .get, "/services/{id}/logs", .service, may: [.logs],
            harm: .discloses, query: logParameters, answer: .live),
        Operation(
            "TaskList", .get, "/tasks", may: [.service], reach: .list(.task),
            query: [.filters]),
        Operation("TaskInspect", .get, "/tasks/{id}", .task, may: [.service]),
        Operation(
            "TaskLogs", .get, "/tasks/{id}/logs", .task, may: [.logs], harm: .discloses,
            query: logParameters, answer: .live),
        Operation(
            "SecretList", .get, "/secrets", may: [.view, .secret], reach: .list(.secret),
            query: [.filters]),
        Operation(
            "SecretCreate", .post, "/secrets/create", may: [.secret], harm: .changes,
            creates: .secret, body: .json(.secret)),
        Operation(
            "SecretInspect", .get, "/secrets/{id}", .secret, may: [.view, .secret]),
        Operation(
            "SecretDelete", .delete, "/secrets/{id}", .secret, may: [.secret], harm: .changes),
        Operation(
            "SecretUpdate", .post, "/secrets/{id}/update", .secret, may: [.secret],
            harm: .changes, query: [.integer("version")], body: .json(.secret)),
        Operation(
            "ConfigList", .get, "/configs", may: [.config], harm: .discloses,
            reach: .list(.config), query: [.filters]),
        Operation(
            "ConfigCreate", .post, "/configs/create", may: [.config], harm: .changes,
            creates: .config, body: .json(.config)),
        Operation(
            "ConfigInspect", .get, "/configs/{id}", .config, may: [.config], harm: .discloses),
        Operation(
            "ConfigDelete", .delete, "/configs/{id}", .config, may: [.config], harm: .changes),
        Operation(
            "ConfigUpdate", .post, "/configs/{id}/update", .config, may: [.config],
            harm: .changes, query: [.integer("version")], body: .json(.config)),
    ]
}
