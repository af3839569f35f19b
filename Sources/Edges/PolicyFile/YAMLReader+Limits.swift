import Acts
import Yams

extension YAMLReader {
    /// How much somebody may take up, by the names of means; nil when nothing is said.
    func limits(_ node: Node?, of means: [Means]) -> [Means: Int]? {
        guard let node else { return nil }
        var limits: [Means: Int] = [:]
        for (name, value) in record(node, "limits", known: means.map(\.rawValue)) {
            guard let known = Means(rawValue: name) else { continue }
            guard let number = value.int, number > 0 else {
                report("a limit is a whole number above zero", at: value)
                continue
            }
            limits[known] = number
        }
        return limits
    }

    /// How many objects a tenant may have; nil when nothing is said.
    func quota(_ node: Node?) -> Quota? {
        guard let node else { return nil }
        // Together they are held by the kernel, on the cgroup that all of the tenant's containers are in.
        let summed = ["cpus", "memory", "pids"]
        var most: [ObjectKind: Int] = [:]
        var ports: Int?
        let known = Quota.names.map(\.name) + ["ports"] + summed
        for (name, value) in record(node, "quota", known: known) {
            let kind = Quota.names.first(where: { $0.name == name })?.kind
            guard kind != nil || name == "ports" else {
                report(
                    "\(name) is not set by the gateway, which is not root", at: value,
                    hint: "set it on the tenant's cgroup: docs/operations.md, Limits")
                continue
            }
            guard let number = value.int, number >= 0 else {
                report("a quota is a whole number", at: value)
                continue
            }
            if let kind { most[kind] = number } else { ports = number }
        }
        return Quota(most, ports: ports, at: Location(file: file, line: node.mark?.line ?? 0))
    }
}
