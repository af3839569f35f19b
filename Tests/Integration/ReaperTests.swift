import Foundation
import Testing

extension Integration {
    /// testcontainers' reaper: the engine's socket that it mounts is the identity's own.
    ///
    /// Its image (testcontainers/ryuk) is not fetched: a program of ours does over that socket what it
    /// does (Tests/Reaper/reaper.c), and docker-py starts it as testcontainers-python would.
    @Suite(.serialized) struct ReaperTests {
        private static let policy = """
            tenants:
              red: {labels: ["org.testcontainers*"]}
              blue: {labels: ["org.testcontainers*"]}
            levels:
              own: {extends: baseline, socket: own}
            identities:
              socket: {unixUser: 0}
            grants:
              - {to: admin, may: "*", in: "*", level: privileged}
              - {to: [socket, alice], may: "*", in: red, level: own}
              - {to: rita, may: "*", in: red}
              - {to: bo, may: "*", in: blue, level: own}
            """

        /// Makes the reaper's image, which is everybody's.
        private func withReaper(_ body: (Plane) throws -> Void) throws {
            let plane = try Plane(policy: Self.policy, unix: true, inside: true)
            defer {
                plane.engine.clean("rmi", "-f", "reaper:1")
                plane.remove()
            }
            let program = plane.folder.appendingPathComponent("reaper").path
            let source = Plane.root.appendingPathComponent("Tests/Reaper/reaper.c").path
            let made = try run(["cc", "-D_GNU_SOURCE", "-static", "-O1", "-o", program, source])
            try #require(made.status == 0, "\(made)")
            let image = try run([
                "sh", "-c",
                """
                tar -C "$1" -c reaper | docker -H "unix://$2" import -c 'ENTRYPOINT ["/reaper"]' - reaper:1
                """, "image", plane.folder.path, plane.engine.socket,
            ])
            try #require(image.status == 0, "\(image)")
            try body(plane)
        }

        private func socket(_ plane: Plane) -> String {
            plane.folder.appendingPathComponent("sockets/docker.sock").path
        }

        /// As testcontainers-python does it (`Reaper._create_instance`): the reaper first, then what the
        /// session makes, and nobody removes anything.
        private static let session = """
            import docker, socket, sys
            host, session = sys.argv[1:]
            client = docker.DockerClient(base_url='unix://' + host)
            label = 'org.testcontainers.session-id'
            reaper = client.containers.run(
                'reaper:1', name='testcontainers-ryuk-' + session, ports={'8080/tcp': None}, detach=True,
                volumes={'/var/run/docker.sock': {'bind': '/var/run/docker.sock', 'mode': 'rw'}})
            port = client.api.port(reaper.id, 8080)[0]['HostPort']
            for attempt in range(200):
                try:
                    speaker = socket.create_connection(('127.0.0.1', int(port)), 5)
                    speaker.sendall(('label=%s=%s\\r\\n' % (label, session)).encode())
                    if speaker.recv(10) == b'ACK\\n': break
                except OSError: pass
                if reaper.wait(timeout=1) if reaper.reload() or reaper.status == 'exited' else False:
                    raise SystemExit(reaper.logs().decode())
            else: raise SystemExit('the reaper does not answer')
            labels = {label: session}
            network = client.networks.create('session-net', labels=labels)
            client.volumes.create('session-data', labels=labels)
            client.containers.run(
                'bb:1', ['sleep', '300'], name='session-db', labels=labels, detach=True, network='session-net',
                volumes={'session-data': {'bind': '/d'}})
            client.containers.run('bb:1', ['sleep', '300'], name='stays', labels={label: 'other'}, detach=True)
            print(len(client.containers.list(filters={'label': label + '=' + session})))
            """

        @Test func aReaperRemovesItsSessionAndNothingElse() throws {
            try withReaper { plane in
                // Another tenant's objects with the same labels and names, which the reaper never sees.
                let label = "org.testcontainers.session-id=s1"
                for words in [
                    ["network", "create", "--label", label, "session-net"],
                    ["volume", "create", "--label", label, "session-data"],
                    ["run", "-d", "--name", "session-db", "--label", label, "bb:1", "sleep", "300"],
                ] {
                    let made = try run(plane.launcher + ["docker"] + words, environment: plane.environment("bo"))
                    #expect(made.status == 0, "\(made)")
                }
                let session = try run(plane.launcher + ["python3", "-c", Self.session, socket(plane), "s1"])
                #expect(session.output == "1\n", "\(session)")
                let waited = try plane.docker("alice", "wait", "testcontainers-ryuk-s1", seconds: 60)
                let log = try plane.docker("alice", "logs", "testcontainers-ryuk-s1")
                #expect(waited.output == "0\n" && log.output.hasSuffix("done\n"), "\(waited)\n\(log)")
                for (kind, format, left) in [
                    ("container", "{{.Names}}", ["stays", "testcontainers-ryuk-s1"]), ("volume", "{{.Name}}", []),
                ] {
                    let all = kind == "container" ? ["-a"] : []
                    let list = try run(
                        plane.launcher + ["docker", kind, "ls", "--format", format] + all,
                        environment: plane.environment("alice"))
                    #expect(list.output.split(separator: "\n").map(String.init).sorted() == left, "\(kind): \(list)")
                    let others = try run(
                        plane.launcher + ["docker", kind, "ls", "--format", format] + all,
                        environment: plane.environment("bo"))
                    #expect(others.output == (kind == "container" ? "session-db\n" : "session-data\n"), "\(others)")
                }
                for (who, isThere) in [("alice", false), ("bo", true)] {
                    let found = try plane.docker(who, "network", "inspect", "session-net")
                    #expect((found.status == 0) == isThere, "\(who): \(found)")
                }
                let record = try plane.record { lines in
                    lines.contains { $0["identity"] as? String == "socket" && $0["operation"] as? String == "VolumeDelete" }
                }
                #expect(record.contains { ($0["reason"] as? String)?.contains("engine's socket as") == true })
            }
        }

