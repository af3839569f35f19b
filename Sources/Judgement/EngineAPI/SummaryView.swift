import JSON

/// A tenant's own part of what an engine says of itself.
package enum SummaryView {
    /// Narrows an answer of `GET /info`.
    ///
    /// - Parameter body: The engine's answer.
    /// - Returns: The narrowed answer, or nil when the engine's answer is not what it should be.
    package static func narrow(_ body: [UInt8]) -> [UInt8]? {
        let value: JSONValue
        do {
            value = try JSONReader.answer(body)
        } catch {
            return nil
        }
        guard case .object(let object) = value else { return nil }
        return JSONWriter.bytes(.object(info(object)))
    }

    /// What stays of `/info`: facts about the engine that clients need, no counts of what others
    /// have and nothing about the host beyond its platform.
    private static func info(_ object: JSONObject) -> JSONObject {
        let counts = [
            "Containers", "ContainersRunning", "ContainersPaused", "ContainersStopped", "Images",
        ]
        let kept: Set = [
            "ID", "Driver", "MemoryLimit", "SwapLimit", "KernelMemory", "CpuCfsPeriod",
            "CpuCfsQuota", "CPUShares", "CPUSet", "PidsLimit", "IPv4Forwarding",
            "OomKillDisable", "SystemTime", "LoggingDriver", "CgroupDriver", "CgroupVersion",
            "KernelVersion", "OperatingSystem", "OSVersion", "OSType", "Architecture",
            "IndexServerAddress", "NCPU", "MemTotal", "ServerVersion", "DefaultRuntime",
            "Isolation", "InitBinary", "SecurityOptions", "ExperimentalBuild", "Plugins",
        ]
        var members = counts.map { JSONObject.Member(name: $0, value: .integer(0)) }
        members += object.members.filter { kept.contains($0.name) }
        // Clients ask this before anything about services; who the nodes are is not theirs.
        if let swarm = object["Swarm"]?.object {
            let said = ["LocalNodeState", "ControlAvailable"].compactMap { name in
                swarm[name].map { JSONObject.Member(name: name, value: $0) }
            }
            let member = JSONObject.Member(
                name: "Swarm", value: .object(JSONObject(distinct: said)))
            members.append(member)
        }
        return JSONObject(distinct: members)
    }
}
