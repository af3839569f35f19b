import Foundation
import Testing

extension Integration {
    /// Clients other than the docker command line.
    @Suite(.serialized) struct ComposeTests {
        @Test func composeUpAndDown() throws {
            try withPlane { plane in
                let folder = plane.folder.appendingPathComponent("project")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try """
                version: "2.4"
                services:
                  db:
                    image: bb:1
                    command: sh -c "echo stored > /data/f; sleep 1000"
                    volumes: [dbdata:/data]
                    networks: [back]
                    restart: unless-stopped
                  web:
                    image: bb:1
                    command: sh -c "until nc -z db 80; do sleep 0.1; done"
                    entrypoint: ["sh", "-c", "sleep 1000"]
                    ports: ["127.0.0.1:18099:80"]
                    depends_on: [db]
                    networks: [back, front]
                networks: {back: {}, front: {}}
                volumes: {dbdata: {}}
                """.write(
                    to: folder.appendingPathComponent("docker-compose.yml"), atomically: true, encoding: .utf8)
                func compose(_ arguments: String...) throws -> Outcome {
                    try run(
                        [
                            "docker-compose", "-p", "qmtest", "--project-directory", folder.path, "-f",
                            folder.appendingPathComponent("docker-compose.yml").path,
                        ] + arguments,
                        environment: plane.environment("alice"), seconds: 180)
                }
                let up = try compose("up", "-d")
                defer {
                    plane.engine.clean("rm", "-f", "qmtest_db_1", "qmtest_web_1")
                    plane.engine.clean("network", "rm", "qmtest_back", "qmtest_front")
                    plane.engine.clean("volume", "rm", "qmtest_dbdata")
                }
                #expect(up.status == 0, "\(up)")
                #expect(try compose("ps", "-q").output.split(separator: "\n").count == 2)
                #expect(try compose("exec", "-T", "db", "cat", "/data/f").output == "stored\n")
                // A second up changes nothing.
                let again = try compose("up", "-d")
                #expect(again.status == 0 && again.errors.contains("up-to-date"), "\(again)")
                #expect(try compose("logs", "--tail", "1").status == 0)
                let down = try compose("down", "-v", "-t", "0")
                #expect(down.status == 0, "\(down)")
                #expect(try plane.docker("alice", "ps", "-aq").output.isEmpty)
                #expect(try plane.docker("alice", "volume", "ls", "-q").output.isEmpty)
            }
        }

        @Test func dockerForPython() throws {
            try withPlane { plane in
                let folder = try plane.certificates("alice")
                let script = """
                    import docker, io, sys, tarfile
                    tls = docker.tls.TLSConfig(client_cert=(sys.argv[2] + '/cert.pem', sys.argv[2] + '/key.pem'),
                                               ca_cert=sys.argv[2] + '/ca.pem', verify=True)
                    client = docker.DockerClient(base_url='https://' + sys.argv[1], tls=tls)
                    assert client.ping()
                    assert client.containers.run('bb:1', ['echo', 'hi'], remove=True) == b'hi\\n'
                    c = client.containers.run('bb:1', ['sleep', '1000'], detach=True, name='py', labels={'app': 'py'})
                    try:
                        assert c.exec_run(['echo', 'in']).output == b'in\\n'
                        code, stream = c.exec_run(['sh', '-c', 'echo a; echo b'], stream=True)
                        assert b''.join(stream) == b'a\\nb\\n'
                        code, sock = c.exec_run(['cat'], stdin=True, socket=True)
                        raw = getattr(sock, '_sock', sock)
                        raw.sendall(b'piped\\n')
                        assert b'piped' in raw.recv(100)
                        raw.close()
                        data = io.BytesIO()
                        tar = tarfile.open(fileobj=data, mode='w')
                        info = tarfile.TarInfo('f.txt'); info.size = 4
                        tar.addfile(info, io.BytesIO(b'text')); tar.close()
                        assert c.put_archive('/tmp', data.getvalue())
                        bits, stat = c.get_archive('/tmp/f.txt')
                        assert b'text' in b''.join(bits) and stat['name'] == 'f.txt'
                        assert [x.name for x in client.containers.list(filters={'label': 'app=py'})] == ['py']
                        assert c.stats(stream=False)['id'] == c.id
                        image = client.images.get('bb:1')
                        assert image.tag('py-tagged', '1'); client.images.remove('py-tagged:1')
                        c.reload(); assert c.status == 'running'
                        try:
                            client.containers.run('bb:1', privileged=True)
                            raise SystemExit('privileged was not refused')
                        except docker.errors.APIError as error:
                            assert error.response.status_code == 403 and 'level.privileged' in error.explanation
                        try:
                            client.containers.get('nobody')
                        except docker.errors.NotFound: pass
                    finally:
                        c.remove(force=True)
                    print('done')
                    """
                let outcome = try run(["python3", "-c", script, plane.address, folder])
                #expect(outcome.output == "done\n", "\(outcome)")
            }
        }
    }
}
