extension Roles {
    /// Our own pager with its own keys; the program that is named is never run.
    package static let pager = Role(
        "pager",
        "our pager, our keys: the line maps to Quaymaster's own pager, the named program is never run",
        [
            pagerVerb("less", "less /var/log/app.log"),
            pagerVerb("more", "more /var/log/app.log"),
            pagerVerb("view", "view /etc/nginx/nginx.conf"),
            Verb(
                "vi", .outside, "opens a file in our pager, read-only",
                examples: ["vi -R /etc/nginx/nginx.conf"],
                forms: [
                    Form(
                        flags: "R", needs: ["-R"],
                        arguments: paths(1...1, under: logsAndConfiguration))
                ]),
        ])

    private static func pagerVerb(_ name: String, _ example: String) -> Verb {
        Verb(
            name, .outside, "opens a file in our pager", examples: [example],
            forms: [Form(arguments: paths(1...1, under: logsAndConfiguration))])
    }
}
