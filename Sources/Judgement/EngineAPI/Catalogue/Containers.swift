import Acts

extension Catalogue {
    /// Containers and their streams.
    static let containers: [Operation] = [
        Operation(
            "ContainerList", .get, "/containers/json", may: [.view], reach: .list(.container),
            query: [
                .flag("all"), .integer("limit"), .flag("size"), .filters,
                Parameter("trunc_cmd", .flag, .drop),
            ]),
        Operation(
            "ContainerCreate", .post, "/containers/create", may: [.run],
            harm: [.changes, .executes], creates: .container,
            query: [Parameter("name", .name(.container)), .text("platform")],
            body: .json(.containerCreate)),
        Operation(
            "ContainerInspect", .get, "/containers/{id}/json", .container,
            may: [.view, .run, .exec, .logs, .attach], query: [.flag("size")]),
        Operation(
            "ContainerTop", .get, "/containers/{id}/top", .container, may: [.view],
            query: [Parameter("ps_args", .processOptions)]),
        Operation(
            "ContainerLogs", .get, "/containers/{id}/logs", .container, may: [.logs],
            harm: .discloses, query: logParameters, answer: .live),
        Operation(
            "ContainerChanges", .get, "/containers/{id}/changes", .container, may: [.view]),
        Operation(
            "ContainerExport", .get, "/containers/{id}/export", .container, may: [.export],
            harm: .discloses, enters: true),
        Operation(
            "ContainerStats", .get, "/containers/{id}/stats", .container, may: [.view],
            query: [.flag("stream"), .flag("one-shot")], answer: .live),
        Operation(
            "ContainerResize", .post, "/containers/{id}/resize", .container,
            may: [.run, .attach], query: [.integer("h"), .integer("w")]),
        Operation(
            "ContainerStart", .post, "/containers/{id}/start", .container, may: [.start, .run],
            harm: [.changes, .executes],
            query: [
                .text("detachKeys"),
                Parameter(
                    "checkpoint", .text, .refuse("restores a checkpoint, which is not judged")),
                Parameter("checkpoint-dir", .text, .refuse("names a folder of the host")),
            ], enters: true),
        Operation(
            "ContainerStop", .post, "/containers/{id}/stop", .container, may: [.stop],
            harm: .changes, query: [.integer("t"), .text("signal")]),
        Operation(
            "ContainerRestart", .post, "/containers/{id}/restart", .container, may: [.restart],
            harm: [.changes, .executes], query: [.integer("t"), .text("signal")], enters: true),
        Operation(
            "ContainerKill", .post, "/containers/{id}/kill", .container, may: [.kill, .run],
            harm: .changes, query: [.text("signal")]),
        Operation(
            "ContainerUpdate", .post, "/containers/{id}/update", .container, may: [.update],
            harm: .changes, body: .json(.containerUpdate)),
        Operation(
            "ContainerRename", .post, "/containers/{id}/rename", .container, may: [.rename],
            harm: .changes, query: [Parameter("name", .name(.container))]),
        Operation(
            "ContainerPause", .post, "/containers/{id}/pause", .container, may: [.pause],
            harm: .changes),
        Operation(
            "ContainerUnpause", .post, "/containers/{id}/unpause", .container, may: [.pause],
            harm: .changes),
        Operation(
            "ContainerAttach", .post, "/containers/{id}/attach", .container,
            may: [.attach, .run], harm: [.discloses, .executes, .changes],
            query: attachParameters, answer: .hijack, enters: true),
        Operation(
            "ContainerAttachWebsocket", .get, "/containers/{id}/attach/ws", .container,
            may: [.attach, .run], harm: [.discloses, .executes, .changes],
            query: attachParameters, answer: .webSocket, enters: true),
        Operation(
            "ContainerWait", .post, "/containers/{id}/wait", .container, may: [.wait, .run],
            query: [Parameter("condition", .choice(["not-running", "next-exit", "removed"]))],
            answer: .live),
        Operation(
            "ContainerDelete", .delete, "/containers/{id}", .container, may: [.rm],
            harm: .changes, query: [.flag("v"), .flag("force"), .flag("link")]),
        Operation(
            "ContainerArchiveInfo", .head, "/containers/{id}/archive", .container, may: [.cp],
            harm: .discloses, query: [.text("path")], enters: true),
        Operation(
            "ContainerArchive", .get, "/containers/{id}/archive", .container, may: [.cp],
            harm: .discloses, query: [.text("path")], enters: true),
        Operation(
            "PutContainerArchive", .put, "/containers/{id}/archive", .container, may: [.cp],
            harm: .changes,
            query: [.text("path"), .flag("noOverwriteDirNonDir"), .flag("copyUIDGID")],
            body: .stream(contentType: "application/x-tar"), enters: true),
        Operation(
            "ContainerPrune", .post, "/containers/prune", may: [.prune], harm: .changes,
            reach: .list(.container), query: [.filters]),
    ]

    /// Programs that are run in containers.
    static let executions: [Operation] = [
        Operation(
            "ContainerExec", .post, "/containers/{id}/exec", .container, may: [.exec],
            harm: [.changes, .executes], creates: .exec, body: .json(.execCreate), enters: true),
        Operation(
            "ExecStart", .post, "/exec/{id}/start", .exec, may: [.exec],
            harm: [.changes, .executes, .discloses], body: .json(.execStart), answer: .hijack,
            enters: true),
        Operation(
            "ExecResize", .post, "/exec/{id}/resize", .exec, may: [.exec],
            query: [.integer("h"), .integer("w")]),
        Operation("ExecInspect", .get, "/exec/{id}/json", .exec, may: [.exec]),
    ]

    static let logParameters: [Parameter] = [
        .flag("details"), .flag("follow"), .flag("stdout"), .flag("stderr"), .text("since"),
        .text("until"), .flag("timestamps"), .text("tail"),
    ]

    private static let attachParameters: [Parameter] = [
        .text("detachKeys"), .flag("logs"), .flag("stream"), .flag("stdin"), .flag("stdout"),
        .flag("stderr"), Parameter("hijack", .flag, .drop),
    ]
}
