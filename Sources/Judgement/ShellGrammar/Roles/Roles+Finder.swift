extension Roles {
    /// Search in named trees, by our own reading of them.
    package static let finder = Role(
        "finder", "search in named trees",
        [
            Verb(
                "find", .outside, "finds files in a tree",
                examples: ["find /var/log -name '*.gz' -mtime +7"],
                forms: [
                    Form(
                        options: predicates, arguments: paths(1...1, under: trees),
                        argumentsFirst: true, filters: FilterKind.allCases)
                ]),
            Verb(
                "grep", .outside, "shows lines that a pattern fits",
                examples: ["grep -n -A 3 'timeout after' /var/log/app.log"],
                forms: [
                    Form(
                        flags: "incFvEl",
                        options: [
                            ValueOption("-m", slot: .integer(1...1000)),
                            ValueOption("-A", slot: .integer(0...50)),
                            ValueOption("-B", slot: .integer(0...50)),
                        ],
                        arguments: Arguments(
                            leading: [.text], rest: .path(under: logsAndConfiguration), least: 2,
                            most: 4))
                ]),
            matchVerb(under: logsAndConfiguration),
            Verb(
                "wc", .outside, "counts lines, words and bytes",
                examples: ["wc -l /var/log/app.log"],
                forms: [Form(flags: "lcw", arguments: paths(1...4, under: logs))]),
            Verb(
                "du", .outside, "shows the size of a tree", examples: ["du -sh /srv/app"],
                forms: [Form(flags: "sh", arguments: paths(1...2, under: trees))]),
            Verb(
                "stat", .outside, "shows what a file is", examples: ["stat /var/log/app.log"],
                forms: [Form(arguments: paths(1...2, under: trees))]),
            Verb(
                "zcat", .outside, "shows a compressed log",
                examples: ["zcat /var/log/app.log.1.gz"],
                forms: [
                    Form(arguments: paths(1...1, under: logs), filters: FilterKind.allCases)
                ]),
        ])

    private static let predicates = [
        ValueOption("-name", slot: .glob), ValueOption("-iname", slot: .glob),
        ValueOption("-type", slot: .choice(["f", "d", "l"])),
        ValueOption("-maxdepth", slot: .integer(0...8)),
        ValueOption("-mtime", slot: .signed(0...3650)),
        ValueOption("-mmin", slot: .signed(0...10_000)),
        ValueOption("-size", slot: .size),
    ]
}
