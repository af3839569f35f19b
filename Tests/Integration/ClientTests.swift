import Foundation
import Testing

extension Integration {
    /// The stock docker client's usual flows.
    @Suite(.serialized) struct ClientTests {
        @Test func runsAndForwardsEverythingAContainerSays() throws {
            try withPlane { plane in
                let hello = try plane.docker("alice", "run", "--rm", "bb:1", "sh", "-c", "echo out; echo err >&2; exit 7")
                #expect(hello.status == 7)
                #expect(hello.output == "out\n" && hello.errors == "err\n")
                // Standard input is piped through and closed.
                let cat = try plane.docker("alice", "run", "--rm", "-i", "bb:1", "sh", "-c", "cat; echo end", input: "abc\n")
                #expect(cat.output == "abc\nend\n", "\(cat)")
                let megabyte = String(repeating: "0123456789abcdef", count: 65_536)
                let count = try plane.docker("alice", "run", "--rm", "-i", "bb:1", "wc", "-c", input: megabyte)
                #expect(count.output.trimmingCharacters(in: .whitespacesAndNewlines) == "1048576", "\(count)")
            }
        }

        @Test func aRealTerminalWorks() throws {
            try withPlane { plane in
                // The container waits until the client has told the size of its terminal.
                let inside =
                    "tty; read x; echo got $x; "
                    + "while [ \"$(stty size 2>/dev/null)\" != \"33 99\" ]; do sleep 0.1; done; echo sized"
                let command = "docker run --rm -it bb:1 sh -c '\(inside)'"
                let client = try Command(
                    ["script", "-qec", "stty rows 33 cols 99; " + command, "/dev/null"],
                    environment: plane.environment("alice"))
                #expect(client.wait { $0.output.contains("/dev/pts/0") }, "\(client.output)")
                try client.send("word\n")
                #expect(client.wait { $0.output.contains("got word") }, "\(client.output)")
                #expect(client.finish().status == 0)
                #expect(client.output.contains("sized"), "\(client.output)")
            }
        }

        @Test func aDetachedContainersLife() throws {
            try withPlane { plane in
                let made = try plane.docker("alice", "run", "-d", "--name", "life", "bb:1", "sleep", "1000")
                #expect(made.status == 0, "\(made)")
                defer { plane.engine.clean("rm", "-f", "life") }
                #expect(try plane.docker("alice", "ps", "--format", "{{.Names}}").output == "life\n")
                #expect(try plane.docker("alice", "top", "life").output.contains("sleep 1000"))
                #expect(try plane.docker("alice", "stats", "--no-stream", "life").status == 0)
                for step in [
                    ["pause", "life"], ["unpause", "life"], ["rename", "life", "life2"], ["rename", "life2", "life"],
                    ["update", "--memory", "64m", "--memory-swap", "64m", "life"], ["restart", "-t", "0", "life"],
                    ["stop", "-t", "0", "life"], ["start", "life"], ["kill", "life"], ["wait", "life"],
                    ["diff", "life"], ["rm", "life"],
                ] {
                    let outcome = try run(["docker"] + step, environment: plane.environment("alice"))
                    #expect(outcome.status == 0, "\(step): \(outcome)")
                }
            }
        }

