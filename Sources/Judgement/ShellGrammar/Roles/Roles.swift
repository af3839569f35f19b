/// The roles that are built in.
package enum Roles {
    /// All of them, in the order in which they are listed.
    package static let all = [viewer, net, finder, pager, ops]

    /// The role of a name; nil when none is built in.
    package static func named(_ name: String) -> Role? {
        all.first { $0.name == name }
    }

    /// Where servers log.
    static let logs = ["/var/log"]
    /// Logs and configuration.
    static let logsAndConfiguration = ["/var/log", "/etc/nginx", "/etc/php", "/srv/app/config"]
    /// Logs, configuration and the application.
    static let trees = logsAndConfiguration + ["/srv/app"]

    /// Paths, so many of them, under trees.
    static func paths(_ count: ClosedRange<Int>, under trees: [String]) -> Arguments {
        Arguments(
            rest: .path(under: trees), least: count.lowerBound, most: count.upperBound)
    }

    /// Whole fixed lines, each as words with a space between them.
    static func fixed(_ lines: String..., filters: [FilterKind] = []) -> [Form] {
        lines.map { line in
            Form(words: line.split(separator: " ").map { String($0) }, filters: filters)
        }
    }
}
