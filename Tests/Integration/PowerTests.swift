import Foundation
import Testing

extension Integration {
    /// An act is judged against what its target is (design, invariant 14), on a real engine.
    @Suite(.serialized) struct PowerTests {
        /// A policy of one tenant with two developers.
        private static let policy = """
            tenants: {red: {}, blue: {}}
            roles:
              developer: [view, logs, run, start, stop, restart, wait, rm, attach, exec, cp, export, commit,
                network, volume, build, load, save, tag, rmi, import]
            levels:
              cache: {extends: baseline, mounts: {bind: [{from: /var/lib/qm-test-cache}]}}
            grants:
              - {to: admin, may: "*", in: "*", level: privileged}
              - {to: [alice, carol], may: developer, in: red, level: baseline}
              - {to: dora, may: developer, in: red, level: cache}
              - {to: bo, may: developer, in: blue, level: baseline}
            """

        /// Things that an administrator, or an older policy, has put into the tenant.
        @Test func strongerContainersAreNotEntered() throws {
            try withPlane(policy: Self.policy) { plane in
                let label = "quaymaster.tenant=red"
                let strong: [(String, [String], String)] = [
                    ("priv", ["--privileged"], "level.privileged"),
                    ("bound", ["-v", "/:/host"], "level.bind"),
                    ("pids", ["--pid", "host"], "level.host-pid"),
                    ("caps", ["--cap-add", "SYS_ADMIN"], "level.capability"),
                ]
                try plane.engine.docker(
                    "volume", "create", "--label", label, "-o", "type=none", "-o", "o=bind", "-o", "device=/etc",
                    "trap")
                try plane.docker("alice", "run", "-d", "--name", "plain", "bb:1", "sleep", "100")
                defer {
                    plane.engine.clean("rm", "-f", "priv", "bound", "pids", "caps", "joiner", "plain", "trapped")
                    plane.engine.clean("volume", "rm", "trap")
                }
                let adopt = ["tenant", "adopt", "red", "--config", plane.folder.path]
                #expect(try run([Plane.program] + adopt + ["volume/trap"]).status == 0)
                for (name, options, rule) in strong {
                    _ = try run(
                        ["docker", "-H", "unix://\(plane.engine.socket)", "run", "-d", "--name", name, "--label", label]
                            + options + ["bb:1", "sleep", "100"])
                    #expect(try run([Plane.program] + adopt + ["container/\(name)"]).status == 0)
                    for act in [
                        ["exec", name, "id"], ["cp", "\(name):/etc/hostname", "-"], ["export", name],
                        ["commit", name], ["restart", "-t", "0", name],
                        ["run", "--rm", "--pid", "container:\(name)", "bb:1", "true"],
                        ["run", "--rm", "--network", "container:\(name)", "bb:1", "true"],
                        ["run", "--rm", "--volumes-from", name, "bb:1", "true"],
                        ["run", "--rm", "--link", name, "bb:1", "true"],
                    ] {
                        let outcome = try run(["docker"] + act, environment: plane.environment("alice"), seconds: 20)
                        #expect(outcome.status != 0 && outcome.errors.contains(rule), "\(act): \(outcome)")
                    }
                    // Looking and stopping need no more than the verb.
                    #expect(try plane.docker("alice", "logs", name).status == 0)
                    #expect(try plane.docker("alice", "stop", "-t", "0", name).status == 0)
                    let start = try plane.docker("alice", "start", name)
                    #expect(start.status != 0 && start.errors.contains(rule), "\(start)")
                }
                // What a container joins is its own power too.
                try plane.engine.docker("start", "caps")
                try plane.engine.docker(
                    "run", "-d", "--name", "joiner", "--label", label, "--network", "container:caps", "bb:1",
                    "sleep", "100")
                #expect(try run([Plane.program] + adopt + ["container/joiner"]).status == 0)
                let through = try plane.docker("alice", "exec", "joiner", "id")
                #expect(through.errors.contains("level.capability"), "\(through)")
                // Mounts and namespaces outlive the container that they came from.
                try plane.engine.docker(
                    "run", "-d", "--name", "heir", "--label", label, "--volumes-from", "bound", "bb:1", "sleep", "100")
                try plane.engine.docker(
                    "run", "-d", "--name", "orphan", "--label", label, "--pid", "container:caps", "bb:1", "sleep", "100")
                defer { plane.engine.clean("rm", "-f", "heir", "orphan") }
                #expect(try run([Plane.program] + adopt + ["container/heir", "container/orphan"]).status == 0)
                #expect(try plane.docker("alice", "rm", "-f", "bound").status == 0)
                let heir = try plane.docker("alice", "exec", "heir", "id")
                #expect(heir.errors.contains("level.bind"), "\(heir)")
                let orphan = try plane.docker("alice", "exec", "orphan", "id")
                #expect(orphan.errors.contains("level.capability"), "\(orphan)")
                // A volume can be any path of the host.
                let mounted = try plane.docker("alice", "run", "--rm", "-v", "trap:/t", "bb:1", "ls", "/t")
                #expect(mounted.errors.contains("level.volume-driver"), "\(mounted)")
                // Ordinary ones are entered.
                for act in [["exec", "plain", "id"], ["cp", "plain:/etc/passwd", "-"], ["restart", "-t", "0", "plain"]] {
                    let outcome = try run(["docker"] + act, environment: plane.environment("alice"))
                    #expect(outcome.status == 0, "\(act): \(outcome)")
                }
                let admin = try plane.docker("admin", "exec", "caps", "id")
                #expect(admin.status == 0, "\(admin)")
            }
        }

