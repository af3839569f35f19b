import Foundation
import Testing

extension Integration {
    /// What clients make of answers: each row was a finding on a real engine.
    @Suite(.serialized) struct AnswerTests {
        /// The client asks for a container, a network and so on before it asks for the image.
        @Test func imagesAreInspectedWithoutTheirKind() throws {
            try withPlane { plane in
                // No beginning of an id, as `bb` could be.
                try plane.engine.docker("tag", "bb:1", "zz:latest")
                defer { plane.engine.clean("rmi", "zz:latest") }
                for name in ["bb:1", "zz"] {
                    let direct = try plane.engine.docker("inspect", "-f", "{{.Id}}", name)
                    let through = try plane.docker("alice", "inspect", "-f", "{{.Id}}", name)
                    #expect(through.output == direct.output && through.status == direct.status, "\(through)")
                }
                let id = try plane.engine.docker("inspect", "-f", "{{.Id}}", "bb:1").output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                #expect(try plane.docker("alice", "inspect", "-f", "{{.Id}}", id).status == 0)
                for absent in ["no:1", "Foo.Bar", "a:b:c"] {
                    let found = try plane.docker("alice", "inspect", absent)
                    #expect(found.errors.contains("No such object: \(absent)"), "\(found)")
                }
            }
        }

        @Test func failuresSpeakOfWhatWasAskedFor() throws {
            try withPlane { plane in
                let id = try plane.docker("alice", "create", "--name", "spoken", "bb:1").output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                defer { plane.engine.clean("rm", "-f", "spoken") }
                let direct = try plane.engine.docker("kill", plane.engine.id("spoken"))
                let through = try plane.docker("alice", "kill", "spoken")
                #expect(through.status != 0 && !through.errors.contains(id), "\(through)")
                #expect(
                    through.errors.replacing("spoken", with: id)
                        == direct.errors.replacing("spoken", with: id))
                let copy = try plane.docker("alice", "cp", "spoken:/nothing", "-")
                #expect(copy.status != 0 && copy.errors.contains("spoken"), "\(copy)")
                // Each tenant has one of the name; whoever comes second learns of its own tenant's alone.
                let racers = try (0..<6).map { number in
                    try plane.start(number % 2 == 0 ? "alice" : "bo", "create", "--name", "raced", "bb:1")
                }
                let outcomes = racers.map { $0.finish(seconds: 60) }
                defer { plane.engine.clean("rm", "-f", "raced") }
                for tenant in [0, 1] {
                    let own = outcomes.enumerated().filter { $0.offset % 2 == tenant }.map(\.element)
                    let others = outcomes.enumerated().filter { $0.offset % 2 != tenant }.map(\.element)
                    #expect(own.filter { $0.status == 0 }.count == 1, "\(own)")
                    let foreign = try #require(others.first { $0.status == 0 }).output
                        .trimmingCharacters(in: .whitespacesAndNewlines)
                    for outcome in own where outcome.status != 0 {
                        #expect(outcome.errors.contains(#"The container name "/raced" is already in use"#), "\(outcome)")
                        #expect(!outcome.errors.contains(foreign), "\(outcome)")
                    }
                }
            }
        }

        /// Another tenant's containers and names are in no answer about a shared image.
        @Test func sharedImagesSayNothingOfOthers() throws {
            try withPlane { plane in
                let id = try plane.docker("alice", "run", "-d", "--name", "quiet", "bb:1", "sleep", "100").output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                defer { plane.engine.clean("rm", "-f", "quiet") }
                try plane.docker("alice", "tag", "bb:1", "aaasecret:1")
                defer { plane.engine.clean("rmi", "aaasecret:1") }
                let version = try plane.engine.docker("version", "--format", "{{.Server.APIVersion}}").output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                let image = try plane.engine.docker("inspect", "-f", "{{.Id}}", "bb:1").output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                let isNew = (Int(version.split(separator: ".").last ?? "") ?? 0) >= 48
                let manifests = isNew ? "?manifests=1" : ""
                for target in [
                    "/images/json" + manifests, "/images/bb:1/json" + manifests, "/images/\(image)/json",
                    "/system/df",
                ] {
                    let answer = try plane.request("bo", "/v\(version)\(target)")
                    #expect(answer.status == 200, "\(answer)")
                    #expect(!answer.body.contains(id) && !answer.body.contains("aaasecret"), "\(answer)")
                    #expect(!answer.body.contains("\"Containers\":1"), "\(answer)")
                }
            }
        }

        /// Checks by an image's own word run no more often than those that a client asks for.
        @Test func imagesAreNotCheckedMoreOften() throws {
            try withPlane { plane in
                let check = "HEALTHCHECK --interval=30s --timeout=1s CMD true"
                let quick = "HEALTHCHECK --interval=1ms --timeout=1s CMD true"
                for (name, line) in [("slow-check:1", check), ("quick-check:1", quick)] {
                    let built = try plane.docker(
                        "alice", "build", "-t", name, "-", input: "FROM bb:1\n\(line)\n")
                    #expect(built.status == 0, "\(built)")
                }
                defer { plane.engine.clean("rmi", "slow-check:1", "quick-check:1") }
                for (image, interval) in [("slow-check:1", "30s"), ("quick-check:1", "1s")] {
                    let made = try plane.docker("alice", "create", "--name", "checked", image)
                    defer { plane.engine.clean("rm", "-f", "checked") }
                    #expect(made.status == 0, "\(made)")
                    let shown = try plane.engine.docker(
                        "inspect", "-f", "{{.Config.Healthcheck.Interval}}", plane.engine.id("checked"))
                    #expect(shown.output == interval + "\n", "\(shown)")
                }
            }
        }
    }
}
