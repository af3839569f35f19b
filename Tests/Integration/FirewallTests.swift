import Foundation
import Testing

extension Integration {
    /// What containers of tenants reach with and without the host's firewall, by really connecting.
    ///
    /// The engine's network has a host of its own, a machine outside behind a cable, and that machine
    /// answers at the metadata's address too.
    @Suite(.serialized) struct FirewallTests {
        /// Published ports are carried by a process of the host's, unless the engine is told not to.
        private static let isProxied =
            !(ProcessInfo.processInfo.environment["QM_ENGINE_CONFIG"] ?? "").contains("\"userland-proxy\":false")

        /// The host, the machine outside, and what runs there.
        private final class World {
            let plane: Plane
            let web: URL
            private var servers: [Command] = []
            private let machine: Command

            init(_ plane: Plane) throws {
                self.plane = plane
                web = plane.folder.appendingPathComponent("web")
                try FileManager.default.createDirectory(at: web, withIntermediateDirectories: true)
                try "here\n".write(to: web.appendingPathComponent("index.html"), atomically: true, encoding: .utf8)
                machine = try Command(["unshare", "--net", "busybox", "httpd", "-f", "-p", "8099", "-h", web.path])
                for port in ["8097", "8098"] {
                    servers.append(
                        try Command(plane.launcher + ["busybox", "httpd", "-f", "-p", port, "-h", web.path]))
                }
                let cable = """
                    set -e
                    for i in $(seq 100); do
                        [ "$(readlink /proc/\(machine.pid)/ns/net)" != "$(readlink /proc/\(getpid())/ns/net)" ] && break
                        sleep 0.05
                    done
                    ip link add up0 type veth peer name wd0
                    ip link set wd0 netns \(machine.pid)
                    ip addr add 203.0.113.1/24 dev up0; ip link set up0 up
                    nsenter --net=/proc/\(machine.pid)/ns/net sh -ec '
                        ip link set lo up; ip addr add 203.0.113.9/24 dev wd0
                        ip addr add 169.254.169.254/32 dev wd0; ip link set wd0 up'
                    ip route add 169.254.0.0/16 via 203.0.113.9
                    """
                let made = try run(plane.launcher + ["sh", "-c", cable])
                try #require(made.status == 0, "\(made)")
            }

            func remove() {
                for command in servers + [machine] {
                    command.signal(SIGKILL)
                    _ = command.finish(seconds: 10)
                }
                _ = try? run(plane.launcher + ["ip", "link", "delete", "up0"])
                _ = try? run(plane.launcher + ["nft", "delete", "table", "inet", "quaymaster"])
            }

            /// Loads the rules that the program prints.
            func load() throws {
                let rules = try plane.quaymaster("firewall")
                try #require(rules.status == 0, "\(rules)")
                let loaded = try run(plane.launcher + ["nft", "-f", "-"], input: rules.output)
                try #require(loaded.status == 0, "\(loaded)")
            }

            /// True when the machine outside is served.
            func outsideReaches(_ host: String, _ port: String) throws -> Bool {
                try run(
                    ["nsenter", "--net=/proc/\(machine.pid)/ns/net", "busybox", "nc", "-w", "3", host, port],
                    input: "GET / HTTP/1.0\r\n\r\n"
                ).output.hasSuffix("here\n")
            }
        }

        private struct Row {
            let what: String
            var from = "a2"
            let address: String
            /// What is so without the rules; nil where engines differ.
            let before: Bool?
            let after: Bool
        }

        private func reaches(_ plane: Plane, _ identity: String, _ from: String, _ address: String) throws -> Bool {
            let colon = try #require(address.lastIndex(of: ":"))
            let host = address[..<colon].filter { !"[]".contains($0) }
            let port = address[colon...].dropFirst()
            // The gateway speaks no HTTP there: being let in is enough.
            let asked = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 \(host) \(port)"
            let command = port == "23760" ? "nc -w 3 \(host) \(port) </dev/null && echo here" : asked
            return try plane.docker(identity, "exec", from, "sh", "-c", command).output.hasSuffix("here\n")
        }

