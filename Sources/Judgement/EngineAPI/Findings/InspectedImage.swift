package import JSON

/// What an engine's inspect says of an image.
package struct InspectedImage: Hashable, Sendable {
    /// The id, `sha256:…`.
    package let id: String
    /// Its names, as the engine shows them.
    package let names: [String]
    /// The tenant that its label names; nil when it has none.
    package let tenant: String?
    /// The names of its labels.
    package let labels: [String]
    /// What runs when something is built on it.
    package let triggers: [String]
    /// What it is for, for example `linux/arm64/v8`; "" when it does not say.
    package let platform: String

    /// The times between its health checks, in nanoseconds; nil when it says none.
    package let healthInterval: Int64?
    /// The same while a container starts (API 1.44).
    package let healthStartInterval: Int64?

    /// Reads an answer of `GET /images/{name}/json`; nil when it is none.
    package init?(_ value: JSONValue) {
        guard let id = value["Id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        names = (value["RepoTags"]?.array ?? []).compactMap(\.string)
            .filter { $0 != "<none>:<none>" }
        let config = value["Config"]
        tenant = StampedLabel.tenant(in: config?["Labels"])
        labels = (config?["Labels"]?.object?.members ?? []).map(\.name)
        func interval(_ name: String) -> Int64? {
            config?["Healthcheck"]?[name]?.int64.flatMap { $0 > 0 ? $0 : nil }
        }
        healthInterval = interval("Interval")
        healthStartInterval = interval("StartInterval")
        platform = ["Os", "Architecture", "Variant"].compactMap { value[$0]?.string }
            .filter { !$0.isEmpty }.joined(separator: "/")
        triggers = (config?["OnBuild"]?.array ?? []).compactMap(\.string)
    }
}
