import Acts

extension Catalogue {
    /// Images, their builds and their registries.
    static let images: [Operation] = [
        Operation(
            "ImageList", .get, "/images/json", may: [.view, .run], reach: .list(.image),
            query: [
                .flag("all"), .filters, .flag("digests"), .flag("shared-size"),
                .flag("manifests"), .flag("identity"), Parameter("filter", .text, .drop),
                Parameter("only_ids", .flag, .drop),
            ]),
        Operation(
            "ImageBuild", .post, "/build", may: [.build],
            harm: [.changes, .executes, .connectsOut], creates: .image, query: buildParameters,
            body: .stream(contentType: "application/x-tar")),
        Operation(
            "ImageCreate", .post, "/images/create", may: [.pull],
            harm: [.changes, .connectsOut], creates: .image,
            query: [
                Parameter("fromImage", .name(.image)), Parameter("repo", .name(.image)),
                .text("tag"), .text("platform"), .text("message"),
                Parameter("changes", .text, .judge, repeats: true),
                Parameter("fromSrc", .text, .judge),
            ],
            body: .stream(contentType: "application/x-tar")),
        Operation(
            "ImageInspect", .get, "/images/{name}/json", .image, may: [.view, .run],
            query: [.flag("manifests"), .text("platform")]),
        Operation(
            "ImageHistory", .get, "/images/{name}/history", .image, may: [.view],
            query: [.text("platform")]),
        Operation(
            "ImagePush", .post, "/images/{name}/push", .image, may: [.push],
            harm: [.changes, .discloses, .connectsOut], query: [.text("tag"), .text("platform")]),
        Operation(
            "ImageTag", .post, "/images/{name}/tag", .image, may: [.tag], harm: .changes,
            query: [
                Parameter("repo", .name(.image)), .text("tag"),
                // Means nothing since API 1.24; docker-py sends it always.
                Parameter("force", .flag, .drop),
            ]),
        Operation(
            "ImageDelete", .delete, "/images/{name}", .image, may: [.rmi], harm: .changes,
            query: [
                .flag("force"), .flag("noprune"), Parameter("platforms", .text, repeats: true),
            ]),
        Operation(
            "ImageSearch", .get, "/images/search", may: [.search], harm: .connectsOut,
            query: [.text("term"), .integer("limit"), .filters]),
        Operation(
            "ImagePrune", .post, "/images/prune", may: [.prune], harm: .changes,
            reach: .list(.image), query: [.filters]),
        Operation(
            "ImageCommit", .post, "/commit", may: [.commit], harm: [.changes, .discloses],
            creates: .image,
            query: [
                Parameter("container", .name(.container), .judge),
                Parameter("repo", .name(.image)), .text("tag"), .text("comment"),
                .text("author"), .flag("pause"), Parameter("changes", .text, .judge, repeats: true),
            ],
            body: .json(.containerConfig)),
        Operation(
            "ImageGet", .get, "/images/{name}/get", .image, may: [.save], harm: .discloses,
            query: [Parameter("platform", .text, repeats: true)]),
        Operation(
            "ImageGetAll", .get, "/images/get", may: [.save], harm: .discloses,
            query: [
                Parameter("names", .name(.image), .judge, repeats: true),
                Parameter("platform", .text, repeats: true),
            ]),
        Operation(
            "ImageLoad", .post, "/images/load", may: [.load], harm: .changes, creates: .image,
            query: [.flag("quiet"), Parameter("platform", .text, repeats: true)],
            body: .stream(contentType: "application/x-tar")),
        Operation(
            "ImageAttestations", .get, "/images/{name}/attestations", .image, may: [.view],
            query: [
                Parameter("platform", .text, repeats: true),
                Parameter("type", .text, repeats: true), .flag("statement"),
            ]),
        Operation(
            "DistributionInspect", .get, "/distribution/{name}/json", .image,
            may: [.pull, .search], harm: .connectsOut),
        Operation(
            "BuildPrune", .post, "/build/prune", may: [.prune], harm: .changes, reach: .engine,
            query: [
                .integer("keep-storage"), .flag("all"), .filters, .integer("reserved-space"),
                .integer("max-used-space"), .integer("min-free-space"),
            ]),
        Operation(
            "Session", .post, "/session", harm: [.changes, .executes], answer: .hijack,
            refused: "a BuildKit session is a stream that cannot be judged; "
                + "build with DOCKER_BUILDKIT=0"),
    ]

    private static let buildParameters: [Parameter] = [
        .text("dockerfile"), Parameter("t", .name(.image), repeats: true),
        Parameter("remote", .text, .refuse("makes the engine fetch the build's context")),
        .flag("q"), .flag("nocache"), Parameter("cachefrom", .stringList, .judge), .text("pull"),
        .flag("rm"), .flag("forcerm"), .integer("memory"), .integer("memswap"),
        .integer("cpushares"), Parameter("cpusetcpus", .text, .judge),
        Parameter("cpusetmems", .text, .judge), .integer("cpuperiod"), .integer("cpuquota"),
        Parameter("buildargs", .stringMap), Parameter("shmsize", .integer, .judge), .flag("squash"),
        Parameter("labels", .labels), Parameter("networkmode", .text, .judge),
        Parameter("extrahosts", .text, .judge, repeats: true), .text("platform"),
        .text("target"),
        Parameter("version", .choice(["", "1"])),
        Parameter("outputs", .text, .refuse("writes the result elsewhere than to the engine")),
        Parameter("cgroupparent", .text, .judge), Parameter("ulimits", .limits, .judge),
        Parameter("securityopt", .stringList, .judge),
        Parameter("isolation", .choice(["", "default"]), .drop),
        Parameter("buildid", .text, .drop),
        Parameter("session", .text, .refuse("belongs to BuildKit, which is not judged")),
        Parameter("credentialspec", .text, .refuse("is not for this platform")),
    ]
}
