import Foundation
import Testing

extension Integration {
    /// All containers of a tenant are in one cgroup, so that a limit on it holds for their sum.
    @Suite(.serialized) struct CgroupTests {
        /// Where the kernel keeps the processes of a tenant's cgroup, whichever version of cgroups it has.
        private func folder(_ tenant: String) throws -> URL {
            let root = try #require(ProcessInfo.processInfo.environment["QM_ENGINE_CGROUP"])
            let places = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].map {
                URL(fileURLWithPath: "\($0)/\(root)/\(tenant)")
            }
            return try #require(
                places.first { FileManager.default.fileExists(atPath: $0.appendingPathComponent("pids.max").path) },
                "no cgroup \(root)/\(tenant)")
        }

        @Test func aLimitHoldsForAllContainersOfATenant() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rm", "-f", "first", "second", "other") }
                let many = "i=0; while [ $i -lt 20 ]; do sleep 1000 & i=$((i+1)); done; echo all; wait"
                let first = try plane.docker("alice", "run", "-d", "--name", "first", "bb:1", "sh", "-c", many)
                #expect(first.status == 0, "\(first)")
                let limit = try folder("red").appendingPathComponent("pids.max")
                try "36\n".write(to: limit, atomically: false, encoding: .utf8)
                defer { try? "max\n".write(to: limit, atomically: false, encoding: .utf8) }
                // Each alone would have room; the second does not find it beside the first.
                try plane.docker("alice", "run", "-d", "--name", "second", "bb:1", "sh", "-c", many)
                let logs = try plane.start("alice", "logs", "-f", "second")
                #expect(logs.wait(seconds: 30) { ($0.output + $0.errors).contains("fork") }, "\(logs.output)\(logs.errors)")
                logs.signal(SIGTERM)
                _ = logs.finish(seconds: 10)
                let current = try String(
                    contentsOf: try folder("red").appendingPathComponent("pids.current"), encoding: .utf8)
                #expect(Int(current.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 99 <= 36)
                // Another tenant's has its own.
                let other = try plane.docker("bo", "run", "-d", "--name", "other", "bb:1", "sh", "-c", many)
                #expect(other.status == 0, "\(other)")
                let said = try plane.start("bo", "logs", "-f", "other")
                #expect(said.wait(seconds: 30) { $0.output.contains("all") }, "\(said.output)\(said.errors)")
                said.signal(SIGTERM)
                _ = said.finish(seconds: 10)
            }
        }
    }
}
