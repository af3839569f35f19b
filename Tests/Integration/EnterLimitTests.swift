import AgentMessages
import Foundation
import Testing

extension Integration {
    /// Lines end: by themselves, by a person, by their limits, and with whoever asked for them.
    @Suite(.serialized) struct EnterLimitTests {
        /// How often ends are tried; a hundred times where somebody waits for it.
        private static let tries =
            ProcessInfo.processInfo.environment["QM_ENTER_TRIES"].flatMap { Int($0) } ?? 3

        private func waitUntilAlone(_ containers: ProbeContainers, _ id: String) throws -> Bool {
            let end = Date().addingTimeInterval(3)
            while try containers.commands(id).count > 1 {
                guard Date() < end else { return false }
            }
            return true
        }

        @Test func nothingIsLeftWhenTheClientIsGone() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start()
            for number in 0..<Self.tries {
                var line: AgentLine? = try agent.line(id, "ops", ["nginx", "-s", "reload"])
                try line?.wait { $0.text.contains("hidden") }
                #expect(try containers.commands(id).count > 6)
                line = nil
                let isAlone = try waitUntilAlone(containers, id)
                let left = try containers.commands(id)
                #expect(isAlone, "try \(number): \(left)")
            }
            #expect(try leftCgroups(containers).isEmpty)
        }

        @Test(arguments: [SIGKILL, SIGTERM]) func nothingIsLeftWhenTheAgentIsGone(signal: Int32) throws {
            let containers = try ProbeContainers()
            let id = try containers.start()
            for number in 0..<Self.tries {
                let agent = try RunningAgent()
                let line = try agent.line(id, "ops", ["nginx", "-s", "reload"])
                try line.wait { $0.text.contains("hidden") }
                let look = try agent.line(id, "viewer", ["tail", "-f", "/var/log/app.log"])
                try look.wait { !$0.output.isEmpty }
                try agent.stop(signal)
                let isAlone = try waitUntilAlone(containers, id)
                let left = try containers.commands(id)
                #expect(isAlone, "try \(number): \(left)")
                let end = Date().addingTimeInterval(3)
                while Date() < end, try helpers() > 0 {}
                #expect(try helpers() == 0)
            }
            #expect(try leftCgroups(containers).isEmpty)
        }

        private func helpers() throws -> Int {
            try Command.done(["pgrep", "-c", "-x", "quaymaster-ente"]).output
                .split(separator: "\n").first.flatMap { Int($0) } ?? 0
        }

        private func leftCgroups(_ containers: ProbeContainers) throws -> String {
            try Command.done([
                "find", "/sys/fs/cgroup", "-name", "quaymaster-line-*", "-path", "*\(containers.engine.folder.lastPathComponent)*",
            ]).output
        }

        @Test func outputIsCutAndTold() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start()
            let line = try agent.run(id, "ops", "git", "status", "--short")
            #expect(line.output.count == 1 << 20)
            #expect(line.ended == Ended(status: 0, cause: .done, dropped: 2 << 20), "\(line.ended as Any)")
            #expect(line.notices.last?.text == "cut after 1 MiB, 2 MiB more dropped")
        }

        @Test func fourLinesAtOnce() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let (id, other) = (try containers.start(), try containers.start())
            let lines = try (0..<4).map { _ in try agent.line(id, "ops", ["git", "rev-parse", "HEAD"]) }
            for line in lines { try line.wait { !$0.output.isEmpty } }
            #expect(try agent.run(id, "ops", "php-fpm", "-t").refused?.rule == "limit.lines")
            #expect(try agent.run(other, "ops", "php-fpm", "-t").ended?.status == 7)
            // Ctrl-C returns, and makes room.
            for line in lines {
                try line.send(.signal(.interrupt))
                #expect(try line.wait { _ in false }.ended == Ended(status: 130, cause: .person))
            }
            #expect(try agent.run(id, "ops", "php-fpm", "-t").ended?.status == 7)
        }

        /// What takes no notice of an interrupt is terminated, and then killed.
        @Test func anInterruptAlwaysReturns() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start()
            let line = try agent.line(id, "ops", ["nginx", "-s", "reload"])
            try line.wait { $0.text.contains("hidden") }
            try line.send(.signal(.interrupt))
            #expect(try line.wait { _ in false }.ended?.cause == .person)
            let look = try agent.line(id, "viewer", ["tail", "-f", "/var/log/app.log"])
            try look.wait { !$0.output.isEmpty }
            try look.send(.signal(.interrupt))
            #expect(try look.wait { _ in false }.ended?.cause == .person)
            #expect(try containers.commands(id).count == 1)
        }

        @Test func questionsAreAnsweredFromOutside() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start("-e", "DB_PASSWORD=hunter2", "--memory", "64m", "--user", "1000:1001", "--hostname", "web")
            let rows: [([String], String)] = [
                (["ps"], "/bin/idle"), (["ps", "-e", "-o", "pid,user,args"], "1000 /bin/idle"),
                (["top", "-b", "-n", "1"], "/bin/idle"), (["df", "-h"], "overlay"), (["env"], "DB_PASSWORD=[masked]"),
                (["id"], "uid=1000 gid=1001"), (["hostname"], "web"), (["pwd"], "/"), (["date"], "UTC"),
                (["uptime"], "up 0 h 0 min"), (["free", "-m"], "64"), (["mounts"], "/proc"), (["limits"], "memory           64M"),
                (["net"], "Netid"), (["net", "addresses"], "inet  127.0.0.1"),
                (["ls", "-l", "/var/log"], "app.log"), (["tail", "-n", "2", "/var/log/app.log"], "19999\n20000\n"),
                (["tail", "-n", "100", "/var/log/app.log", "match", "19950", "count"], "1\n"),
                (["match", "-n", "777", "/var/log/app.log"], "777:777\n"),
            ]
            for (words, expected) in rows {
                let line = try agent.line(id, "viewer", words).wait { _ in false }
                #expect(line.started?.way == .outside && line.ended?.status == 0, "\(words): \(line)")
                #expect(line.text.contains(expected), "\(words): \(line)")
                #expect(!line.text.contains("hunter2"))
            }
            let other: [([String], String)] = [
                (["wc", "-l", "/var/log/app.log"], "  20000 /var/log/app.log"), (["stat", "/var/log/app.log"], "regular file"),
                (["du", "-s", "/var/log"], "/var/log"), (["find", "/var/log", "-name", "*.log", "-size", "+1k"], "/var/log/app.log"),
                (["grep", "-c", "^19.*9$", "/var/log/app.log"], "\n"),
            ]
            for (words, expected) in other {
                let line = try agent.line(id, "finder", words).wait { _ in false }
                #expect(line.ended?.status == 0 && line.text.contains(expected), "\(words): \(line)")
            }
            // Nobody was in there: the container's one process is its own.
            #expect(try containers.commands(id).count == 1)
        }
    }
}