        @Test func execCarriesStreamsBothWays() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "-d", "--name", "ex", "bb:1", "sleep", "1000")
                defer { plane.engine.clean("rm", "-f", "ex") }
                #expect(try plane.docker("alice", "exec", "ex", "echo", "hi").output == "hi\n")
                #expect(try plane.docker("alice", "exec", "-i", "ex", "cat", input: "piped").output == "piped")
                #expect(try plane.docker("alice", "exec", "ex", "sh", "-c", "exit 3").status == 3)
                #expect(try plane.docker("alice", "exec", "-d", "ex", "touch", "/tmp/done").status == 0)
                // The engine ends its side first, while standard input stays open.
                let early = try plane.start("alice", "exec", "-i", "ex", "sh", "-c", "echo early")
                #expect(early.finish(seconds: 30).output == "early\n")
            }
        }

        @Test func logsAndEventsFollow() throws {
            try withPlane { plane in
                let events = try plane.start("alice", "events", "--format", "{{.Action}}")
                try plane.docker(
                    "alice", "run", "-d", "--name", "log", "bb:1", "sh", "-c",
                    "echo one; while [ ! -f /tmp/go ]; do sleep 0.1; done; echo two")
                defer { plane.engine.clean("rm", "-f", "log") }
                #expect(events.wait { $0.output.contains("start") }, "\(events.output)")
                let logs = try plane.start("alice", "logs", "-f", "log")
                #expect(logs.wait { $0.output == "one\n" }, "\(logs.output)")
                try plane.docker("alice", "exec", "log", "touch", "/tmp/go")
                // The stream ends when the container does.
                #expect(logs.finish(seconds: 30).output == "one\ntwo\n")
                #expect(events.wait { $0.output.contains("die") }, "\(events.output)")
                events.signal(SIGINT)
                _ = events.finish(seconds: 10)
            }
        }

        @Test func filesAreCopiedBothWays() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "-d", "--name", "files", "bb:1", "sleep", "1000")
                defer { plane.engine.clean("rm", "-f", "files") }
                let local = plane.folder.appendingPathComponent("local")
                let data = Data((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 * 7) })
                try data.write(to: local)
                let out = try plane.docker("alice", "cp", local.path, "files:/tmp/there")
                #expect(out.status == 0, "\(out)")
                let back = plane.folder.appendingPathComponent("back")
                #expect(try plane.docker("alice", "cp", "files:/tmp/there", back.path).status == 0)
                #expect(try Data(contentsOf: back) == data)
            }
        }

        @Test func imagesAreBuiltTaggedCommittedAndRemoved() throws {
            try withPlane { plane in
                let context = plane.folder.appendingPathComponent("context")
                try FileManager.default.createDirectory(at: context, withIntermediateDirectories: true)
                try "FROM bb:1\nARG V=1\nCOPY f /f\nRUN echo $V > /v && cat /f\nCMD cat /v\n".write(
                    to: context.appendingPathComponent("Dockerfile"), atomically: true, encoding: .utf8)
                try "content".write(to: context.appendingPathComponent("f"), atomically: true, encoding: .utf8)
                let built = try plane.docker(
                    "alice", "build", "-t", "qm/built:1", "-t", "qm/built:2", "--build-arg", "V=5",
                    "--label", "quaymaster.tenant=blue", context.path)
                #expect(built.status == 0, "\(built)")
                #expect(built.output.contains("content"))
                defer { plane.engine.clean("rmi", "-f", "qm/built:1", "qm/built:2", "qm/snap:1") }
                #expect(try plane.docker("alice", "run", "--rm", "qm/built:2").output == "5\n")
                #expect(try plane.docker("alice", "tag", "qm/built:1", "qm/other:1").status == 0)
                #expect(try plane.docker("alice", "rmi", "qm/other:1").status == 0)
                try plane.docker("alice", "run", "--name", "snap", "qm/built:1", "touch", "/new")
                defer { plane.engine.clean("rm", "-f", "snap") }
                #expect(try plane.docker("alice", "commit", "-m", "two\nlines", "snap", "qm/snap:1").status == 0)
                #expect(try plane.docker("alice", "history", "-q", "qm/snap:1").status == 0)
            }
        }

        /// 200 MB out and in again: streamed, so the gateway's memory does not grow with it.
        @Test func imagesAreSavedAndLoaded() throws {
            try withPlane { plane in
                let archive = plane.folder.appendingPathComponent("image.tar").path
                try plane.engine.docker("run", "--name", "big", "bb:1", "dd", "if=/dev/urandom", "of=/big", "bs=1M", "count=200")
                try plane.engine.docker("commit", "big", "qm/big:1")
                defer {
                    plane.engine.clean("rm", "-f", "big")
                    plane.engine.clean("rmi", "-f", "qm/big:1")
                }
                try plane.docker("alice", "version")
                let before = plane.residentMemory
                let saved = try plane.docker("alice", "save", "-o", archive, "qm/big:1", seconds: 300)
                #expect(saved.status == 0, "\(saved)")
                let size = try FileManager.default.attributesOfItem(atPath: archive)[.size] as? Int ?? 0
                #expect(size > 200 << 20)
                try plane.engine.docker("rm", "-f", "big")
                try plane.engine.docker("rmi", "-f", "qm/big:1")
                let loaded = try plane.docker("alice", "load", "-i", archive, seconds: 300)
                #expect(loaded.status == 0 && loaded.output.contains("qm/big:1"), "\(loaded)")
                #expect(plane.residentMemory - before < 64 << 10)
            }
        }

        @Test func pingAndNegotiationAreTheEnginesOwn() throws {
            try withPlane { plane in
                func heads(_ target: String, _ options: [String]) throws -> String {
                    try run(["curl", "-sS", "-D-", "-o/dev/null"] + options + [target]).output
                        .split(separator: "\r\n").filter { !$0.hasPrefix("Date:") }.sorted().joined(separator: "\n")
                }
                let folder = try plane.certificates("alice")
                let tls = ["--cacert", "\(folder)/ca.pem", "--cert", "\(folder)/cert.pem", "--key", "\(folder)/key.pem"]
                for option in [["-I"], []] {
                    let through = try heads("https://\(plane.address)/_ping", tls + option)
                    let direct = try heads("http://docker/_ping", ["--unix-socket", plane.engine.socket] + option)
                    #expect(through == direct)
                    #expect(through.contains("Api-Version: 1."))
                }
                let format = "{{.Client.APIVersion}} {{.Server.APIVersion}}"
                #expect(
                    try plane.docker("alice", "version", "--format", format).output
                        == plane.engine.docker("version", "--format", format).output)
            }
        }
    }
}
