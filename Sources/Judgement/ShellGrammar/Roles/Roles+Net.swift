extension Roles {
    /// Reachability from inside: our own tools in the container's network, and its sockets.
    package static let net = Role(
        "net", "reachability from inside",
        [
            Verb(
                "ping", .ownTool, "sends up to ten echo requests", examples: ["ping -c 3 db"],
                forms: [
                    Form(
                        options: [
                            ValueOption("-c", slot: .integer(1...10)),
                            ValueOption("-W", slot: .integer(1...5)),
                        ], needs: ["-c"], arguments: host)
                ]),
            Verb(
                "curl", .ownTool, "fetches from the container's own loopback interface",
                examples: ["curl -sS http://localhost:8080/health"],
                forms: [
                    Form(
                        flags: "sSiIv",
                        options: [ValueOption("-m", "--max-time", slot: .integer(1...30))],
                        arguments: Arguments(leading: [.loopbackURL], least: 1, most: 1))
                ]),
            Verb(
                "nslookup", .ownTool, "looks a name up as the container does",
                examples: ["nslookup db.internal"], forms: [Form(arguments: host)]),
            Verb(
                "ss", .outside, "lists sockets", examples: ["ss -tln"],
                forms: fixed("-tln", "-tan", "-s", filters: FilterKind.allCases)),
            Verb(
                "netstat", .outside, "lists listening sockets", examples: ["netstat -tln"],
                forms: fixed("-tln", filters: FilterKind.allCases)),
            netVerb,
        ])

    private static let host = Arguments(leading: [.host], least: 1, most: 1)
}
