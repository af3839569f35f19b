import Acts
import JSON

/// A tenant's own part of answers that sum up the whole engine.
package enum SummaryView {
    /// Narrows an answer.
    ///
    /// - Parameters:
    ///   - operation: `SystemInfo` or `SystemDataUsage`.
    ///   - body: The engine's answer.
    ///   - tenant: Whose part is shown.
    ///   - owner: Says whose an object is.
    ///   - imageOwner: The tenant that made an image's name, in canonical spelling.
    /// - Returns: The narrowed answer, or nil when the engine's answer is not what it should be.
    package static func narrow(
        _ operation: String, _ body: [UInt8], to tenant: String, owner: Sighting.Owner,
        imageOwner: (String) -> String? = { _ in nil }
    ) -> [UInt8]? {
        let value: JSONValue
        do {
            value = try JSONReader.value(of: body)
        } catch {
            return nil
        }
        guard case .object(let object) = value else { return nil }
        switch operation {
        case "SystemInfo": return JSONWriter.bytes(.object(info(object)))
        case "SystemDataUsage":
            return JSONWriter.bytes(.object(dataUsage(object, tenant, owner, imageOwner)))
        default: return nil
        }
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
        return JSONObject(distinct: members)
    }

    /// What stays of `/system/df`: containers and volumes that are the tenant's.
    private static func dataUsage(
        _ object: JSONObject, _ tenant: String, _ owner: Sighting.Owner,
        _ imageOwner: (String) -> String?
    ) -> JSONObject {
        var result = JSONObject()
        result["LayersSize"] = object["LayersSize"] ?? .integer(0)
        let images = (object["Images"]?.array ?? []).compactMap(\.object)
        result["Images"] = .array(
            images.compactMap { ImageListView.narrow($0, tenant, imageOwner) })
        for (name, kind) in [("Containers", ObjectKind.container), ("Volumes", .volume)] {
            result[name] = .array(
                ObjectListView.narrow(
                    kind, object[name]?.array ?? [], to: tenant, owner: owner))
        }
        result["BuildCache"] = .array([])
        return result
    }
}
