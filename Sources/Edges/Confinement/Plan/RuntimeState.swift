import AgentMessages
import JSON

/// What runc wrote down of a container that it started (`state.json`).
package struct RuntimeState: Hashable, Sendable {
    /// The number of the container's first process, as the engine sees it.
    package let process: Int32
    /// When that started, in ticks since the host did.
    package let start: UInt64
    /// Folders of its cgroups by controllers; that of version 2 has an empty name.
    package let cgroups: [String: String]

    /// Reads a `state.json`.
    ///
    /// - Throws: `Refusal` when something is missing that entering needs, or something is there that
    ///   is not understood well enough.
    package init(_ bytes: [UInt8]) throws {
        let value: JSONValue
        do {
            value = try JSONReader.answer(bytes)
        } catch {
            throw Refusal("plan.state", "runc's state of the container is not understood")
        }
        guard let process = value["init_process_pid"]?.int64.flatMap({ Int32(exactly: $0) }),
            process > 0, let start = value["init_process_start"]?.natural, start > 0,
            let paths = value["cgroup_paths"]?.object
        else { throw Refusal("plan.state", "runc's state of the container is incomplete") }
        if value["rootless"]?.bool == true {
            throw Refusal(
                "plan.rootless", "the container runs without root, which is not supported")
        }
        if value["config"]?["no_pivot_root"]?.bool == true {
            throw Refusal(
                "plan.pivot", "the container's root is no mount of its own (no_pivot_root)")
        }
        if let path = value["intel_rdt_path"]?.string, !path.isEmpty {
            throw Refusal(
                "plan.rdt", "the container has a share of the processor's cache (Intel RDT)")
        }
        var cgroups: [String: String] = [:]
        for member in paths.members {
            guard let path = member.value.string, Self.isPlain(path) else {
                throw Refusal("plan.state", "runc's state names a cgroup by no absolute path")
            }
            cgroups[member.name] = path
        }
        guard !cgroups.isEmpty else {
            throw Refusal("plan.state", "runc's state of the container names no cgroup")
        }
        (self.process, self.start, self.cgroups) = (process, start, cgroups)
    }

    private static func isPlain(_ path: String) -> Bool {
        path.hasPrefix("/") && !path.split(separator: "/").contains { $0 == ".." || $0 == "." }
            && !path.utf8.contains(0)
    }
}
