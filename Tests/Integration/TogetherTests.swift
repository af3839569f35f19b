import Foundation
import Testing

extension Integration {
    /// Two tenants do the same at the same time with the same names, each as on an engine of its own.
    @Suite(.serialized) struct TogetherTests {
        private static let identities = ["alice", "bo"]

        /// Runs a command as both at once; both have to do it, and say the same.
        private func both(
            _ plane: Plane, _ words: [String], input: String = "", isSame: Bool = true
        ) throws -> [Outcome] {
            let commands = try Self.identities.map {
                try Command(words, environment: plane.environment($0))
            }
            for command in commands {
                if !input.isEmpty { try command.send(input) }
                command.endInput()
            }
            let outcomes = commands.map { $0.finish(seconds: 180) }
            for outcome in outcomes {
                #expect(outcome.status == 0, "\(words): \(outcome)")
                if outcome.status == -SIGKILL { try tell(plane) }
            }
            if isSame { #expect(outcomes[0].output == outcomes[1].output, "\(words): \(outcomes)") }
            return outcomes
        }

        /// Says what stands when a command has not ended: what the engine has, and what the gateway last did.
        private func tell(_ plane: Plane) throws {
            let containers = try plane.engine.docker("ps", "-a", "--no-trunc")
            let last = plane.server.errors.split(separator: "\n").suffix(80).joined(separator: "\n")
            Issue.record("what stands:\n\(containers)\n\(last)")
        }

        @Test func theDockerClient() throws {
            try withPlane { plane in
                let dockerfile = "FROM bb:1\nRUN echo made > /made\nCMD [\"sleep\", \"1000\"]\n"
                func docker(_ words: String..., input: String = "", isSame: Bool = true) throws -> [Outcome] {
                    try both(plane, ["docker"] + words, input: input, isSame: isSame)
                }
                _ = try docker("build", "-q", "-t", "app:1", "-", input: dockerfile, isSame: false)
                _ = try docker("network", "create", "--label", "a=b", "net", isSame: false)
                _ = try docker("volume", "create", "data")
                _ = try docker(
                    "run", "-d", "--name", "web", "--network", "net", "-v", "data:/d", "--label", "a=b", "app:1", isSame: false)
                let listed = try docker("ps", "--format", "{{.Names}} {{.Image}} {{.Networks}} {{.Mounts}}")
                #expect(listed[0].output == "web app:1 net data\n")
                _ = try docker("exec", "web", "cat", "/made")
                _ = try docker("exec", "web", "sh", "-c", "echo kept > /d/f")
                _ = try docker("run", "--rm", "-v", "data:/d", "bb:1", "cat", "/d/f")
                _ = try docker("run", "--rm", "--network", "net", "bb:1", "ping", "-c", "1", "-q", "web", isSame: false)
                // An archive holds times, which are each tenant's own.
                for outcome in try docker("cp", "web:/made", "-", isSame: false) {
                    #expect(outcome.output.contains("made\n"))
                }
                _ = try docker("commit", "web", "snap:1", isSame: false)
                _ = try docker("tag", "snap:1", "snap:2")
                _ = try docker("images", "--format", "{{.Repository}}:{{.Tag}}")
                _ = try docker("inspect", "-f", "{{.Name}} {{.Config.Image}} {{.State.Status}} {{json .HostConfig.Binds}}", "web")
                _ = try docker("inspect", "-f", "{{json .RepoTags}}", "snap:1")
                _ = try docker("rename", "web", "site")
                _ = try docker("update", "--cpu-shares", "512", "site")
                _ = try docker("pause", "site")
                _ = try docker("unpause", "site")
                _ = try docker("restart", "-t", "0", "site")
                _ = try docker("top", "site", isSame: false)
                _ = try docker("logs", "site")
                _ = try docker("diff", "site", isSame: false)
                _ = try docker("port", "site")
                _ = try docker("stats", "--no-stream", "--format", "{{.Name}}", "site")
                _ = try docker("network", "disconnect", "net", "site")
                _ = try docker("network", "connect", "--alias", "other", "net", "site")
                _ = try docker("stop", "-t", "0", "site")
                _ = try docker("wait", "site")
                _ = try docker("start", "site")
                _ = try docker("kill", "site")
                _ = try docker("ps", "-a", "--format", "{{.Names}}")
                _ = try docker("system", "df", "--format", "{{.Type}} {{.TotalCount}}", isSame: false)
                _ = try docker("rm", "-f", "site")
                _ = try docker("rmi", "snap:2", isSame: false)
                _ = try docker("rmi", "snap:1", "app:1", isSame: false)
                _ = try docker("volume", "rm", "data")
                _ = try docker("network", "rm", "net")
                let left = try docker("ps", "-aq") + docker("volume", "ls", "-q")
                for outcome in left { #expect(outcome.output.isEmpty) }
            }
        }

        @Test func composeProjects() throws {
            try withPlane { plane in
                let folder = plane.folder.appendingPathComponent("project")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try "FROM bb:1\nRUN echo built > /built\n".write(
                    to: folder.appendingPathComponent("Dockerfile"), atomically: true, encoding: .utf8)
                try """
                version: "2.4"
                services:
                  db: {image: "bb:1", command: sleep 1000, volumes: ["data:/data"], networks: [back]}
                  web:
                    build: .
                    image: same-web:1
                    command: sleep 1000
                    depends_on: [db]
                    networks: [back, front]
                networks: {back: {}, front: {}}
                volumes: {data: {}}
                """.write(
                    to: folder.appendingPathComponent("docker-compose.yml"), atomically: true, encoding: .utf8)
                func compose(_ words: String..., isSame: Bool = true) throws -> [Outcome] {
                    try both(
                        plane,
                        ["docker-compose", "-p", "same", "-f", folder.appendingPathComponent("docker-compose.yml").path] + words,
                        isSame: isSame)
                }
                _ = try compose("up", "-d", isSame: false)
                _ = try compose("ps", "--services")
                _ = try compose("exec", "-T", "web", "ping", "-c", "1", "-W", "2", "db", isSame: false)
                _ = try compose("exec", "-T", "web", "cat", "/built")
                for outcome in try compose("up", "-d", isSame: false) {
                    #expect(outcome.errors.contains("up-to-date"), "\(outcome)")
                }
                _ = try compose("up", "-d", "--force-recreate", "-t", "0", isSame: false)
                _ = try compose("exec", "-T", "web", "ping", "-c", "1", "-W", "2", "db", isSame: false)
                _ = try compose("down", "-v", "-t", "0", "--rmi", "local", isSame: false)
                for identity in Self.identities {
                    #expect(try plane.docker(identity, "ps", "-aq").output.isEmpty)
                    #expect(try plane.docker(identity, "volume", "ls", "-q").output.isEmpty)
                }
            }
        }

        @Test func dockerForPython() throws {
            try withPlane { plane in
                let script = """
                    import docker, io
                    client = docker.from_env()
                    image, _ = client.images.build(fileobj=io.BytesIO(b'FROM bb:1\\nENV A=b\\n'), tag='py-app:1')
                    assert 'py-app:1' in image.tags, image.tags
                    network = client.networks.create('py-net')
                    volume = client.volumes.create('py-vol')
                    c = client.containers.run('py-app:1', ['sleep', '1000'], name='py', detach=True, network='py-net',
                                              volumes={'py-vol': {'bind': '/v', 'mode': 'rw'}})
                    assert c.name == 'py' and c.attrs['Config']['Image'] == 'py-app:1', c.attrs['Config']['Image']
                    assert [x.name for x in client.containers.list(filters={'name': '^py$'})] == ['py']
                    assert [x.name for x in client.networks.list(names=['py-net'])] == ['py-net']
                    assert [x.name for x in client.volumes.list()] == ['py-vol']
                    assert 'py-net' in c.attrs['NetworkSettings']['Networks']
                    assert c.exec_run(['sh', '-c', 'echo $A']).output == b'b\\n'
                    try:
                        client.containers.create('bb:1', name='py')
                        raise SystemExit('the name was given twice')
                    except docker.errors.APIError as error:
                        assert error.response.status_code == 409
                    c.rename('py2'); c.reload(); assert c.name == 'py2'
                    c.remove(force=True); network.remove(); volume.remove(); client.images.remove('py-app:1')
                    assert client.containers.list(all=True) == []
                    print('done')
                    """
                let outcomes = try both(plane, ["python3", "-c", script])
                #expect(outcomes[0].output == "done\n")
            }
        }
    }
}
