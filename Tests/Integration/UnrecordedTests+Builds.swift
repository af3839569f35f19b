import Foundation
import Testing

extension Integration.UnrecordedTests {
    /// What somebody makes over the engine's socket while a build runs is told; the build's own step, and
    /// its end when its client leaves, are not.
    @Test func aBuildHidesNothing() throws {
        try withPlane { plane in
            let engine = plane.engine
            try plane.awaitInventory()
            defer {
                engine.clean("rm", "-f", "ub-end")
                engine.clean("volume", "rm", "-f", "ub-end")
            }
            let folder = plane.folder.appendingPathComponent("ub")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try "FROM bb:1\nLABEL ub=1\nRUN true\nRUN sleep 1000\n".write(
                to: folder.appendingPathComponent("Dockerfile"), atomically: true, encoding: .utf8)
            let build = try plane.start("admin", "build", "--no-cache", "-t", "ub:1", folder.path)
            func line(_ outcome: Outcome) -> String {
                outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            func awaitStep(_ isThere: Bool) throws -> String {
                let end = Date().addingTimeInterval(60)
                while try step().isEmpty == isThere, Date() < end { usleep(50_000) }
                return try step()
            }
            func step() throws -> String {
                line(try engine.docker("ps", "-q", "--no-trunc", "--filter", "label=ub=1"))
            }
            #expect(build.wait { $0.output.contains("RUN sleep 1000") }, "\(build.output)")
            let own = try awaitStep(true)
            try #require(!own.isEmpty)

            let image = line(try engine.docker("images", "-q", "--no-trunc", "bb:1"))
            let harmful = line(
                try engine.docker("create", "--log-driver", "none", "-v", "/:/host", image, "true"))
            try engine.docker("rm", harmful)
            try engine.docker("exec", own, "true")
            build.signal(SIGKILL)
            _ = build.finish(seconds: 20)
            #expect(try awaitStep(false).isEmpty)

            try engine.docker("volume", "create", "ub-end")
            let lines = try plane.record { lines in
                lines.contains { ($0["target"] as? String) == "volume/ub-end" }
            }.filter { $0["operation"] as? String == "UnrecordedAct" }
            let told = lines.map { "\($0["rule"] ?? "") \($0["target"] ?? "")" }
            #expect(
                Set(told) == [
                    "unrecorded.container.create container/\(harmful)",
                    "unrecorded.container.destroy container/\(harmful)",
                    "unrecorded.container.exec_create container/\(own)",
                    "unrecorded.container.exec_start container/\(own)",
                    "unrecorded.volume.create volume/ub-end",
                ], "\(told)")
            engine.clean("rm", "-f", own)
        }
    }
}
