extension Roles {
    /// Look, never touch: every answer comes from outside, and no process is started.
    package static let viewer = Role(
        "viewer", "look, never touch",
        [
            Verb(
                "ls", .outside, "lists a folder", examples: ["ls -lah /var/log"],
                forms: [
                    Form(
                        flags: "lah1trS", arguments: paths(0...4, under: trees),
                        filters: FilterKind.allCases)
                ]),
            Verb(
                "cat", .outside, "shows a log", examples: ["cat /var/log/app.log"],
                forms: [
                    Form(
                        flags: "n", arguments: paths(1...2, under: logs),
                        filters: FilterKind.allCases)
                ]),
            Verb(
                "head", .outside, "shows the first lines of a log",
                examples: ["head -n 50 /var/log/app.log"],
                forms: [
                    Form(
                        options: [lines], arguments: paths(1...1, under: logs),
                        filters: FilterKind.allCases)
                ]),
            Verb(
                "tail", .outside, "shows the last lines of a log, and follows it with -f",
                examples: [
                    "tail -n 200 /var/log/app.log", "tail -n 200 /var/log/app.log match 'error'",
                ],
                forms: [
                    Form(
                        flags: "fF", options: [lines], arguments: paths(1...1, under: logs),
                        filters: FilterKind.allCases)
                ]),
            matchVerb(under: logs),
        ] + state)

    private static let lines = ValueOption("-n", slot: .integer(1...1000))

    /// What the container as a whole is and does.
    private static let state = [
        Verb(
            "ps", .outside, "lists the container's processes", examples: ["ps aux"],
            forms: fixed(
                "", "aux", "-ef", "-e -o pid,user,args", filters: FilterKind.allCases)),
        Verb(
            "top", .outside, "lists what its processes use, once", examples: ["top -b -n 1"],
            forms: fixed("-b -n 1")),
        Verb(
            "df", .outside, "shows how full its file systems are", examples: ["df -h"],
            forms: [Form(flags: "hT")]),
        Verb(
            "env", .outside, "shows its environment, secrets masked", examples: ["env"],
            forms: fixed("", filters: FilterKind.allCases)),
        Verb("id", .outside, "shows the user that it runs as", forms: fixed("")),
        Verb("uptime", .outside, "shows how long it has run", forms: fixed("")),
        Verb("date", .outside, "shows the time", forms: fixed("", "-u")),
        Verb("hostname", .outside, "shows its host name", forms: fixed("")),
        Verb("pwd", .outside, "shows its working directory", forms: fixed("")),
        Verb(
            "free", .outside, "shows its memory", examples: ["free -m"],
            forms: fixed("", "-m", "-h")),
        Verb("mounts", .outside, "lists what is mounted in it", forms: fixed("")),
        Verb("limits", .outside, "shows its limits and what is used of them", forms: fixed("")),
        netVerb,
    ]

    /// Search in files, by ourselves.
    static func matchVerb(under trees: [String]) -> Verb {
        Verb(
            "match", .outside, "shows lines that hold a text",
            examples: ["match -i 'timeout after' /var/log/app.log"],
            forms: [
                Form(
                    flags: "incvl",
                    options: [
                        ValueOption("-m", slot: .integer(1...1000)),
                        ValueOption("-A", slot: .integer(0...50)),
                        ValueOption("-B", slot: .integer(0...50)),
                    ],
                    arguments: Arguments(
                        leading: [.text], rest: .path(under: trees), least: 2, most: 4))
            ])
    }

    /// The container's sockets, read from outside.
    static let netVerb = Verb(
        "net", .outside, "lists the container's sockets and addresses",
        examples: ["net listening"],
        forms: fixed(
            "", "listening", "connections", "addresses", filters: FilterKind.allCases))
}
