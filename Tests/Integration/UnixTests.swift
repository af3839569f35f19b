import Foundation
import Testing

extension Integration {
    /// Sockets that stand for one identity.
    @Suite(.serialized) struct UnixTests {
        @Test func aSocketIsItsIdentity() throws {
            try withPlane(unix: true) { plane in
                let directory = plane.folder.appendingPathComponent("sockets")
                let socket = directory.appendingPathComponent("docker.sock").path
                let made = try run(["docker", "-H", "unix://\(socket)", "run", "--rm", "bb:1", "echo", "hi"])
                #expect(made.output == "hi\n", "\(made)")
                let refused = try run(["docker", "-H", "unix://\(socket)", "run", "--rm", "--privileged", "bb:1"])
                #expect(refused.errors.contains("level.privileged"), "\(refused)")
                let record = try plane.record { lines in
                    lines.contains { $0["identity"] as? String == "socket" && $0["from"] as? String == "unix:0" }
                }
                #expect(record.contains { $0["identity"] as? String == "socket" })
                // What forwards a port to the socket may be reached by a page that names itself.
                for (host, isServed) in [("localhost", true), ("unix.sock", true), ("evil.example", false)] {
                    let answer = try run(["curl", "-s", "--unix-socket", socket, "http://\(host)/_ping"])
                    #expect((answer.output == "OK") == isServed, "\(answer)")
                    #expect(answer.output.contains("wire.host") != isServed, "\(answer)")
                }
                // Another user of the host is told apart by the kernel.
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: plane.folder.path)
                let stranger = try run([
                    "setpriv", "--reuid", "4711", "--clear-groups", "curl", "-s", "--unix-socket", socket,
                    "http://docker/_ping",
                ])
                #expect(stranger.output.contains("the Unix user 4711 may not speak for socket"), "\(stranger)")
            }
        }

        /// A container that mounts the socket's directory finds the socket of the next gateway too.
        @Test func aMountedDirectorySurvivesARestart() throws {
            try withPlane(unix: true) { plane in
                let directory = plane.folder.appendingPathComponent("sockets").path
                let inode = try FileManager.default.attributesOfItem(atPath: directory)[.systemFileNumber] as? Int
                // The engine itself mounts it: an administrator's act, not a tenant's.
                try plane.engine.docker("run", "-d", "--name", "mounts", "-v", "\(directory):/q", "bb:1", "sleep", "100")
                defer { plane.engine.clean("rm", "-f", "mounts") }
                // What the container sees is the very socket that the gateway answers on.
                func seen() throws -> String {
                    try plane.engine.docker("exec", "mounts", "stat", "-c", "%F %i", "/q/docker.sock").output
                        .trimmingCharacters(in: .whitespacesAndNewlines)
                }
                func listening() throws -> String {
                    let path = directory + "/docker.sock"
                    let pong = try run(["curl", "-s", "--unix-socket", path, "http://docker/_ping"])
                    #expect(pong.output == "OK", "\(pong)")
                    let inode = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
                    return "socket \(inode ?? 0)"
                }
                let first = try listening()
                #expect(try seen() == first)
                try plane.restart()
                let second = try listening()
                #expect(try seen() == second)
                let after = try FileManager.default.attributesOfItem(atPath: directory)[.systemFileNumber] as? Int
                #expect(inode == after)
            }
        }
    }
}