        @Test func anExecIsItsMakers() throws {
            try withPlane(policy: Self.policy) { plane in
                try plane.docker("alice", "run", "-d", "--name", "shared", "bb:1", "sleep", "100")
                defer { plane.engine.clean("rm", "-f", "shared") }
                let body = #"{"Cmd":["echo","mine"],"AttachStdout":true}"#
                let made = try plane.request(
                    "alice", "-X", "POST", "-H", "Content-Type: application/json", "-d", body,
                    "/v1.41/containers/shared/exec")
                #expect(made.status == 201, "\(made)")
                let id = try #require(made.body.split(separator: "\"").dropFirst(3).first)
                for path in ["/v1.41/exec/\(id)/json", "/v1.41/containers/shared/json"] {
                    let own = try plane.request("alice", path), others = try plane.request("carol", path)
                    #expect(own.body.contains(id), "\(path)")
                    #expect(!others.body.contains(id) || others.status == 404, "\(path): \(others)")
                }
                let stolen = try plane.request(
                    "carol", "-X", "POST", "-H", "Content-Type: application/json", "-d", "{}", "/v1.41/exec/\(id)/start")
                #expect(stolen.status == 404, "\(stolen)")
                let started = try plane.request(
                    "alice", "-X", "POST", "-H", "Content-Type: application/json", "-d", "{}", "/v1.41/exec/\(id)/start")
                #expect(started.status == 200 && started.body.contains("mine"), "\(started)")
                let again = try plane.request(
                    "alice", "-X", "POST", "-H", "Content-Type: application/json", "-d", "{}", "/v1.41/exec/\(id)/start")
                #expect(again.body.contains("already"), "an exec starts once: \(again)")
                // One that went around the door is nobody's here but an administrator's.
                let raw = try plane.engine.docker("exec", "-d", plane.engine.id("shared"), "sleep", "50")
                #expect(raw.status == 0)
            }
        }

        /// Programs that an exec started end with the authority that started it.
        @Test func whatAnExecStartedEndsWithItsAuthority() throws {
            try withPlane(policy: Self.policy) { plane in
                try plane.docker("carol", "run", "-d", "--name", "haunted", "bb:1", "sleep", "1000")
                defer { plane.engine.clean("rm", "-f", "haunted") }
                try plane.docker("alice", "exec", "-d", "haunted", "sleep", "771")
                let attached = try plane.start("alice", "exec", "haunted", "sh", "-c", "sleep 772 & sleep 773")
                try plane.docker("carol", "exec", "-d", "haunted", "sleep", "774")
                func running() throws -> String {
                    try plane.engine.docker("exec", plane.engine.id("haunted"), "ps", "-o", "args").output
                }
                let end = Date().addingTimeInterval(20)
                func run(_ ids: [String]) throws -> Int {
                    let text = try running()
                    return ids.filter { text.contains($0) }.count
                }
                while try run(["771", "772", "773", "774"]) < 4, Date() < end { usleep(20_000) }
                #expect(try run(["771", "772", "773", "774"]) == 4)
                #expect(try plane.quaymaster("identity", "revoke", "alice").status == 0)
                while try run(["771", "772", "773"]) > 0, Date() < end { usleep(20_000) }
                #expect(try run(["771", "772", "773"]) == 0)
                #expect(try run(["774"]) == 1, "others' go on")
                _ = attached.finish(seconds: 10)
                let lines = try plane.record { lines in
                    lines.filter { $0["operation"] as? String == "ExecEnded" }.count >= 2
                }
                #expect(lines.contains { $0["operation"] as? String == "ExecEnded" })
            }
        }

