package import JSON

/// What decides which of its events a container brings about by itself.
package struct ContainerTraits: Hashable, Sendable {
    /// True when the engine removes it once it has ended (`--rm`); nil when nobody has said.
    package var isRemovedAtEnd: Bool?
    /// True when the engine starts it anew by itself.
    var restarts = false
    /// How often the engine has started it anew since somebody has.
    var restartCount: Int64 = 0
    /// The command that looks after its health, as events tell it; nil when there is none.
    var healthCommand: String?
    /// What it was called; nil when nobody has said.
    var name: String?
    /// What it is like as a step of a build; nil: no build makes such.
    var step: StepTraits?
    /// When the engine was asked, in nanoseconds since 1970; 0: the request that made it says so.
    var seen: Int64 = 0

    /// What a container is made with.
    ///
    /// - Parameter body: The body of the request that makes it.
    package init(making body: JSONValue) {
        isRemovedAtEnd = body["HostConfig"]?["AutoRemove"]?.bool ?? false
        restarts = Self.restarts(body["HostConfig"])
        healthCommand = Self.health(body)
    }

    /// What the engine says of a container that it was asked about.
    ///
    /// - Parameters:
    ///   - inspected: The answer.
    ///   - time: When it was asked, in nanoseconds since 1970.
    package init(_ inspected: JSONValue, seen time: Int64) {
        isRemovedAtEnd = inspected["HostConfig"]?["AutoRemove"]?.bool
        restarts = Self.restarts(inspected["HostConfig"])
        restartCount = inspected["RestartCount"]?.int64 ?? 0
        healthCommand = inspected["Config"].flatMap(Self.health)
        name = (inspected["Name"]?.string).map { String($0.drop { $0 == "/" }) }
        step = StepTraits(inspected)
        seen = time
    }

    private static func restarts(_ host: JSONValue?) -> Bool {
        !["", "no"].contains(host?["RestartPolicy"]?["Name"]?.string ?? "")
    }

    /// The command as the engine's events tell it (moby, daemon/exec.go: entrypoint, blank, arguments).
    private static func health(_ config: JSONValue) -> String? {
        let test = (config["Healthcheck"]?["Test"]?.array ?? []).map { $0.string ?? "" }
        guard test.count > 1 else { return nil }
        switch test[0] {
        case "CMD": return test[1...].joined(separator: " ")
        case "CMD-SHELL":
            let shell = (config["Shell"]?.array ?? []).compactMap(\.string)
            let words = shell.isEmpty ? ["/bin/sh", "-c"] : shell
            return (words + [test[1]]).joined(separator: " ")
        default: return nil
        }
    }
}
