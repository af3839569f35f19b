import AgentMessages
import Foundation
import Testing

extension Integration {
    /// A program that is entered is confined as the engine's own exec would confine it, or more.
    @Suite(.serialized) struct EnterParityTests {
        struct Shape: CustomTestStringConvertible, Sendable {
            let testDescription: String
            let options: [String]
        }

        /// A profile of a few rules: what is not in it is allowed.
        static let profile = """
            {"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_AARCH64"],
             "syscalls":[{"names":["keyctl","chroot","syslog"],"action":"SCMP_ACT_ERRNO","errnoRet":99},
                         {"names":["execveat"],"action":"SCMP_ACT_ERRNO"}]}
            """

        static let shapes = [
            Shape(testDescription: "root", options: []),
            Shape(
                testDescription: "user and groups, nothing else",
                options: [
                    "--cap-drop", "ALL", "--read-only", "--pids-limit", "32", "--memory", "64m", "--cpus",
                    "0.5", "--security-opt", "no-new-privileges", "--user", "1234:2345", "--group-add", "777",
                    "--ulimit", "nofile=256:512", "--ulimit", "core=0", "--oom-score-adj", "500",
                ]),
            Shape(
                testDescription: "capabilities added",
                options: ["--cap-add", "NET_ADMIN", "--cap-add", "SYS_PTRACE", "--user", "1000"]),
            Shape(testDescription: "read-only, in a folder", options: ["--read-only", "-w", "/srv/app"]),
            Shape(testDescription: "no seccomp", options: ["--security-opt", "seccomp=unconfined"]),
            Shape(testDescription: "its own seccomp profile", options: ["--security-opt", "seccomp=PROFILE"]),
            Shape(
                testDescription: "the host's network, processes and cgroups",
                options: ["--network", "host", "--pid", "host", "--cgroupns", "host", "--ipc", "host"]),
        ]

        private func options(_ shape: Shape, _ folder: URL) throws -> [String] {
            let file = folder.appendingPathComponent("profile.json")
            try Self.profile.write(to: file, atomically: true, encoding: .utf8)
            return shape.options.map { $0.replacingOccurrences(of: "PROFILE", with: file.path) }
        }

        /// Fields that differ by nature: numbers, sizes and counters of the process.
        private static let natural = [
            "Name", "State", "Tgid", "Ngid", "Pid", "PPid", "TracerPid", "FDSize", "NStgid", "NSpid", "NSpgid",
            "NSsid", "Vm", "Rss", "Hugetlb", "SigQ", "Threads", "voluntary", "nonvoluntary", "untag", "THP",
            "CoreDumping",
        ]

        private func fields(_ text: String) -> [String: [String]] {
            var fields: [String: [String]] = [:]
            for line in text.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1).map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                guard parts.count == 2 else { continue }
                if parts[0] == "status" {
                    let inner = parts[1].split(separator: ":", maxSplits: 1).map {
                        $0.trimmingCharacters(in: .whitespaces)
                    }
                    guard inner.count == 2, !Self.natural.contains(where: { inner[0].hasPrefix($0) }) else { continue }
                    fields[inner[0]] = [inner[1].split(separator: " ").sorted().joined(separator: " ")]
                } else {
                    fields[parts[0], default: []].append(parts[1])
                }
            }
            return fields
        }

        private static func soft(_ line: String) -> Int {
            line.split(separator: " ").compactMap { Int($0) }.first ?? .max
        }

        @Test(arguments: shapes) func aProgramIsConfinedAsAnExec(shape: Shape) throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start(try options(shape, agent.folder))
            let exec = try containers.engine.docker("exec", id, "nginx", "-t")
            try #require(exec.status == 0, "\(exec)")
            let line = try agent.run(id, "ops", "nginx", "-t")
            try #require(line.ended?.status == 0, "\(line)")
            var (theirs, ours) = (fields(exec.output), fields(line.text))
            #expect(theirs.count >= 24, "\(theirs.keys.sorted())")
            // Always on, also where the container does without.
            #expect(ours["NoNewPrivs"] == ["1"])
            (theirs["NoNewPrivs"], ours["NoNewPrivs"]) = (nil, nil)
            // A cgroup of the line's own, below the container's: its limits hold and one more can be set.
            let (joined, own) = (theirs.removeValue(forKey: "cgroup"), ours.removeValue(forKey: "cgroup"))
            try #require(joined?.count == own?.count)
            for (joined, own) in zip(joined ?? [], own ?? []) {
                #expect(own == joined || own.hasPrefix(joined), "\(own) is not below \(joined)")
            }
            #expect(own?.contains { $0.contains("quaymaster-line-") } == true)
            // Go raises the soft limit of open files for itself, which the engine's exec then keeps.
            let (high, low) = (theirs.removeValue(forKey: "limits"), ours.removeValue(forKey: "limits"))
            for (high, low) in zip(high ?? [], low ?? []) where high != low {
                #expect(low.hasPrefix("Max open files") && Self.soft(low) <= Self.soft(high), "\(low)")
            }
            #expect(high?.count == low?.count)
            // Signals that are blocked or ignored come to an exec from whoever started the engine; ours are none.
            for name in ["SigBlk", "SigIgn"] {
                let own = ours.removeValue(forKey: name)
                #expect(own == ["0000000000000000"], "\(name)")
                theirs[name] = nil
            }
            for (name, value) in theirs { #expect(ours[name] == value, "\(name)") }
            #expect(ours.keys.sorted() == theirs.keys.sorted())
        }

        @Test(arguments: shapes) func systemCallsSayTheSame(shape: Shape) throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start(try options(shape, agent.folder))
            let exec = try containers.engine.docker("exec", id, "nginx", "-T")
            let line = try agent.run(id, "ops", "nginx", "-T")
            #expect(exec.output.split(separator: "\n").count >= 20)
            #expect(line.text == exec.output, "\(line)")
        }

        @Test func limitsOfTheContainerBite() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start("--pids-limit", "32", "--memory", "64m")
            let flood = try agent.run(id, "ops", "redis-cli", "ping")
            let words = flood.text.split(separator: " ").compactMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
            try #require(words.count == 2, "\(flood)")
            #expect(words[0] < 32 && words[1] > 28, "\(flood)")
            let memory = try agent.run(id, "ops", "redis-cli", "info")
            #expect(memory.ended?.status == 137, "\(memory)")
            // Beside it, the tool that everybody uses: nothing of this holds.
            let naive = try Command.done(try containers.nsenter(id, ["/bin/redis-cli", "ping"]))
            #expect(naive.output.contains("started 60 refused 0"), "\(naive)")
            let whole = try Command.done(try containers.nsenter(id, ["/bin/redis-cli", "info"]))
            #expect(whole.output.contains("touched 1"), "\(whole)")
        }
    }
}
