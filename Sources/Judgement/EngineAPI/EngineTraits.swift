package import JSON

/// What is known of an engine as a whole and matters for what it is sent.
package struct EngineTraits: Hashable, Sendable {
    /// What the engine calls itself; "" when it does not say.
    package let id: String
    /// The highest API version that the engine and we speak.
    package let version: APIVersion
    /// True when cgroups are systemd's: a parent is a slice then.
    package let usesSystemdCgroups: Bool
    /// The log driver of containers that name none.
    package let logDriver: String
    /// The folder that holds the engine's state; "" when it does not say.
    package let dataRoot: String

    /// Takes an engine's traits.
    package init(
        version: APIVersion, id: String = "", usesSystemdCgroups: Bool = false,
        logDriver: String = "json-file", dataRoot: String = ""
    ) {
        self.id = id
        self.version = version
        self.usesSystemdCgroups = usesSystemdCgroups
        self.logDriver = logDriver
        self.dataRoot = dataRoot
    }

    /// Reads an answer of `GET /info`.
    package init(version: APIVersion, info: JSONValue) {
        self.init(
            version: version, id: info["ID"]?.string ?? "",
            usesSystemdCgroups: info["CgroupDriver"]?.string == "systemd",
            logDriver: info["LoggingDriver"]?.string ?? "",
            dataRoot: info["DockerRootDir"]?.string ?? "")
    }
}