        private func address(_ plane: Plane, _ name: String, _ network: String, _ field: String) throws -> String {
            try plane.docker(
                name.hasPrefix("a") ? "alice" : "bo", "inspect", "-f", "{{(index .NetworkSettings.Networks \"\(network)\").\(field)}}", name
            ).output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        @Test func containersOfTenantsReachTheirOwnAndTheOutside() throws {
            let plane = try Plane(
                configuration: """
                    networks: {pool: 10.213.0.0/16, size: 26, reach: ["203.0.113.1:8097"]}

                    """, inside: true)
            defer { plane.remove() }
            let world = try World(plane)
            defer { world.remove() }
            defer {
                plane.engine.clean("rm", "-f", "a1", "a2", "a3", "b1", "admins")
                plane.engine.clean("network", "rm", "six-red", "six-blue", "quaymaster-red", "quaymaster-blue")
            }
            let serve = "mkdir -p /w; echo here >/w/index.html; exec httpd -f -p 8080 -h /w"
            func start(_ identity: String, _ name: String, _ more: String...) throws {
                var arguments = ["run", "-d", "--name", name] + more + ["bb:1", "sh", "-c", serve]
                arguments = plane.launcher + ["docker"] + arguments
                let made = try run(arguments, environment: plane.environment(identity))
                try #require(made.status == 0, "\(made)")
            }
            try start("alice", "a1", "-p", "18080:8080")
            try start("alice", "a2")
            try start("alice", "a3")
            try start("bo", "b1", "-p", "18081:8080")
            try plane.engine.docker("run", "-d", "--name", "admins", "bb:1", "sleep", "1000")
            for (identity, name, number, inside) in [("alice", "six-red", 1, "a2"), ("bo", "six-blue", 2, "b1")] {
                let made = try plane.docker(
                    identity, "network", "create", "--ipv6", "--subnet", "fd12:3456:789a:\(number)::/64", name)
                try #require(made.status == 0, "\(made)")
                try #require(try plane.docker(identity, "network", "connect", name, inside).status == 0)
            }
            let bridge = try address(plane, "a2", "quaymaster-red", "Gateway")
            let rows = [
                Row(
                    what: "its own container", address: try address(plane, "a1", "quaymaster-red", "IPAddress") + ":8080", before: true,
                    after: true),
                Row(what: "its own by name", address: "a1:8080", before: true, after: true),
                Row(
                    what: "another tenant's", address: try address(plane, "b1", "quaymaster-blue", "IPAddress") + ":8080", before: false,
                    after: false),
                Row(
                    what: "another tenant's by IPv6", address: "[\(try address(plane, "b1", "six-blue", "GlobalIPv6Address"))]:8080",
                    before: nil, after: false),
                Row(what: "the outside", address: "203.0.113.9:8099", before: true, after: true),
                Row(what: "metadata", address: "169.254.169.254:8099", before: true, after: false),
                Row(what: "the host by its bridge", address: bridge + ":8098", before: true, after: false),
                Row(what: "the host", address: "203.0.113.1:8098", before: true, after: false),
                Row(what: "the host by IPv6", address: "[fd12:3456:789a:1::1]:8098", before: true, after: false),
                Row(what: "the host where an operator opens it", address: "203.0.113.1:8097", before: true, after: true),
                Row(what: "the gateway", address: "203.0.113.1:23760", before: true, after: false),
                Row(what: "the gateway by its bridge", address: bridge + ":23760", before: true, after: false),
                Row(what: "another's published port", address: "203.0.113.1:18081", before: Self.isProxied, after: false),
                Row(what: "another's published port by its bridge", address: bridge + ":18081", before: nil, after: false),
                // Who carries it there is a process of the host's, which cannot be told from others.
                Row(what: "its own published port", from: "a3", address: "203.0.113.1:18080", before: true, after: !Self.isProxied),
            ]
            for row in rows {
                guard let expected = row.before else { continue }
                #expect(try reaches(plane, "alice", row.from, row.address) == expected, "before: \(row.what)")
            }
            // Twice does no harm: the second replaces the first.
            try world.load()
            try world.load()
            for row in rows {
                #expect(try reaches(plane, "alice", row.from, row.address) == row.after, "after: \(row.what)")
            }
            #expect(try world.outsideReaches("203.0.113.1", "18080"))
            #expect(try world.outsideReaches("203.0.113.1", "18081"))
            // Administrators' containers are as they were.
            let admins = try plane.engine.docker(
                "exec", "admins", "sh", "-c", "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 203.0.113.1 8098")
            #expect(admins.output.hasSuffix("here\n"), "\(admins)")
            // They can be taken away again.
            let removed = try run(plane.launcher + ["nft", "delete", "table", "inet", "quaymaster"])
            #expect(removed.status == 0, "\(removed)")
            #expect(try reaches(plane, "alice", "a2", "203.0.113.1:8098"))
        }
    }
}
