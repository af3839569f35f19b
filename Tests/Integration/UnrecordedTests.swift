import Foundation
import Testing

extension Integration {
    /// What goes around the gateway is seen.
    @Suite(.serialized) struct UnrecordedTests {
        /// The record's unrecorded acts, once one of them is about an object.
        private func acts(_ plane: Plane, until object: String) throws -> [[String: Any]] {
            try plane.record { lines in
                lines.contains {
                    $0["operation"] as? String == "UnrecordedAct"
                        && ($0["target"] as? String)?.hasSuffix("/" + object) == true
                }
            }.filter { ["UnrecordedAct", "EventsLost"].contains($0["operation"] as? String) }
        }

        private func fullID(_ engine: PrivateEngine) throws -> String {
            try engine.docker("inspect", "-f", "{{.Id}}", "around").output
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func told(_ acts: [[String: Any]]) -> [String] {
            acts.map { act in
                let rule = (act["rule"] as? String ?? "").split(separator: ".").dropFirst()
                return rule.joined(separator: " ")
            }
        }

        /// What clients do in a day leaves nothing that is not explained; what is done with the engine's
        /// own socket is told, act by act.
        @Test func whatGoesAroundIsSeenAndNothingElse() throws {
            try withPlane { plane in
                let engine = plane.engine
                try plane.awaitInventory()
                let before = try plane.metric("unrecorded_acts_total")
                defer {
                    engine.clean("rm", "-f", "around", "around-tmp", "ua-plain")
                    engine.clean("volume", "rm", "-f", "around-end")
                    engine.clean("rmi", "ua:2", "ua:3")
                }
                try daily(plane, "alice")
                try daily(plane, "admin", isShort: true)
                // The barrier: it is told after everything before it would be.
                try engine.docker("volume", "create", "around-end")
                let quiet = try acts(plane, until: "around-end")
                #expect(told(quiet) == ["volume create"], "\(quiet)")

                try engine.docker("run", "-d", "--name", "around", "bb:1", "sleep", "1000")
                let id = try fullID(engine)
                try engine.docker("exec", "around", "echo", "hunter2")
                try engine.docker("pause", "around")
                try engine.docker("unpause", "around")
                try engine.docker("kill", "around")
                try engine.docker("start", "around")
                try engine.docker("rm", "-f", "around")
                try engine.docker("volume", "rm", "around-end")
                let found = try plane.record { lines in
                    lines.contains { ($0["rule"] as? String)?.hasSuffix("volume.destroy") == true }
                }.filter { $0["operation"] as? String == "UnrecordedAct" }
                #expect(
                    told(Array(found.dropFirst())) == [
                        "container create", "container start", "container exec_create",
                        "container exec_start", "container pause", "container unpause",
                        "container kill", "container destroy", "volume destroy",
                    ], "\(found)")
                let kinds = found.filter { ($0["target"] as? String) == "container/\(id)" }
                // The second start and kill are counted with the first.
                #expect(kinds.count == 8 && kinds.allSatisfy { $0["phase"] as? String == "event" })
                #expect(try !plane.recordText().contains("hunter2"))
                #expect(try plane.metric("unrecorded_acts_total") - before == 12)
                let shown = try plane.quaymaster("ledger", "query", "--verb", "UnrecordedAct", "--object", id)
                #expect(shown.output.contains("named around"), "\(shown)")

                // What is done while nobody listens is told by the next gateway.
                plane.stop()
                try engine.docker("run", "-d", "--name", "around", "bb:1", "sleep", "1000")
                let late = try fullID(engine)
                try plane.restart()
                let away = try acts(plane, until: late).suffix(2)
                #expect(told(Array(away)) == ["container create", "container start"], "\(away)")
                #expect(
                    away.allSatisfy { ($0["reason"] as? String)?.contains("not listening") == true })
            }
        }

        /// A bit of everything.
        private func daily(_ plane: Plane, _ who: String, isShort: Bool = false) throws {
            func docker(_ words: String, input: String = "") throws {
                let outcome = try run(
                    ["docker"] + words.split(separator: " ").map(String.init),
                    environment: plane.environment(who),
                    input: input)
                #expect(outcome.status == 0, "\(who): \(words): \(outcome)")
            }
            let file = plane.folder.appendingPathComponent("ua.tar").path
            if isShort {
                try docker("run -d --name ua-a --restart on-failure:1 bb:1 sleep 1000")
                try docker("rename ua-a ua-b")
                try docker("exec ua-b true")
                try docker("network create ua-net")
                try docker("network connect ua-net ua-b")
                try docker("restart -t 0 ua-b")
                try docker("commit ua-b ua:3")
                try docker("run --rm ua:3 true")
                try docker("rmi ua:3")
                try docker("rm -f ua-b")
                try docker("network rm ua-net")
                return
            }
            try docker("run --rm -v /unnamed -v ua-vol:/d bb:1 true")
            try docker("run -d --name ua-a --health-cmd true --health-interval 1s bb:1 sleep 1000")
            try docker("run -d --name ua-fails --restart on-failure:2 bb:1 false")
            try docker("exec ua-a true")
            try docker("exec -d ua-a true")
            try docker("top ua-a")
            try docker("pause ua-a")
            try docker("unpause ua-a")
            try docker("rename ua-a ua-b")
            try docker("update --cpu-shares 512 ua-b")
            try docker("cp ua-b:/etc/passwd \(plane.folder.path)/passwd")
            try docker("cp \(plane.folder.path)/passwd ua-b:/tmp/")
            try docker("network create ua-net")
            try docker("network connect ua-net ua-b")
            try docker("network disconnect ua-net ua-b")
            try docker("network rm ua-net")
            try docker("volume create ua-own")
            try docker("volume rm ua-own ua-vol")
            try docker("commit ua-b ua:1")
            try docker("restart -t 0 ua-b")
            try docker("stop -t 0 ua-b")
            try docker("start ua-b")
            try docker("kill ua-b")
            try docker("rm -f ua-b ua-fails")
            try docker("tag ua:1 ua:2")
            try docker("save -o \(file) ua:2")
            try docker("rmi ua:1 ua:2")
            try docker("load -i \(file)")
            try docker("build -t ua:3 -", input: "FROM bb:1\nRUN true\nLABEL a=b\n")
            try docker("rmi ua:2 ua:3")
            try docker("create --name ua-never bb:1")
            try docker("container prune -f")
            try docker("volume prune -f")
        }
    }
}
