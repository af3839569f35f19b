import Acts
import JSON
import Policy
import PolicyFile

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
        for name in policy.tenants where tenant == nil || tenant == name {
            for kind in Quota.names.map(\.kind) {
                let used = objects.count {
                    $0["tenant"]?.string == name && $0["kind"]?.string == kind.rawValue
                }
                let most = policy.quotas[name]?.most[kind]
                if used == 0, most == nil { continue }
                lines.append(
                    JSONObject([
                        ("tenant", .string(name)), ("kind", .string(kind.rawValue)),
                        ("used", .integer(Int64(used))),
                        ("quota", most.map { .integer(Int64($0)) } ?? .null),
                    ]))
            }
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
