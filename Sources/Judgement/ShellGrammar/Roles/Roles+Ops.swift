extension Roles {
    /// Named service actions: fixed lines of the container's programs, and what we do ourselves.
    package static let ops = Role(
        "ops", "named service actions",
        [
            Verb(
                "nginx", .program, "tests and reloads the web server",
                examples: ["nginx -t", "nginx -s reload"],
                forms: fixed("-t", "-T", "-s reload", "-v")),
            // Our own tool sends it from inside, with what the container itself may signal.
            Verb(
                "kill", .ownTool, "signals the first process", examples: ["kill -HUP 1"],
                forms: fixed("-HUP 1", "-USR1 1")),
            Verb(
                "supervisorctl", .program, "shows and restarts supervised services",
                examples: ["supervisorctl status", "supervisorctl restart web"],
                forms: [
                    Form(
                        words: ["status"],
                        arguments: Arguments(leading: [.service], least: 0, most: 1)),
                    Form(
                        words: ["restart"],
                        arguments: Arguments(leading: [.service], least: 1, most: 1)),
                ]),
            Verb(
                "redis-cli", .program, "shows the state of Redis",
                examples: ["redis-cli ping", "redis-cli info memory"],
                forms: fixed("ping", "info", "info memory", "info replication", "dbsize")),
            Verb(
                "jcmd", .program, "shows the state of the Java machine",
                examples: ["jcmd 1 Thread.print"],
                forms: fixed("1 Thread.print", "1 GC.heap_info", "1 VM.uptime")),
            Verb(
                "php-fpm", .program, "tests the configuration", examples: ["php-fpm -t"],
                forms: fixed("-t")),
            // tar's own options start programs: we read the archive ourselves.
            Verb(
                "tar", .outside, "lists an archive", examples: ["tar -tf /backup/site.tar"],
                forms: [
                    Form(
                        options: [ValueOption("-tf", slot: .path(under: ["/backup"]))],
                        needs: ["-tf"])
                ]),
            Verb(
                "git", .program, "shows the state of the working directory",
                examples: ["git status --short", "git log --oneline -n 20"],
                forms: fixed("status --short", "log --oneline -n 20", "rev-parse HEAD")),
        ])
}
