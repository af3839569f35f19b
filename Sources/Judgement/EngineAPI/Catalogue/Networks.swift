import Acts

extension Catalogue {
    /// Networks.
    static let networks: [Operation] = [
        Operation(
            "NetworkList", .get, "/networks", may: [.view, .run, .network],
            reach: .list(.network), query: [.filters]),
        Operation(
            "NetworkInspect", .get, "/networks/{id}", .network, may: [.view, .run, .network],
            query: [.flag("verbose"), .text("scope")]),
        Operation(
            "NetworkDelete", .delete, "/networks/{id}", .network, may: [.network],
            harm: .changes),
        Operation(
            "NetworkCreate", .post, "/networks/create", may: [.network], harm: .changes,
            creates: .network, body: .json(.networkCreate)),
        Operation(
            "NetworkConnect", .post, "/networks/{id}/connect", .network, may: [.network, .run],
            harm: .changes, body: .json(.networkConnect)),
        Operation(
            "NetworkDisconnect", .post, "/networks/{id}/disconnect", .network,
            may: [.network, .run], harm: .changes, body: .json(.networkDisconnect)),
        Operation(
            "NetworkPrune", .post, "/networks/prune", may: [.prune], harm: .changes,
            reach: .list(.network), query: [.filters]),
    ]

    /// Volumes.
    static let volumes: [Operation] = [
        Operation(
            "VolumeList", .get, "/volumes", may: [.view, .run, .volume], reach: .list(.volume),
            query: [.filters]),
        Operation(
            "VolumeCreate", .post, "/volumes/create", may: [.volume, .run], harm: .changes,
            creates: .volume, body: .json(.volumeCreate)),
        Operation(
            "VolumeInspect", .get, "/volumes/{name}", .volume, may: [.view, .run, .volume]),
        Operation(
            "VolumeUpdate", .put, "/volumes/{name}", .volume, may: [.volume], harm: .changes,
            query: [.integer("version")], body: .json(.volumeUpdate)),
        Operation(
            "VolumeDelete", .delete, "/volumes/{name}", .volume, may: [.volume],
            harm: .changes, query: [.flag("force")]),
        Operation(
            "VolumePrune", .post, "/volumes/prune", may: [.prune], harm: .changes,
            reach: .list(.volume), query: [.filters]),
    ]
}
