import Acts
import JSON
import Policy
import PolicyFile
import Store

/// How many objects tenants have beside how many they may.
enum TenantUsage {
    /// Prints it: a line for each tenant and kind of which it has some or may have a number.
    static func show(
        _ objects: [JSONObject], of tenant: String?, _ file: ConfigurationFile,
        _ format: OutputFormat
    ) throws {
        let policy = try PolicyReader.read(
            file.policy, issued: nil, trusted: Set(file.trust.map(\.name))
        ).policy
        var lines: [JSONObject] = []
        func add(_ tenant: String, _ kind: String, _ used: Int, _ most: Int?) {
            if used == 0, most == nil { return }
            lines.append(
                JSONObject([
                    ("tenant", .string(tenant)), ("kind", .string(kind)),
                    ("used", .integer(Int64(used))),
                    ("quota", most.map { .integer(Int64($0)) } ?? .null),
                ]))
        }
        for name in policy.tenants where tenant == nil || tenant == name {
            let own = objects.filter { $0["tenant"]?.string == name }
            for kind in Quota.names.map(\.kind) {
                let used = own.count { $0["kind"]?.string == kind.rawValue }
                add(name, kind.rawValue, used, policy.quotas[name]?.most[kind])
            }
            let ports = own.reduce(0) { $0 + Int($1["ports"]?.int64 ?? 0) }
            add(name, OwnedObject.portQuota, ports, policy.quotas[name]?.ports)
        }
        if format == .json {
            for line in lines { print(JSONWriter.text(.object(line))) }
            return
        }
        Output.table(
            ["TENANT", "KIND", "USED", "QUOTA"],
            lines.map { line in
                func text(_ name: String) -> String {
                    line[name]?.string ?? line[name]?.int64.map { "\($0)" } ?? "-"
                }
                return [text("tenant"), text("kind"), text("used"), text("quota")]
            })
    }
}
