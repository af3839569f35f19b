import Foundation
import Testing

extension Integration {
    /// Networks that tenants make: bridges that the host knows, addresses out of a pool, so many each.
    @Suite(.serialized) struct TenantNetworkTests {
        private static let networks = "networks: {pool: 10.213.0.0/16, size: 26, perTenant: 4}\n"

        private func facts(_ plane: Plane, _ network: String) throws -> (bridge: String, subnet: String) {
            let format = "{{index .Options \"com.docker.network.bridge.name\"}} {{range .IPAM.Config}}{{.Subnet}}{{end}}"
            let name = try plane.engine.name("network", network)
            let words = try plane.engine.docker("network", "inspect", "-f", format, name).output
                .trimmingCharacters(in: .whitespacesAndNewlines).components(separatedBy: " ")
            return (words.first ?? "", words.last ?? "")
        }

        @Test func bridgesAreKnownAndAddressesAreThePools() throws {
            let plane = try Plane(configuration: Self.networks)
            defer { plane.remove() }
            defer { plane.engine.clean("network", "rm", "front", "back", "chosen", "greedy", "theirs", "wide") }
            defer { plane.engine.clean("rm", "-f", "inside") }
            for (identity, name) in [("alice", "front"), ("alice", "back"), ("bo", "theirs")] {
                let made = try plane.docker(identity, "network", "create", name)
                #expect(made.status == 0, "\(made)")
            }
            let made = try plane.docker("alice", "create", "--name", "inside", "bb:1")
            #expect(made.status == 0, "\(made)")
            let all = try ["front", "back", "theirs", "quaymaster-red"].map { try facts(plane, $0) }
            #expect(Set(all.map(\.bridge)).count == 4 && Set(all.map(\.subnet)).count == 4)
            for (bridge, subnet) in all {
                #expect(bridge.hasPrefix("qm-") && bridge.utf8.count == 14, "\(bridge)")
                #expect(subnet.hasPrefix("10.213.0.") && subnet.hasSuffix("/26"), "\(subnet)")
            }
            // Its tenant does not see the name, and nobody chooses one.
            for shown in [
                try plane.docker("alice", "network", "inspect", "front"),
                try plane.docker("alice", "network", "inspect", "quaymaster-red"),
            ] {
                #expect(shown.status == 0 && !shown.output.contains("bridge.name"), "\(shown)")
            }
            #expect(try !plane.request("alice", "/networks").body.contains("bridge.name"))
            let named = try plane.docker(
                "alice", "network", "create", "-o", "com.docker.network.bridge.name=qm-00000000000", "mine")
            #expect(named.status != 0 && named.errors.contains("level.network"), "\(named)")
            // What is shown can be sent back.
            let shown = try plane.request("alice", "/networks/front").body
            let object = try #require(try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any])
            try plane.docker("alice", "network", "rm", "front")
            let sent = object.filter { ["Name", "Driver", "IPAM", "Options", "Labels", "EnableIPv6"].contains($0.key) }
            let body = String(decoding: try JSONSerialization.data(withJSONObject: sent), as: UTF8.self)
            let again = try plane.request(
                "alice", "-X", "POST", "-H", "Content-Type: application/json", "-d", body, "/networks/create")
            #expect(again.status == 201, "\(again)")
            #expect(try facts(plane, "front").subnet == all[0].subnet)
            #expect(try facts(plane, "front").bridge.hasPrefix("qm-"))
            // More of the pool than a network gets is refused, beside it what a level allows.
            let greedy = try plane.docker("alice", "network", "create", "--subnet", "10.213.64.0/24", "greedy")
            #expect(greedy.status != 0 && greedy.errors.contains("network.pool"), "\(greedy)")
            let chosen = try plane.docker("alice", "network", "create", "--subnet", "10.99.64.0/24", "chosen")
            #expect(chosen.status == 0, "\(chosen)")
            // An administrator's networks are the engine's business.
            let wide = try plane.docker("admin", "network", "create", "--subnet", "10.213.128.0/17", "wide")
            #expect(wide.status == 0, "\(wide)")
            #expect(try !facts(plane, "wide").bridge.hasPrefix("qm-"))
        }

        /// Many at once pass no bound and get a subnet each; the tenant's default network is beside it.
        @Test func aTenantHasSoMany() throws {
            let plane = try Plane(configuration: Self.networks)
            defer { plane.remove() }
            let names = (0..<8).map { "many\($0)" }
            defer { plane.engine.clean(["network", "rm"] + names + ["other"]) }
            defer { plane.engine.clean("rm", "-f", "inside") }
            let commands = try names.map { try plane.start("alice", "network", "create", $0) }
            let outcomes = commands.map { $0.finish(seconds: 60) }
            #expect(outcomes.filter { $0.status == 0 }.count == 4, "\(outcomes)")
            for outcome in outcomes where outcome.status != 0 {
                #expect(outcome.errors.contains("tenant.networks"), "\(outcome)")
            }
            let made = names.filter { ((try? facts(plane, $0).subnet) ?? "").hasPrefix("10.213.") }
            #expect(Set(try made.map { try facts(plane, $0).subnet }).count == 4, "\(made)")
            let inside = try plane.docker("alice", "create", "--name", "inside", "bb:1")
            #expect(inside.status == 0, "\(inside)")
            // Another tenant is not in its way, and what is removed makes room.
            #expect(try plane.docker("bo", "network", "create", "other").status == 0)
            try plane.docker("alice", "network", "rm", try #require(made.first))
            let next = try plane.docker("alice", "network", "create", names[0] + "x")
            defer { plane.engine.clean("network", "rm", names[0] + "x") }
            #expect(next.status == 0, "\(next)")
        }
    }
}