        /// A bind that a level names is followed by the engine at each start.
        @Test func bindsThatCouldLeadElsewhereAreRefused() throws {
            let folder = "/var/lib/qm-test-cache"
            let files = FileManager.default
            try? files.removeItem(atPath: folder)
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
            defer { try? files.removeItem(atPath: folder) }
            try withPlane(policy: Self.policy) { plane in
                defer { plane.engine.clean("rm", "-f", "bound") }
                let made = try plane.docker("dora", "run", "-d", "--name", "bound", "-v", "\(folder):/c", "bb:1", "sleep", "100")
                #expect(made.status == 0, "\(made)")
                let alice = try plane.docker("alice", "exec", "bound", "id")
                #expect(alice.errors.contains("level.bind"), "\(alice)")
                #expect(try plane.docker("dora", "exec", "bound", "id").status == 0)
                let beneath = try plane.docker("dora", "run", "--rm", "-v", "\(folder)/x:/c", "bb:1", "true")
                #expect(beneath.errors.contains("level.bind"), "\(beneath)")
                #expect(try plane.docker("dora", "stop", "-t", "0", "bound").status == 0)
                try files.removeItem(atPath: folder)
                try files.createSymbolicLink(atPath: folder, withDestinationPath: "/etc")
                for act in [["start", "bound"], ["run", "--rm", "-v", "\(folder):/c", "bb:1", "true"]] {
                    let outcome = try run(["docker"] + act, environment: plane.environment("dora"))
                    #expect(outcome.errors.contains("is a link"), "\(act): \(outcome)")
                }
                let socket = try plane.docker(
                    "admin", "run", "--rm", "-v", "\(plane.engine.socket):/s", "bb:1", "true")
                #expect(socket.errors.contains("nobody may bind it"), "\(socket)")
            }
        }

        /// What is made safe stands in inspect, and what inspect shows can be sent back.
        @Test func whatIsShownCanBeSentBack() throws {
            try withPlane(policy: Self.policy) { plane in
                defer { plane.engine.clean("rm", "-f", "first", "second") }
                let made = try plane.docker(
                    "alice", "run", "-d", "--name", "first", "--restart", "always", "-v", "data:/d", "-p", "18080:80",
                    "bb:1", "sleep", "100")
                #expect(made.status == 0, "\(made)")
                let shown = try plane.request("alice", "/v1.41/containers/first/json")
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(shown.body.utf8)) as? [String: Any])
                let host = try #require(object["HostConfig"] as? [String: Any])
                #expect((host["SecurityOpt"] as? [String]) == ["no-new-privileges"])
                #expect((host["PidsLimit"] as? Int) == 4096)
                #expect((host["CgroupParent"] as? String)?.hasSuffix("/red") == true)
                #expect((host["RestartPolicy"] as? [String: Any])?["Name"] as? String == "unless-stopped")
                try plane.docker("alice", "rm", "-f", "first")
                // As Watchtower and Portainer do: the configuration, the host's part, the networks.
                var body = try #require(object["Config"] as? [String: Any])
                body["HostConfig"] = host
                let networks = (object["NetworkSettings"] as? [String: Any])?["Networks"]
                body["NetworkingConfig"] = ["EndpointsConfig": networks]
                let text = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
                let again = try plane.request(
                    "alice", "-X", "POST", "-H", "Content-Type: application/json", "-d", text,
                    "/v1.41/containers/create?name=second")
                #expect(again.status == 201, "\(again)")
                let second = try plane.request("alice", "/v1.41/containers/second/json")
                let other = try #require(
                    try JSONSerialization.jsonObject(with: Data(second.body.utf8)) as? [String: Any])
                #expect(try Self.canonical(host) == Self.canonical(#require(other["HostConfig"])))
            }
        }

        private static func canonical(_ value: Any) throws -> String {
            String(decoding: try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]), as: UTF8.self)
        }
    }
}
