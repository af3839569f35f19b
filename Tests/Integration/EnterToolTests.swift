import AgentMessages
import Foundation
import Testing

extension Integration {
    /// Our own tools inside a container: its network, its names, its rights.
    @Suite(.serialized) struct EnterToolTests {
        private static let service = """
            trap 'echo hupped >/var/log/hup.log' HUP
            busybox httpd -p 127.0.0.1:8080 -h /var/log
            while :; do sleep 0.1; done
            """

        @Test func toolsSeeWhatTheContainerSees() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            // The engine's own server answers for names of a network.
            try containers.engine.docker("network", "create", "tools")
            defer { containers.engine.clean("network", "rm", "-f", "tools") }
            let id = try containers.start(
                "--network", "tools", "--network-alias", "cache", "--add-host", "db:10.1.2.3",
                command: ["sh", "-c", Self.service])
            defer { containers.engine.clean("network", "disconnect", "-f", "tools", id) }
            let rows: [(String, [String], UInt8, String)] = [
                ("net", ["nslookup", "db"], 0, "Server:  /etc/hosts\nAddress: 10.1.2.3\n"),
                ("net", ["nslookup", "cache"], 0, "Server:  127.0.0.11\nAddress: "),
                ("net", ["ping", "-c", "1", "127.0.0.1"], 0, "1 sent, 1 received, 0% lost\n"),
                ("net", ["curl", "-sS", "http://localhost:8080/app.log"], 0, "\n20000\n"),
                ("net", ["curl", "-I", "http://127.0.0.1:8080/app.log"], 0, "HTTP/1.1 200 OK\n"),
                ("net", ["curl", "-i", "http://localhost:8080/none"], 0, "HTTP/1.1 404 Not Found\n"),
                ("net", ["curl", "http://localhost:9/"], 7, ""),
                ("ops", ["kill", "-HUP", "1"], 0, ""),
            ]
            for (role, words, status, text) in rows {
                let line = try agent.line(id, role, words).wait { _ in false }
                #expect(line.started?.way == .tool && line.ended?.status == status, "\(words): \(line)")
                #expect(text.isEmpty || line.text.contains(text), "\(words): \(line)")
                #expect(status == 0 || !line.errors.isEmpty, "\(words): \(line)")
            }
            // It is the container's own process that was told.
            let end = Date().addingTimeInterval(10)
            while Date() < end, try agent.run(id, "viewer", "ls", "/var/log").text.contains("hup.log") == false {}
            #expect(try agent.run(id, "viewer", "cat", "/var/log/hup.log").text == "hupped\n")
            // What has no handler would be lost, and is told to be.
            #expect(try agent.run(id, "ops", "kill", "-USR1", "1").refused?.rule == "tool.signal")
        }

        /// The container's rights hold for them, and no process of anybody else is reached.
        @Test func toolsMayWhatTheContainerMay() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let closed = try containers.start("--cap-drop", "ALL", "--sysctl", "net.ipv4.ping_group_range=1 0")
            let ping = try agent.run(closed, "net", "ping", "-c", "1", "127.0.0.1")
            #expect(ping.ended?.status == 2 && String(decoding: ping.errors, as: UTF8.self).contains("ping_group_range"), "\(ping)")
            let shared = try containers.start("--pid", "host")
            #expect(try agent.run(shared, "ops", "kill", "-HUP", "1").refused?.rule == "tool.process")
            let joined = try containers.start("--pid", "container:\(closed)")
            #expect(try agent.run(joined, "ops", "kill", "-HUP", "1").refused?.rule == "tool.process")
        }
    }
}
