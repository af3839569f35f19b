import Foundation
import Testing

extension Integration {
    /// Services of tenants on an engine that is a Swarm's manager.
    @Suite(.serialized) struct ServiceTests {
        private static let policy = Plane.policy.replacing(
            "network, volume, prune]", with: "network, volume, prune, service, secret, config]")

        private func withSwarm(_ body: (Plane) throws -> Void) throws {
            try withPlane(policy: Self.policy) { plane in
                let made = try plane.engine.docker(
                    "swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377")
                #expect(made.status == 0, "\(made)")
                defer { plane.engine.clean("swarm", "leave", "--force") }
                defer {
                    let all = (try? plane.engine.docker("service", "ls", "-q").output) ?? ""
                    let ids = all.split(separator: "\n").map(String.init)
                    if !ids.isEmpty { plane.engine.clean(["service", "rm"] + ids) }
                }
                try body(plane)
            }
        }

        private func create(_ plane: Plane, _ who: String, _ arguments: String...) throws -> Outcome {
            try run(
                ["docker", "service", "create", "-q", "--detach", "--no-resolve-image"] + arguments,
                environment: plane.environment(who))
        }

        /// The ids of a service's running containers, once there is one.
        private func container(_ plane: Plane, of service: String) throws -> String {
            let end = Date().addingTimeInterval(60)
            while Date() < end {
                let found = try plane.engine.docker(
                    "ps", "-q", "--no-trunc", "--filter", "label=com.docker.swarm.service.id=\(service)")
                if let id = found.output.split(separator: "\n").first { return String(id) }
                usleep(100_000)
            }
            Issue.record("no task of \(service) runs")
            return ""
        }

        private func networks(_ plane: Plane, _ container: String) throws -> [String] {
            try plane.engine.docker(
                "inspect", "-f", "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{end}}", container
            ).output.split(whereSeparator: \.isWhitespace).map(String.init)
        }

        /// What names no network is on the tenant's own, in both of the ways in which it may say so.
        @Test func tasksOfTenantsDoNotMeet() throws {
            try withSwarm { plane in
                var ids: [String: String] = [:]
                for (who, tenant) in [("alice", "red"), ("bo", "blue")] {
                    let made = try create(plane, who, "--name", "web", "bb:1", "sleep", "1000")
                    #expect(made.status == 0, "\(made)")
                    let service = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
                    let task = try container(plane, of: service)
                    #expect(try networks(plane, task) == ["quaymaster-\(tenant)_services"])
                    ids[who] = service
                    // It is not listed, as the one that it stands for is not a tenant's; it can be sent back.
                    #expect(try !plane.docker(who, "network", "ls").output.contains("_services"))
                    let listed = try plane.docker(who, "service", "ls", "--format", "{{.Name}}")
                    #expect(listed.output == "web\n", "\(listed)")
                    let updated = try plane.docker(who, "service", "update", "-q", "--detach", "--env-add", "A=b", "web")
                    #expect(updated.status == 0, "\(updated)")
                }
                let foreign = try plane.docker("bo", "service", "inspect", try #require(ids["alice"]))
                #expect(foreign.status != 0 && foreign.errors.contains("no such service"), "\(foreign)")
                for who in ["alice", "bo"] { #expect(try plane.docker(who, "service", "rm", "web").status == 0) }
            }
        }

        /// By the ingress network the tasks of all tenants would reach each other.
        @Test func portsAreTheHosts() throws {
            try withSwarm { plane in
                let meshed = try create(plane, "alice", "--name", "meshed", "-p", "18080:80", "bb:1", "sleep", "1000")
                #expect(meshed.errors.contains("rule service.ingress"), "\(meshed)")
                let named = try create(plane, "alice", "--name", "named", "--network", "ingress", "bb:1", "sleep", "1000")
                #expect(named.status != 0, "\(named)")
                let direct = try create(
                    plane, "alice", "--name", "direct", "-p", "mode=host,published=18080,target=80", "bb:1", "sleep",
                    "1000")
                #expect(direct.status == 0, "\(direct)")
                let added = try plane.docker(
                    "alice", "service", "update", "-q", "--detach", "--publish-add", "18081:81", "direct")
                #expect(added.errors.contains("rule service.ingress"), "\(added)")
                // Whoever holds the whole engine publishes as before.
                let whole = try create(plane, "admin", "--name", "whole", "-p", "18082:80", "bb:1", "sleep", "1000")
                #expect(whole.status == 0, "\(whole)")
            }
        }
    }
}
