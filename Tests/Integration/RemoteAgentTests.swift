import Foundation
import Testing

/// An agent of the private engine's host that gateways on other machines reach over mutual TLS; its network is
/// the tests' own.
private final class RemoteAgent {
    let engine: PrivateEngine
    /// The agent's configuration directory, and what the gateway gets of it in `gateway`.
    let folder: URL
    private(set) var port = 0
    private var command: Command?

    init(policy: String? = nil) throws {
        engine = try PrivateEngine.find()
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("remote-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try issue("gw.test", "gateway", into: "gateway")
        try issue("engine-1.test", "agent", into: "agent")
        if let policy { try write(policy) }
        try start()
    }

    /// Issues a certificate of the line.
    @discardableResult
    func issue(_ name: String, _ side: String, ttl: String = "1h", into place: String) throws -> [String: String] {
        let done = try Command.done([
            Plane.program, "agent", "issue", name, "--for", side, "--ttl", ttl, "--config", folder.path, "--out",
            file(place), "--format", "json",
        ])
        try #require(done.status == 0, "\(done)")
        return try #require(try JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: String])
    }

    func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func write(_ policy: String) throws {
        try policy.write(to: folder.appendingPathComponent("policy.yaml"), atomically: true, encoding: .utf8)
    }

    /// Starts it, on the port that it has had before.
    func start() throws {
        try """
        agent:
          listen: "tls://127.0.0.1:\(port)"
          gateway: gw.test
          socket: s
          execRoot: \(engine.folder.path)/exec
          helper: \(RunningAgent.helper)
        """.write(to: folder.appendingPathComponent("quaymaster.yaml"), atomically: true, encoding: .utf8)
        let inside = try RunningAgent.inside(engine).filter { $0 != "--net" }
        let command = try Command(inside + [Plane.program, "agent", "--config", folder.path])
        self.command = command
        try #require(command.wait { $0.errors.contains("/s\n") }, "\(command.errors)")
        let rest = try #require(command.errors.components(separatedBy: "tls://127.0.0.1:").dropFirst().first)
        port = try #require(Int(rest.prefix { $0.isNumber }))
    }

    private func process() throws -> Int32 {
        let found = try Command.done(["pgrep", "-P", String(try #require(command).pid)]).output.split(separator: "\n")
        return try #require(found.first.flatMap { Int32($0) })
    }

    func stop() throws {
        guard let command, !command.hasEnded else { return }
        kill(try process(), SIGKILL)
        _ = command.finish(seconds: 10)
    }

    /// Has it read roles and certificates anew, and waits until it says how that went.
    func reload(_ said: String = "anew") throws {
        let before = log.components(separatedBy: said).count
        kill(try process(), SIGHUP)
        let command = try #require(command)
        try #require(command.wait { $0.errors.components(separatedBy: said).count > before }, "\(log)")
    }

    var log: String { command?.errors ?? "" }

    /// `agent:` of the gateway's quaymaster.yaml.
    var configuration: String {
        """
        agent:
          address: "tls://127.0.0.1:\(port)"
          name: engine-1.test
          authority: \(file("gateway/ca.pem"))
          certificate: \(file("gateway/cert.pem"))
          key: \(file("gateway/key.pem"))

        """
    }

    deinit {
        do {
            try stop()
            try FileManager.default.removeItem(at: folder)
        } catch {
            Issue.record(error)
        }
    }
}

extension Integration {
    /// An agent on another machine than the gateway's, from end to end.
    @Suite(.serialized) struct RemoteAgentTests {
        private static let grant = """

              - {to: ann, may: [enter], in: "*", level: privileged, shell: [viewer, net, ops]}
            """

        private func enter(_ plane: Plane, _ container: String, _ line: String) throws -> Outcome {
            try run([Plane.program, "enter", container, "-c", line], environment: plane.environment("ann"))
        }

        @Test func linesOfAllClassesAreAnswered() throws {
            let (agent, containers) = (try RemoteAgent(), try ProbeContainers())
            let id = try containers.start("--add-host", "db:10.1.2.3")
            try withPlane(policy: Plane.policy + Self.grant, configuration: agent.configuration) { plane in
                for (line, status, text) in [
                    ("tail -n 2 /var/log/app.log", 0, "19999\n20000\n"), ("cat /etc/passwd", 1, ""),
                    ("nslookup db", 0, "Server:  /etc/hosts\nAddress: 10.1.2.3\n"), ("nginx -t", 0, "status: Seccomp:"),
                    ("sh", 1, ""),
                ] {
                    let done = try enter(plane, id, line)
                    #expect(done.status == Int32(status) && (text.isEmpty || done.output.contains(text)), "\(line): \(done)")
                    #expect(!text.isEmpty || done.output.isEmpty, "\(line): \(done)")
                }
                // More than any buffer holds is cut as it is beside the gateway.
                let much = try enter(plane, id, "git status --short")
                #expect(much.output.utf8.count == 1 << 20 && much.errors.contains("cut after 1 MiB"), "\(much.errors)")

                // The agent goes and comes again; the gateway is told nothing of it.
                try agent.stop()
                let alone = try enter(plane, id, "ls /var/log")
                #expect(alone.status == 125 && alone.errors.contains("is not to be had"), "\(alone)")
                // Where it is nobody but operators need to know.
                #expect(!alone.errors.contains("127.0.0.1") && plane.server.errors.contains("not reachable at tls://127.0.0.1"))
                try agent.start()
                #expect(try enter(plane, id, "ls /var/log").output == "app.log\n")

                try nothingIsLeftWhenTheGatewayIsKilled(plane, containers, id)

                // Of a certificate that has expired operators are told, and another is used after a reload.
                for (ttl, works) in [("1s", false), ("1h", true)] {
                    try FileManager.default.removeItem(atPath: agent.file("gateway"))
                    try agent.issue("gw.test", "gateway", ttl: ttl, into: "gateway")
                    if !works { try awaitExpiry(agent.file("gateway/cert.pem")) }
                    #expect(try plane.quaymaster("policy", "reload").status == 0)
                    let done = try enter(plane, id, "ls /var/log")
                    #expect(done.status == (works ? 0 : 125), "\(done)")
                    #expect(!done.errors.contains("expired") && (works || plane.server.errors.contains("has expired on")))
                }
            }
        }

        /// A role of the policy's runs its lines and no other, by both judges; a reload of each changes them.
        @Test func rolesOfThePolicyAreJudgedByTheAgentToo() throws {
            func policy(_ line: String) -> String {
                "shell: {counter: {title: counts, verbs: {php-fpm: {lines: [\(line)]}}}}\n" + Plane.policy + """

                      - {to: ann, may: [enter], in: "*", level: privileged, shell: [counter]}
                    """
            }
            let (agent, containers) = (try RemoteAgent(policy: policy("one")), try ProbeContainers())
            let id = try containers.start()
            try withPlane(policy: policy("one"), configuration: agent.configuration) { plane in
                func check(_ line: String, _ status: Int32) throws {
                    let done = try enter(plane, id, "php-fpm " + line)
                    #expect(done.status == status && (done.output == "the image's\n") == (status == 7), "\(line): \(done)")
                }
                try check("one", 7)
                try check("two", 1)
                // The gateway has another policy now, and the agent does not take its word for it.
                try policy("two").write(
                    to: plane.folder.appendingPathComponent("policy.yaml"), atomically: true, encoding: .utf8)
                #expect(try plane.quaymaster("policy", "reload").status == 0)
                try check("one", 1)
                try check("two", 126)
                try agent.write(policy("two"))
                try agent.reload()
                try check("two", 7)
                // What does not compile changes nothing.
                try agent.write("shell: {counter: {}}")
                try agent.reload("goes on as it was")
                try check("two", 7)
            }
        }

        /// A gateway that is killed, whatever its lines do, leaves nothing behind.
        private func nothingIsLeftWhenTheGatewayIsKilled(
            _ plane: Plane, _ containers: ProbeContainers, _ id: String
        ) throws {
            let lines = try ["nginx -s reload", "tail -f /var/log/app.log"].map {
                try Command([Plane.program, "enter", id, "-c", $0], environment: plane.environment("ann"))
            }
            #expect(lines[0].wait { $0.output.contains("hidden") } && lines[1].wait { $0.output.contains("20000") })
            #expect(try containers.commands(id).count > 6)
            try plane.crash()
            let end = Date().addingTimeInterval(3)
            while Date() < end, try containers.commands(id).count > 1 {}
            let left = try containers.commands(id)
            #expect(left.count == 1, "\(left)")
            for line in lines { _ = line.finish(seconds: 30) }
            #expect(try enter(plane, id, "ls /var/log").output == "app.log\n")
        }

        private func awaitExpiry(_ certificate: String) throws {
            let end = Date().addingTimeInterval(30)
            while Date() < end,
                try Command.done(["openssl", "x509", "-checkend", "0", "-noout", "-in", certificate]).status == 0
            {}
        }

        /// Nobody but the gateway is let in, and the line's certificates are no client's.
        @Test func nobodyElseIsLetIn() throws {
            let agent = try RemoteAgent()
            try agent.issue("gw.test", "gateway", ttl: "1s", into: "old")
            try agent.issue("other.test", "gateway", into: "other")
            try withPlane(policy: Plane.policy + Self.grant, configuration: agent.configuration) { plane in
                let alice = try plane.certificates("alice")
                try awaitExpiry(agent.file("old/cert.pem"))
                for (folder, logged) in [
                    (nil, "it has shown no certificate"), (alice, "its certificate is of another authority"),
                    (agent.file("old"), "its certificate has expired on"),
                    (agent.file("other"), "its certificate names other.test, and not gw.test"),
                    (agent.file("agent"), "was not issued for a gateway"),
                ] {
                    let shown = folder.map { ["-cert", $0 + "/cert.pem", "-key", $0 + "/key.pem"] } ?? []
                    // Not more than one is logged a second.
                    let end = Date().addingTimeInterval(20)
                    repeat {
                        let done = try Command.done(
                            [
                                "openssl", "s_client", "-connect", "127.0.0.1:\(agent.port)", "-quiet", "-alpn",
                                "quaymaster-agent/1", "-CAfile", agent.file("agent/ca.pem"),
                            ] + shown)
                        #expect(!done.output.contains("facts") && !done.output.contains("started"), "\(done)")
                    } while !agent.log.contains(logged) && Date() < end
                    #expect(agent.log.contains(logged), "\(agent.log)")
                }
                let plain = try run(["curl", "-sS", "--max-time", "5", "http://127.0.0.1:\(agent.port)/"])
                #expect(plain.status != 0 && plain.output.isEmpty, "\(plain)")
                for folder in ["gateway", "agent"].map(agent.file) {
                    let client = try run([
                        "curl", "-sS", "--cacert", alice + "/ca.pem", "--cert", folder + "/cert.pem", "--key",
                        folder + "/key.pem", "https://\(plane.address)/_ping",
                    ])
                    #expect(client.status != 0 && client.output.isEmpty, "\(client)")
                }
            }
        }
    }
}
