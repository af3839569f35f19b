import Acts

extension Catalogue {
    /// The engine itself.
    static let system: [Operation] = [
        Operation("SystemPing", .get, "/_ping"),
        Operation("SystemPingHead", .head, "/_ping"),
        Operation("SystemVersion", .get, "/version"),
        Operation("SystemInfo", .get, "/info", may: [.view, .run], reach: .summary),
        Operation(
            "SystemDataUsage", .get, "/system/df", may: [.view], reach: .summary,
            query: [
                Parameter(
                    "type", .choice(["container", "image", "volume", "build-cache"]),
                    repeats: true),
                .flag("verbose"),
            ]),
        Operation(
            "SystemEvents", .get, "/events", may: [.view, .run], reach: .list(.container),
            query: [.text("since"), .text("until"), .filters], answer: .live),
        Operation(
            "SystemAuth", .post, "/auth", may: [.login], harm: .connectsOut,
            body: .json(.credentials)),
    ]

    /// Plugins: whoever installs one is root on the host.
    static let plugins: [Operation] = [
        Operation(
            "PluginList", .get, "/plugins", may: [.view, .plugin], reach: .engine,
            query: [.filters]),
        Operation(
            "GetPluginPrivileges", .get, "/plugins/privileges", may: [.plugin],
            harm: [.connectsOut, .host], reach: .engine, query: [.text("remote"), .text("name")]),
        Operation(
            "PluginPull", .post, "/plugins/pull", may: [.plugin],
            harm: [.changes, .connectsOut, .host], creates: .plugin, reach: .engine,
            query: [.text("remote"), .text("name")], body: .json(.pluginPrivileges)),
        Operation(
            "PluginInspect", .get, "/plugins/{name}/json", .plugin, may: [.view, .plugin]),
        Operation(
            "PluginDelete", .delete, "/plugins/{name}", .plugin, may: [.plugin],
            harm: [.changes, .host], query: [.flag("force")]),
        Operation(
            "PluginEnable", .post, "/plugins/{name}/enable", .plugin, may: [.plugin],
            harm: [.changes, .host], query: [.integer("timeout")]),
        Operation(
            "PluginDisable", .post, "/plugins/{name}/disable", .plugin, may: [.plugin],
            harm: [.changes, .host], query: [.flag("force")]),
        Operation(
            "PluginCreate", .post, "/plugins/create", may: [.plugin], harm: [.changes, .host],
            creates: .plugin, reach: .engine, query: [.text("name")],
            body: .stream(contentType: "application/x-tar")),
        Operation(
            "PluginPush", .post, "/plugins/{name}/push", .plugin, may: [.plugin],
            harm: [.changes, .connectsOut, .host]),
        Operation(
            "PluginSet", .post, "/plugins/{name}/set", .plugin, may: [.plugin],
            harm: [.changes, .host], body: .json(.pluginSettings)),
        Operation(
            "PluginUpgrade", .post, "/plugins/{name}/upgrade", .plugin, may: [.plugin],
            harm: [.changes, .connectsOut, .host], query: [.text("remote")],
            body: .json(.pluginPrivileges)),
    ]
}
