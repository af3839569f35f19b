import Foundation
import Testing

extension Integration {
    /// The engine goes and comes back; the gateway stops and starts.
    @Suite(.serialized) struct EngineTests {
        @Test func anEngineThatIsNotThereIsNamed() throws {
            let engine = try PrivateEngine.find()
            let socket = FileManager.default.temporaryDirectory
                .appendingPathComponent("quaymaster-\(UUID().uuidString.prefix(8)).sock").path
            let plane = try Plane(socket: socket)
            defer { plane.remove() }
            #expect(plane.server.wait { $0.errors.contains("the engine is not there yet") })
            let down = try plane.request("alice", "/v1.41/containers/json")
            #expect(down.status == 503 && down.body.contains(socket), "\(down)")
            let command = try plane.docker("alice", "run", "bb:1")
            #expect(command.status != 0)
            // The engine appears; nothing is restarted.
            try FileManager.default.createSymbolicLink(atPath: socket, withDestinationPath: engine.socket)
            defer { try? FileManager.default.removeItem(atPath: socket) }
            let up = try plane.request("alice", "/v1.41/containers/json")
            #expect(up.status == 200, "\(up)")
        }

        @Test func streamsEndWhenTheEngineDoesAndEverythingRecovers() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "-d", "--name", "victim", "bb:1", "sh", "-c", "while sleep 0.1; do echo x; done")
                defer { plane.engine.clean("rm", "-f", "victim") }
                let logs = try plane.start("alice", "logs", "-f", "victim")
                let events = try plane.start("alice", "events")
                let exec = try plane.start("alice", "exec", "-i", "victim", "cat")
                #expect(logs.wait { $0.output.contains("x") })
                try exec.send("hello\n")
                #expect(exec.wait { $0.output.contains("hello") })
                try plane.engine.restart()
                // Clients see an end, never a hang.
                for stream in [logs, events, exec] {
                    let outcome = stream.finish(seconds: 20)
                    #expect(outcome.status != 9, "a stream hung")
                }
                #expect(try plane.docker("alice", "ps", "-a", "--format", "{{.Names}}").output.contains("victim"))
                #expect(try plane.docker("alice", "run", "--rm", "bb:1", "echo", "back").output == "back\n")
            }
        }

        @Test func stoppingDrains() throws {
            try withPlane(limits: "drainSeconds: 3") { plane in
                try plane.docker("alice", "run", "-d", "--name", "drain", "bb:1", "sleep", "100")
                defer { plane.engine.clean("rm", "-f", "drain") }
                // One stream ends by itself while the gateway waits, another has to be broken off.
                let short = try plane.start("alice", "exec", "drain", "sh", "-c", "echo begun; sleep 1; echo ended")
                let long = try plane.start("alice", "logs", "-f", "drain")
                #expect(short.wait { $0.output.contains("begun") })
                let began = Date()
                let outcome = plane.stop()
                #expect(outcome.status == 0)
                #expect(Date().timeIntervalSince(began) < 10)
                #expect(short.finish(seconds: 10).output == "begun\nended\n")
                _ = long.finish(seconds: 10)
                #expect(outcome.errors.contains("stopped"))
            }
        }

        @Test func healthReadinessAndMetrics() throws {
            try withPlane { plane in
                try plane.docker("alice", "ps")
                try plane.docker("watcher", "rm", "x")
                let marker = "operations address=http://"
                let rest = try #require(plane.server.errors.range(of: marker)).upperBound
                let address = String(plane.server.errors[rest...].prefix { $0 != "\n" })
                func get(_ path: String) throws -> String {
                    try run(["curl", "-s", "http://\(address)\(path)"]).output
                }
                #expect(try get("/healthz") == "ok\n")
                #expect(try get("/readyz") == "ready\n")
                let metrics = try get("/metrics")
                #expect(metrics.contains("quaymaster_requests_total{outcome=\"refused\",class=\"\"} "))
                #expect(metrics.contains("# TYPE quaymaster_request_duration_seconds histogram"))
                #expect(try get("/nothing").contains("/metrics"))
                #expect(!metrics.contains("alice"))
            }
        }
    }
}