        private static let hasTestcontainers: Bool = {
            (try? run(["python3", "-c", "import testcontainers.core"]).status) == 0
        }()

        /// testcontainers-python itself, where it is installed, with our reaper's image in the place of its own.
        @Test(.enabled(if: hasTestcontainers)) func testcontainersWorks() throws {
            try withReaper { plane in
                let script = """
                    import docker, os
                    from testcontainers.core.container import DockerContainer, Reaper
                    from testcontainers.core.labels import SESSION_ID
                    DockerContainer('bb:1').with_name('session-db').with_command('sleep 300').start()
                    DockerContainer('bb:1').with_name('session-web').with_command('sleep 300').start()
                    print(' '.join(sorted(c.name for c in docker.from_env().containers.list()
                        if SESSION_ID not in c.name)), Reaper._container._container.name == 'testcontainers-ryuk-' + SESSION_ID,
                        flush=True)
                    # An orderly end would remove the reaper itself: it is there for the others.
                    os._exit(0)
                    """
                let outcome = try run(
                    plane.launcher + ["python3", "-c", script],
                    environment: [
                        "DOCKER_HOST": "unix://" + socket(plane), "RYUK_CONTAINER_IMAGE": "reaper:1",
                        "TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE": "/var/run/docker.sock",
                        // It takes itself for a container's program where the tests run in one.
                        "TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1", "TESTCONTAINERS_CONNECTION_MODE": "docker_host",
                    ])
                #expect(outcome.output == "session-db session-web True\n", "\(outcome)")
                // The client is gone; the reaper removes what is left, and ends.
                var left = ""
                for _ in 0..<500 {
                    left = try run(
                        plane.launcher + ["docker", "ps", "-aq"], environment: plane.environment("alice")
                    ).output
                    if left.isEmpty { break }
                    usleep(20_000)
                }
                #expect(left.isEmpty, "\(left)")
            }
        }

        /// What is shown is accepted again, and the socket is nobody else's.
        @Test func theSocketIsOneIdentitys() throws {
            try withReaper { plane in
                let host = ["docker", "-H", "unix://" + socket(plane)]
                let bind = "/var/run/docker.sock:/var/run/docker.sock"
                let made = try run(plane.launcher + host + ["run", "-d", "--name", "first", "-v", bind + ":ro", "reaper:1"])
                #expect(made.status == 0, "\(made)")
                let shown = try run(
                    plane.launcher + host + ["inspect", "-f", "{{index .HostConfig.Binds 0}}", "first"]
                ).output.trimmingCharacters(in: .whitespacesAndNewlines)
                #expect(shown == socket(plane) + ":/var/run/docker.sock:ro")
                for words in [
                    ["run", "-d", "--name", "again", "-v", shown, "reaper:1"], ["restart", "-t", "0", "first"],
                    [
                        "run", "-d", "--name", "mounted", "--mount",
                        "type=bind,src=/var/run/docker.sock,dst=/var/run/docker.sock", "reaper:1",
                    ],
                ] {
                    let outcome = try run(plane.launcher + host + words)
                    #expect(outcome.status == 0, "\(words): \(outcome)")
                }
                // They reach the gateway.
                for name in ["first", "again", "mounted"] {
                    var log = ""
                    for _ in 0..<200 where !log.contains("\n") {
                        log = try run(plane.launcher + host + ["logs", name]).output
                        usleep(20_000)
                    }
                    #expect(log.hasPrefix("GET /_ping: HTTP/1.1 200"), "\(name): \(log)")
                }
                for (who, words, refusal) in [
                    // No socket is configured for these.
                    ("alice", ["run", "--rm", "-v", bind, "reaper:1"], "?identity=alice under listen:"),
                    ("bo", ["run", "--rm", "-v", bind, "reaper:1"], "?identity=bo under listen:"),
                    ("rita", ["run", "--rm", "-v", bind, "reaper:1"], "socket: own"),
                    ("admin", ["run", "--rm", "-v", bind, "reaper:1"], "socket: own"),
                    ("alice", ["run", "--rm", "-v", shown, "reaper:1"], "nobody may bind it"),
                    // Of the same tenant, and another identity.
                    ("alice", ["exec", "first", "/reaper"], "level.bind"),
                    ("rita", ["cp", "first:/reaper", "-"], "level.bind"),
                    ("alice", ["run", "--rm", "--volumes-from", "first", "bb:1", "true"], "level.bind"),
                    ("alice", ["restart", "first"], "level.bind"),
                ] {
                    let outcome = try run(plane.launcher + ["docker"] + words, environment: plane.environment(who))
                    #expect(outcome.errors.contains(refusal), "\(who) \(words): \(outcome)")
                }
                #expect(try plane.docker("alice", "rm", "-f", "first").status == 0)
            }
        }
    }
}
