import Foundation
import Testing

extension Integration {
    /// The engine's default network on a plane of several tenants: each has its own instead.
    @Suite(.serialized) struct DefaultNetworkTests {
        private static let pool = "networks: {pool: 10.213.0.0/16, size: 26}\n"

        private func address(_ plane: Plane, _ name: String) throws -> String {
            try plane.engine.docker(
                "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", plane.engine.id(name)
            ).output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func networks(_ plane: Plane, _ name: String) throws -> String {
            try plane.engine.docker(
                "inspect", "-f", "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{end}}", plane.engine.id(name)
            ).output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        @Test func tenantsDoNotMeetOnIt() throws {
            let plane = try Plane(configuration: Self.pool)
            defer { plane.remove() }
            defer {
                plane.engine.clean("rm", "-f", "red1", "red2", "blue1", "linked")
                plane.engine.clean("network", "rm", "quaymaster-red", "quaymaster-blue")
            }
            for (identity, name) in [("alice", "red1"), ("alice", "red2"), ("bo", "blue1")] {
                let made = try plane.docker(identity, "run", "-d", "--name", name, "bb:1", "sleep", "1000")
                #expect(made.status == 0, "\(made)")
            }
            #expect(try networks(plane, "red1") == "quaymaster-red")
            #expect(try networks(plane, "blue1") == "quaymaster-blue")
            let red = try address(plane, "red1")
            let blue = try address(plane, "blue1")
            #expect(red.hasPrefix("10.213.0.") && blue.hasPrefix("10.213.0."), "\(red) \(blue)")
            // One's own are reached, by name too; another's are not, by address either.
            func reaches(_ identity: String, _ from: String, _ target: String) throws -> Bool {
                try plane.docker(identity, "exec", from, "timeout", "6", "ping", "-c", "1", "-W", "2", target).status == 0
            }
            #expect(try reaches("alice", "red2", red))
            #expect(try reaches("alice", "red2", "red1"))
            #expect(try !reaches("alice", "red2", blue))
            #expect(try !reaches("bo", "blue1", red))
            // A link is what it was on the default network.
            let linked = try plane.docker(
                "alice", "run", "--name", "linked", "--link", "red1:db", "bb:1", "ping", "-c", "1", "db")
            #expect(linked.status == 0, "\(linked)")
            // Its steps are containers too.
            let build = try plane.docker(
                "alice", "build", "-t", "own-net:1", "-",
                input: "FROM bb:1\nRUN ip -4 addr show eth0 | grep -q 10.213.0\n")
            defer { plane.engine.clean("rmi", "-f", "own-net:1") }
            #expect(build.status == 0, "\(build)")
            // Each sees its own, and cannot take another's name.
            #expect(try !plane.docker("bo", "network", "ls").output.contains("quaymaster-red"))
            for name in ["quaymaster-green", "quaymaster-red"] {
                let squat = try plane.docker("bo", "network", "create", name)
                #expect(squat.status != 0 && squat.errors.contains("rule"), "\(squat)")
            }
            // It is there as long as its containers may start again.
            try plane.docker("alice", "stop", "-t", "0", "red1", "red2")
            #expect(try plane.docker("alice", "network", "prune", "-f").status == 0)
            let restarted = try plane.docker("alice", "start", "red1")
            #expect(restarted.status == 0, "\(restarted)")
            // A connection names its network in the path alone.
            try plane.docker("alice", "network", "create", "aside")
            defer { plane.engine.clean("network", "rm", "aside") }
            let body = #"{"Container":"red1","EndpointConfig":{"NetworkID":"bridge"}}"#
            let connected = try plane.request(
                "alice", "-X", "POST", "-H", "Content-Type: application/json", "-d", body,
                "/networks/aside/connect")
            #expect(connected.status == 200, "\(connected)")
            let both = try plane.docker(
                "alice", "inspect", "-f", "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{end}}", "red1")
            #expect(both.output == "aside quaymaster-red \n")
            plane.engine.clean("rm", "-f", "red1")
            plane.engine.clean("network", "rm", "aside")
            // What the administrators make is where it always was.
            let admin = try plane.docker("admin", "create", "--name", "linked2", "bb:1")
            defer { plane.engine.clean("rm", "-f", "linked2") }
            #expect(admin.status == 0)
            #expect(try networks(plane, "linked2") == "bridge")
        }

        /// Many requests at once make one network.
        @Test func itIsMadeOnce() throws {
            let plane = try Plane(configuration: Self.pool)
            defer { plane.remove() }
            let names = (0..<8).map { "once\($0)" }
            defer {
                plane.engine.clean(["rm", "-f"] + names)
                plane.engine.clean("network", "rm", "quaymaster-red")
            }
            let commands = try names.map { try plane.start("alice", "create", "--name", $0, "bb:1") }
            for command in commands { #expect(command.finish(seconds: 60).status == 0) }
            let listed = try plane.engine.docker("network", "ls", "--format", "{{.Name}}").output
            #expect(listed.split(separator: "\n").filter { $0 == "quaymaster-red" }.count == 1)
            for name in names { #expect(try networks(plane, name) == "quaymaster-red") }
        }

        @Test func anothersNetworkOfThatNameIsNotUsed() throws {
            let plane = try Plane(configuration: Self.pool)
            defer { plane.remove() }
            try plane.engine.docker("network", "create", "quaymaster-red")
            defer { plane.engine.clean("network", "rm", "quaymaster-red") }
            let made = try plane.docker("alice", "create", "--name", "x", "bb:1")
            #expect(made.status != 0 && made.errors.contains("is not the tenant's"), "\(made)")
        }
    }
}
